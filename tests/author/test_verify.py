"""`verify` is red when a known answer does not get what it must."""

import msgspec
import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def ex02():
    from grader.author.known import known_answers
    from grader.course.exercise import Course
    from grader.course.pack import build_pack

    course = Course.around(ROOT)
    exercise = course.find("ex02")
    pack = build_pack(course, exercise)
    return pack, known_answers(course, exercise, pack)


def verified(workers, ex02, *names, **changes):
    from grader.author.verify import verify

    pack, known = ex02
    chosen = [msgspec.structs.replace(a, **changes) for a in known if a.name in names]
    return [s for s in verify(workers, pack, chosen).disagreements if s.startswith(chosen[0].kind)]


def test_a_wrong_answer_that_fails_fewer_checks_disagrees(workers, ex02):
    from grader.author.known import Expected

    assert verified(
        workers, ex02, "leaky_relu", expected=Expected(fails=("relu_takes_the_larger_of_x_and_zero", "fused_bias"))
    )


def test_a_wrong_answer_that_fails_other_checks_disagrees(workers, ex02):
    from grader.author.known import Expected

    assert verified(workers, ex02, "leaky_relu", expected=Expected())


def test_a_wrong_answer_that_is_told_something_else_disagrees(workers, ex02):
    from grader.author.known import Expected

    expected = Expected(fails=("relu_takes_the_larger_of_x_and_zero",), says=("words that are never told",))
    assert verified(workers, ex02, "leaky_relu", expected=expected)


def test_an_accepted_answer_that_fails_a_check_disagrees(workers, ex02):
    assert verified(workers, ex02, "leaky_relu", kind="accepted")


def test_a_null_answer_that_earns_a_point_disagrees(workers, ex02):
    assert verified(workers, ex02, "leaky_relu", kind="null")


def test_points_outside_their_bounds_disagree(workers, ex02):
    from grader.author.known import Expected

    expected = Expected(fails=("relu_takes_the_larger_of_x_and_zero",), points=(5.0, 6.0))
    assert verified(workers, ex02, "leaky_relu", expected=expected)


def test_what_must_agree_agrees(workers, ex02):
    assert not verified(workers, ex02, "leaky_relu")


def test_a_suite_that_no_one_has_proven_is_at_fault_itself(workers, ex02):
    """An exception of the suite's own leaves the submission unscored, unless the suite has been proven."""
    from grader.engine.here import judge_all

    pack, known = ex02
    (reference,) = [a for a in known if a.kind == "reference"]
    broken = pack.visible.replace('    """relu computes max(x, 0) for every element."""', '    """relu."""\n    None.missing')
    unproven = msgspec.structs.replace(pack, visible=broken, proven=False)
    assert judge_all(workers, unproven, [reference.submission])[0].score is None
    proven = msgspec.structs.replace(pack, visible=broken, proven=True)
    assert judge_all(workers, proven, [reference.submission])[0].score < 6
