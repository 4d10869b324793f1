"""The checks of ex01 that students do not get to read."""

import torch

from grader.suite import (
    assert_close,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    dtypes,
    fetch,
    given,
    gradcheck,
    raises,
    seeds,
    shapes,
    sizes,
    spread,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, leaves_autograd


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


@diagnosis()
def asserts_in_place_of_raising(source):
    """`assert` raises AssertionError; ValueError is asked for: write `raise ValueError(...)`."""
    return "assert " in source.text_of("linear_output_shape")


@criterion("shapes", hint="A batch of 0 samples is legal: no loop over rows, no torch.stack of an empty list.")
def test_empty_batch(student):
    """A batch of no samples gives a result of no rows."""
    assert_shape(student.linear_forward(torch.empty(0, 3), tensor(1, 4, 3)), (0, 4))


@criterion("shapes", hint="No squeeze: a last dimension of size 1 is a dimension like any other.")
@given(n=sizes(2), d_in=sizes(2), seed=seeds(), examples=6)
def test_one_output_feature(student, n, d_in, seed):
    """A single output feature keeps its dimension."""
    assert_shape(student.linear_forward(tensor(seed, n, d_in), tensor(seed + 1, 1, d_in)), (n, 1))


@criterion("shapes", hint="A list and a tuple do not add: turn the slice into a tuple first.")
def test_output_shape_of_a_list(student):
    """linear_output_shape takes a list as well as a tuple."""
    assert_equal(tuple(student.linear_output_shape([3], 3, 3)), (3,), "`linear_output_shape`")


@criterion("shapes", hint="Build a new tuple; do not write into input_shape.")
def test_output_shape_leaves_its_list_alone(student, worker):
    """A list passed to linear_output_shape is the same after the call."""
    shape = worker.put([3])
    student.linear_output_shape(shape, 3, 5)
    check(list(shape) == [3], "`linear_output_shape` writes into the list that it is given.")


@criterion("shapes", hint="tuple(input_shape[:-1]) + (d_out,) works for every number of dimensions.")
@given(lead=shapes(0, 3), d_in=sizes(), d_out=sizes())
def test_output_shape_of_any_input(student, lead, d_in, d_out):
    """linear_output_shape keeps every leading entry, and returns a tuple."""
    assert_equal(student.linear_output_shape((*lead, d_in), d_in, d_out), (*lead, d_out), "`linear_output_shape`")


@criterion(
    "shapes",
    hint="An empty shape has no last entry: test for it, and raise ValueError.",
    diagnoses=[asserts_in_place_of_raising],
)
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


@criterion("modes", hint="Leave the bias in its own dtype: no .float(), no dtype written down.", diagnoses=[fixes_the_dtype])
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=6)
def test_dtype_is_kept_with_a_bias(student, dtype, seed):
    """With a bias, the result has the dtype of the input too."""
    # One feature each way: what a turned weight or `if bias:` does wrong is charged under values.
    x, weight, bias = tensor(seed, 2, 1, dtype=dtype), tensor(seed + 1, 1, 1, dtype=dtype), torch.ones(1, dtype=dtype)
    y = fetch(student.linear_forward(x, weight, bias), "the output")
    check(y.dtype == dtype, "With a bias, the output has another dtype than the input.")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, seed):
    """In float64 the result is exact to float64."""
    # One feature each way, positive: what is wrong with the weight or an activation is charged under values.
    # Thirds, because what `tensor` draws has few digits and fits into float32.
    x = (tensor(seed, 3, 1, dtype=torch.float64).abs() + 1) / 3
    weight = (tensor(seed + 1, 1, 1, dtype=torch.float64).abs() + 1) / 3
    # Flat: a squeezed dimension is charged under shapes.
    y = fetch(student.linear_forward(x, weight), "the output").reshape(-1)
    assert_close(y, affine(x, weight).reshape(-1), rtol=1e-12, atol=1e-12, check_dtype=False)


@criterion("gradients", hint="x and weight must lead to the result where there is a bias, too.", diagnoses=[leaves_autograd])
@given(d=sizes(2, 3), seed=seeds(), examples=4)
def test_gradients_beside_a_bias(student, d, seed):
    """With a bias, x and the weight get the gradients of what is computed, too."""
    values = [tensor(seed + i, d, d, requires_grad=True) for i in range(2)]
    gradcheck(student.linear_forward, *values, tensor(seed + 2, d), names=["x", "the weight"])
