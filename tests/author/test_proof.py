"""`verify` proves the suites: with any one assertion of theirs disabled, it disagrees."""

import ast

import msgspec
import pytest
from conftest import ROOT

ASSERTIONS = {
    "assert_changed", "assert_close", "assert_computes", "assert_distribution", "assert_equal", "assert_mean",
    "assert_proportion", "assert_range", "assert_same_object", "assert_same_std", "assert_shape", "assert_std", "backward", "check",
    "gradcheck",
}  # fmt: skip


class Disable(ast.NodeTransformer):
    """Replaces the assertion of that number by `pass`; a `with raises(...)` by its body without the expectation."""

    def __init__(self, number):
        self.number = number
        self.seen = -1
        self.function = self.where = ""

    def visit_FunctionDef(self, node):
        self.function = node.name
        return self.generic_visit(node)

    def _hit(self):
        self.seen += 1
        if self.seen == self.number:
            self.where = self.function
        return self.seen == self.number

    def visit_Expr(self, node):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ASSERTIONS and self._hit():
            return ast.Pass()
        return node

    def visit_With(self, node):
        name = ast.unparse(node.items[0].context_expr).partition("(")[0]
        if name == "raises" and self._hit():
            return ast.Pass()
        return self.generic_visit(node)


def mutants(text):
    """Yield (function, text) with one assertion disabled each."""
    number = 0
    while True:
        transformer = Disable(number)
        tree = transformer.visit(ast.parse(text))
        if transformer.seen < number:
            return
        yield transformer.where, ast.unparse(tree)
        number += 1


def only(text, function):
    """Keep one check of a suite, or all where the function is no check."""
    tree = ast.parse(text)
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    if function in names:
        tree.body = [n for n in tree.body if not (isinstance(n, ast.FunctionDef) and n.name in names - {function})]
    return ast.unparse(tree)


def test_mutants_are_made():
    texts = list(mutants("def test_a():\n    check(1, 'x')\n    with raises(E, 'y'):\n        f()\n"))
    assert [text for _, text in texts] == [
        "def test_a():\n    pass\n    with raises(E, 'y'):\n        f()",
        "def test_a():\n    check(1, 'x')\n    pass",
    ]


class Prover:
    """Asks, for a mutated pack, whether `verify` would disagree: first the one check and the answers that must fail it, then more."""

    def __init__(self, workers, word):
        from grader.author.known import known_answers
        from grader.course.exercise import Course
        from grader.course.pack import build_pack

        course = Course.around(ROOT)
        exercise = course.find(word)
        self.workers = workers
        self.pack = msgspec.structs.replace(build_pack(course, exercise), proven=True)
        self.known = [a for a in known_answers(course, exercise, self.pack) if a.kind != "null" and a.name != "never_returns"]

    def some(self, pack, answers, holds):
        """Whether something holds of an answer and its judgement: verdicts alone, and none behind the first that it holds of."""
        from grader.engine.here import judging
        from grader.judge.session import Judge

        def work(_, session):
            judge = Judge(self.workers, pack, session, explain=False)
            return any(holds(answer, judge.judge(answer.submission)) for answer in answers)

        return judging(self.workers, pack, work)

    def checks_that_use(self, helper):
        """Names of the checks that a helper of a suite works for, directly or through others."""
        functions = [n for n in ast.parse(self.pack.visible + self.pack.hidden).body if isinstance(n, ast.FunctionDef)]
        users, before = {helper}, set()
        while users != before:
            before = users
            users = users | {n.name for n in functions if any(f"{name}(" in ast.unparse(n) for name in before)}
        return {name.removeprefix("test_") for name in users if name.startswith("test_")}

    def disagreements(self, pack, answers):
        from grader.author.verify import disagree
        from grader.engine.here import judge_all

        judged = judge_all(self.workers, pack, [a.submission for a in answers])
        return [sentence for a, j in zip(answers, judged, strict=True) for sentence in disagree(a, j)]

    def notices(self, part, function, text):
        """Whether some answer no longer gets what it must."""
        from grader.author.verify import disagree, failed_checks

        whole = msgspec.structs.replace(self.pack, **{part: text})
        name = function.removeprefix("test_")
        if function.startswith("test_"):
            other = "hidden" if part == "visible" else "visible"
            alone = msgspec.structs.replace(whole, **{part: only(text, function), other: ""})
            failing = [a for a in self.known if name in a.expected.fails]
            if self.some(alone, failing, lambda _, judgement: name not in failed_checks(judgement)):
                return True
        else:
            checks = self.checks_that_use(function)
            failing = [a for a in self.known if checks & set(a.expected.fails)]
            if self.some(whole, failing, lambda answer, judgement: disagree(answer, judgement, words=False)):
                return True
        few = [a for a in self.known if a.kind in ("reference", "hostile")]
        return bool(self.disagreements(whole, few) or self.disagreements(whole, [a for a in self.known if a not in few]))


@pytest.fixture(scope="module")
def prepared_workers():
    """Workers with what an optimiser imports late, which fails in the cage."""
    from grader.cli.warm import start_workers

    source = start_workers(("torch._dynamo",))
    yield source
    source.close()


@pytest.mark.slow
@pytest.mark.parametrize("word", ["ex01", "ex02", "ex03", "ex04", "ex05", "ex06", "ex07", "ex10", "ex12", "ex14"])
def test_with_any_assertion_disabled_some_answer_disagrees(prepared_workers, word):
    prover = Prover(prepared_workers, word)
    disabled = [(part, *mutant) for part in ("visible", "hidden") for mutant in mutants(getattr(prover.pack, part))]
    survivors = [f"{part}: {function}" for part, function, text in disabled if not prover.notices(part, function, text)]
    assert len(disabled) > 15 and not survivors, survivors
