"""The checks of ex12 that students do not get to read."""

import math

import torch
from torch.nn import functional as F

from grader.suite import (
    StudentError,
    assert_close,
    assert_equal,
    assert_shape,
    backward,
    check,
    criterion,
    diagnosis,
    fetch,
    given,
    kept,
    raises,
    sampled_from,
    seeds,
    set_value,
    sizes,
    spread,
    tensor,
)
from grader.suite.diagnoses import (
    changes_the_dimensions,
    fixes_the_dtype,
    leaves_autograd,
    overrides_call,
    seeds_the_generator,
    writes_into_its_argument,
)

NET_SHAPES = ((8, 4), (8,), (8, 8), (8,), (1, 8), (1,))
X = tensor(1, 6, 4).abs()
ROWS = tensor(3, 4, 5)

# What should not part what is tied, with the words for it. `.to("meta")` and load_state_dict(assign=True) do, in torch itself.
WAYS = {
    "double": "After .double(), the tie is gone.",
    "bfloat16": "After .to(torch.bfloat16).float(), the tie is gone.",
    "copy": "In a deep copy, the tie is gone.",
    "load": "After load_state_dict, the tie is gone.",
}
OPTIMISERS = {
    "the output after three steps of SGD": ("SGD", {"lr": 2.0**-12}),
    "the output after three steps of SGD with momentum": ("SGD", {"lr": 2.0**-12, "momentum": 0.5}),
    "the output after three steps of Adam": ("Adam", {"lr": 2.0**-8}),
}


def net_values(seed):
    """Positive weights and biases for the three kinds of layers."""
    return [(tensor(seed + index, *shape) / 8).abs() for index, shape in enumerate(NET_SHAPES)]


def mlp(x, values, uses):
    """What the net computes."""
    h = torch.relu(F.linear(x, *values[:2]))
    for _ in range(uses):
        h = torch.relu(F.linear(h, *values[2:4]))
    return F.linear(h, *values[4:])


def code_values(seed):
    """Positive W, b and c for an autoencoder from 5 features to 3."""
    return [tensor(seed + index, *shape).abs() for index, shape in enumerate(((3, 5), (3,), (5,)))]


def autoencoder(x, weight, b, c):
    """What the autoencoder computes."""
    return torch.relu(x @ weight.T + b) @ weight + c


def follows(held, other):
    """Whether what is written into one parameter is seen in another."""
    before, mark = held.value, torch.full(held.shape, 3.25, dtype=held.dtype)
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


def led(way, module, other, props):
    """Lead a module one of the WAYS; None where its state_dict does not load, which belongs to saving."""
    if way == "double":
        module.double()
    elif way == "bfloat16":
        module.to(torch.bfloat16)
        module.float()
    elif way == "copy":
        return props.copied(module)
    else:
        try:
            module.load_state_dict(kept(other.state_dict))
        except StudentError:
            return None
    return module


def works(net, x):
    """Whether an autoencoder takes an input of that dtype, which belongs to values."""
    try:
        net(x)
    except StudentError:
        return False
    return True


def lists_all_that_counts(net, props, x, values):
    """Whether what an autoencoder does not list has no part in its output: if it has, registration is to be charged.

    A hidden copy that is brought up to date in each call has no part in it. It does not excuse from training as one.
    """
    props.fill_autoencoder(net, *[value + 1 for value in values])
    props.fill_autoencoder(net, *values, only_listed=True)
    listed = fetch(net(x), "the output").detach()
    props.fill_autoencoder(net, *values)
    return torch.equal(listed, fetch(net(x), "the output").detach())


def right_so_far(module, x, tensors, compute, values):
    """Whether outputs and gradients are right before the first step: else tying is not to be charged."""
    leaves = [value.clone().requires_grad_() for value in values]
    for held in tensors:
        held.grad = None
    output, wanted = fetch(module(x), "the output"), compute(*leaves)
    if not output.requires_grad or output.shape != wanted.shape or not torch.allclose(output, wanted, rtol=1e-4):
        return False
    output.sum().backward()
    wanted.sum().backward()
    for shape in {tuple(leaf.shape) for leaf in leaves}:
        total = sum((leaf.grad for leaf in leaves if tuple(leaf.shape) == shape and leaf.grad is not None), torch.zeros(shape))
        if not torch.allclose(gradient_of(of_size(tensors, shape), shape), total, rtol=1e-4):
            return False
    return sum(len(of_size(tensors, shape)) for shape in {tuple(leaf.shape) for leaf in leaves}) == len(tensors)


