"""The checks of ex12 that you may read. The hidden ones ask the same questions of more shapes, conversions and optimisers.

Untied layers should cost `tying` alone, and a wrong formula `values` alone. So the other checks fill all layers of one kind
with the same values, all positive, so that no ReLU cuts anything, and add up the gradients of what should be one parameter.
"""

import math

import torch
from torch.nn import functional as F

from grader.suite import (
    StudentError,
    assert_changed,
    assert_close,
    assert_computes,
    assert_shape,
    backward,
    check,
    criterion,
    diagnosis,
    fetch,
    given,
    isinstance_of,
    kept,
    raises,
    sampled_from,
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
    looks_like,
    writes_into_its_argument,
)

NET_SHAPES = ((8, 4), (8,), (8, 8), (8,), (1, 8), (1,))
X, OTHER_X = tensor(1, 6, 4).abs(), tensor(2, 6, 4).abs()
ROWS, OTHER_ROWS = tensor(3, 4, 5), tensor(4, 4, 5)  # for an autoencoder from 5 features to 3


# ---- what should come out ---------------------------------------------------------------------------------------------


def net_values(seed, signed=False):
    """Weights and biases for the three kinds of layers, positive unless they are to be signed."""
    made = [tensor(seed + index, *shape) / 8 for index, shape in enumerate(NET_SHAPES)]
    return made if signed else [value.abs() for value in made]


def mlp(x, values, uses):
    """What the net computes."""
    h = torch.relu(F.linear(x, *values[:2]))
    for _ in range(uses):
        h = torch.relu(F.linear(h, *values[2:4]))
    return F.linear(h, *values[4:])


def code_values(seed, d_in=5, d_hidden=3, signed=False):
    """W, b and c for an autoencoder, positive unless they are to be signed."""
    made = [tensor(seed + index, *shape) for index, shape in enumerate(((d_hidden, d_in), (d_hidden,), (d_in,)))]
    return made if signed else [value.abs() for value in made]


def follows(held, other):
    """Whether what is written into one parameter is seen in another."""
    before, mark = held.value, torch.full(held.shape, 3.25)
    set_value(held, mark)
    followed = torch.equal(fetch(other, "a parameter"), mark)
    set_value(held, before)
    return followed


def turned(value, shape):
    """A value in another layout: transposed, or a bias as a row."""
    return value if value.shape == shape else value.T if value.dim() == 2 and len(shape) == 2 else value.reshape(shape)


def of_size(tensors, shape):
    """Those tensors that have this shape, or this shape transposed; where there are none, those of as many elements."""
    exact = [held for held in tensors if sorted(held.shape) == sorted(shape)]
    return exact or [held for held in tensors if held.numel() == math.prod(shape)]


def decoder_follows(net, props, x):
    """Whether forward depends on the weight of encode alone.

    Each weight that is kept gets values of its own; then all get those of one of them, and nothing may change.
    """
    held = of_size(kept(props.tensors_of, net), (3, 5))
    props.fill_autoencoder(net, *[torch.ones(*shape, dtype=x.dtype) for shape in ((3, 5), (3,), (5,))])
    values = [tensor(40 + index, 3, 5, dtype=x.dtype).abs() for index in range(len(held))]

    def answers(values):
        for weight, value in zip(held, values, strict=True):
            set_value(weight, turned(value, weight.shape))
        return fetch(net.encode(x), "the code").detach(), fetch(net(x), "the output").detach()

    found = answers(values)
    wanted = [answers([value] * len(held)) for value in values]
    return any(all(torch.allclose(a, b) for a, b in zip(found, one, strict=True)) for one in wanted)


def gradient_of(tensors, shape):
    """The gradients of these tensors, in one layout, added up."""
    gradients = [held.grad for held in tensors]
    return sum((turned(gradient.value, shape) for gradient in gradients if gradient is not None), torch.zeros(shape))


