"""Diagnoses that serve all exercises name the mistake that is there, and no other."""

import pytest

from grader.suite.diagnoses import forgets_super_init, is_no_module
from grader.suite.source import Source


@pytest.mark.parametrize(
    ("base", "first_line", "held"),
    [
        ("(nn.Module)", "pass", [forgets_super_init]),
        ("", "pass", [is_no_module]),
        ("", "super().__init__()", [is_no_module]),
        ("(nn.Module)", "super().__init__()", []),
        ("(nn.Module)", "nn.Module.__init__(self)", []),
    ],
)
def test_a_class_without_a_base_is_not_told_to_call_what_is_not_there(base, first_line, held):
    text = f"class Layer{base}:\n    def __init__(self):\n        {first_line}\n        self.w = 1\n"
    source = Source([("ex04.py", text)])
    assert [d for d in (forgets_super_init, is_no_module) if d(source=source, names=["Layer"])] == held