def trained(compute, values, name, lr, momentum=0.0, steps=3):
    """What `steps` of an optimiser make of values, in float64: each use of a value adds to its one gradient."""
    values = [value.double() for value in values]
    first, second = ([torch.zeros_like(value) for value in values] for _ in range(2))
    for step in range(1, steps + 1):
        leaves = [value.clone().requires_grad_() for value in values]
        gradients = torch.autograd.grad(compute(*leaves).sum(), leaves, allow_unused=True)
        for index, gradient in enumerate(gradients):
            if gradient is None:
                continue
            if name == "Adam":
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient**2
                mean, spread = first[index] / (1 - 0.9**step), second[index] / (1 - 0.999**step)
                values[index] = values[index] - lr * mean / (spread.sqrt() + 1e-8)
            else:
                first[index] = momentum * first[index] + gradient
                values[index] = values[index] - lr * first[index]
    return compute(*values).float()


def linear_pair(worker):
    """Two linear layers to be tied."""
    return worker.nn.Linear(3, 3), worker.nn.Linear(3, 3)


# ---- what may be the cause --------------------------------------------------------------------------------------------


@diagnosis()
def net_shares_memory_only(student, props):
    """The layers share memory, but not the Parameter: assign the Parameter, without .data and without nn.Parameter(...)."""
    net = student.build_shared_mlp(3)
    first, *others = props.middle(net)
    together = all(follows(first.weight, other.weight) and follows(first.bias, other.bias) for other in others)
    return together and len(list(net.parameters())) > 6


@diagnosis()
def pair_shares_memory_only(student, worker):
    """dst shares memory with src, but not the Parameter: assign the Parameter, without .data and without nn.Parameter(...)."""
    dst, src = linear_pair(worker)
    student.tie_linear(dst, src)
    listed = len(list(worker.nn.ModuleList([dst, src]).parameters()))
    return listed > 2 and follows(src.weight, dst.weight) and follows(src.bias, dst.bias)


@diagnosis()
def keeps_two_weights(student, props):
    """There are two weights of d_hidden * d_in numbers: keep one, and use it in the decoder as well."""
    return sum(sorted(p.shape) == [3, 5] for p in student.TiedAutoencoder(5, 3).parameters()) > 1


@diagnosis()
def keeps_a_transposed_view(student, props):
    """Beside the weight, its transpose is kept on self: such a view does not follow everywhere. Write .T in forward."""
    found = [tuple(held.shape) for held in kept(props.tensors_of, student.TiedAutoencoder(5, 3))]
    return (3, 5) in found and (5, 3) in found


@diagnosis()
def freezes_the_pair(student, worker):
    """After tie_linear, the parameters of src do not require grad any more: what freezes dst freezes src as well."""
    dst, src = linear_pair(worker)
    student.tie_linear(dst, src)
    return not src.weight.requires_grad


@diagnosis()
def freezes_a_parameter(student):
    """A parameter of the autoencoder does not require grad: it is frozen, and never learns."""
    return not all(parameter.requires_grad for parameter in student.TiedAutoencoder(5, 3).parameters())


@diagnosis()
def looks_at_a_part_of_the_shapes(student, worker):
    """Not all shapes are told apart: compare dst.weight.shape with src.weight.shape as a whole."""
    for sizes_of_src in ((3, 4), (4, 5)):
        try:
            student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(*sizes_of_src))
        except StudentError:
            continue
        return True
    return False


# ---- shapes -----------------------------------------------------------------------------------------------------------


@criterion("shapes", hint="Keep every leading dimension: a matrix product with @ does so, torch.mm does not.",
           diagnoses=[changes_the_dimensions])  # fmt: skip
@given(lead=sampled_from([(), (1,), (0,), (2, 3, 4), (2, 1)]), d_in=sizes(1, 4), d_hidden=sizes(1, 4), seed=seeds())
def test_any_leading_dimensions(student, lead, d_in, d_hidden, seed):
    """One sample, batches of one and of none, and more dimensions: forward keeps all of them, and the last one too."""
    assert_shape(student.TiedAutoencoder(d_in, d_hidden)(tensor(seed, *lead, d_in)), (*lead, d_in))


