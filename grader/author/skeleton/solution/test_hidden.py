"""The checks of ex00 that students do not get to read."""

import torch

from grader.suite import assert_close, assert_equal, assert_shape, criterion, given, sampled_from, seeds, set_value, tensor
from grader.suite.diagnoses import fixes_the_dtype, overrides_call, writes_into_its_argument


@criterion("shapes", hint="Leave the leading dimensions alone: broadcasting does.")
@given(lead=sampled_from([(), (1,), (0,), (2, 3)]), seed=seeds(), examples=6)
def test_any_leading_dimensions(student, lead, seed):
    """One sample, batches of one and of none, and more dimensions keep their shape."""
    assert_shape(student.Scale(3)(tensor(seed, *lead, 3)), (*lead, 3))


# An input that must stay: the worker's own copy is looked at after the call.
@criterion("values", hint="No x *= in forward: it changes the caller's tensor.", diagnoses=[writes_into_its_argument])
def test_input_stays_as_it_was(student, worker):
    """The input tensor is not modified."""
    layer, x = student.Scale(3), tensor(1, 4, 3)
    copy = worker.put(x)
    set_value(layer.weight, torch.full((3,), 2.0))
    layer(copy)
    assert_equal(copy.value, x, "the input after the call")


# Thirds, because what `tensor` draws has few digits and fits into float32. A bound comes from the dtype, never from trying.
@criterion("values", hint="Do not pass through float32 on the way.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, seed):
    """In float64 no digits are lost."""
    layer, weight, x = (
        student.Scale(3),
        tensor(seed, 3, dtype=torch.float64) / 3,
        tensor(seed + 1, 4, 3, dtype=torch.float64) / 3,
    )
    layer.double()
    set_value(layer.weight, weight)
    assert_close(layer(x), x * weight, rtol=1e-12, atol=1e-12)


# A helper over there, from props.py.
@criterion("registration", hint="Define forward: nn.Module calls it with all hooks.", diagnoses=[overrides_call])
def test_hooks_fire(student, props):
    """A forward hook sees the output and may change it."""
    layer, x = student.Scale(3), tensor(1, 4, 3)
    plain = layer(x).detach()
    layer.register_forward_hook(props.add_one)
    assert_close(layer(x), plain + 1, "the output with a hook that adds 1")
