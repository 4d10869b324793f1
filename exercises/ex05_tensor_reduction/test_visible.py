"""The checks of ex05 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import torch

from grader.suite import (
    StudentError,
    assert_close,
    assert_computes,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    fetch,
    given,
    gradcheck,
    seeds,
    set_value,
    sizes,
    tensor,
)
from grader.suite.diagnoses import (
    forgets_return,
    forgets_super_init,
    is_no_module,
    leaves_autograd,
    writes_into_its_argument,
)

X, OTHER = tensor(1, 4, 3), tensor(2, 4, 3)


def reduction(x, weight):
    """The formula with nothing but products and sums: x (n, i), weight (i, j, k) -> (n, k)."""
    pairs = x.unsqueeze(-1) * x.unsqueeze(-2)
    return (pairs.unsqueeze(-1) * weight).sum((1, 2))


def half_fourier(x):
    """What HalfFourier gives."""
    return torch.fft.fft(x)[..., : x.shape[-1] // 2 + 1]


def layer_with(student, weight):
    """A TensorReduction with a weight of ours, whatever its name is."""
    layer = student.TensorReduction(weight.shape[0], weight.shape[2])
    fitting = [parameter for parameter in layer.parameters() if parameter.shape == weight.shape]
    set_value(fitting[0] if fitting else layer.weight, weight)
    return layer


def reduces(student, other):
    """Whether TensorReduction computes `other(x, weight)`."""
    x, weight = tensor(3, 6, 4), tensor(4, 4, 4, 4)
    return torch.allclose(layer_with(student, weight)(x).detach(), other(x, weight), atol=1e-2)


def transforms(student, other):
    """Whether HalfFourier computes `other(x)`."""
    x = tensor(5, 3, 6)
    y = student.HalfFourier()(x).detach()
    return y.shape == other(x).shape and torch.allclose(y, other(x), atol=1e-3)


@diagnosis()
def keeps_a_plain_tensor(student):
    """The weight is a plain tensor, which is not registered: wrap it in nn.Parameter."""
    student.TensorReduction(3, 2)(X)
    return len(list(student.TensorReduction(3, 2).parameters())) == 0


@diagnosis()
def lacks_the_name(student):
    """The parameter must be called `weight`: self.weight = nn.Parameter(...)."""
    return [name for name, _ in student.TensorReduction(3, 2).named_parameters()] not in ([], ["weight"])


@diagnosis()
def has_another_layout(student):
    """The weight has another shape: it should be (in_dim, in_dim, out_dim)."""
    return tuple(student.TensorReduction(3, 2).weight.shape) != (3, 3, 2)


@diagnosis()
def sums_over_the_wrong_dimensions(student):
    """The sum runs over other dimensions of the weight: i and j are its first two, k is its last."""
    return any(reduces(student, lambda x, w, o=o: reduction(x, w.permute(*o))) for o in ((1, 2, 0), (0, 2, 1), (2, 1, 0)))


@diagnosis()
def adds_what_the_formula_lacks(student):
    """For an input of zeros something else than zero comes out: the formula has no bias."""
    return bool((student.TensorReduction(3, 2)(torch.zeros(2, 3)).detach() != 0).any())


@diagnosis()
def gives_another_result_each_time(student):
    """Two calls with the same input differ: make the weight once, in `__init__`, and draw nothing in `forward`."""
    layer = student.TensorReduction(3, 2)
    return not torch.equal(layer(X).detach(), layer(X).detach())


@diagnosis()
def keeps_something_of_a_call(student):
    """Something is kept from the first call and used in the second: compute anew in every call of `forward`."""
    used, weight = layer_with(student, tensor(4, 3, 3, 2)), tensor(4, 3, 3, 2)
    used(OTHER)
    return not torch.equal(used(X).detach(), layer_with(student, weight)(X).detach())


@diagnosis()
def clips_the_output(student):
    """No negative value ever comes out: the layer has no activation."""
    return bool((layer_with(student, -torch.ones(3, 3, 2))(torch.ones(2, 3)).detach() >= 0).all())


@diagnosis()
def divides_the_sum(student):
    """The sum is divided by the number of features: leave it as it is."""
    return any(reduces(student, lambda x, w, k=k: reduction(x, w) / k) for k in (4, 16))


@diagnosis()
def uses_x_too_often(student):
    """x is used three times: W_ijk is multiplied by x_i and by x_j, and by nothing else."""
    layer = layer_with(student, tensor(4, 3, 3, 2))
    return torch.allclose(layer(2 * X).detach(), 8 * layer(X).detach(), rtol=1e-3, atol=1e-2)


@diagnosis()
def mixes_up_the_pairs(student):
    """The pairs are mixed up: where one number W_ijk is 1 and all others are 0, y_k is x_i * x_j."""
    x = tensor(3, 2, 3)
    for i, j, k in ((0, 1, 0), (2, 0, 1)):
        weight = torch.zeros(3, 3, 2)
        weight[i, j, k] = 1.0
        if not torch.allclose(layer_with(student, weight)(x).detach()[:, k], x[:, i] * x[:, j], atol=1e-3):
            return True
    return False


@diagnosis()
def uses_squares_alone(student):
    """Only the squares x_i * x_i are used: every pair x_i * x_j counts."""
    return reduces(student, lambda x, w: reduction(x, w * torch.eye(4).unsqueeze(-1)))


@diagnosis()
def counts_each_pair_once(student):
    """Each pair i, j is counted once: in the formula, i, j and j, i both count."""
    half = torch.ones(4, 4).tril().unsqueeze(-1)
    return any(reduces(student, lambda x, w, m=m: reduction(x, w * m)) for m in (half, half.transpose(0, 1)))


@diagnosis()
def multiplies_by_x_once(student):
    """x is used once: W_ijk is multiplied by x_i and by x_j."""
    layer = student.TensorReduction(3, 2)
    return torch.allclose(layer(2 * X).detach(), 2 * layer(X).detach(), rtol=1e-3, atol=1e-4)


@diagnosis()
def mixes_the_samples(student):
    """The samples of a batch are mixed: each row is a sample of its own."""
    layer = student.TensorReduction(3, 2)
    together, alone = layer(X).detach(), layer(X[:1]).detach()
    return together.shape == (4, 2) and not torch.allclose(together[:1], alone, rtol=1e-3, atol=1e-3)


@diagnosis()
def stops_one_too_early(student):
    """One number too few is kept: n // 2 + 1 of them are asked for."""
    return student.HalfFourier()(tensor(1, 2, 6)).shape[-1] == 3 and student.HalfFourier()(tensor(1, 2, 8)).shape[-1] == 4