@criterion("shapes", hint="encode keeps every leading dimension, too.", diagnoses=[changes_the_dimensions])
@given(lead=sampled_from([(), (1,), (0,), (2, 3, 4), (2, 1)]), d_in=sizes(1, 4), d_hidden=sizes(1, 4), seed=seeds())
def test_any_leading_dimensions_of_the_code(student, lead, d_in, d_hidden, seed):
    """One sample, batches of one and of none, and more dimensions: encode keeps all but the last as they are."""
    assert_shape(student.TiedAutoencoder(d_in, d_hidden).encode(tensor(seed, *lead, d_in)), (*lead, d_hidden), "the code")


@criterion("shapes", hint="No .view on the input: it needs a contiguous tensor, .reshape does not.")
def test_non_contiguous_input(student):
    """An input with more dimensions that is not contiguous in memory is taken, too."""
    assert_shape(student.TiedAutoencoder(5, 3)(spread(tensor(3, 2, 4, 5))), (2, 4, 5))


@criterion("shapes", hint="Compare the whole shape: neither d_in alone, nor d_out alone, nor the number of elements.",
           diagnoses=[looks_at_a_part_of_the_shapes])  # fmt: skip
@given(other=sampled_from([(3, 4), (4, 5)]), examples=4)
def test_one_other_size_raises(student, worker, other):
    """tie_linear raises ValueError where only the inputs, or only the outputs, differ in number."""
    student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(3, 5))
    with raises(ValueError, "tie_linear with weights of different shapes"):
        student.tie_linear(worker.nn.Linear(3, 5), worker.nn.Linear(*other))


@criterion("shapes", hint="Compare first, and change dst only afterwards.")
def test_a_refusal_changes_nothing(student, worker):
    """Where tie_linear raises ValueError, dst stays as it was."""
    dst, src = worker.nn.Linear(3, 5), worker.nn.Linear(5, 3)
    before = torch.cat([dst.weight.value.reshape(-1), dst.bias.value])
    try:
        student.tie_linear(dst, src)
    except StudentError:
        found = torch.cat([dst.weight.value.reshape(-1), dst.bias.value])
        same = found.shape == before.shape and torch.equal(found, before)
        check(same and tuple(dst.weight.shape) == (5, 3), "The error comes too late: dst was changed before it was raised.")


# ---- values -----------------------------------------------------------------------------------------------------------


@criterion("values", hint="W is used twice, once as it is and once transposed. Choose by the layout, not by what fits.")
@given(size=sizes(2, 4), seed=seeds(), examples=5)
def test_as_many_units_as_features(student, props, size, seed):
    """With d_hidden equal to d_in, too, the decoder uses the weight the other way round."""
    net, matrix, zeros = student.TiedAutoencoder(size, size), tensor(seed, size, size).abs(), torch.zeros(size)
    props.fill_autoencoder(net, matrix, zeros, zeros)
    if len(of_size(kept(props.tensors_of, net), (size, size))) > 1:
        return  # which of the two is transposed cannot be told; that there are two belongs to tying
    x = tensor(seed + 1, 4, size).abs()
    output = fetch(net(x), "the output").detach()
    layouts = [x @ matrix.T @ matrix, x @ matrix @ matrix.T]
    check(any(torch.allclose(output, wanted) for wanted in layouts), "With d_hidden equal to d_in, the output is wrong.")


@criterion("values", hint="Draw each weight on its own, with torch: equal weights make all units learn the same.")
def test_new_weights_differ(student):
    """In a new autoencoder, no two units and no two features begin with the same weights."""
    for weight in of_size(list(student.TiedAutoencoder(5, 3).parameters()), (3, 5)):
        lines = [torch.unique(weight.value, dim=dimension).shape[dimension] for dimension in (0, 1)]
        check(lines == list(weight.shape), "In a new autoencoder, two units or two features begin with equal weights.")


@criterion("values", hint="Draw new numbers for each autoencoder and for each net, and do not seed the generator.",
           diagnoses=[seeds_the_generator])  # fmt: skip
def test_two_autoencoders_differ(student, props):
    """Two new autoencoders have different weights."""
    x = torch.cat([torch.eye(5), -torch.eye(5)]) * 100
    first, second = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    before = fetch(second(x), "the output").detach()
    differ = not torch.equal(fetch(first(x), "the output"), before)
    props.fill_autoencoder(first, *code_values(10))
    shared = not torch.equal(fetch(second(x), "the output"), before)  # which belongs to registration
    check(differ or shared, "Two new autoencoders begin with the same weights.")