def assert_slope(net, x, tensors, value, sentence):
    """The gradients of these tensors, added up, predict how the output changes if all of them move alike.

    Until then they all hold `value`. Everything is positive, so no ReLU cuts anything: the output is a polynomial of degree 3
    at most. The central difference is then exact to 1e-4, and rounding is below 1e-5 of the output.
    """
    held = of_size(tensors, value.shape)
    check(len(held) > 0, "The weight that is asked for is not there.")
    for one in held:
        one.grad = None
    output = fetch(net(x), "the output").sum()
    backward(output)
    total = gradient_of(held, tuple(value.shape))
    for line in (value / 64, value / 64 * tensor(70, *value.shape).abs() / 4):
        ends = []
        for end in (value + line, value - line, value):
            for one in held:
                set_value(one, turned(end, one.shape))
            ends.append(fetch(net(x), "the output").detach().sum())
        seen, predicted = ends[0] - ends[1], 2 * (total * line).sum()
        check(bool((seen - predicted).abs() <= 1e-3 * seen.abs() + 1e-5 * output.detach().abs()), sentence)


# ---- what may be the cause --------------------------------------------------------------------------------------------


@diagnosis()
def gives_no_sequential(student, worker):
    """What build_shared_mlp returns is no nn.Sequential: end with `return nn.Sequential(...)`."""
    return not isinstance_of(student.build_shared_mlp(2), worker.nn.Sequential)


@diagnosis()
def has_another_number_of_modules(student):
    """The net does not hold 2 * n_shared + 3 modules: count the uses of the shared layer, and the ReLUs."""
    return any(len(student.build_shared_mlp(n)) != 2 * n + 3 for n in (1, 2, 3))


@diagnosis()
def forgets_a_bias(student, props):
    """A linear layer of the net has no bias."""
    return any(layer.bias is None for layer in props.linears(student.build_shared_mlp(2)))


@diagnosis()
def has_other_sizes(student, props):
    """A linear layer of the net has other sizes than Linear(4, 8), Linear(8, 8) and Linear(8, 1)."""
    shapes = [tuple(layer.weight.shape) for layer in props.linears(student.build_shared_mlp(1))]
    return shapes != [(8, 4), (8, 8), (1, 8)]


@diagnosis()
def freezes_the_shared_layer(student, props):
    """The shared layer does not require grad: it is frozen, and gets no gradient at all."""
    return not all(layer.weight.requires_grad for layer in props.middle(student.build_shared_mlp(2)))


@diagnosis()
def holds_no_relu(student):
    """A ReLU should stand after each linear layer but the last: net[1], net[3] and so on are not all ReLUs."""
    net, x = student.build_shared_mlp(2), tensor(1, 8)
    return any(not torch.equal(fetch(net[index](x), "the output"), torch.relu(x)) for index in (1, 3, 5))


@diagnosis()
def works_for_equal_sizes_alone(student):
    """forward works only where d_hidden equals d_in: the decoder must use the weight the other way round."""
    student.TiedAutoencoder(3, 3)(torch.ones(2, 3))
    try:
        student.TiedAutoencoder(5, 3)(torch.ones(2, 5))
    except StudentError:
        return True
    return False


@diagnosis()
def adds_b_after_the_relu(student, props):
    """b is added after the ReLU: it belongs inside, relu(W x + b)."""
    net = student.TiedAutoencoder(5, 3)
    weight, b, c = code_values(50)
    props.fill_autoencoder(net, weight, b, c)
    return torch.allclose(fetch(net.encode(-ROWS.abs() * 100), "the code"), b.expand(4, 3))


@diagnosis()
def makes_parameters_in_the_first_call(student):
    """The first call changes the names in the state_dict: make all parameters and layers in `__init__`."""
    net = student.TiedAutoencoder(5, 3)
    before = sorted(net.state_dict())
    net(ROWS)
    return sorted(net.state_dict()) != before


@diagnosis()
def does_not_cut(student, props):
    """encode gives negative values: the ReLU is missing."""
    net = student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(net, *code_values(50))
    return bool((net.encode(-ROWS.abs()) < 0).any())


@diagnosis()
def computes_another_code(student, props):
    """It looks as if encode computes `{formula}`; `relu(W x + b)` is asked for."""
    net, (weight, b, c) = student.TiedAutoencoder(5, 3), code_values(50, signed=True)
    props.fill_autoencoder(net, weight, b, c)
    names = ("sigmoid", "tanh", "gelu", "leaky_relu", "elu", "softplus")
    formulas = {f"{name}(W x + b)": getattr(F, name)(ROWS @ weight.T + b) for name in names}
    return looks_like(fetch(net.encode(ROWS), "the code"), formulas)


