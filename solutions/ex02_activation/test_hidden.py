"""The checks of ex02 that students do not get to read."""

import torch

from grader.suite import (
    StudentError,
    assert_close,
    assert_equal,
    assert_shape,
    booleans,
    check,
    criterion,
    diagnosis,
    fetch,
    given,
    gradcheck,
    sampled_from,
    seeds,
    shapes,
    sizes,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, leaves_autograd


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


def takes(student, first, second):
    """Whether fuse_linear works at all where there are these biases."""
    try:
        student.fuse_linear(
            tensor(1, 3, 2), tensor(2, 3) if first else None, tensor(3, 4, 3), tensor(4, 4) if second else None
        )
    except StudentError:
        return False
    return True


def has_the_right_bias(student, w1, b1, w2, b2):
    """Whether the fused bias is a tensor with the right values."""
    wanted = (w2 * b1).sum(1) if b2 is None else (w2 * b1).sum(1) + b2
    try:
        bias = student.fuse_linear(w1, b1, w2, b2)[1]
    except StudentError:
        return False
    return isinstance(bias, torch.Tensor) and bias.shape == wanted.shape and torch.allclose(bias.detach(), wanted, atol=1e-3)


@criterion("values", hint="No loops over rows: what works element by element works for every shape.")
@given(shape=shapes(0, 4), seed=seeds())
def test_relu_takes_any_shape(student, shape, seed):
    """relu takes a single number, a vector, an empty batch, and more dimensions."""
    assert_shape(student.relu(tensor(seed, *shape)), shape)


@criterion("values", hint="What is not negative stays exactly as it is.")
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_relu_twice_is_relu_once(student, rows, columns, seed):
    """Applied twice, relu gives what it gives once."""
    once = student.relu(tensor(seed, rows, columns)).detach()
    assert_equal(student.relu(once), once, "the output of the second relu")


@criterion("gradients", hint="Do not cut w1 or w2 off from autograd.", diagnoses=[leaves_autograd])
@given(which=sampled_from([0, 2]), biases=booleans(), hidden=sizes(2, 3), d_out=sizes(2, 3), seed=seeds(), examples=8)
def test_gradient_of_the_fused_weight(student, props, which, biases, hidden, d_out, seed):
    """The gradients of both weights flow through the fused weight, with biases and without."""
    values = [tensor(seed, hidden, 2), None, tensor(seed + 1, d_out, hidden), None]
    if biases:
        values[1], values[3] = tensor(seed + 2, hidden), tensor(seed + 3, d_out)
    values[which].requires_grad_()
    gradcheck(props.fused_weight(student.fuse_linear), *values, names=["w1", "b1", "w2", "b2"])


@criterion("gradients", hint="Do not cut b1, b2 or w2 off from autograd.", diagnoses=[leaves_autograd])
@given(which=sampled_from([1, 2, 3]), alone=booleans(), hidden=sizes(2, 3), d_out=sizes(2, 3), seed=seeds(), examples=10)
def test_gradient_of_the_fused_bias(student, props, which, alone, hidden, d_out, seed):
    """The gradients of b1, b2 and w2 flow through the fused bias, that of b1 also where b2 is None."""
    values = [tensor(seed, hidden, 2), tensor(seed + 1, hidden), tensor(seed + 2, d_out, hidden), tensor(seed + 3, d_out)]
    if alone and which == 1:
        values[3] = None
    if not has_the_right_bias(student, *values):
        return  # that is charged under fusion
    values[which].requires_grad_()
    gradcheck(props.fused_bias(student.fuse_linear), *values, names=["w1", "b1", "w2", "b2"])


@criterion("fusion", hint="b1 goes through the second layer, b2 does not: b = b1 @ w2.T + b2, whatever the sizes.")
@given(d=sizes(2, 4), seed=seeds(), examples=6)
def test_biases_of_equal_sizes(student, d, seed):
    """Biases of equal sizes are fused like any others."""
    w1, b1, w2, b2 = tensor(seed, d, 2), tensor(seed + 1, d), tensor(seed + 2, d, d), tensor(seed + 3, d)
    assert_close(student.fuse_linear(w1, b1, w2, b2)[1], (w2 * b1).sum(1) + b2, "the fused bias")


@criterion("fusion", hint="The fused weight does not depend on the biases: it is w2 @ w1 whether there are any or not.")
@given(hidden=sizes(2, 3), d_out=sizes(4, 5), first=booleans(), second=booleans(), seed=seeds(), examples=8)
def test_biases_leave_the_fused_weight_alone(student, hidden, d_out, first, second, seed):
    """The fused weight is the same with biases and without."""
    w1, w2 = tensor(seed, hidden, 2), tensor(seed + 1, d_out, hidden)
    plain = student.fuse_linear(w1, None, w2, None)[0].detach()
    b1, b2 = tensor(seed + 2, hidden) if first else None, tensor(seed + 3, d_out) if second else None
    if takes(student, first, second):  # a bias that is None has checks of its own
        assert_close(student.fuse_linear(w1, b1, w2, b2)[0], plain, "the fused weight")


@criterion("fusion", hint="Where both are None, return None (or zeros) for b.", diagnoses=[adds_a_bias_that_is_none])
def test_no_bias_at_all(student):
    """Without both biases, the fused bias is None or zeros."""
    _, bias = student.fuse_linear(tensor(1, 3, 2), None, tensor(2, 4, 3), None)
    check(
        bias is None or bool((fetch(bias, "the fused bias") == torch.zeros(4)).all()),
        "The fused bias should be None or zeros.",
    )


@criterion("modes", hint="Let w and b follow the dtype of the arguments.")
@given(part=sampled_from([0, 1]), biases=sampled_from(["both", "first", "none"]), seed=seeds(), examples=10)
def test_fusion_keeps_the_dtype(student, part, biases, seed):
    """The fused weight and bias have the dtype of the arguments, whichever biases there are."""
    double = torch.float64
    w1, w2 = tensor(seed, 3, 2, dtype=double), tensor(seed + 2, 4, 3, dtype=double)
    b1 = None if biases == "none" else tensor(seed + 1, 3, dtype=double)
    b2 = tensor(seed + 3, 4, dtype=double) if biases == "both" else None
    if not takes(student, b1 is not None, b2 is not None):
        return  # a bias that is None is charged under fusion
    found = student.fuse_linear(w1, b1, w2, b2)[part]
    check(found is None or found.dtype == double, "The fused layer has another dtype than its arguments.")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(which=sampled_from([0, 1]), biases=sampled_from(["both", "first", "second"]), seed=seeds(), examples=10)
def test_fusion_keeps_its_digits(student, which, biases, seed):
    """In float64 the fused weight and bias lose no digits."""
    double = torch.float64
    w1, b1, w2, b2 = (tensor(seed + i, *s, dtype=double) / 3 for i, s in enumerate([(3, 2), (3,), (4, 3), (4,)]))
    wanted = w2 @ w1 if which == 0 else w2 @ b1 + b2 if biases == "both" else w2 @ b1 if biases == "first" else b2
    if not takes(student, biases != "second", biases != "first"):
        return  # a bias that is None is charged under fusion
    found = student.fuse_linear(w1, None if biases == "second" else b1, w2, None if biases == "first" else b2)[which]
    if found is None:
        return  # so is a bias that is missing
    found = fetch(found, "the fused layer").detach()
    error = (found - wanted).abs().max().item() if found.shape == wanted.shape else 0.0
    check(not 1e-12 < error < 1e-5, "Digits of float64 are lost on the way.")  # a larger error is no matter of digits


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, seed):
    """In float64 relu loses no digits."""
    y = fetch(student.relu(tensor(seed, 8, 8, dtype=torch.float64) / 3), "the output")
    check(bool((y != y.float().double()).any()), "Digits of float64 are lost on the way.")