@criterion("values", hint="Make new layers in each call, and do not seed the generator.", diagnoses=[seeds_the_generator])
def test_two_nets_differ(student, props):
    """Two new nets have different weights in the shared layer."""
    first, second = (props.middle(student.build_shared_mlp(2))[0] for _ in range(2))
    differ = not torch.equal(first.weight.value, second.weight.value)
    shared = follows(first.weight, second.weight)  # which belongs to registration
    check(differ or shared, "Two new nets begin with the same weights.")


@criterion("values", hint="Draw with torch, as in torch.randn(...): its global generator is what a seed set outside decides.")
def test_a_seed_decides_the_weights(student, worker):
    """After the same torch.manual_seed, a new autoencoder has the same weights."""
    outputs = []
    for _ in range(2):
        worker.manual_seed(5)
        outputs.append(fetch(student.TiedAutoencoder(5, 3)(ROWS), "the output").detach())
    check(torch.equal(*outputs), "After the same torch.manual_seed, two autoencoders begin with different weights.")


@criterion("values", hint="No x *= or x += in encode or forward: they change the caller's tensor.",
           diagnoses=[writes_into_its_argument])  # fmt: skip
@given(lead=sampled_from([(4,), ()]), examples=4)
def test_input_stays_as_it_was(student, worker, lead):
    """The input tensor is not modified, neither a batch nor a single sample."""
    x = tensor(3, *lead, 5)
    copy = worker.put(x)
    try:
        student.TiedAutoencoder(5, 3)(copy)
    except StudentError:
        return  # how many dimensions an input may have belongs to shapes
    assert_equal(copy.value, x, "the input after the call")


@criterion("values", hint="Let the result follow the dtype of the input and of the parameters: no .float() on the way.",
           diagnoses=[fixes_the_dtype])  # fmt: skip
def test_float64_keeps_its_digits(student, props):
    """In float64 the autoencoder loses no digits."""
    net = student.TiedAutoencoder(5, 3)
    net.double()
    weight, b, c = (value.double() / 3 for value in code_values(30))
    has_b, has_c = props.fill_autoencoder(net, weight, b, c)
    if any(held.dtype != torch.float64 for held in kept(props.tensors_of, net)):
        return  # what does not follow .double() belongs to tying or to registration
    x = ROWS.double().abs() / 3
    output = fetch(net(x), "the output").detach()
    net.float()  # what is shared with other autoencoders belongs to registration
    wanted = autoencoder(x, weight, b * has_b, c * has_c)
    error = (output - wanted).abs().max() if output.shape == wanted.shape else torch.tensor(0.0)
    check(not 1e-12 < error < 1e-5, "Digits of float64 are lost on the way.")  # a larger error is no matter of digits


@criterion("values", hint="Make no float32 tensor in encode or forward: torch.zeros_like(y) takes the dtype of y.",
           diagnoses=[fixes_the_dtype])  # fmt: skip
def test_follows_bfloat16(student, props):
    """After .to(torch.bfloat16) the autoencoder takes and gives that dtype."""
    net = student.TiedAutoencoder(5, 3)
    net.to(torch.bfloat16)
    if any(held.dtype != torch.bfloat16 for held in kept(props.tensors_of, net)):
        return  # what does not follow .to belongs to tying or to registration
    output = fetch(net(ROWS.bfloat16()), "the output")
    net.float()
    check(output.dtype == torch.bfloat16, "The output has another dtype than the autoencoder and its input.")


# ---- tying ------------------------------------------------------------------------------------------------------------


@criterion("tying", hint="Where src has a bias, dst uses it, even if dst was made without one.")
def test_no_bias_in_dst(student, worker):
    """Where dst has no bias and src has one, dst uses it after tie_linear."""
    dst, src = worker.nn.Linear(3, 5, bias=False), worker.nn.Linear(3, 5)
    student.tie_linear(dst, src)
    check(
        dst.bias is not None and follows(src.bias, dst.bias),
        "A dst that was made without a bias should use that of src after tie_linear.",
    )