@diagnosis()
def gives_back_everything(student):
    """All n numbers of a row are kept: cut along the last dimension, behind the first n // 2 + 1."""
    return student.HalfFourier()(tensor(1, 2, 6)).shape[-1] == 6


@diagnosis()
def gives_real_numbers(student):
    """The result is real: a Fourier transform is complex, so do not take `.real` or `.abs()` of it."""
    return not student.HalfFourier()(tensor(1, 2, 6)).is_complex()


@diagnosis()
def transforms_the_batch(student):
    """The transform runs along another dimension than the last, or along several: torch.fft.fft(x) takes the last alone."""
    others = (lambda x: torch.fft.fft(x, dim=0)[..., :4], lambda x: torch.fft.fft2(x)[..., :4])
    return any(transforms(student, other) for other in others)


@diagnosis()
def scales_the_transform(student):
    """The transform is scaled: leave `norm` out, and divide by nothing."""
    return any(transforms(student, lambda x, k=k: half_fourier(x) / k) for k in (6, 6**0.5))


@diagnosis()
def transforms_the_wrong_way(student):
    """This is the inverse transform: take torch.fft.fft."""
    return transforms(student, lambda x: torch.fft.ifft(x)[..., :4])


@diagnosis()
def cuts_the_input(student):
    """The input is cut before the transform: transform all of it, then keep the first half of the result."""
    return transforms(student, lambda x: torch.fft.fft(x[..., :4]))


@diagnosis()
def keeps_the_other_half(student):
    """The last numbers are kept: the first n // 2 + 1 are asked for."""
    return transforms(student, lambda x: torch.fft.fft(x)[..., 2:])


@diagnosis()
def works_for_two_dimensions_only(student):
    """Only inputs of two dimensions work: write `...` for the leading dimensions, however many there are."""
    for name, sizes_ in (("TensorReduction", (3, 2)), ("HalfFourier", ())):
        layer = getattr(student, name)(*sizes_)
        layer(X)
        try:
            layer(tensor(1, 2, 4, 3))
            layer(tensor(1, 3))
        except StudentError:
            return True
    return False


@criterion(
    "shapes",
    gate=True,
    hint="(n, in_dim) goes in, (n, out_dim) comes out.",
    diagnoses=[forgets_return, is_no_module, forgets_super_init],
)
def test_reduction_of_a_batch(student):
    """TensorReduction gives (n, out_dim) for a batch of shape (n, in_dim)."""
    layer = student.TensorReduction(3, 2)
    for parameter in layer.parameters():  # what a new layer begins with is charged under values
        set_value(parameter, tensor(3, *parameter.shape))
    assert_shape(assert_computes(layer, X, OTHER), (4, 2))