@diagnosis()
def computes_another_output(student, props):
    """It looks as if forward computes `{formula}`; `encode(x) W + c` is asked for."""
    net, (weight, b, c) = student.TiedAutoencoder(5, 3), code_values(50, signed=True)
    props.fill_autoencoder(net, weight, b, c)
    h = fetch(net.encode(ROWS), "the code").detach()
    formulas = {
        "encode(x) W": h @ weight,
        "encode(x) W + 2 c": h @ weight + 2 * c,
        "(encode(x) - b) W + c": (h - b) @ weight + c,
        "encode(x) pinv(W) + c": h @ torch.linalg.pinv(weight).T + c,
    }
    return looks_like(fetch(net(ROWS), "the output"), formulas)


@diagnosis()
def leaves_a_parameter_out_of_the_file(student):
    """A parameter is missing in the state_dict: write no `state_dict` of your own."""
    net = student.TiedAutoencoder(5, 3)
    return any(name not in net.state_dict() for name, _ in net.named_parameters())


@diagnosis()
def refuses_a_missing_bias(student, worker):
    """tie_linear refuses a src without a bias: only the shapes of the weights decide whether there is an error."""
    student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(3, 5))
    try:
        student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(3, 5, bias=False))
    except StudentError as error:
        return isinstance(error, ValueError)
    return False


@diagnosis()
def cuts_the_output(student, props):
    """forward never gives a negative value: after the decoder there is no activation."""
    net = student.TiedAutoencoder(5, 3)
    weight, b, c = code_values(50)
    props.fill_autoencoder(net, -weight, b + 100, c)
    return bool((net(ROWS) >= 0).all())


@diagnosis()
def lacks_a_bias(student, props):
    """A bias is missing: b has d_hidden numbers and is added in encode, c has d_in numbers and is added in forward."""
    return not all(props.fill_autoencoder(student.TiedAutoencoder(5, 3), *code_values(50)))


@diagnosis()
def gives_more_than_one_tensor(student):
    """forward returns several things: it should return the reconstruction alone."""
    return isinstance(student.TiedAutoencoder(5, 3)(ROWS), tuple)


@diagnosis()
def returns_the_code(student):
    """forward returns the code: it still has to go through the decoder."""
    return student.TiedAutoencoder(5, 3)(ROWS).shape == (4, 3)


@diagnosis()
def only_the_weight_is_shared(student, props):
    """The weight is shared, but the bias is not: tie both."""
    first, *others = props.middle(student.build_shared_mlp(3))
    return all(follows(first.weight, other.weight) and not follows(first.bias, other.bias) for other in others)


@diagnosis()
def changes_src(student, worker):
    """tie_linear works the wrong way round: src got the weight of dst."""
    dst, src = worker.nn.Linear(3, 3), worker.nn.Linear(3, 3)
    before = dst.weight.value
    student.tie_linear(dst, src)
    return torch.equal(src.weight.value, before)


@diagnosis()
def changes_no_layer(student, worker):
    """dst still has a weight and a bias of its own: assign to dst.weight and dst.bias. `dst = src` only moves a name."""
    dst, src = worker.nn.Linear(3, 3), worker.nn.Linear(3, 3)
    weight, bias, values = dst.weight, dst.bias, dst.weight.value
    student.tie_linear(dst, src)
    return torch.equal(dst.weight.value, values) and follows(weight, dst.weight) and follows(bias, dst.bias)


@diagnosis()
def copies_numbers(student, worker):
    """dst got the numbers of src, as a copy: a tie needs the Parameter itself, `dst.weight = src.weight`."""
    dst, src = worker.nn.Linear(3, 3), worker.nn.Linear(3, 3)
    student.tie_linear(dst, src)
    return torch.equal(dst.weight.value, src.weight.value) and not follows(src.weight, dst.weight)