@criterion("tying", hint="Only read src.weight: what already holds it, such as an optimiser, must hold the right one.")
def test_src_keeps_its_parameters(student, worker):
    """src keeps the Parameters that it had: gradients still arrive at them."""
    dst, src = linear_pair(worker)
    weight, bias = src.weight, src.bias
    student.tie_linear(dst, src)
    if not (src.weight.requires_grad and src.bias.requires_grad):
        return  # what is frozen belongs to gradients
    backward(src(torch.ones(2, 3)))
    arrived = weight.grad is not None and bias.grad is not None
    check(arrived, "After tie_linear, src has new Parameters: an optimiser that holds the old ones trains nothing.")


@criterion("tying", hint="A Parameter that stands in several places is converted, copied and loaded as one.",
           diagnoses=[net_shares_memory_only])  # fmt: skip
def test_the_shared_layer_stays_shared(student, props):
    """The shared layer stays shared after .double(), after bfloat16 and back, in a deep copy, and after load_state_dict."""
    for way, sentence in WAYS.items():
        net = led(way, student.build_shared_mlp(3), student.build_shared_mlp(3), props)
        if net is not None:
            first, *others = props.middle(net)
            check(all(follows(first.weight, other.weight) for other in others), sentence)
            net.float()


@criterion("tying", hint="A Parameter that stands in several places is converted, copied and loaded as one.",
           diagnoses=[pair_shares_memory_only])  # fmt: skip
def test_a_pair_stays_tied(student, worker, props):
    """dst follows src after .double(), after bfloat16 and back, in a deep copy, and after load_state_dict."""
    for way, sentence in WAYS.items():
        pairs = []
        for _ in range(2):
            dst, src = linear_pair(worker)
            student.tie_linear(dst, src)
            pairs.append(worker.nn.ModuleList([src, dst]))
        pair = led(way, *pairs, props)
        check(follows(pair[0].weight, pair[1].weight) and follows(pair[0].bias, pair[1].bias), sentence)


@criterion("tying", hint="Keep one weight, and transpose it in forward. A second tensor beside it goes its own way.",
           diagnoses=[keeps_two_weights, keeps_a_transposed_view])  # fmt: skip
def test_the_decoder_keeps_following(student, props):
    """The decoder follows the encoder after .double(), after bfloat16 and back, in a deep copy, and after load_state_dict."""
    for way, sentence in WAYS.items():
        net = led(way, student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3), props)
        if net is not None:
            x = ROWS.abs().double() if way == "double" else ROWS.abs()
            check(works(net, x) is False or decoder_follows(net, props, x), sentence)
            net.float()


@criterion("tying", hint="An optimiser must find the shared weight once. Adam tells one Parameter from two that share memory.",
           diagnoses=[net_shares_memory_only])  # fmt: skip
def test_the_net_trains_as_one(student, props):
    """After three steps of SGD, of SGD with momentum, or of Adam, the net is what a net with one shared layer would be."""
    for subject, (name, options) in OPTIMISERS.items():
        net, values = student.build_shared_mlp(2), net_values(10)
        count, *biased = props.fill_net(net, *values)
        there = [True, biased[0], True, biased[1], True, biased[2]]
        values = [value * is_there for value, is_there in zip(values, there, strict=True)]

        def compute(*values, there=there, count=count):
            present = [value * is_there for value, is_there in zip(values, there, strict=True)]
            return mlp(X.to(values[0].dtype), present, count)

        if not right_so_far(net, X, list(net.parameters()), compute, values):
            return
        props.train(net, name, X, 3, **options)
        assert_close(net(X), trained(compute, values, name, **options), subject, rtol=1e-4)


@criterion("tying", hint="An optimiser must find the shared weight once. Adam tells one Parameter from two that share memory.",
           diagnoses=[pair_shares_memory_only])  # fmt: skip
def test_a_pair_trains_as_one(student, worker, props):
    """After three steps of SGD, of SGD with momentum, or of Adam, tied layers are what one layer used twice would be."""
    x, weight, bias = tensor(5, 4, 3).abs(), tensor(6, 3, 3).abs(), tensor(7, 3).abs()

    def compute(weight, bias):
        return F.linear(F.linear(x.to(weight.dtype), weight, bias), weight, bias)

    for subject, (name, options) in OPTIMISERS.items():
        dst, src = linear_pair(worker)
        student.tie_linear(dst, src)
        for layer in (dst, src):
            set_value(layer.weight, weight)
            set_value(layer.bias, bias)
        chain = worker.nn.Sequential(src, dst)
        if not right_so_far(chain, x, kept(props.tensors_of, chain), compute, [weight, bias]):
            return
        props.train(chain, name, x, 3, **options)
        assert_close(chain(x), trained(compute, [weight, bias], name, **options), subject, rtol=1e-4)


