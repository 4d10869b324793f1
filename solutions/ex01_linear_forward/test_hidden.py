"""The checks of ex01 that students do not get to read."""

import torch

from grader.suite import (
    assert_close,
    assert_equal,
    assert_shape,
    criterion,
    diagnosis,
    given,
    raises,
    seeds,
    shapes,
    sizes,
    spread,
    tensor,
)


def affine(x, weight, bias=None):
    """What is asked for, written with nothing but a product and a sum."""
    y = (x.unsqueeze(-2) * weight).sum(-1)
    return y if bias is None else y + bias


@diagnosis()
def transposes_only_where_it_must(student):
    """A square weight is used without being transposed: it must always be transposed, even where both ways would fit."""
    x, weight = tensor(1, 2, 3), tensor(2, 3, 3)
    return torch.allclose(student.linear_forward(x, weight).detach(), x @ weight, atol=1e-4)


@diagnosis()
def adds_the_bias_along_the_batch(student):
    """The bias is added along the batch: it belongs to the last dimension, one number per output feature."""
    x, weight, bias = tensor(1, 3, 2), tensor(2, 3, 2), tensor(3, 3)
    return torch.allclose(student.linear_forward(x, weight, bias).detach(), x @ weight.T + bias[:, None], atol=1e-4)


@criterion("shapes", hint="A batch of 0 samples is legal: no loop over rows, no torch.stack of an empty list.")
def test_empty_batch(student):
    """A batch of no samples gives a result of no rows."""
    assert_shape(student.linear_forward(torch.empty(0, 3), tensor(1, 4, 3)), (0, 4))


@criterion("shapes", hint="tuple(input_shape[:-1]) + (d_out,) works for every number of dimensions.")
@given(lead=shapes(0, 3), d_in=sizes(), d_out=sizes())
def test_output_shape_of_any_input(student, lead, d_in, d_out):
    """linear_output_shape keeps every leading entry, and returns a tuple."""
    assert_equal(student.linear_output_shape((*lead, d_in), d_in, d_out), (*lead, d_out), "`linear_output_shape`")


@criterion("shapes", hint="Compare the last entry with d_in before anything else, and raise ValueError where they differ.")
@given(n=sizes(), d_in=sizes(), more=sizes(1, 3), examples=8)
def test_output_shape_refuses_another_width(student, n, d_in, more):
    """linear_output_shape raises ValueError where the last entry is not d_in."""
    student.linear_output_shape((n, d_in), d_in, 4)
    with raises(ValueError, "a last entry that is not d_in"):
        student.linear_output_shape((n, d_in + more), d_in, 4)


@criterion("shapes", hint="An empty shape has no last entry: test for it, and raise ValueError.")
def test_output_shape_refuses_an_empty_shape(student):
    """linear_output_shape raises ValueError for an empty shape."""
    student.linear_output_shape((2, 3), 3, 4)
    with raises(ValueError, "an empty shape"):
        student.linear_output_shape((), 3, 4)


@criterion("values", hint="Transpose always, not only where the shapes force it.", diagnoses=[transposes_only_where_it_must])
@given(n=sizes(2), d=sizes(2), seed=seeds())
def test_square_weight(student, n, d, seed):
    """A square weight is transposed like any other."""
    x, weight = tensor(seed, n, d), tensor(seed + 1, d, d)
    assert_close(student.linear_forward(x, weight), affine(x, weight))


@criterion("values", hint="bias has shape (d_out,): add it as it is.", diagnoses=[adds_the_bias_along_the_batch])
@given(n=sizes(2), d_in=sizes(2), seed=seeds(), examples=10)
def test_as_many_samples_as_outputs(student, n, d_in, seed):
    """With as many samples as outputs, the bias still belongs to the outputs."""
    x, weight, bias = tensor(seed, n, d_in), tensor(seed + 1, n, d_in), tensor(seed + 2, n)
    assert_close(student.linear_forward(x, weight, bias), affine(x, weight, bias))


@criterion("modes", hint="No .view on arguments: it needs a contiguous tensor. Use @, .T, reshape.")
@given(seed=seeds(), examples=6)
def test_non_contiguous_arguments(student, seed):
    """Arguments that are not contiguous in memory give the same result."""
    x, weight = tensor(seed, 2, 4, 3), tensor(seed + 1, 3, 3)
    assert_close(student.linear_forward(spread(x), spread(weight)), student.linear_forward(x, weight).detach())
