"""The checks of ex02 that students do not get to read."""

import torch

from grader.suite import (
    assert_close,
    assert_equal,
    assert_shape,
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
from grader.suite.diagnoses import fixes_the_dtype, leaves_autograd, writes_into_its_argument


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


@criterion("gradients", hint="Do not cut w1 or w2 off from autograd.", diagnoses=[leaves_autograd])
@given(which=sampled_from([0, 2]), d_in=sizes(2, 3), hidden=sizes(2, 3), d_out=sizes(2, 3), seed=seeds(), examples=6)
def test_gradient_of_the_fused_weight(student, props, which, d_in, hidden, d_out, seed):
    """The gradients of both weights flow through the fused weight."""
    values = [tensor(seed, hidden, d_in), None, tensor(seed + 1, d_out, hidden), None]
    values[which].requires_grad_()
    gradcheck(props.fused_weight(student.fuse_linear), *values, names=["w1", "b1", "w2", "b2"])


@criterion("gradients", hint="Do not cut b1 or b2 off from autograd.", diagnoses=[leaves_autograd])
@given(which=sampled_from([1, 3]), d_in=sizes(2, 3), hidden=sizes(2, 3), d_out=sizes(2, 3), seed=seeds(), examples=6)
def test_gradient_of_the_fused_bias(student, props, which, d_in, hidden, d_out, seed):
    """The gradients of both biases flow through the fused bias."""
    values = [tensor(seed, hidden, d_in), tensor(seed + 1, hidden), tensor(seed + 2, d_out, hidden), tensor(seed + 3, d_out)]
    values[which].requires_grad_()
    gradcheck(props.fused_bias(student.fuse_linear), *values, names=["w1", "b1", "w2", "b2"])


@criterion(
    "fusion", hint="Either bias may be None. Where b2 is None, b is what b1 becomes.", diagnoses=[adds_a_bias_that_is_none]
)
@given(hidden=sizes(2, 3), d_out=sizes(4, 5), seed=seeds(), examples=8)
def test_only_the_first_bias(student, hidden, d_out, seed):
    """With b1 alone, the fused bias is what b1 becomes in the second layer."""
    w1, b1, w2 = tensor(seed, hidden, 2), tensor(seed + 1, hidden), tensor(seed + 2, d_out, hidden)
    assert_close(student.fuse_linear(w1, b1, w2, None)[1], (w2 * b1).sum(1), "the fused bias")


@criterion("fusion", hint="Where b1 is None, b is b2.", diagnoses=[adds_a_bias_that_is_none])
@given(hidden=sizes(2, 3), d_out=sizes(4, 5), seed=seeds(), examples=8)
def test_only_the_second_bias(student, hidden, d_out, seed):
    """With b2 alone, the fused bias is b2."""
    w1, w2, b2 = tensor(seed, hidden, 2), tensor(seed + 1, d_out, hidden), tensor(seed + 2, d_out)
    assert_close(student.fuse_linear(w1, None, w2, b2)[1], b2, "the fused bias")


@criterion("fusion", hint="Where both are None, return None (or zeros) for b.", diagnoses=[adds_a_bias_that_is_none])
def test_no_bias_at_all(student):
    """Without both biases, the fused bias is None or zeros."""
    _, bias = student.fuse_linear(tensor(1, 3, 2), None, tensor(2, 4, 3), None)
    check(
        bias is None or bool((fetch(bias, "the fused bias") == torch.zeros(4)).all()),
        "The fused bias should be None or zeros.",
    )


@criterion("fusion", hint="No += on an argument: make new tensors.", diagnoses=[writes_into_its_argument])
@given(which=sampled_from([0, 1, 2, 3]), seed=seeds(), examples=12)
def test_arguments_stay_as_they_were(student, worker, which, seed):
    """w1, b1, w2 and b2 are not modified."""
    values = [tensor(seed, 3, 2), tensor(seed + 1, 3), tensor(seed + 2, 4, 3), tensor(seed + 3, 4)]
    copies = [worker.put(value) for value in values]
    student.fuse_linear(*copies)
    assert_equal(copies[which].value, values[which], "an argument after the call")


@criterion("modes", hint="Let w and b follow the dtype of the arguments.")
@given(part=sampled_from([0, 1]), seed=seeds(), examples=6)
def test_fusion_keeps_the_dtype(student, part, seed):
    """The fused weight and bias have the dtype of the arguments."""
    double = torch.float64
    w1, b1 = tensor(seed, 3, 2, dtype=double), tensor(seed + 1, 3, dtype=double)
    w2, b2 = tensor(seed + 2, 4, 3, dtype=double), tensor(seed + 3, 4, dtype=double)
    check(student.fuse_linear(w1, b1, w2, b2)[part].dtype == double, "The fused layer has another dtype than its arguments.")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, seed):
    """In float64 relu loses no digits."""
    y = fetch(student.relu(tensor(seed, 8, 8, dtype=torch.float64) / 3), "the output")
    check(bool((y != y.float().double()).any()), "Digits of float64 are lost on the way.")