@criterion("tying", hint="An optimiser must find W once. Adam tells one Parameter from two that share memory.",
           diagnoses=[keeps_two_weights])  # fmt: skip
def test_the_autoencoder_trains_as_one(student, props):
    """After three steps of SGD, of SGD with momentum, or of Adam, the autoencoder is what one with a single W would be."""
    x = ROWS.abs()
    for subject, (name, options) in OPTIMISERS.items():
        net, values = student.TiedAutoencoder(5, 3), [value / 4 for value in code_values(10)]
        there = [True, *props.fill_autoencoder(net, *values)]
        values = [value * is_there for value, is_there in zip(values, there, strict=True)]

        def compute(*values, there=there):
            return autoencoder(x.to(values[0].dtype), *[v * is_there for v, is_there in zip(values, there, strict=True)])

        if not lists_all_that_counts(net, props, x, values):
            return
        if not right_so_far(net, x, kept(props.tensors_of, net), compute, values):
            return
        props.train(net, name, x, 3, **options)
        assert_close(net(x), trained(compute, values, name, **options), subject, rtol=1e-4)


@criterion("tying", hint="After loading and converting, the optimiser must still find one W.", diagnoses=[keeps_two_weights])
def test_a_loaded_autoencoder_trains_as_one(student, props):
    """An autoencoder that was loaded and turned to float64 trains on as one with a single W."""
    x, values = ROWS.abs(), [value / 4 for value in code_values(10)]
    source, net = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    there = [True, *props.fill_autoencoder(source, *values)]
    values = [value * is_there for value, is_there in zip(values, there, strict=True)]

    def compute(*values):
        present = [value * is_there for value, is_there in zip(values, there, strict=True)]
        return autoencoder(x.to(values[0].dtype), *present)

    net = led("load", net, source, props)
    if net is None or not lists_all_that_counts(source, props, x, values):
        return
    if right_so_far(net, x, kept(props.tensors_of, net), compute, values):
        net.double()
        if works(net, x.double()):
            props.train(net, "SGD", x.double(), 1, lr=2.0**-12)
            wanted, output = trained(compute, values, "SGD", 2.0**-12, steps=1), fetch(net(x.double()), "the output").detach()
            net.float()
            assert_close(output.float(), wanted, "the output after loading, .double() and one step", rtol=1e-4)


# ---- registration -----------------------------------------------------------------------------------------------------


@criterion("registration", hint="Make the shared layer inside the function, so that each call makes another one.")
def test_two_nets_share_nothing(student, props):
    """Two nets built one after the other share nothing: writing into one leaves the other as it was."""
    first, second = student.build_shared_mlp(2), student.build_shared_mlp(2)
    props.fill_net(second, *net_values(10))
    before = fetch(second(X), "the output").detach()
    props.fill_net(first, *net_values(20))
    check(torch.equal(fetch(second(X), "the output"), before), "Writing into one net changes another one: they share a layer.")


@criterion("registration", hint="Make the parameters in __init__, for each autoencoder anew; not as attributes of the class.")
def test_two_autoencoders_share_nothing(student, props):
    """Two autoencoders share nothing: writing into one leaves the other as it was."""
    first, second = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(second, *code_values(10))
    before = fetch(second(ROWS), "the output").detach()
    props.fill_autoencoder(first, *code_values(20))
    apart = torch.equal(fetch(second(ROWS), "the output"), before)
    check(apart, "Writing into one autoencoder changes another one: they share a parameter.")


