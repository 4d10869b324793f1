"""The checks of ex03 that students do not get to read."""

import ast
import re

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
    isinstance_of,
    sampled_from,
    seeds,
    shapes,
    sizes,
    spread,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, overrides_call, writes_into_its_argument


@diagnosis()
def keeps_the_first_result(student):
    """Something is kept from the first call and used in the second: compute anew in every call of `forward`."""
    used, new = student.CenteredLayer(), student.CenteredLayer()
    used(tensor(1, 2, 3))
    x = tensor(2, 2, 3)
    return not torch.equal(used(x).detach(), new(x).detach())


@diagnosis()
def keeps_something_on_self(source, names):
    """`forward` of `{name}` puts something on self; it should only compute, and return the result."""
    for name in names:
        method = source.method(name, "forward")
        if method is not None and re.search(r"\bself\.\w+ [-+*/]?= ", ast.unparse(method)):
            return {"name": name}
    return False


@diagnosis()
def asks_torch_to_work_in_place(source, names):
    """`inplace=True` in `{name}` writes the result into the input: leave it out."""
    return next(({"name": name} for name in names if "inplace=True" in source.text_of(name)), False)


def expected(name, x):
    """Return what the layer of this name computes."""
    return x.clamp(min=0) if name == "CustomReLU" else x - x.mean()


def is_right(centered, x):
    """Whether a layer centres `x` as it should."""
    y = centered(x).detach()
    return y.shape == x.shape and torch.allclose(y, x - x.mean(), atol=1e-5)


LAYERS = ["CustomReLU", "CenteredLayer"]


@criterion("shapes", hint="Do not name dimensions one by one: what is done to all elements needs no loop over rows.")
@given(shape=shapes(0, 4), seed=seeds())
def test_relu_takes_any_shape(student, shape, seed):
    """CustomReLU takes a single number, a vector, an empty batch, and more dimensions."""
    assert_shape(student.CustomReLU()(tensor(seed, *shape)), shape)


@criterion("shapes", hint="x.mean() needs no dimension: it works for any shape.")
@given(shape=shapes(0, 4), seed=seeds())
def test_centered_takes_any_shape(student, shape, seed):
    """CenteredLayer takes a single number, a vector, an empty batch, and more dimensions."""
    assert_shape(student.CenteredLayer()(tensor(seed, *shape)), shape)


@criterion("shapes", hint="There is one mean for all elements: not one for each matrix or each example.")
@given(pages=sizes(2, 3), rows=sizes(2, 3), columns=sizes(2, 3), seed=seeds(), examples=10)
def test_one_mean_for_three_dimensions(student, pages, rows, columns, seed):
    """CenteredLayer has one mean for all elements of an input of three dimensions, too."""
    layer, x = student.CenteredLayer(), tensor(seed, pages, rows, columns)
    if is_right(layer, x.reshape(pages, -1)):  # else it is a matter of values
        assert_close(layer(x), x - x.mean())


@criterion("values", hint="Keep nothing from one call for the next.", diagnoses=[keeps_the_first_result])
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_second_call_is_independent(student, rows, columns, seed):
    """A second call with another input does not depend on the first."""
    layer = student.CenteredLayer()
    layer(tensor(seed + 1, rows, columns))
    x = tensor(seed, rows, columns)
    assert_close(layer(x), x - x.mean())


@criterion("values", hint="Keep nothing from one call for the next.",
           diagnoses=[keeps_the_first_result, keeps_something_on_self])  # fmt: skip
@given(name=sampled_from(LAYERS), rows=sizes(2, 4), columns=sizes(2, 4), seed=seeds(), examples=10)
def test_second_call_may_have_another_shape(student, name, rows, columns, seed):
    """A second call may have an input of another shape."""
    layer = getattr(student, name)()
    layer(tensor(seed + 1, rows, columns))
    x = tensor(seed, columns + 1, rows + 3)
    assert_close(layer(x), expected(name, x))


@criterion("values", hint="Compute and return: do not put the input or the result on self.",
           diagnoses=[keeps_something_on_self])  # fmt: skip
@given(name=sampled_from(LAYERS), seed=seeds(), examples=6)
def test_nothing_is_kept_of_a_call(student, props, name, seed):
    """A layer keeps nothing of a call: after it, copy.deepcopy works as before."""
    layer, x = getattr(student, name)(), tensor(seed, 2, 3)
    copy = props.copy_after_a_call(layer, tensor(seed + 1, 2, 3, requires_grad=True))
    assert_close(copy(x), getattr(student, name)()(x).detach(), "the output of the copy")


