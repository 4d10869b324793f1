"""The checks of ex05 that students do not get to read."""

import torch

from grader.suite import (
    StudentError,
    assert_close,
    assert_equal,
    check,
    criterion,
    diagnosis,
    fetch,
    given,
    gradcheck,
    sampled_from,
    seeds,
    set_value,
    sizes,
    spread,
    tensor,
)
from grader.suite.diagnoses import (
    fixes_the_dtype,
    leaves_autograd,
    makes_a_tensor_of_the_default_dtype,
    overrides_call,
    seeds_the_generator,
    views_its_input,
    writes_into_its_argument,
)

NAMES = ["TensorReduction", "HalfFourier"]


def made(student, name, d=3):
    """A layer that takes `d` features."""
    return student.TensorReduction(d, 2) if name == "TensorReduction" else student.HalfFourier()


@diagnosis()
def works_for_two_dimensions_only(student):
    """Only inputs of two dimensions work: write `...` for the leading dimensions, however many there are."""
    for name in NAMES:
        layer = made(student, name)
        layer(tensor(1, 4, 3))
        try:
            layer(tensor(1, 2, 4, 3))
        except StudentError:
            return True
    return False


@diagnosis()
def drops_a_dimension(student):
    """A dimension of size 1 is dropped: do not use squeeze."""
    return any(made(student, name)(tensor(1, 1, 3)).dim() < 2 for name in NAMES)


@diagnosis()
def flattens_the_leading_dimensions(student):
    """The leading dimensions are flattened into one: give the result the leading dimensions of the input."""
    return any(made(student, name)(tensor(1, 2, 4, 3)).dim() == 2 for name in NAMES)


@diagnosis()
def asks_too_much_of_an_empty_batch(student):
    """An empty batch does not work: do not loop over the rows."""
    student.TensorReduction(3, 2)(tensor(1, 4, 3))
    try:
        student.TensorReduction(3, 2)(tensor(1, 0, 3))
    except StudentError:
        return True
    return False


@criterion("shapes", hint="Write `...` for the leading dimensions: torch.einsum and slices know it.",
           diagnoses=[drops_a_dimension, works_for_two_dimensions_only, flattens_the_leading_dimensions,
                      asks_too_much_of_an_empty_batch])  # fmt: skip