@criterion("registration", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
def test_hooks_fire(student, props):
    """The autoencoder is an nn.Module, and a forward hook sees its output."""
    net = student.TiedAutoencoder(5, 3)
    plain = fetch(net(ROWS), "the output").detach()
    net.register_forward_hook(props.add_one)
    assert_close(net(ROWS), plain + 1, "the output with a hook that adds 1")


# ---- gradients --------------------------------------------------------------------------------------------------------


@criterion("gradients", hint="Each use adds to the gradient of the shared bias, too.", diagnoses=[leaves_autograd])
def test_gradient_of_the_shared_bias(student, props):
    """The gradient of the shared bias is the sum over all its uses."""
    net, values = student.build_shared_mlp(3), net_values(10)
    *_, has_bias, _ = props.fill_net(net, *values[:2], *values[2:3], *values[1:2], *values[4:])
    if has_bias:
        sentence = "The gradient of the shared bias is not the sum over all its uses."
        biases = [held for held in net.parameters() if len(held.shape) == 1]
        assert_slope(net, X, biases, values[1], sentence)  # that of the first layer is as large


@criterion("gradients", hint="src and dst each add to the gradient of the weight that they share: freeze none of them.",
           diagnoses=[freezes_the_pair])  # fmt: skip
def test_gradient_of_a_pair(student, worker, props):
    """Where one tied layer follows the other, the gradient of their weight is the sum over both."""
    dst, src = linear_pair(worker)
    x, weight = tensor(5, 4, 3).abs(), tensor(6, 3, 3).abs()
    student.tie_linear(dst, src)
    for layer in (dst, src):
        set_value(layer.weight, weight)
    chain = worker.nn.Sequential(src, dst)
    sentence = "The gradient of the weight that src and dst share is not the sum over both."
    assert_slope(chain, x, kept(props.tensors_of, chain), weight, sentence)


@criterion(
    "gradients",
    hint="The biases must be parameters that forward uses themselves.",
    diagnoses=[freezes_a_parameter, leaves_autograd],
)
def test_gradients_of_the_biases(student, props):
    """b and c get their gradients: c one for each sample, b what comes back through the decoder."""
    net, values = student.TiedAutoencoder(5, 3), code_values(10)
    there = props.fill_autoencoder(net, *values)
    for bias, is_there in zip(values[1:], there, strict=True):
        if is_there:
            sentence = "The gradient of a bias is wrong: each sample adds to it."
            assert_slope(net, ROWS.abs(), kept(props.tensors_of, net), bias, sentence)


@criterion("gradients", hint="The gradient must flow back to the input, too.", diagnoses=[leaves_autograd])
def test_gradient_of_the_input(student, props):
    """The gradient flows back to the input."""
    net, x = student.TiedAutoencoder(5, 3), ROWS.abs().requires_grad_()
    props.fill_autoencoder(net, *code_values(10))
    try:
        backward(net(x))
    except StudentError:
        return  # an input that is changed in place belongs to values
    check(x.grad is not None and bool((x.grad > 0).all()), "No gradient comes back to the input.")


# ---- saving and loading -----------------------------------------------------------------------------------------------


@criterion("save_load", hint="What is not a Parameter or a buffer is not in the file. Make all of it in __init__.")
def test_a_file_carries_the_autoencoder_to_another_process(student, worker, props, elsewhere):
    """An autoencoder saved to a file, after it was used, computes the same when another process loads it."""
    net, x = student.TiedAutoencoder(5, 3), ROWS.abs()
    props.fill_autoencoder(net, *code_values(10))
    wanted = fetch(net(x), "the output").detach()
    worker.save(kept(net.state_dict), "autoencoder.pt")
    there = elsewhere.loaded()
    there.receive("autoencoder.pt")
    other = there.student.TiedAutoencoder(5, 3)
    other.load_state_dict(kept(there.torch.load, "autoencoder.pt"))
    assert_close(other(x), wanted, "the output of the loaded autoencoder")


@criterion("save_load", hint="load_state_dict copies the values: write no loading code of your own.")
def test_loading_copies(student, props):
    """An autoencoder that was loaded shares nothing with the one that it was loaded from."""
    first, second = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(first, *code_values(10))
    second.load_state_dict(kept(first.state_dict))
    before = fetch(second(ROWS.abs()), "the output").detach()
    props.fill_autoencoder(first, *code_values(20))
    apart = torch.equal(fetch(second(ROWS.abs()), "the output"), before)
    check(apart, "After loading, the two autoencoders share their memory: changing one changes the other.")


@criterion("save_load", hint="Loading changes values. Leave the parameters, and requires_grad, as they are.")
def test_a_loaded_autoencoder_can_be_trained(student, props):
    """An autoencoder that was loaded can be trained on: gradients arrive at its parameters."""
    first, second = student.TiedAutoencoder(5, 3), student.TiedAutoencoder(5, 3)
    props.fill_autoencoder(first, *code_values(10))
    if fetch(first(ROWS.abs()), "the output").requires_grad:
        second.load_state_dict(kept(first.state_dict))
        backward(second(ROWS.abs()), "the output of the loaded autoencoder")
