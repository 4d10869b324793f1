"""The checks of ex03 that students do not get to read."""

import torch

from grader.suite import (
    assert_close,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    dtypes,
    given,
    gradcheck,
    isinstance_of,
    sampled_from,
    seeds,
    shapes,
    sizes,
    spread,
    tensor,
)


@diagnosis
def keeps_the_first_result(student):
    """The second call gives back what the first one did: compute anew in every call of `forward`."""
    layer = student.CenteredLayer()
    first, second = layer(tensor(1, 2, 3)), layer(tensor(2, 2, 3))
    return torch.equal(first.detach(), second.detach())


@diagnosis
def writes_into_the_input(source):
    """`forward` writes into its argument ({where}): make a new tensor instead."""
    for name in ("CustomReLU", "CenteredLayer"):
        method = source.method(name, "forward")
        arguments = [a.arg for a in method.args.args[1:2]] if method else []
        for argument in arguments:
            if where := source.assigns_in_place(name, argument):
                return {"where": where}
    return False


@diagnosis
def fixes_the_dtype(source):
    """A dtype is written into the code ({where}); let the result follow the input's dtype."""
    words = ("float", "double", "half")
    for name in ("CustomReLU", "CenteredLayer"):
        where = source.calls(name, "torch.float32", "torch.float64", "torch.float") or next(
            (w for word in words if (w := source.uses(name, word))), ""
        )
        if where:
            return {"where": where}
    return False


@diagnosis
def detaches_the_mean(student):
    """The mean is taken without its gradient: it depends on the input, so the gradient must flow through it."""
    x = tensor(5, 2, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(student.CenteredLayer()(x)[0, 0], x)
    return gradient[0, 0].item() == 1.0


@criterion("shapes", hint="Do not name dimensions one by one: what is done to all elements needs no loop over rows.")
@given(shape=shapes(0, 4), seed=seeds())
def test_relu_takes_any_shape(student, shape, seed):
    """CustomReLU takes a single number, a vector, an empty batch, and more dimensions."""
    assert_shape(student.CustomReLU()(tensor(seed, *shape)), shape)


@criterion("shapes", hint="x.mean() needs no dimension: it works for any shape.")
@given(shape=shapes(0, 4, smallest=1), seed=seeds())
def test_centered_takes_any_shape(student, shape, seed):
    """CenteredLayer takes a single number, a vector, and more dimensions."""
    assert_shape(student.CenteredLayer()(tensor(seed, *shape)), shape)


@criterion("values", hint="Keep nothing from one call for the next.", diagnoses=[keeps_the_first_result])
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_second_call_is_independent(student, rows, columns, seed):
    """A second call with another input does not depend on the first."""
    layer = student.CenteredLayer()
    layer(tensor(seed + 1, rows, columns))
    x = tensor(seed, rows, columns)
    assert_close(layer(x), x - x.mean())


@criterion("values", hint="The whole input moves up: the mean moves up by as much, and the difference stays.")
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_centered_output_has_mean_zero(student, rows, columns, seed):
    """The output of CenteredLayer has mean 0, wherever the input lies."""
    y = student.CenteredLayer()(tensor(seed, rows, columns) + 8)
    assert_close(y.mean(), torch.tensor(0.0), "the mean of the output")


@criterion("values", hint="Do not write into x: x.relu_(), x -= ..., x[...] = ... change the caller's tensor.",
           diagnoses=[writes_into_the_input])  # fmt: skip
@given(name=sampled_from(["CustomReLU", "CenteredLayer"]), rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_input_stays_as_it_was(student, worker, name, rows, columns, seed):
    """The input tensor is not modified."""
    x = tensor(seed, rows, columns)
    copy = worker.put(x)
    getattr(student, name)()(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("gradients", hint="The gradient of x - mean(x) has a part from x and a part from the mean.",
           diagnoses=[detaches_the_mean])  # fmt: skip
@given(rows=sizes(1, 3), columns=sizes(1, 3), seed=seeds(), examples=8)
def test_gradient_of_centered(student, rows, columns, seed):
    """The gradient of CenteredLayer flows through the mean as well."""
    gradcheck(student.CenteredLayer(), tensor(seed, rows, columns, dtype=torch.float64, requires_grad=True))


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


@criterion("registration", hint="Hooks fire when forward is called by nn.Module: define forward, not __call__.")
@given(name=sampled_from(["CustomReLU", "CenteredLayer"]), seed=seeds(), examples=6)
def test_hooks_fire(student, props, name, seed):
    """A forward hook sees the output and may change it."""
    layer, x = getattr(student, name)(), tensor(seed, 2, 3)
    plain = layer(x).detach()
    layer.register_forward_hook(props.add_one)
    assert_close(layer(x), plain + 1, "the output with a hook that adds 1")


@criterion("registration", hint="Call super().__init__() first, and keep attributes that can be copied.")
@given(name=sampled_from(["CustomReLU", "CenteredLayer"]), seed=seeds(), examples=6)
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


@criterion(
    "modes", hint="Let the result follow x: x.clamp, torch.maximum, x.mean() keep the dtype.", diagnoses=[fixes_the_dtype]
)
@given(
    name=sampled_from(["CustomReLU", "CenteredLayer"]),
    dtype=dtypes("float16", "bfloat16", "float32", "float64"),
    seed=seeds(),
)
def test_dtype_is_kept(student, name, dtype, seed):
    """The output has the dtype of the input."""
    x = tensor(seed, 2, 3, dtype=dtype)
    y = getattr(student, name)()(x)
    check(isinstance(y, torch.Tensor) and y.dtype == dtype, "The output has another dtype than the input.")


@criterion("modes", hint="These layers compute the same in training and in evaluation.")
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_centered_is_the_same_in_train_and_eval(student, rows, columns, seed):
    """CenteredLayer gives the same result in train mode and in eval mode."""
    layer, x = student.CenteredLayer(), tensor(seed, rows, columns)
    trained = layer(x)
    layer.eval()
    assert_close(layer(x), trained.detach(), "the output in eval mode")


@criterion("modes", hint="Avoid .view: it needs a contiguous tensor. Elementwise functions do not.")
@given(name=sampled_from(["CustomReLU", "CenteredLayer"]), rows=sizes(2, 4), columns=sizes(2, 4), seed=seeds(), examples=8)
def test_non_contiguous_input(student, name, rows, columns, seed):
    """An input that is not contiguous in memory gives the same result."""
    x = tensor(seed, rows, columns)
    layer = getattr(student, name)()
    assert_close(layer(spread(x)), layer(x).detach(), "the output for a non-contiguous input")
