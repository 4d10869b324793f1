"""The checks of ex04 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import ast

import torch

from grader.suite import (
    assert_changed,
    assert_close,
    assert_computes,
    assert_shape,
    check,
    criterion,
    diagnosis,
    given,
    gradcheck,
    seeds,
    set_value,
    sizes,
    tensor,
)
from grader.suite.diagnoses import forgets_return, forgets_super_init, is_no_module, leaves_autograd

SINGLE, OTHER = tensor(1, 4, 3), tensor(2, 4, 3)


def parts(layer, d_in):
    """Weight and bias of a layer, read from what it computes: b = f(0), and the rows of W are f(e_i) - b."""
    bias = layer(torch.zeros(2, d_in)).detach()[0]
    return layer(torch.eye(d_in)).detach() - bias, bias


def rows_differ(matrix, least):
    """Whether each two rows differ by more than `least` somewhere."""
    apart = (matrix.unsqueeze(0) - matrix.unsqueeze(1)).abs().amax(-1)
    return bool((apart > least)[~torch.eye(len(matrix), dtype=torch.bool)].all())


def filled(layer):
    """The layer with values of ours in whatever parameters it lists, so that it does not matter how it was initialised."""
    for number, parameter in enumerate(layer.parameters()):
        set_value(parameter, tensor(10 + number, *parameter.shape))
    return layer


def parameters_of(layer):
    """The listed parameters of a layer: there must be some."""
    found = list(layer.parameters())
    check(len(found) > 0, "The layer lists no parameters.")
    return found


def with_ours(student, size=1.0):
    """A layer with positive weights and biases of ours, an input, and what x W and b are then."""
    layer = student.CustomLinear(3, 2)
    weight, bias, x = size * tensor(3, 3, 2).abs(), tensor(4, 2).abs(), tensor(5, 4, 3).abs()
    for parameter in layer.parameters():
        if parameter.numel() in (2, 6):
            new = bias.reshape(parameter.shape) if parameter.numel() == 2 else weight
            set_value(parameter, new if new.shape == parameter.shape else new.T)
    return layer, x, (x.unsqueeze(-1) * weight).sum(1), bias


def sizes_of(layer):
    """How many numbers each listed parameter holds."""
    return [parameter.numel() for parameter in layer.parameters()]


@diagnosis()
def lacks_the_weight(student):
    """No parameter holds the weights: make them in `__init__`, with nn.Parameter as the last step, and put that on self."""
    return 6 not in sizes_of(student.CustomLinear(3, 2))


@diagnosis()
def lacks_the_bias(student):
    """No parameter holds the output_dim biases: there is one unless bias=False, an nn.Parameter on self."""
    return 2 not in sizes_of(student.CustomLinear(3, 2))


@diagnosis()
def makes_parameters_in_forward(source):
    """`forward` makes an nn.Parameter: that is a new one, and the one in `__init__` gets no gradient. Use self.weight."""
    forward = source.method("CustomLinear", "forward")
    return forward is not None and "Parameter(" in ast.unparse(forward)


@diagnosis()
def forbids_gradients(source):
    """A parameter has requires_grad=False: then it gets no gradient, and never learns."""
    return "requires_grad=False" in source.text_of("CustomLinear").replace(" ", "")


@diagnosis()
def draws_in_forward(student):
    """Two calls with the same input differ: make the parameters once, in `__init__`, and draw nothing in `forward`."""
    layer = student.CustomLinear(3, 2)
    return not torch.equal(layer(SINGLE).detach(), layer(SINGLE).detach())


@diagnosis()
def ignores_the_bias(student):
    """The bias does not reach the output: add it to x W."""
    layer, _, _, _ = with_ours(student)
    return bool((layer(torch.zeros(4, 3)) == 0).all())


@diagnosis()
def subtracts_the_bias(student):
    """The bias is subtracted: it should be added."""
    layer, _, _, bias = with_ours(student)
    return torch.allclose(layer(torch.zeros(4, 3)).detach(), -bias.expand(4, 2))


@diagnosis()
def normalises_its_input(student):
    """Twice the input gives the same output: use the input as it is, do not normalise it."""
    layer, x, _, _ = with_ours(student)
    return torch.allclose(layer(2 * x).detach(), layer(x).detach(), rtol=1e-3)


@diagnosis()
def scales_the_product(student):
    """The output is x W times some number, plus b: do not scale in `forward`."""
    layer, x, product, bias = with_ours(student)
    ratio = (layer(x).detach() - bias) / product
    return bool((ratio - ratio[0, 0]).abs().max() < 1e-3) and bool((ratio[0, 0] - 1).abs() > 1e-2)


@diagnosis()
def changes_large_weights(student):
    """With small weights the output is right, with large ones it is not: use the weights as they are."""
    right = []
    for size in (0.1, 1.0):
        layer, x, product, bias = with_ours(student, size)
        right.append(torch.allclose(layer(x).detach(), product + bias, atol=1e-4))
    return right == [True, False]


@diagnosis()
def asks_for_the_mode(source):
    """`self.training` is asked for ({where}): this layer computes the same in both modes."""
    where = source.uses("CustomLinear", "training")
    return where and {"where": where}


@diagnosis()
def has_an_activation(student):
    """No negative value ever comes out: the layer must be affine, without an activation."""
    layer = student.CustomLinear(4, 8)
    return bool((layer(tensor(7, 64, 4)) >= 0).all())


@diagnosis()
def lists_too_many_parameters(student):
    """There are more than two parameters: only the weight and the bias should be listed."""
    return len(list(student.CustomLinear(3, 2).parameters())) > 2


@diagnosis()
def has_no_bias_flag(student):
    """With bias=False there should be no bias at all."""
    return len(list(student.CustomLinear(3, 2, bias=False).parameters())) != 1


@criterion(
    "shapes",
    gate=True,
    hint="(n, input_dim) goes in, (n, output_dim) comes out.",
    diagnoses=[forgets_return, forgets_super_init],
)
def test_a_batch_of_rows(student):
    """A batch of shape (n, input_dim) gives (n, output_dim)."""
    assert_shape(assert_computes(filled(student.CustomLinear(3, 2)), SINGLE, OTHER), (4, 2))


@criterion(
    "values",
    gate=True,
    hint="y = x W + b, and nothing else: no activation, no scaling.",
    diagnoses=[forgets_return, forgets_super_init, draws_in_forward, has_an_activation, normalises_its_input],
)
@given(n=sizes(2), d_in=sizes(2), d_out=sizes(2), seed=seeds())
def test_affine(student, n, d_in, d_out, seed):
    """The layer is affine: f(x) = x W + b for one W and one b."""
    layer, x = filled(student.CustomLinear(d_in, d_out)), tensor(seed, n, d_in)
    assert_computes(layer, x, tensor(seed + 1, n, d_in))
    weight, bias = parts(layer, d_in)
    assert_close(layer(x), (x.unsqueeze(-1) * weight).sum(1) + bias, atol=1e-4)


@criterion("values", hint="Draw each weight on its own: equal weights make outputs learn the same.")
def test_weights_are_not_all_equal(student):
    """The weights of a new layer differ: no two outputs, and no two inputs, begin with the same ones."""
    weight, _ = parts(student.CustomLinear(4, 3), 4)
    least = 1e-4 * weight.abs().max()
    check(bool((weight - weight[0, 0]).abs().max() > least), "All weights of a new layer are equal.")
    check(rows_differ(weight.T, least), "Two outputs of a new layer begin with the same weights.")
    check(rows_differ(weight, least), "Two inputs of a new layer begin with the same weights.")


@criterion("values", hint="Where bias is False, add nothing.", diagnoses=[has_no_bias_flag])
def test_without_bias(student):
    """With bias=False, an input of zeros gives an output of zeros."""
    assert_close(student.CustomLinear(3, 2, bias=False)(torch.zeros(4, 3)), torch.zeros(4, 2))


@criterion(
    "gradients",
    gate=True,
    hint="Use the parameters themselves in forward: no .data, no .detach(), no torch.no_grad().",
    diagnoses=[
        forgets_return,
        forgets_super_init,
        leaves_autograd,
        lacks_the_weight,
        lacks_the_bias,
        makes_parameters_in_forward,
        forbids_gradients,
        ignores_the_bias,
    ],
)
@given(n=sizes(1, 3), d_in=sizes(2, 3), d_out=sizes(2, 3), seed=seeds(), examples=5)
def test_gradients_of_the_parameters(student, n, d_in, d_out, seed):
    """The parameters get the gradients of what the layer computes."""
    layer = student.CustomLinear(d_in, d_out)
    found = parameters_of(layer)
    for number, parameter in enumerate(found):  # all positive: an activation is charged under values
        set_value(parameter, tensor(seed + number, *parameter.shape).abs())
    gradcheck(layer, tensor(seed + 2, n, d_in).abs(), parameters=found)


@criterion("gradients", hint="After p -= lr * p.grad the output must be another one: forward must use the parameters.",
           diagnoses=[leaves_autograd, lacks_the_weight])  # fmt: skip
def test_one_step_changes_the_output(student):
    """One step against the gradient changes the output."""
    layer = student.CustomLinear(3, 2)
    before = layer(SINGLE)
    (before * before).sum().backward()
    for parameter in layer.parameters():
        if (gradient := parameter.grad) is not None:
            set_value(parameter, parameter.value - 0.1 * gradient.value)
    assert_changed(layer(SINGLE), before, "the output after the step")


@criterion(
    "registration",
    gate=True,
    hint="self.weight = nn.Parameter(...) and self.bias = nn.Parameter(...), and use just these two in forward.",
    diagnoses=[
        forgets_return,
        forgets_super_init,
        is_no_module,
        lacks_the_weight,
        lists_too_many_parameters,
        lacks_the_bias,
        ignores_the_bias,
        subtracts_the_bias,
        scales_the_product,
        changes_large_weights,
    ],
)
def test_two_parameters_make_the_layer(student):
    """Exactly two parameters are listed, input_dim * output_dim weights and output_dim biases, and they alone decide."""
    sizes_found = sorted(parameter.numel() for parameter in parameters_of(student.CustomLinear(3, 2)))
    check(sizes_found == [2, 6], "There should be one parameter of input_dim * output_dim elements, and one of output_dim.")
    layer, x, product, bias = with_ours(student)
    assert_close(layer(x), product + bias, "the output for parameters of ours")


@criterion(
    "save_load",
    gate=True,
    hint="What is an nn.Parameter is in the state_dict by itself; write no saving code of your own.",
    diagnoses=[forgets_return, forgets_super_init, lacks_the_weight, lacks_the_bias],
)
def test_state_dict_carries_the_layer(student):
    """A layer that loads another one's state_dict computes the same."""
    first, second = filled(student.CustomLinear(3, 2)), student.CustomLinear(3, 2)
    wanted = assert_computes(first, SINGLE, OTHER).detach()
    second.load_state_dict(first.state_dict())
    assert_close(second(SINGLE), wanted, "the output after loading")


@criterion(
    "modes",
    gate=True,
    hint="The layer computes the same in training and in evaluation.",
    diagnoses=[forgets_return, forgets_super_init, is_no_module, asks_for_the_mode],
)
def test_same_in_train_and_eval(student):
    """The layer gives the same result in train mode and in eval mode."""
    layer = filled(student.CustomLinear(3, 2))
    trained = assert_computes(layer, SINGLE, OTHER)
    layer.eval()
    assert_close(layer(SINGLE), trained.detach(), "the output in eval mode")
