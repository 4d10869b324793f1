"""The checks of ex01 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import torch

from grader.suite import (
    assert_close,
    assert_computes,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    dtypes,
    given,
    gradcheck,
    raises,
    sampled_from,
    seeds,
    sizes,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, forgets_return, leaves_autograd, looks_like, writes_into_its_argument


def affine(x, weight, bias=None):
    """What is asked for, written with nothing but a product and a sum."""
    y = (x.unsqueeze(-2) * weight).sum(-1)
    return y if bias is None else y + bias


@diagnosis()
def leaves_the_weight_as_it_is(student):
    """The product is x @ weight; it must be x @ weight.T, for a row of weight belongs to one output feature."""
    x, weight = tensor(1, 2, 3), tensor(2, 3, 3)
    return torch.allclose(student.linear_forward(x, weight).detach(), x @ weight, atol=1e-4)


@diagnosis()
def leaves_the_bias_out(student):
    """The bias is not added."""
    x, weight, bias = tensor(1, 2, 3), tensor(2, 4, 3), tensor(3, 4)
    return torch.allclose(student.linear_forward(x, weight, bias).detach(), x @ weight.T, atol=1e-4)


@diagnosis()
def computes_another_formula(student):
    """It looks as if `{formula}` is computed; `x @ weight.T + bias` is asked for."""
    x, weight, bias = tensor(1, 4, 3), tensor(2, 5, 3), tensor(3, 5)
    product = x @ weight.T
    formulas = {
        "x @ weight.T - bias": product - bias,
        "(x @ weight.T + bias) / d_in": (product + bias) / 3,
        "x @ weight.T / d_in + bias": product / 3 + bias,
        "x @ weight.T + bias.sum()": product + bias.sum(),
        "x @ weight.T + 2 * bias": product + 2 * bias,
    }
    return looks_like(student.linear_forward(x, weight, bias), formulas)


@diagnosis()
def keeps_an_earlier_weight(student):
    """The second call computes with the weight of the first: keep nothing between calls."""
    x, first, second = tensor(1, 2, 3), tensor(2, 4, 3), tensor(3, 4, 3)
    student.linear_forward(x, first)
    return torch.allclose(student.linear_forward(x, second).detach(), x @ first.T, atol=1e-4)


@diagnosis()
def mixes_up_the_rows(student):
    """The numbers of a row come out in other places: a reshape is no transpose. Write weight.T."""
    x, weight = tensor(1, 4, 3), tensor(2, 5, 3)
    got = student.linear_forward(x, weight).detach()
    mixed = [x @ weight.reshape(3, 5), (weight @ x.reshape(3, 4)).T, (weight @ x.T).reshape(4, 5)]
    return any(torch.allclose(got, values, atol=1e-4) for values in mixed)


@diagnosis()
def cuts_off_negative_values(student):
    """Negative results become 0: a linear layer has no activation."""
    x, weight = tensor(1, 4, 3), tensor(2, 4, 3)
    return torch.allclose(student.linear_forward(x, weight).detach(), (x @ weight.T).clamp(min=0), atol=1e-4)


@diagnosis()
def asserts_in_place_of_raising(source):
    """`assert` raises AssertionError; ValueError is asked for: write `raise ValueError(...)`."""
    return "assert " in source.text_of("linear_output_shape")


@criterion(
    "shapes",
    gate=True,
    hint="(n, d_in) goes in, (n, d_out) comes out: weight has shape (d_out, d_in), so it must be transposed.",
    diagnoses=[forgets_return, leaves_the_weight_as_it_is],
)
@given(n=sizes(1, 2), d_in=sizes(3, 4), d_out=sizes(5, 6), seed=seeds(), examples=10)
def test_a_batch_of_rows(student, n, d_in, d_out, seed):
    """A batch of shape (n, d_in) gives (n, d_out)."""
    assert_shape(student.linear_forward(tensor(seed, n, d_in), tensor(seed + 1, d_out, d_in)), (n, d_out))


@criterion("shapes", hint="Everything before the last entry stays; the last becomes d_out. Return a tuple.")
@given(n=sizes(), d_in=sizes(), d_out=sizes(), examples=10)
def test_output_shape_of_a_batch(student, n, d_in, d_out):
    """linear_output_shape gives (n, d_out) for (n, d_in)."""
    assert_equal(tuple(student.linear_output_shape((n, d_in), d_in, d_out)), (n, d_out), "`linear_output_shape`")


@criterion("shapes", hint="Keep every leading dimension: x @ weight.T does so, torch.mm and reshape do not.")
@given(lead=sampled_from([(), (1,), (2, 3, 4), (2, 1)]), seed=seeds())
def test_any_leading_dimensions(student, lead, seed):
    """One sample, a batch of one, and more dimensions: all but the last stay as they are."""
    assert_shape(student.linear_forward(tensor(seed, *lead, 3), tensor(seed + 1, 4, 3)), (*lead, 4))


@criterion("shapes", hint="Add the bias as it is: no unsqueeze, no reshape; broadcasting lines it up with the last dimension.")
@given(d_in=sizes(2), seed=seeds(), examples=4)
def test_one_sample_with_a_bias(student, d_in, seed):
    """One sample without a batch dimension has none after the bias is added either."""
    # One output only: `if bias:` passes a single number, and that mistake is charged under values.
    assert_shape(student.linear_forward(tensor(seed, d_in), tensor(seed + 1, 1, d_in), torch.ones(1)), (1,))


@criterion(
    "shapes",
    hint="Compare the last entry with d_in before anything else, and raise ValueError where they differ.",
    diagnoses=[asserts_in_place_of_raising],
)
@given(n=sizes(), d_in=sizes(), more=sizes(1, 3), examples=8)
def test_output_shape_refuses_another_width(student, n, d_in, more):
    """linear_output_shape raises ValueError where the last entry is not d_in."""
    student.linear_output_shape((n, d_in), d_in, 4)
    with raises(ValueError, "a last entry that is not d_in"):
        student.linear_output_shape((n, d_in + more), d_in, 4)


@criterion(
    "values",
    gate=True,
    hint="y = x W^T + b: each output is the sum of products of one row of x with one row of weight, plus one bias.",
    diagnoses=[
        forgets_return,
        leaves_the_weight_as_it_is,
        leaves_the_bias_out,
        cuts_off_negative_values,
        computes_another_formula,
        keeps_an_earlier_weight,
        mixes_up_the_rows,
    ],
)
@given(n=sizes(1, 2), d_in=sizes(3, 4), d_out=sizes(5, 6), seed=seeds())
def test_x_times_weight_plus_bias(student, n, d_in, d_out, seed):
    """The result is x W^T + b."""
    x, weight, bias = tensor(seed, n, d_in), tensor(seed + 1, d_out, d_in), tensor(seed + 2, d_out)
    assert_close(student.linear_forward(x, weight, bias), affine(x, weight, bias))


@criterion(
    "values", hint="Test with `if bias is not None`: without a bias nothing is added.", diagnoses=[cuts_off_negative_values]
)
@given(n=sizes(1, 2), d_in=sizes(3, 4), d_out=sizes(5, 6), seed=seeds(), examples=10)
def test_without_bias(student, n, d_in, d_out, seed):
    """Without a bias the result is x W^T."""
    x, weight = tensor(seed, n, d_in), tensor(seed + 1, d_out, d_in)
    assert_close(student.linear_forward(x, weight), affine(x, weight))


@criterion("values", hint="No += on an argument, no t_(): make new tensors.", diagnoses=[writes_into_its_argument])
@given(which=sampled_from([0, 1, 2]), seed=seeds(), examples=9)
def test_arguments_stay_as_they_were(student, worker, which, seed):
    """x, weight and bias are not modified."""
    values = [tensor(seed, 2, 3), tensor(seed + 1, 4, 3), tensor(seed + 2, 4)]
    copies = [worker.put(value) for value in values]
    student.linear_forward(*copies)
    assert_equal(copies[which].value, values[which], "an argument after the call")


@criterion(
    "gradients",
    gate=True,
    hint="Compute with tensors all the way: no .data, .detach(), .item(), no trip through NumPy or Python numbers.",
    diagnoses=[forgets_return, leaves_autograd],
)
@given(n=sizes(2, 3), d=sizes(2, 3), seed=seeds(), examples=6)
def test_gradient_of_the_weight(student, n, d, seed):
    """The gradient of the weight is that of what is computed."""
    gradcheck(
        student.linear_forward,
        tensor(seed, n, d),
        tensor(seed + 1, d, d, requires_grad=True),
        names=["x", "the weight"],
    )


@criterion("gradients", hint="x must stay in the graph: no .data and no .detach().", diagnoses=[leaves_autograd])
@given(n=sizes(2, 3), d=sizes(2, 3), seed=seeds(), examples=6)
def test_gradient_of_x(student, n, d, seed):
    """The gradient of x is that of what is computed."""
    gradcheck(
        student.linear_forward,
        tensor(seed, n, d, requires_grad=True),
        tensor(seed + 1, d, d),
        names=["x"],
    )


@criterion(
    "gradients", hint="Each sample adds one to the gradient of the bias.", diagnoses=[leaves_the_bias_out, leaves_autograd]
)
@given(n=sizes(2, 4), d=sizes(2, 3), seed=seeds(), examples=6)
def test_gradient_of_the_bias(student, n, d, seed):
    """The gradient of the bias is that of what is computed."""
    gradcheck(
        student.linear_forward,
        tensor(seed, n, d),
        tensor(seed + 1, d, d),
        tensor(seed + 2, d, requires_grad=True),
        names=["x", "the weight", "the bias"],
    )


@criterion(
    "modes",
    gate=True,
    hint="Let the result follow x and weight; do not make a tensor without saying its dtype.",
    diagnoses=[forgets_return, fixes_the_dtype],
)
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=10)
def test_dtype_is_kept(student, dtype, seed):
    """The result has the dtype of the input."""
    weight = tensor(seed, 3, 3, dtype=dtype)
    y = assert_computes(
        lambda x: student.linear_forward(x, weight), tensor(seed + 1, 2, 3, dtype=dtype), tensor(seed + 2, 2, 3, dtype=dtype)
    )
    check(y.dtype == dtype, "The output has another dtype than the input.")
