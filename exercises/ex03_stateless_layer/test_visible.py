"""The checks of ex03 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import torch

from grader.suite import assert_close, assert_shape, criterion, diagnosis, given, gradcheck, seeds, sizes, tensor


@diagnosis
def averages_one_dimension_only(student):
    """It looks as if the mean is taken along one dimension only; `CenteredLayer` subtracts the mean over all elements."""
    x = tensor(3, 3, 4)
    y = student.CenteredLayer()(x).detach()
    return any(torch.allclose(y, x - x.mean(d, keepdim=True), atol=1e-5) for d in (0, 1))


@diagnosis
def leaves_autograd(source):
    """`{word}` cuts the result off from autograd ({where})."""
    for name in ("CustomReLU", "CenteredLayer"):
        for word in ("detach", "data", "item", "tolist", "numpy"):
            if where := source.uses(name, word):
                return {"word": f".{word}", "where": where}
    return False


@diagnosis
def overrides_call(source):
    """`{name}` defines `__call__`; write `forward` instead, and nn.Module calls it with all hooks."""
    return next(({"name": n} for n in ("CustomReLU", "CenteredLayer") if source.method(n, "__call__")), False)


@criterion("shapes", gate=True, hint="A layer without parameters changes values, never the shape.")
@given(rows=sizes(), columns=sizes(), seed=seeds())
def test_relu_keeps_the_shape(student, rows, columns, seed):
    """CustomReLU gives back a tensor of the same shape."""
    assert_shape(student.CustomReLU()(tensor(seed, rows, columns)), (rows, columns))


@criterion("values", gate=True, hint="max(x, 0), element by element: a negative number becomes 0, the others stay.")
@given(rows=sizes(), columns=sizes(), seed=seeds())
def test_relu_takes_the_larger_of_x_and_zero(student, rows, columns, seed):
    """CustomReLU computes max(x, 0) for every element."""
    x = tensor(seed, rows, columns)
    assert_close(student.CustomReLU()(x), x.clamp(min=0))


@criterion("values", hint="x - x.mean() has one mean for all elements.", diagnoses=[averages_one_dimension_only])
@given(rows=sizes(), columns=sizes(), seed=seeds())
def test_centered_subtracts_the_mean(student, rows, columns, seed):
    """CenteredLayer subtracts the mean over all elements."""
    x = tensor(seed, rows, columns)
    assert_close(student.CenteredLayer()(x), x - x.mean())


@criterion(
    "gradients",
    gate=True,
    hint="Compute with tensors all the way: no .data, .detach(), .item(), no trip through NumPy or Python numbers.",
    diagnoses=[leaves_autograd],
)
@given(rows=sizes(1, 3), columns=sizes(1, 3), seed=seeds(), examples=8)
def test_gradient_of_relu(student, rows, columns, seed):
    """The gradient of CustomReLU is that of max(x, 0)."""
    gradcheck(student.CustomReLU(), tensor(seed, rows, columns, dtype=torch.float64, requires_grad=True))


@criterion(
    "registration",
    gate=True,
    hint="Inherit from nn.Module and write forward; then the layer goes into nn.Sequential like any other.",
    diagnoses=[overrides_call],
)
def test_both_work_inside_sequential(student, worker):
    """Both layers work inside nn.Sequential."""
    x = tensor(1, 4, 3)
    net = worker.nn.Sequential(student.CenteredLayer(), student.CustomReLU())
    assert_shape(net(x), (4, 3), "the output of the Sequential")


@criterion("modes", gate=True, hint="These layers compute the same in training and in evaluation.")
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_relu_is_the_same_in_train_and_eval(student, rows, columns, seed):
    """CustomReLU gives the same result in train mode and in eval mode."""
    layer, x = student.CustomReLU(), tensor(seed, rows, columns)
    trained = layer(x)
    layer.eval()
    assert_close(layer(x), trained.detach(), "the output in eval mode")