@diagnosis()
def does_not_compare_shapes(student, worker):
    """tie_linear takes a weight of any shape: compare the shapes of the two weights first."""
    try:
        student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(5, 3))
    except StudentError:
        return False
    return True


@diagnosis()
def shares_memory_only(student, props):
    """The layers share memory, but not the Parameter: assign the Parameter, without .data and without nn.Parameter(...)."""
    net = student.build_shared_mlp(3)
    first, *others = props.middle(net)
    together = all(follows(first.weight, other.weight) and follows(first.bias, other.bias) for other in others)
    return together and len(list(net.parameters())) > 6


@diagnosis()
def pair_shares_memory_only(student, worker):
    """dst shares memory with src, but not the Parameter: assign the Parameter, without .data and without nn.Parameter(...)."""
    dst, src = worker.nn.Linear(3, 3), worker.nn.Linear(3, 3)
    student.tie_linear(dst, src)
    listed = len(list(worker.nn.ModuleList([dst, src]).parameters()))
    return listed > 2 and follows(src.weight, dst.weight) and follows(src.bias, dst.bias)


@diagnosis()
def keeps_two_weights(student, props):
    """There are two weights of d_hidden * d_in numbers: keep one, and use it in the decoder as well."""
    return sum(sorted(p.shape) == [3, 5] for p in student.TiedAutoencoder(5, 3).parameters()) > 1


@diagnosis()
def keeps_plain_tensors(student, props):
    """A weight or a bias is not registered: make it an nn.Parameter or a layer, and an attribute of its own, not in a list."""
    net = student.TiedAutoencoder(5, 3)
    listed = [tuple(p.shape) for p in net.parameters()]
    return any(tuple(held.shape) not in listed for held in kept(props.tensors_of, net))


# ---- shapes -----------------------------------------------------------------------------------------------------------


@criterion("shapes", gate=True, hint="(n, d_in) goes in, (n, d_in) comes out.",
           diagnoses=[forgets_return, is_no_module, forgets_super_init, gives_more_than_one_tensor, returns_the_code,
                      works_for_equal_sizes_alone])  # fmt: skip
def test_a_batch_is_reconstructed(student, props):
    """An autoencoder turns a batch of shape (n, d_in) into (n, d_in)."""
    net = student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(net, *code_values(10))
    assert_shape(assert_computes(net, ROWS, OTHER_ROWS), (4, 5))


@criterion("shapes", hint="One number for each hidden unit.", diagnoses=[forgets_return])
def test_a_batch_is_encoded(student):
    """encode turns a batch of shape (n, d_in) into (n, d_hidden)."""
    assert_shape(student.TiedAutoencoder(5, 3).encode(ROWS), (4, 3), "the code")


@criterion("shapes", hint="The last layer is Linear(8, 1).", diagnoses=[gives_no_sequential])
def test_the_net_gives_one_number_per_sample(student, worker):
    """build_shared_mlp returns an nn.Sequential that turns (n, 4) into (n, 1)."""
    net = student.build_shared_mlp()
    check(isinstance_of(net, worker.nn.Sequential), "What build_shared_mlp returns is no nn.Sequential.")
    assert_shape(net(X), (6, 1))


@criterion("shapes", hint="Compare dst.weight.shape with src.weight.shape, and raise ValueError if they differ.",
           diagnoses=[does_not_compare_shapes])  # fmt: skip
def test_other_shapes_raise(student, worker):
    """tie_linear raises ValueError for weights of different shapes, such as those of Linear(3, 5) and Linear(5, 3)."""
    student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(3, 5))
    with raises(ValueError, "tie_linear with weights of different shapes"):
        student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(5, 3))


# ---- values -----------------------------------------------------------------------------------------------------------


@criterion("values", gate=True, hint="Linear(4, 8), ReLU, then n_shared times the shared layer and a ReLU, then Linear(8, 1).",
           diagnoses=[gives_no_sequential, has_another_number_of_modules, has_other_sizes, holds_no_relu,
                      forgets_a_bias])  # fmt: skip