@given(name=sampled_from(NAMES), lead=sampled_from([(1,), (0,), (2, 4), (2, 1, 3)]), d=sizes(1, 4), examples=14)
def test_any_leading_dimensions(student, name, lead, d):
    """Batches of one and of none, and more dimensions: all but the last stay as they are."""
    if 0 in lead and name == "HalfFourier":
        return  # some builds of torch cannot transform an empty batch
    shape = tuple(fetch(made(student, name, d)(tensor(1, *lead, d)), "the output").shape)
    assert_equal(shape, (*lead, 2 if name == "TensorReduction" else d // 2 + 1), "the shape of the output")


@criterion("shapes", hint="A reshape on the way must be undone in the same order; none is needed.")
@given(name=sampled_from(NAMES), lead=sampled_from([(3, 2), (2, 2), (2, 1, 3)]), seed=seeds(), examples=8)
def test_each_sample_stays_in_its_place(student, name, lead, seed):
    """With more dimensions, each sample gives what it gives in a batch of rows, in the same place."""
    layer, x = made(student, name), tensor(seed, *lead, 3)
    rows = fetch(layer(x.reshape(-1, 3)), "the output").detach()
    if not torch.allclose(rows[:1], fetch(layer(x.reshape(-1, 3)[:1]), "the output").detach(), atol=1e-3):
        return  # samples that are mixed are charged under values
    y = fetch(layer(x), "the output").detach()
    in_place = y.shape == (*lead, 2) and torch.allclose(y, rows.reshape(*lead, 2), atol=1e-4)
    check(in_place, "With more dimensions, samples end up in other places.")


@diagnosis()
def treats_equal_sizes_differently(student):
    """With in_dim equal to out_dim, the dimensions of the weight are taken in another order: it must always be the same."""
    layer, x, weight = student.TensorReduction(3, 3), tensor(1, 2, 3), tensor(2, 3, 3, 3)
    set_value(layer.weight, weight)
    return not torch.allclose(layer(x).detach(), torch.einsum("ni,nj,ijk->nk", x, x, weight), atol=1e-3)


@criterion("values", hint="The last dimension of the weight is always that of the output.",
           diagnoses=[treats_equal_sizes_differently])  # fmt: skip
@given(d=sizes(2, 4), seed=seeds(), examples=6)
def test_equal_sizes(student, d, seed):
    """With in_dim equal to out_dim, the last dimension of the weight is still that of the output."""
    layer, x, weight = student.TensorReduction(d, d), tensor(seed, 3, d), tensor(seed + 1, d, d, d)
    set_value(layer.weight, weight)
    pairs = x.unsqueeze(-1) * x.unsqueeze(-2)
    assert_close(layer(x), (pairs.unsqueeze(-1) * weight).sum((1, 2)), rtol=1e-5, atol=1e-3)


@criterion("values", hint="No x *= in forward: it changes the caller's tensor.", diagnoses=[writes_into_its_argument])
@given(name=sampled_from(NAMES), seed=seeds(), examples=4)
def test_input_stays_as_it_was(student, worker, name, seed):
    """The input tensor is not modified."""
    x = tensor(seed, 4, 3)
    copy = worker.put(x)
    made(student, name)(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("values", hint="Keep nothing of a call, and draw nothing in forward.")
@given(name=sampled_from(NAMES), seed=seeds(), examples=6)
def test_second_call_is_independent(student, name, seed):
    """A second call does not depend on the first."""
    used, new, x = made(student, name), made(student, name), tensor(seed, 4, 3)
    new.load_state_dict(used.state_dict())
    used(tensor(seed + 1, 4, 3))
    check(torch.equal(used(x).detach(), new(x).detach()), "A second call gives another result than a first one.")


@criterion("values", hint="Draw the weight in __init__, for each layer anew, and do not seed the generator.",
           diagnoses=[seeds_the_generator])  # fmt: skip
def test_two_layers_differ(student):
    """Two new layers have different weights."""
    first, second = (student.TensorReduction(3, 2).weight.value for _ in range(2))
    check(not torch.equal(first, second), "Two new layers begin with the same weight.")


@criterion("values", hint="HalfFourier has nothing to learn and nothing to save.")
def test_half_fourier_has_no_state(student):
    """HalfFourier has neither parameters nor anything in its state_dict."""
    layer = student.HalfFourier()
    layer(tensor(1, 4, 3))
    check(len(layer.state_dict()) == 0, "The state_dict of HalfFourier holds something; it should be empty.")


@criterion("values", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
@given(name=sampled_from(NAMES), examples=2)
def test_hooks_fire(student, props, name):
    """Both layers are nn.Modules, and a forward hook sees the output."""
    layer, x = made(student, name), tensor(1, 4, 3)
    plain = layer(x).detach()
    layer.register_forward_hook(props.add_one)
    assert_close(layer(x), plain + 1, "the output with a hook that adds 1")


@criterion("values", hint="Both layers compute the same in training and in evaluation.")
@given(name=sampled_from(NAMES), seed=seeds(), examples=4)
def test_same_in_train_and_eval(student, name, seed):
    """Both layers give the same result in train mode and in eval mode."""
    layer, x = made(student, name), tensor(seed, 4, 3)
    trained = layer(x).detach()
    layer.eval()
    check(torch.equal(layer(x).detach(), trained), "In eval mode the result is another one.")


@criterion("values", hint="No .view on the input: it needs a contiguous tensor.", diagnoses=[views_its_input])
@given(name=sampled_from(NAMES), seed=seeds(), examples=4)
def test_non_contiguous_input(student, name, seed):
    """An input that is not contiguous in memory gives the same result."""
    layer, x = made(student, name), tensor(seed, 2, 4, 3)
    try:
        wanted = layer(x).detach()
    except StudentError:
        return  # more dimensions are charged under shapes
    assert_close(layer(spread(x)), wanted, "the output for a non-contiguous input", rtol=1e-5, atol=1e-4)


@criterion("values", hint="float32 gives complex64, float64 gives complex128: let the dtype follow the input.",
           diagnoses=[fixes_the_dtype, makes_a_tensor_of_the_default_dtype])  # fmt: skip
@given(name=sampled_from(NAMES), seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, name, seed):
    """In float64 both layers give the dtype that belongs to it, and lose no digits."""
    layer, x = made(student, name), tensor(seed, 4, 3, dtype=torch.float64) / 3
    layer.double()
    if name == "TensorReduction":
        weight = tensor(seed + 1, 3, 3, 2, dtype=torch.float64) / 3
        set_value(layer.weight, weight)
        wanted = torch.einsum("ni,nj,ijk->nk", x, x, weight)
    else:
        wanted = torch.fft.fft(x)[..., :2]
    y = fetch(layer(x), "the output")
    kept = min(2, y.shape[-1])  # how many there are is a matter of shapes
    assert_close(y[..., :kept], wanted[..., :kept], rtol=1e-12, atol=1e-12)


@criterion("gradients", hint="The imaginary part belongs to the result, too: do not detach it.", diagnoses=[leaves_autograd])
@given(n=sizes(1, 3), d=sizes(3, 5), seed=seeds(), examples=5)
def test_gradient_of_the_imaginary_part(student, props, n, d, seed):
    """The gradient flows back through the imaginary part of HalfFourier, too."""
    gradcheck(props.imaginary_part(student.HalfFourier()), tensor(seed, n, d, requires_grad=True))
