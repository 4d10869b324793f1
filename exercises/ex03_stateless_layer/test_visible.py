"""The checks of ex03 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import re

import torch

from grader.suite import (
    assert_close,
    assert_computes,
    assert_shape,
    check,
    criterion,
    diagnosis,
    dtypes,
    given,
    gradcheck,
    sampled_from,
    seeds,
    sizes,
    tensor,
)
from grader.suite.diagnoses import (
    another_activation,
    fixes_the_dtype,
    forgets_return,
    forgets_super_init,
    is_no_module,
    leaves_autograd,
    looks_like,
    writes_into_its_argument,
)


@diagnosis()
def averages_one_dimension_only(student):
    """It looks as if the mean is taken along one dimension only; `CenteredLayer` subtracts the mean over all elements."""
    x = tensor(3, 3, 4)
    y = student.CenteredLayer()(x).detach()
    return any(torch.allclose(y, x - x.mean(d, keepdim=True), atol=1e-5) for d in (0, 1))


@diagnosis()
def computes_another_function(student):
    """It looks as if `{formula}` is computed; `max(x, 0)` is asked for, element by element."""
    return another_activation(student.CustomReLU())


@diagnosis()
def centres_otherwise(student):
    """It looks as if `{formula}` is computed; `x - x.mean()` is asked for."""
    x = tensor(3, 3, 4)
    formulas = {
        "x - x.sum()": x - x.sum(),
        "x - x.sum() / len(x)": x - x.sum() / 3,
        "x - x.median()": x - x.median(),
        "(x - x.mean()) / x.std()": (x - x.mean()) / x.std(),
        "(x - x.mean()) / x.std(correction=0)": (x - x.mean()) / x.std(correction=0),
        "x + x.mean()": x + x.mean(),
        "x.mean() - x": x.mean() - x,
    }
    return looks_like(student.CenteredLayer()(x), formulas)


@diagnosis()
def keeps_the_mean_of_the_first_call(student):
    """One and the same number is subtracted from different inputs: compute the mean in every call of `forward`."""
    layer, first, second = student.CenteredLayer(), tensor(1, 2, 3), tensor(2, 2, 3) + 5
    subtracted = torch.stack([x - layer(x).detach() for x in (first, second)])
    return bool((subtracted - subtracted[0, 0, 0]).abs().max() < 1e-4) and bool((subtracted != 0).any())


@diagnosis()
def detaches_the_mean(student):
    """The mean is taken without its gradient: it depends on the input, so the gradient must flow through it."""
    x = tensor(5, 2, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(student.CenteredLayer()(x)[0, 0], x)
    return gradient[0, 0].item() == 1.0


@diagnosis()
def cuts_off_large_values(student):
    """Large values are cut off: `CustomReLU` leaves every positive number as it is."""
    x = 16 * tensor(1, 3, 4)
    return student.CustomReLU()(x).max().item() < x.max().item()


@diagnosis()
def instance_hides_the_class(source, names):
    """`{name} = {name}()` gives the class's name to one layer, and the class is gone: choose another name for the layer."""
    return next(({"name": name} for name in names if re.match(rf"{name} = {name}\(", source.text_of(name))), False)


@diagnosis()
def leaves_super_init_uncalled(source, names):
    """In `{name}`, `super().__init__` lacks its parentheses: without them it is named and not called."""
    uncalled = r"(super\(.*\)|Module)\.__init__(?!\()"
    return next(({"name": name} for name in names if re.search(uncalled, source.text_of(name))), False)


@diagnosis()
def asks_torch_to_work_in_place(source, names):
    """`inplace=True` in `{name}` writes the result into the input: leave it out."""
    return next(({"name": name} for name in names if "inplace=True" in source.text_of(name)), False)


CONSTRUCTION = [forgets_return, leaves_super_init_uncalled, forgets_super_init, instance_hides_the_class]
X, OTHER = tensor(1, 3, 4), tensor(2, 3, 4)