@given(uses=sampled_from([1, 2, 3, 5]), n=sizes(2), seed=seeds(), examples=8)
def test_the_net_computes(student, uses, n, seed):
    """The net computes Linear, ReLU, n_shared times the shared layer and a ReLU, and Linear, in that order."""
    net = student.build_shared_mlp(uses)
    net.double()
    values = [value.double() for value in net_values(seed, signed=True)]
    for index in range(uses + 2):
        layer, kind = net[2 * index], 0 if index == 0 else 4 if index > uses else 2
        set_value(layer.weight, values[kind])
        if layer.bias is not None:
            set_value(layer.bias, values[kind + 1])
    x = tensor(seed + 9, n, 4).double()
    output = fetch(net(x), "the output").detach()
    net.float()  # what is shared with other nets belongs to registration
    assert_close(output, mlp(x, values, uses))


@criterion("values", hint="nn.Sequential(...) with all modules side by side, none inside another.",
           diagnoses=[gives_no_sequential, has_another_number_of_modules])  # fmt: skip
def test_the_net_is_flat(student):
    """By default n_shared is 2: the net has 7 modules."""
    check(len(student.build_shared_mlp()) == 7, "By default, the net should have 7 modules, side by side: n_shared is 2.")


@criterion(
    "values",
    hint="encode(x) = relu(W x + b).",
    diagnoses=[
        forgets_return,
        does_not_cut,
        adds_b_after_the_relu,
        lacks_a_bias,
        computes_another_code,
        writes_into_its_argument,
    ],
)
@given(pair=sampled_from([(5, 3), (2, 4), (3, 7)]), n=sizes(2), seed=seeds(), examples=8)
def test_the_code(student, props, pair, n, seed):
    """encode computes relu(W x + b)."""
    net, (weight, b, c) = student.TiedAutoencoder(*pair), code_values(seed, *pair, signed=True)
    props.fill_autoencoder(net, weight, b, c)
    x = tensor(seed + 9, n, pair[0])
    assert_close(net.encode(x), torch.relu(x @ weight.T + b), "the code")


@criterion(
    "values",
    hint="forward(x) = encode(x) W + c, and nothing after it.",
    diagnoses=[
        forgets_return,
        gives_more_than_one_tensor,
        returns_the_code,
        cuts_the_output,
        lacks_a_bias,
        computes_another_output,
    ],
)
@given(pair=sampled_from([(5, 3), (2, 4), (3, 7)]), n=sizes(2), seed=seeds(), examples=8)
def test_the_reconstruction(student, props, pair, n, seed):
    """forward computes encode(x) W + c."""
    net, (weight, b, c) = student.TiedAutoencoder(*pair), code_values(seed, *pair, signed=True)
    props.fill_autoencoder(net, weight, b, c)
    x = tensor(seed + 9, n, pair[0])
    assert_close(net(x), fetch(net.encode(x), "the code").detach() @ weight + c)


# ---- tying ------------------------------------------------------------------------------------------------------------


@criterion("tying", gate=True, hint="Make nn.Linear(8, 8) once, and put this one object into the net several times.",
           diagnoses=[gives_no_sequential])  # fmt: skip
def test_the_shared_weight(student, props):
    """What is written into the weight of the shared layer is seen wherever the layer stands."""
    layers = props.middle(student.build_shared_mlp(3))
    check(len(layers) > 1, "With n_shared=3, there are not even two layers between the first one and the last one.")
    together = all(follows(layers[0].weight, layer.weight) for layer in layers[1:])
    check(together, "The layers in the middle do not share their weight: what is written into one is not seen in all others.")


@criterion("tying", hint="Share the bias like the weight. A layer that is used several times shares both by itself.",
           diagnoses=[only_the_weight_is_shared])  # fmt: skip
def test_the_shared_bias(student, props):
    """What is written into the bias of the shared layer is seen wherever the layer stands."""
    first, *others = props.middle(student.build_shared_mlp(3))
    together = first.bias is None or all(follows(first.bias, other.bias) for other in others)
    check(together, "The layers in the middle do not share their bias: what is written into one is not seen in all others.")


