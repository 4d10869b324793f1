"""A diagnosis names the mistake that it is about, and is silent about the rest. Those of one exercise `verify` holds to this."""

import pytest

from grader.suite import diagnoses
from grader.suite.assertions import Mismatch
from grader.suite.source import Source


def source(text):
    return Source([("ex.py", text)])


SAID = {
    "seeds_the_generator": ("torch.manual_seed(0)", "torch.rand(3)"),
    "views_its_input": ("x.view(-1, 4)", "x.reshape(-1, 4)"),
    "makes_a_tensor_of_the_default_dtype": ("torch.zeros(3)", "torch.zeros_like(x)"),
    "fixes_the_dtype": ("x.float()", "x.to(x.dtype)"),
    "leaves_autograd": ("x.detach()", "x * 2"),
}


@pytest.mark.parametrize("name", SAID)
def test_it_names_the_line_of_the_mistake_and_no_other(name):
    diagnose = getattr(diagnoses, name)
    mistake, right = (source(f"import torch\n\ndef f(x):\n    return {part}\n") for part in SAID[name])
    assert diagnose(mistake, ["f"])["where"] == "ex.py:4"
    assert not diagnose(right, ["f"])


@pytest.mark.parametrize(
    "error", [Mismatch("not_equal", "the result", expected=2), Mismatch("not_a_tensor", "", got="NoneType")]
)
def test_a_return_that_is_missing_is_told_where_none_came_back(error):
    silent, right = source("def f(x):\n    print(x)\n"), source("def f(x):\n    return x\n")
    assert diagnoses.forgets_return(silent, ["f"], error)
    assert not diagnoses.forgets_return(right, ["f"], error)
    assert not diagnoses.forgets_return(silent, ["f"], Mismatch("not_equal", "the result", expected=2, got=3))