@criterion(
    "shapes",
    gate=True,
    hint="(n, d) goes in, (n, d // 2 + 1) comes out.",
    diagnoses=[forgets_return, is_no_module, stops_one_too_early, gives_back_everything],
)
@given(d=sizes(2, 9), examples=9)  # the transform of a single number is that number
def test_half_fourier_of_a_batch(student, d):
    """HalfFourier gives (n, d // 2 + 1) for a batch of shape (n, d), for odd and even d."""
    assert_shape(assert_computes(student.HalfFourier(), tensor(1, 4, d), tensor(2, 4, d)), (4, d // 2 + 1))


@criterion("shapes", hint="Write `...` for the leading dimensions.", diagnoses=[works_for_two_dimensions_only])
@given(d=sizes(1, 4), seed=seeds(), examples=6)
def test_one_sample(student, d, seed):
    """Both layers take a single sample without a batch dimension."""
    found = [tuple(layer(tensor(seed, d)).shape) for layer in (student.TensorReduction(d, 2), student.HalfFourier())]
    assert_equal(found, [(2,), (d // 2 + 1,)], "the shapes for a single sample")


@criterion(
    "values",
    gate=True,
    hint='torch.einsum("...i,...j,ijk->...k", ...) with x, x and the weight.',
    diagnoses=[
        forgets_return,
        is_no_module,
        forgets_super_init,
        keeps_a_plain_tensor,
        adds_what_the_formula_lacks,
        lacks_the_name,
        has_another_layout,
        gives_another_result_each_time,
        multiplies_by_x_once,
        uses_x_too_often,
        clips_the_output,
        divides_the_sum,
        uses_squares_alone,
        counts_each_pair_once,
        sums_over_the_wrong_dimensions,
        mixes_the_samples,
        mixes_up_the_pairs,
    ],
)
@given(n=sizes(2, 4), in_dim=sizes(2, 4), out_dim=sizes(5, 6), seed=seeds(), examples=10)
def test_reduction_multiplies_pairs(student, n, in_dim, out_dim, seed):
    """TensorReduction computes y_k = sum_ij W_ijk x_i x_j."""
    x, weight = tensor(seed, n, in_dim), tensor(seed + 1, in_dim, in_dim, out_dim)
    assert_close(layer_with(student, weight)(x), reduction(x, weight), rtol=1e-5, atol=1e-3)


@criterion(
    "values",
    hint="torch.fft.fft(x) along the last dimension, and of that the first n // 2 + 1.",
    diagnoses=[
        forgets_return,
        gives_real_numbers,
        transforms_the_batch,
        scales_the_transform,
        transforms_the_wrong_way,
        cuts_the_input,
        keeps_the_other_half,
    ],
)
@given(n=sizes(2, 4), d=sizes(1, 9), seed=seeds(), examples=12)
def test_half_fourier_is_the_first_half(student, n, d, seed):
    """HalfFourier gives the first d // 2 + 1 numbers of torch.fft.fft."""
    x = tensor(seed, n, d)
    y = fetch(student.HalfFourier()(x), "the output")
    kept = min(d // 2 + 1, y.shape[-1] if y.dim() == 2 else 1)  # how many there are is a matter of shapes
    assert_close(y[..., :kept], half_fourier(x)[..., :kept], rtol=1e-5, atol=1e-4)


@criterion(
    "values",
    hint="self.weight = nn.Parameter(torch.randn(in_dim, in_dim, out_dim)), and nothing else.",
    diagnoses=[keeps_a_plain_tensor, lacks_the_name, has_another_layout],
)
def test_the_weight_is_the_only_parameter(student):
    """The weight, of shape (in_dim, in_dim, out_dim), is the only parameter of TensorReduction."""
    found = {name: tuple(parameter.shape) for name, parameter in student.TensorReduction(3, 2).named_parameters()}
    assert_equal(found, {"weight": (3, 3, 2)}, "the named parameters")


@criterion("values", hint="Draw the weight with torch.randn or torch.rand: equal numbers make all outputs learn the same.")
def test_a_new_weight_is_random(student):
    """The numbers in a new weight differ from each other."""
    weight = student.TensorReduction(4, 3).weight.value
    check(len(weight.unique()) > 1, "All numbers in a new weight are equal.")


@criterion(
    "gradients",
    gate=True,
    hint="Use the parameter itself in forward: no .data, no .detach(), no torch.no_grad().",
    diagnoses=[
        forgets_return,
        forgets_super_init,
        leaves_autograd,
        keeps_a_plain_tensor,
        keeps_something_of_a_call,
        writes_into_its_argument,
    ],
)
@given(n=sizes(1, 3), seed=seeds(), examples=5)
def test_gradients_of_the_reduction(student, n, seed):
    """The weight and the input of TensorReduction get the gradients of what is computed."""
    layer = student.TensorReduction(3, 2)
    found = list(layer.parameters())
    check(len(found) > 0, "TensorReduction lists no parameters.")
    gradcheck(layer, tensor(seed, n, 3, requires_grad=True), parameters=found)


@criterion("gradients", hint="Compute with tensors all the way, without .data and .detach().", diagnoses=[leaves_autograd])
@given(n=sizes(1, 3), d=sizes(2, 5), seed=seeds(), examples=6)
def test_gradient_of_half_fourier(student, n, d, seed):
    """The gradient flows back through HalfFourier."""
    gradcheck(student.HalfFourier(), tensor(seed, n, d, requires_grad=True))