@criterion("values", hint="The whole input moves up: the mean moves up by as much, and the difference stays.")
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_centered_output_has_mean_zero(student, rows, columns, seed):
    """The output of CenteredLayer has mean 0, wherever the input lies."""
    y = student.CenteredLayer()(tensor(seed, rows, columns) + 8)
    assert_close(y.mean(), torch.tensor(0.0), "the mean of the output")


@criterion("values", hint="Do not write into x: x.relu_(), x -= ..., x[...] = ... change the caller's tensor.",
           diagnoses=[asks_torch_to_work_in_place, writes_into_its_argument])  # fmt: skip
@given(name=sampled_from(LAYERS), rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_input_stays_as_it_was(student, worker, name, rows, columns, seed):
    """The input tensor is not modified."""
    x = tensor(seed, rows, columns)
    copy = worker.put(x)
    getattr(student, name)()(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("registration", hint="A layer without parameters has nothing to train: no nn.Parameter in __init__.")
def test_nothing_to_train(student):
    """Neither layer has parameters."""
    found = [p for name in ("CustomReLU", "CenteredLayer") for p in getattr(student, name)().parameters()]
    check(not found, "There are parameters in a layer that should have none.")


@criterion("registration", hint="Do not register buffers, and do not keep tensors in the module.")
def test_nothing_to_save(student):
    """Neither layer has anything in its state_dict, before and after a call."""
    for name in ("CustomReLU", "CenteredLayer"):
        layer = getattr(student, name)()
        layer(tensor(1, 2, 3))
        check(len(layer.state_dict()) == 0, "The state_dict of a layer holds something; it should be empty.")


@criterion(
    "registration",
    hint="Hooks fire when forward is called by nn.Module: define forward, not __call__.",
    diagnoses=[overrides_call],
)
@given(name=sampled_from(LAYERS), seed=seeds(), examples=6)
def test_hooks_fire(student, props, name, seed):
    """A forward hook sees the output and may change it."""
    layer, x = getattr(student, name)(), tensor(seed, 2, 3)
    plain = layer(x).detach()
    layer.register_forward_hook(props.add_one)
    assert_close(layer(x), plain + 1, "the output with a hook that adds 1")


@criterion("registration", hint="Call super().__init__() first, and keep attributes that can be copied.")
@given(name=sampled_from(LAYERS), seed=seeds(), examples=6)
def test_copies_work(student, props, name, seed):
    """copy.deepcopy gives a layer that computes the same."""
    layer, x = getattr(student, name)(), tensor(seed, 2, 3)
    assert_close(props.deepcopy(layer)(x), layer(x).detach(), "the output of the copy")


@criterion("registration", hint="print(layer) must work: call super().__init__() in __init__.")
def test_can_be_printed(student, worker, props):
    """Both layers can be printed and are nn.Modules."""
    for name in ("CustomReLU", "CenteredLayer"):
        layer = getattr(student, name)()
        check(props.text(layer) != "" and isinstance_of(layer, worker.nn.Module), "A layer is no nn.Module.")


@criterion("modes", hint="These layers compute the same in training and in evaluation.")
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_centered_is_the_same_in_train_and_eval(student, rows, columns, seed):
    """CenteredLayer gives the same result in train mode and in eval mode."""
    layer, x = student.CenteredLayer(), tensor(seed, rows, columns)
    trained = layer(x)
    layer.eval()
    assert_close(layer(x), trained.detach(), "the output in eval mode")


@criterion("modes", hint="Avoid .view: it needs a contiguous tensor. Elementwise functions do not.")
@given(name=sampled_from(LAYERS), rows=sizes(2, 4), columns=sizes(2, 4), seed=seeds(), examples=8)
def test_non_contiguous_input(student, name, rows, columns, seed):
    """An input that is not contiguous in memory gives the same result."""
    x = tensor(seed, rows, columns)
    layer = getattr(student, name)()
    assert_close(layer(spread(x)), layer(x).detach(), "the output for a non-contiguous input")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.",
           diagnoses=[fixes_the_dtype])  # fmt: skip
@given(name=sampled_from(LAYERS), seed=seeds(), examples=8)
def test_float64_keeps_its_digits(student, name, seed):
    """In float64 no digits are lost."""
    x = tensor(seed, 3, 4, dtype=torch.float64) / 3  # thirds: multiples of 1/16 would be exact in float32 as well
    y, wanted = fetch(getattr(student, name)()(x), "the output"), expected(name, x)
    error = (y.detach() - wanted).abs().max().item() if y.shape == wanted.shape else 0.0
    check(not 1e-12 < error < 1e-5, "The output is right, but only to the digits of float32.")
