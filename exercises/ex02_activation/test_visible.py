"""The checks of ex02 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import torch

from grader.suite import (
    assert_close,
    assert_computes,
    assert_equal,
    check,
    criterion,
    diagnosis,
    given,
    gradcheck,
    sampled_from,
    seeds,
    sizes,
    tensor,
)
from grader.suite.diagnoses import another_activation, forgets_return, leaves_autograd, looks_like, writes_into_its_argument

X, OTHER = tensor(1, 3, 4), tensor(2, 3, 4)


def fused(student, w1, b1, w2, b2):
    """The two answers of fuse_linear, which must be a pair."""
    pair = student.fuse_linear(w1, b1, w2, b2)
    check(isinstance(pair, tuple) and len(pair) == 2, "`fuse_linear` should give back a pair: (w, b).")
    return pair


@diagnosis()
def computes_another_function(student):
    """It looks as if `{formula}` is computed; `max(x, 0)` is asked for, element by element."""
    return another_activation(student.relu)


@diagnosis()
def decides_for_the_whole_tensor(student):
    """One number decides for the whole tensor: compare each element with 0."""
    mixed, positive = torch.tensor([[-1.0, 2.0]]), torch.tensor([[1.0, 2.0]])
    right = torch.equal(student.relu(positive).detach(), positive)
    return right and looks_like(student.relu(mixed), {"x": mixed, "0": torch.zeros(1, 2)}) is not False


@diagnosis()
def drops_small_values(student):
    """Small positive numbers become 0: the limit is 0 itself, and every positive number stays."""
    x = torch.tensor([0.001, 0.01, 0.1, 0.4, 2.0, 9.0])
    y = student.relu(x).detach()
    return bool((y == 0).any()) and bool((y[-1] == 9.0).item())


@diagnosis()
def computes_another_bias(student):
    """It looks as if the fused bias is `{formula}`; `b1 @ w2.T + b2` is asked for."""
    w1, b1, w2, b2 = tensor(1, 3, 2), tensor(2, 3), tensor(3, 4, 3), tensor(4, 4)
    through = (w2 * b1).sum(1)
    formulas = {
        "b2": b2,
        "b1 @ w2.T": through,
        "0": torch.zeros(4),
        "b1 @ w2.T - b2": through - b2,
        "b2 - b1 @ w2.T": b2 - through,
    }
    return looks_like(student.fuse_linear(w1, b1, w2, b2)[1], formulas)


@diagnosis()
def computes_another_weight(student):
    """It looks as if the fused weight is `{formula}`; `w2 @ w1` is asked for."""
    w1, w2 = tensor(1, 3, 2), tensor(3, 4, 3)
    weight = student.fuse_linear(w1, None, w2, None)[0]
    formulas = {
        "(w2 @ w1).T": (w2 @ w1).T,
        "w2 @ relu(w1)": w2 @ w1.clamp(min=0),
        "relu(w2 @ w1)": (w2 @ w1).clamp(min=0),
        "w2": w2,
        "w1": w1,
    }
    return looks_like(weight, formulas)


@diagnosis()
def multiplies_in_the_wrong_order(student):
    """The weights are multiplied in the wrong order: the first layer acts first, so the product is w2 @ w1."""
    w1, w2 = tensor(1, 3, 3), tensor(2, 3, 3)
    return torch.allclose(student.fuse_linear(w1, None, w2, None)[0].detach(), w1 @ w2, atol=1e-4)


@diagnosis()
def forgets_the_second_layer_for_b1(student):
    """b1 is added as it is; it must pass through the second layer: b1 @ w2.T."""
    w1, b1, w2, b2 = tensor(1, 3, 3), tensor(2, 3), tensor(3, 3, 3), tensor(4, 3)
    return torch.allclose(student.fuse_linear(w1, b1, w2, b2)[1].detach(), b1 + b2, atol=1e-4)


@diagnosis()
def transposes_only_where_it_must(student):
    """Square weights are multiplied in another order than others: the order must not depend on the sizes."""
    w1, w2 = tensor(1, 3, 3), tensor(2, 3, 3)
    return torch.allclose(student.fuse_linear(w1, None, w2, None)[0].detach(), w1 @ w2, atol=1e-4)


@diagnosis()
def adds_a_bias_that_is_none(student):
    """A bias that is None is used in a calculation: test with `is None` first."""
    w1, w2 = tensor(1, 3, 2), tensor(2, 4, 3)
    student.fuse_linear(w1, tensor(3, 3), w2, tensor(4, 4))
    try:
        student.fuse_linear(w1, tensor(3, 3), w2, None)
        student.fuse_linear(w1, None, w2, tensor(4, 4))
        student.fuse_linear(w1, None, w2, None)
    except (TypeError, AttributeError):
        return True
    return False


@criterion(
    "values",
    gate=True,
    hint="max(x, 0), element by element: a negative number becomes 0, the others stay.",
    diagnoses=[forgets_return, computes_another_function, decides_for_the_whole_tensor, drops_small_values],
)
@given(rows=sizes(), columns=sizes(), seed=seeds())
def test_relu_takes_the_larger_of_x_and_zero(student, rows, columns, seed):
    """relu computes max(x, 0) for every element."""
    x = tensor(seed, rows, columns)
    assert_close(student.relu(x), x.clamp(min=0))


@criterion(
    "gradients",
    gate=True,
    hint="Compute with tensors all the way: no .data, .detach(), .item(), no trip through NumPy or Python numbers.",
    diagnoses=[forgets_return, leaves_autograd],
)
@given(rows=sizes(1, 3), columns=sizes(1, 3), seed=seeds(), examples=8)
def test_gradient_of_relu(student, rows, columns, seed):
    """The gradient of relu is that of what it computes."""
    assert_computes(student.relu, X, OTHER)
    gradcheck(student.relu, tensor(seed, rows, columns, requires_grad=True))


@criterion(
    "fusion",
    gate=True,
    hint="(x w1^T) w2^T = x (w2 w1)^T, so w = w2 @ w1.",
    diagnoses=[forgets_return, multiplies_in_the_wrong_order, computes_another_weight],
)
@given(d_in=sizes(2, 3), hidden=sizes(4, 5), d_out=sizes(6, 7), seed=seeds(), examples=10)
def test_fused_weight(student, d_in, hidden, d_out, seed):
    """The fused weight does to x what both layers do, one after the other."""
    w1, w2 = tensor(seed, hidden, d_in), tensor(seed + 1, d_out, hidden)
    weight, _ = fused(student, w1, None, w2, None)
    assert_close(weight, (w2.unsqueeze(-1) * w1).sum(1), "the fused weight")


@criterion(
    "fusion",
    hint="b1 comes out of the first layer and goes through the second: b = b1 @ w2.T + b2.",
    diagnoses=[multiplies_in_the_wrong_order, forgets_the_second_layer_for_b1, computes_another_bias],
)
@given(d_in=sizes(2, 3), hidden=sizes(4, 5), d_out=sizes(6, 7), seed=seeds(), examples=10)
def test_fused_bias(student, d_in, hidden, d_out, seed):
    """The fused bias does what both biases do."""
    w1, b1 = tensor(seed, hidden, d_in), tensor(seed + 1, hidden)
    w2, b2 = tensor(seed + 2, d_out, hidden), tensor(seed + 3, d_out)
    _, bias = fused(student, w1, b1, w2, b2)
    assert_close(bias, (w2 * b1).sum(1) + b2, "the fused bias")


@criterion("fusion", hint="The order is always w2 @ w1.", diagnoses=[transposes_only_where_it_must])
@given(d=sizes(2, 4), seed=seeds(), examples=8)
def test_square_weights(student, d, seed):
    """Square weights are fused like any others."""
    w1, w2 = tensor(seed, d, d), tensor(seed + 1, d, d)
    weight, _ = student.fuse_linear(w1, None, w2, None)
    assert_close(weight, (w2.unsqueeze(-1) * w1).sum(1), "the fused weight")


@criterion(
    "modes",
    gate=True,
    hint="Compare with a 0 of the same dtype, or use a function that takes a plain number: clamp(min=0).",
    diagnoses=[forgets_return],
)
@given(name=sampled_from(["int64", "float64", "float32"]), seed=seeds(), examples=9)
def test_relu_keeps_the_dtype(student, name, seed):
    """relu keeps the dtype, that of whole numbers too."""
    x = tensor(seed, 8, 8, dtype=getattr(torch, name))
    y = assert_computes(student.relu, x, tensor(seed + 1, 8, 8, dtype=x.dtype))
    check(y.dtype == x.dtype, "The output has another dtype than the input.")


@criterion("modes", hint="Half precision has values of its own: no cast, no zeros of another dtype.")
@given(name=sampled_from(["float16", "bfloat16", "int32"]), seed=seeds(), examples=9)
def test_relu_keeps_other_dtypes(student, name, seed):
    """relu keeps half precision and short whole numbers, too."""
    dtype = getattr(torch, name)
    check(student.relu(tensor(seed, 2, 3, dtype=dtype)).dtype == dtype, "The output has another dtype than the input.")


@criterion("fusion", hint="No += on an argument: make new tensors.", diagnoses=[writes_into_its_argument])
@given(which=sampled_from([0, 1, 2, 3]), seed=seeds(), examples=12)
def test_arguments_stay_as_they_were(student, worker, which, seed):
    """w1, b1, w2 and b2 are not modified."""
    values = [tensor(seed, 3, 2), tensor(seed + 1, 3), tensor(seed + 2, 4, 3), tensor(seed + 3, 4)]
    copies = [worker.put(value) for value in values]
    student.fuse_linear(*copies)
    assert_equal(copies[which].value, values[which], "an argument after the call")


@criterion("fusion", hint="Where b1 is None, b is b2.", diagnoses=[adds_a_bias_that_is_none])
@given(hidden=sizes(2, 3), d_out=sizes(4, 5), seed=seeds(), examples=8)
def test_only_the_second_bias(student, hidden, d_out, seed):
    """With b2 alone, the fused bias is b2."""
    w1, w2, b2 = tensor(seed, hidden, 2), tensor(seed + 1, d_out, hidden), tensor(seed + 2, d_out)
    assert_close(student.fuse_linear(w1, None, w2, b2)[1], b2, "the fused bias")


@criterion(
    "fusion", hint="Either bias may be None. Where b2 is None, b is what b1 becomes.", diagnoses=[adds_a_bias_that_is_none]
)
@given(hidden=sizes(2, 3), d_out=sizes(4, 5), seed=seeds(), examples=8)
def test_only_the_first_bias(student, hidden, d_out, seed):
    """With b1 alone, the fused bias is what b1 becomes in the second layer."""
    w1, b1, w2 = tensor(seed, hidden, 2), tensor(seed + 1, hidden), tensor(seed + 2, d_out, hidden)
    assert_close(student.fuse_linear(w1, b1, w2, None)[1], (w2 * b1).sum(1), "the fused bias")


@criterion(
    "values", hint="No x[x < 0] = 0 and no clamp_: they change the caller's tensor.", diagnoses=[writes_into_its_argument]
)
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_input_stays_as_it_was(student, worker, rows, columns, seed):
    """The input of relu is not modified."""
    x = tensor(seed, rows, columns)
    copy = worker.put(x)
    student.relu(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("values", hint="max(x, 0) and nothing else: there is no bound above.",
           diagnoses=[computes_another_function, drops_small_values])  # fmt: skip
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_a_positive_factor_passes_through(student, rows, columns, seed):
    """A positive factor passes through: relu(16 x) is 16 relu(x)."""
    x = tensor(seed, rows, columns)
    assert_close(student.relu(16 * x), 16 * student.relu(x).detach(), "the output for a larger input")
