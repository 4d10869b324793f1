"""The same mistake is one group whatever was drawn, and the costs of all groups are all points that were lost."""

import random
from fractions import Fraction

import msgspec
from test_item_analysis import judged

from grader.model import Failure, Text
from grader.report.mistakes import Mistakes, costs


def with_failures(judgement, **failures):
    """The judgement with what its checks failed for: a Failure, or the name and words of a diagnosis."""
    checks = []
    for check in judgement.checks:
        why = failures.get(check.id)
        if isinstance(why, Failure):
            check = msgspec.structs.replace(check, failure=why)
        elif why:
            check = msgspec.structs.replace(check, diagnosed_by=why[0], diagnosis=Text(why[1]))
        checks.append(check)
    return msgspec.structs.replace(judgement, checks=tuple(checks))


def groups(*judgements, language="en"):
    mistakes = Mistakes(language)
    for number, judgement in enumerate(judgements):
        mistakes.add(f"s{number}", judgement)
    return mistakes.groups()


def test_a_criterions_lost_points_are_shared_among_its_failed_checks():
    assert costs(judged(a=(1, 4, "0010"), b=(2, 2, "1"))) == {"a0": 1, "a1": 1, "a3": 1}


def test_a_check_that_a_gate_kept_from_running_costs_nothing():
    assert costs(judged(a=(0, 3, "0--"))) == {"a0": 3}


def test_a_file_that_could_not_be_loaded_costs_all_its_points_as_one_group():
    (group,) = groups(judged(load_error=True, a=(0, 3, "--"), b=(0, 2, "-")))
    assert (group.kind, group.points, group.students) == ("unloadable", 5, ("s0",))


def test_what_has_no_score_or_may_still_be_earned_costs_nothing():
    assert groups(judged(a=(None, 3, "0!"))) == []
    waiting = judged(a=(0, 3, "??"))
    scored = tuple(msgspec.structs.replace(c, pending=3.0) for c in waiting.criteria)
    assert groups(msgspec.structs.replace(waiting, criteria=scored)) == []


def test_drawn_numbers_do_not_split_a_group():
    one, other = (
        with_failures(judged(a=(0, 2, "0")), a0=Failure("shape", Text("the output"), expected="(4, 2)", got=got))
        for got in ("(4, 3)", "(2,)")
    )
    (group,) = groups(one, other)
    assert group.students == ("s0", "s1") and group.sentence == "The shape of the output is wrong." and group.points == 4


def test_a_diagnosis_is_one_mistake_in_all_checks_of_an_exercise():
    why = ("uses_data", "`bias` got no gradient: `forward` uses `self.bias.data`")
    both = with_failures(judged(a=(0, 2, "0"), b=(1, 2, "10")), a0=why, b1=why)
    once = with_failures(judged(a=(0, 2, "0"), b=(2, 2, "11")), a0=why)
    (group,) = groups(both, once)
    assert len(group.students) == 2 and group.points == 5 and len(group.checks) == 2
    assert group.sentence == why[1]


def test_a_line_of_one_students_file_is_not_told_of_all():
    words = "A dtype is written into the code{}; let the result follow the input's."
    places = (" (ex04.py:14)", " (cell 2, line 3)", "（my file.py:7）")
    wrong = (with_failures(judged(a=(0, 2, "0")), a0=("fixes_dtype", words.format(place))) for place in places)
    (group,) = groups(*wrong)
    assert len(group.students) == 3 and group.sentence == words.format("")


def test_an_explained_error_is_one_mistake_and_an_unexplained_one_is_one_of_its_check():
    shapes = [
        Failure(
            "raised",
            name="RuntimeError",
            builtin="RuntimeError",
            text=f"mat1 and mat2 shapes cannot be multiplied (4x{n} and 4x2)",
        )
        for n in (3, 5)
    ]
    (group,) = groups(*[with_failures(judged(a=(0, 1, "0")), a0=f) for f in shapes])
    assert "matrix product" in group.sentence
    odd = Failure("raised", name="OddError", builtin="Exception", text="odd")
    assert len(groups(with_failures(judged(a=(0, 1, "0"), b=(0, 1, "0")), a0=odd, b0=odd))) == 2


def test_a_name_that_is_missing_is_not_counted_among_mistakes():
    unwritten = judged(a=(0, 1, "0"))
    check = msgspec.structs.replace(unwritten.checks[0], verdict="missing", failure=Failure("stub", name="forward"))
    (group,) = groups(msgspec.structs.replace(unwritten, checks=(check,)))
    assert group.kind == "unwritten"


def test_the_dearest_mistake_comes_first_and_all_costs_are_all_points_lost():
    rng = random.Random(1)
    many = []
    for _ in range(80):
        verdicts = "".join(rng.choice("110") for _ in range(7))
        lost = 0 if "0" not in verdicts else rng.randint(1, 6) / 2
        many.append(judged(a=(3 - lost, 3, verdicts)))
    found = groups(*many)
    assert sum((g.points for g in found), Fraction(0)) == sum(Fraction(3) - Fraction(j.score) for j in many)
    assert [g.points for g in found] == sorted((g.points for g in found), reverse=True)
    assert found == groups(*many)


def test_sentences_are_in_the_language_that_is_asked_for():
    one = with_failures(judged(a=(0, 1, "0")), a0=Failure("detached", Text("the output", "输出")))
    assert "输出" in groups(one, language="zh")[0].sentence