@criterion("tying", hint="A shared parameter is listed once, however often it is used.", diagnoses=[shares_memory_only])
@given(uses=sampled_from([1, 2, 3, 5]), examples=6)
def test_shared_parameters_are_listed_once(student, uses):
    """The net lists 6 parameters, whatever n_shared is: three weights and three biases."""
    listed = len(list(student.build_shared_mlp(uses).parameters()))
    check(listed <= 6, "parameters() lists more than 6 parameters: an optimiser trains each of them on its own.")


@criterion("tying", hint="dst.weight = src.weight: the Parameter itself.",
           diagnoses=[changes_src, changes_no_layer, copies_numbers])  # fmt: skip
def test_dst_uses_the_weight_of_src(student, worker):
    """After tie_linear(dst, src), what is written into src.weight is seen in dst.weight."""
    dst, src = worker.nn.Linear(3, 5), worker.nn.Linear(3, 5)
    student.tie_linear(dst, src)
    check(follows(src.weight, dst.weight), "What is written into src.weight is not seen in dst.weight: they are not tied.")


@criterion("tying", hint="Tie the bias as well as the weight.")
def test_dst_uses_the_bias_of_src(student, worker):
    """After tie_linear(dst, src), what is written into src.bias is seen in dst.bias."""
    dst, src = worker.nn.Linear(3, 5), worker.nn.Linear(3, 5)
    student.tie_linear(dst, src)
    check(follows(src.bias, dst.bias), "What is written into src.bias is not seen in dst.bias: they are not tied.")


@criterion("tying", hint="Where src has no bias, dst must not have one either: dst.bias = None.",
           diagnoses=[changes_src, refuses_a_missing_bias])  # fmt: skip
def test_no_bias_in_src(student, worker):
    """Where src has no bias, dst has none after tie_linear, and computes what src computes."""
    dst, src = worker.nn.Linear(3, 5), worker.nn.Linear(3, 5, bias=False)
    student.tie_linear(dst, src)
    x = tensor(5, 4, 3)
    right = dst.bias is None and torch.allclose(dst(x).detach(), x @ src.weight.value.T, atol=1e-4)
    check(right, "After tie_linear with a src without bias, dst.bias should be None, and dst should compute what src does.")


@criterion("tying", hint="Assign to the attributes of dst; only read those of src.", diagnoses=[changes_src])
def test_src_keeps_its_values(student, worker):
    """tie_linear leaves the values of src as they were."""
    dst, src = worker.nn.Linear(3, 5), worker.nn.Linear(3, 5)
    before = torch.cat([src.weight.value.reshape(-1), src.bias.value])
    student.tie_linear(dst, src)
    found = torch.cat([src.weight.value.reshape(-1), src.bias.value])
    check(torch.equal(found, before), "The values of src are not what they were before tie_linear: only read from src.")


@criterion(
    "tying", hint="Multiply by the encoder's weight in forward. Do not make a second one.", diagnoses=[keeps_two_weights]
)
def test_the_decoder_follows(student, props):
    """Changing the weight of the autoencoder in place changes encode and the decoder alike."""
    net = student.TiedAutoencoder(5, 3)
    check(decoder_follows(net, props, ROWS.abs()), "The decoder does not multiply by the weight by which encode multiplies.")


@criterion("tying", hint="A Parameter that two modules hold is converted once. Two Parameters that share memory are parted.",
           diagnoses=[pair_shares_memory_only])  # fmt: skip
def test_a_tie_survives_double(student, worker):
    """After .double(), dst still follows src."""
    dst, src = worker.nn.Linear(3, 5), worker.nn.Linear(3, 5)
    student.tie_linear(dst, src)
    worker.nn.ModuleList([dst, src]).double()
    check(follows(src.weight, dst.weight), "After .double(), dst.weight does not follow src.weight any more.")


# ---- registration -----------------------------------------------------------------------------------------------------


@criterion("registration", gate=True, hint="W, b and c must each be an nn.Parameter, of the module or of a layer in it.",
           diagnoses=[forgets_return, is_no_module, forgets_super_init, keeps_plain_tensors])  # fmt: skip
