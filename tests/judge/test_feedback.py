"""A hidden check tells a student nothing that was drawn, expected, printed or raised; a teacher sees all."""

import msgspec
import pytest

from grader.judge.feedback import SENTENCES, tell
from grader.model import CheckResult, Failure, Place, Text

SECRET = "7.8125"


def failed(kind, visibility="hidden", **slots):
    failure = Failure(
        kind,
        subject=Text("the output", "输出"),
        name="CustomLinear",
        builtin="ValueError",
        expected=f"expected {SECRET}",
        got=f"got {SECRET}",
        where=f"1/2@({SECRET},)",
        text=f"text {SECRET}",
        places=(Place("ex04.py", 12, f"raise ValueError({SECRET})"),),
    )
    return CheckResult(
        "c", Text("Title", "标题"), "values", False, visibility, "wrong_answer", failure,
        hint=Text("Hint", "提示"), example=f"x = {SECRET}", output=f"printed {SECRET}",
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(set(SENTENCES) - {"barred", "misnamed"}))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_hidden_check_shows_a_student_nothing_drawn(kind, language):
    told = tell(failed(kind), "student", language)
    assert SECRET not in repr(told)
    assert told.message and told.title and told.example == ""


@pytest.mark.parametrize("kind", ["values", "raised", "shape"])
def test_a_teacher_sees_what_a_student_may_not(kind):
    told = tell(failed(kind), "teacher", "en")
    assert SECRET in told.example


def test_a_visible_check_shows_its_example_and_both_sides():
    told = tell(failed("values", visibility="visible"), "student", "en")
    assert SECRET in told.example and SECRET in told.expected and SECRET in told.got


def test_a_type_named_by_the_student_is_no_message_out_of_a_hidden_check():
    result = failed("not_a_tensor")
    assert "something else" in tell(result, "student", "en").message


def test_a_function_is_not_told_that_it_has_no_forward():
    """What it gives back has none: a class of the student's lacks the method, a function does not."""
    result = failed("no_forward", "visible")
    assert "has no method `forward`" in tell(result, "student", "en").message
    made = msgspec.structs.replace(result, failure=msgspec.structs.replace(result.failure, name="build_block"))
    assert tell(made, "student", "en").message.startswith("What `build_block` gives back cannot be called")


def test_where_any_error_will_do_no_class_is_named():
    result = failed("no_error", "visible")
    any_error = msgspec.structs.replace(result, failure=msgspec.structs.replace(result.failure, expected="Exception"))
    assert tell(any_error, "student", "en").message == "For the output, your code should raise an error, but it went on."


def test_code_in_chinese_keeps_its_spelling_and_a_space():
    result = failed("not_equal", "visible")
    of_code = msgspec.structs.replace(result.failure, subject=Text("`describe`", "`describe`"))
    told = tell(msgspec.structs.replace(result, failure=of_code), "student", "zh")
    assert told.message.startswith("`describe` 得到")
    of_names = msgspec.structs.replace(result.failure, subject=Text("fc1.weight", "fc1.weight 的形状"))
    assert tell(msgspec.structs.replace(result, failure=of_names), "student", "zh").message.startswith("fc1.weight 的形状得到")


def test_every_sentence_has_chinese():
    for kind in SENTENCES:
        if kind != "said":
            assert (
                tell(failed(kind, "visible"), "teacher", "zh").message
                != tell(failed(kind, "visible"), "teacher", "en").message
            )
