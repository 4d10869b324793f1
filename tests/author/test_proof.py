"""`verify` proves the suites: with any one assertion of theirs disabled, it disagrees."""

import ast

import msgspec
import pytest
from conftest import ROOT

ASSERTIONS = {
    "assert_changed", "assert_close", "assert_computes", "assert_equal", "assert_same_object", "assert_shape", "backward", "check",
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


@pytest.mark.slow
@pytest.mark.parametrize("word", ["ex01", "ex02", "ex03", "ex04"])
def test_with_any_assertion_disabled_some_answer_disagrees(workers, word):
    from grader.author.known import known_answers
    from grader.author.verify import failed_checks
    from grader.course.exercise import Course
    from grader.course.pack import build_pack
    from grader.engine.here import judge_all

    course = Course.around(ROOT)
    exercise = course.find(word)
    pack = msgspec.structs.replace(build_pack(course, exercise), proven=True)
    known = [a for a in known_answers(course, exercise, pack) if a.kind in ("wrong_answer", "hostile")]
    survivors = []
    for part, other in (("visible", "hidden"), ("hidden", "visible")):
        for function, text in mutants(getattr(pack, part)):
            name = function.removeprefix("test_")
            concerned = [
                a for a in known if name in a.expected.fails or not function.startswith("test_") or a.kind == "hostile"
            ]
            concerned = [a for a in concerned if a.name != "never_returns"]
            changes = {part: only(text, function), other: "" if function.startswith("test_") else getattr(pack, other)}
            judged = judge_all(workers, msgspec.structs.replace(pack, **changes), [a.submission for a in concerned])
            if function.startswith("test_"):
                noticed = any(
                    name in a.expected.fails and name not in failed_checks(j) for a, j in zip(concerned, judged, strict=True)
                )
                hostile = [j for a, j in zip(concerned, judged, strict=True) if a.kind == "hostile"]
                noticed = noticed or (
                    not any(name in a.expected.fails for a in known) and not any(name in failed_checks(j) for j in hostile)
                )
            else:
                noticed = any(
                    a.kind == "wrong_answer" and failed_checks(j) != set(a.expected.fails)
                    for a, j in zip(concerned, judged, strict=True)
                )
            if not noticed:
                survivors.append(f"{part}: {function}")
    assert not survivors, survivors
