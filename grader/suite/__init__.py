"""The vocabulary of suites: what `test_visible.py` and `test_hidden.py` import."""

from grader.bridge.failures import StudentError
from grader.suite.assertions import (
    assert_changed,
    assert_close,
    assert_computes,
    assert_equal,
    assert_same_object,
    assert_shape,
    backward,
    check,
    fetch,
    isinstance_of,
    kept,
    raises,
    same,
    set_value,
)
from grader.suite.criterion import criterion, diagnosis
from grader.suite.gradients import gradcheck
from grader.suite.properties import given
from grader.suite.strategies import booleans, dtypes, sampled_from, seeds, shapes, sizes
from grader.suite.tensors import spread, tensor

__all__ = [
    "StudentError",
    "assert_changed",
    "assert_close",
    "assert_computes",
    "assert_equal",
    "assert_same_object",
    "assert_shape",
    "backward",
    "booleans",
    "check",
    "criterion",
    "diagnosis",
    "dtypes",
    "fetch",
    "given",
    "gradcheck",
    "isinstance_of",
    "kept",
    "raises",
    "same",
    "sampled_from",
    "seeds",
    "set_value",
    "shapes",
    "sizes",
    "spread",
    "tensor",
]