@criterion(
    "shapes",
    gate=True,
    hint="A layer without parameters changes values, never the shape.",
    diagnoses=CONSTRUCTION,
)
def test_relu_keeps_the_shape(student):
    """CustomReLU gives back a tensor of the same shape."""
    assert_shape(assert_computes(student.CustomReLU(), X, OTHER), (3, 4))


@criterion(
    "values",
    gate=True,
    hint="max(x, 0), element by element: a negative number becomes 0, the others stay.",
    diagnoses=[*CONSTRUCTION, computes_another_function],
)
@given(rows=sizes(), columns=sizes(), seed=seeds())
def test_relu_takes_the_larger_of_x_and_zero(student, rows, columns, seed):
    """CustomReLU computes max(x, 0) for every element."""
    x = tensor(seed, rows, columns)
    assert_close(student.CustomReLU()(x), x.clamp(min=0))


@criterion("values", hint="There is no upper bound in max(x, 0).", diagnoses=[cuts_off_large_values, *CONSTRUCTION])
@given(rows=sizes(), columns=sizes(), seed=seeds(), examples=10)
def test_relu_leaves_large_values_alone(student, rows, columns, seed):
    """CustomReLU leaves positive numbers as they are, large ones too."""
    x = 16 * tensor(seed, rows, columns)
    assert_close(student.CustomReLU()(x), x.clamp(min=0))


@criterion(
    "values",
    hint="There is one mean for all elements, whatever the shape.",
    diagnoses=[averages_one_dimension_only, centres_otherwise, keeps_the_mean_of_the_first_call, *CONSTRUCTION],
)
@given(rows=sizes(), columns=sizes(), seed=seeds())
def test_centered_subtracts_the_mean(student, rows, columns, seed):
    """CenteredLayer subtracts the mean over all elements."""
    x = tensor(seed, rows, columns)
    assert_close(student.CenteredLayer()(x), x - x.mean())


@criterion(
    "gradients",
    gate=True,
    hint="Compute with tensors all the way: no .data, .detach(), .item(), no trip through NumPy or Python numbers.",
    diagnoses=[*CONSTRUCTION, asks_torch_to_work_in_place, writes_into_its_argument, leaves_autograd],
)
@given(rows=sizes(1, 3), columns=sizes(1, 3), seed=seeds(), examples=8)
def test_gradient_of_relu(student, rows, columns, seed):
    """The gradient of CustomReLU is that of what it computes."""
    assert_computes(student.CustomReLU(), X, OTHER)
    gradcheck(student.CustomReLU(), tensor(seed, rows, columns, requires_grad=True))


@criterion("gradients", hint="The gradient of x - mean(x) has a part from x and a part from the mean.",
           diagnoses=[detaches_the_mean, *CONSTRUCTION])  # fmt: skip
@given(rows=sizes(1, 3), columns=sizes(1, 3), seed=seeds(), examples=8)
def test_gradient_of_centered(student, rows, columns, seed):
    """The gradient of CenteredLayer flows through the mean as well."""
    gradcheck(student.CenteredLayer(), tensor(seed, rows, columns, requires_grad=True))


@criterion(
    "registration",
    gate=True,
    hint="Inherit from nn.Module and write forward; then the layer goes into nn.Sequential like any other.",
    diagnoses=[*CONSTRUCTION, is_no_module],
)
def test_both_work_inside_sequential(student, worker):
    """Both layers work inside nn.Sequential."""
    assert_computes(worker.nn.Sequential(student.CenteredLayer(), student.CustomReLU()), X, OTHER)


@criterion(
    "modes",
    gate=True,
    hint="These layers compute the same in training and in evaluation.",
    diagnoses=CONSTRUCTION,
)
def test_relu_is_the_same_in_train_and_eval(student):
    """CustomReLU gives the same result in train mode and in eval mode."""
    layer = student.CustomReLU()
    trained = assert_computes(layer, X, OTHER)
    layer.eval()
    assert_close(layer(X), trained.detach(), "the output in eval mode")


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