def test_parameters_make_the_autoencoder(student, props):
    """The parameters that the autoencoder lists decide alone what it computes."""
    full, net = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(full, *code_values(20))
    props.fill_autoencoder(net, *code_values(21))
    props.fill_autoencoder(net, *code_values(20), only_listed=True)
    wanted = assert_computes(full, ROWS.abs(), OTHER_ROWS.abs()).detach()
    assert_close(net(ROWS.abs()), wanted, "the output for parameters of ours")


@criterion("registration", hint="One weight is enough. A decoder that has a weight of its own lists another one.",
           diagnoses=[keeps_two_weights])  # fmt: skip
def test_each_weight_counts(student, props):
    """Each weight that the autoencoder lists takes part: changing it changes the output."""
    net = student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(net, *code_values(20))
    before = fetch(net(ROWS.abs()), "the output").detach()
    for index, weight in enumerate(of_size(list(net.parameters()), (3, 5))):
        value = weight.value
        set_value(weight, value + tensor(60 + index, *weight.shape).abs())
        assert_changed(net(ROWS.abs()), before, "the output after a weight was changed")
        set_value(weight, value)


@criterion("registration", hint="W, b and c, and no further parameter.")
def test_nothing_else_is_listed(student):
    """The autoencoder lists W, b and c, and no parameter of another size."""
    others = [parameter.numel() for parameter in student.TiedAutoencoder(5, 3).parameters() if parameter.numel() != 15]
    check(others.count(3) + others.count(5) == len(others), "There is a parameter that is neither W nor b nor c.")


# ---- gradients --------------------------------------------------------------------------------------------------------


@criterion("gradients", gate=True, hint="Each use adds to the gradient of the shared weight: cut none off from autograd.",
           diagnoses=[gives_no_sequential, freezes_the_shared_layer, leaves_autograd])  # fmt: skip
@given(uses=sampled_from([2, 3]), seed=seeds(), examples=4)
def test_gradient_of_the_shared_weight(student, props, uses, seed):
    """The gradient of the shared weight is the sum over all its uses."""
    net, values = student.build_shared_mlp(uses), net_values(seed)
    props.fill_net(net, *values)
    sentence = "The gradient of the shared weight is not the sum over all its uses."
    assert_slope(net, X, list(net.parameters()), values[2], sentence)


@criterion("gradients", hint="W gets a gradient from encode and another one from the decoder: use W itself in both.",
           diagnoses=[forgets_return, forgets_super_init, leaves_autograd])  # fmt: skip
@given(seed=seeds(), examples=6)
def test_gradient_of_the_tied_weight(student, props, seed):
    """The gradient of W is the sum of what encode and the decoder give it."""
    net, (weight, b, c), x = student.TiedAutoencoder(5, 3), code_values(seed), tensor(seed + 9, 4, 5).abs()
    props.fill_autoencoder(net, weight, b, c)
    sentence = "The gradient of W is not the sum of what encode and the decoder give it."
    assert_slope(net, x, kept(props.tensors_of, net), weight, sentence)


# ---- saving and loading -----------------------------------------------------------------------------------------------


@criterion("save_load", gate=True, hint="What is an nn.Parameter is in the state_dict by itself.",
           diagnoses=[forgets_return, forgets_super_init, makes_parameters_in_the_first_call,
                      keeps_plain_tensors, leaves_a_parameter_out_of_the_file])  # fmt: skip
def test_state_dict_carries_the_autoencoder(student, props):
    """An autoencoder that loads another one's state_dict computes the same."""
    first, second = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(first, *code_values(30))
    wanted = assert_computes(first, ROWS.abs(), OTHER_ROWS.abs()).detach()
    second.load_state_dict(first.state_dict())
    assert_close(second(ROWS.abs()), wanted, "the output after loading")


@criterion("save_load", hint="The state_dict names each use of the shared layer, and all of them load.",
           diagnoses=[gives_no_sequential])  # fmt: skip
def test_state_dict_carries_the_net(student, props):
    """A net that loads another one's state_dict computes the same."""
    first, second = student.build_shared_mlp(2), student.build_shared_mlp(2)
    props.fill_net(first, *net_values(30))
    wanted = assert_computes(first, X, OTHER_X).detach()
    second.load_state_dict(first.state_dict())
    assert_close(second(X), wanted, "the output after loading")
