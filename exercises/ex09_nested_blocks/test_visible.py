"""The checks of ex09 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations.

A mistake should cost one criterion. So the checks of values and gradients also find layers that are not registered, and
the checks of everything but values fill in small positive numbers, of which ReLU changes nothing.
"""

from contextlib import suppress

import torch

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
    gradcheck,
    isinstance_of,
    kept,
    same,
    seeds,
    set_value,
    sizes,
    tensor,
)
from grader.suite.diagnoses import forgets_return, forgets_super_init, is_no_module, leaves_autograd, writes_into_its_argument

SIZES = {
    "net.0.weight": (64, 20),
    "net.0.bias": (64,),
    "net.2.weight": (32, 64),
    "net.2.bias": (32,),
    "linear.weight": (16, 32),
    "linear.bias": (16,),
}


def listed(module):
    """The parameters that a module lists; none where it is no nn.Module, which belongs to registration."""
    try:
        return list(module.parameters())
    except StudentError:
        return []


def small(seed, *shape):
    """Small positive numbers, which an example still writes in one line."""
    numbers = tensor(seed, *shape)
    made = numbers.abs() / 64
    made.recipe = f"({numbers.recipe}).abs() / 64"
    return made


def signs(seed, *shape):
    """Numbers 1 and -1, which an example still writes in one line."""
    numbers = tensor(seed, *shape)
    made = numbers.sign()
    made.recipe = f"({numbers.recipe}).sign()"
    return made


SINGLE, OTHER = 64 * small(1, 4, 20), 64 * small(2, 4, 20)
SINGLE.recipe, OTHER.recipe = (small(seed, 4, 20).recipe.removesuffix(" / 64") for seed in (1, 2))


# ---- NestMLP ------------------------------------------------------------------------------------------------------------


def switched(block, mode):
    """The block in this mode. Where it knows no modes it is no nn.Module, which belongs to registration."""
    with suppress(StudentError):
        getattr(block, mode)()
    return block


def nested(student):
    """A NestMLP for 20 features, in eval mode. Whether 20 is the default, and other sizes work, belongs to shapes."""
    try:
        block = student.NestMLP(20)
    except StudentError as error:
        try:
            block = student.NestMLP()
        except StudentError:
            raise error from None
    return switched(block, "eval")


def parameters_of(block, props):
    """The parameters of a block. Whether all are registered belongs to registration."""
    found = listed(block)
    return found if len(found) >= 6 else list(kept(props.parameters_inside, block))


def filled(block, props, seed=10):
    """The block with small positive numbers in its parameters."""
    for number, parameter in enumerate(parameters_of(block, props)):
        set_value(parameter, small(seed + number, *parameter.shape))
    return block


def fresh(student, props):
    """NestMLP as a function that makes a new block for each call: what one call leaves behind belongs to values."""
    return lambda x: filled(nested(student), props)(x)


def relu(x):
    """ReLU, the judge's own."""
    return x.clamp(min=0)


def fitted(block, props, seed):
    """Write signs into the weights and numbers into the biases; return what the block then computes, as a function.

    All these numbers are multiples of 1/16, and no sum of them exceeds 2**20: so float32 holds each of them exactly.
    Names and hidden sizes do not matter here: each layer is found by the size of its input.
    """
    found = parameters_of(block, props)
    for number, parameter in enumerate(found):
        set_value(parameter, (signs if len(parameter.shape) == 2 else tensor)(seed + number, *parameter.shape))
    weights = [p.value for p in found if len(p.shape) == 2]
    biases = [p.value for p in found if len(p.shape) == 1]
    layers, width = [], 20
    while len(layers) < 3 and (weight := next((w for w in weights if w.shape[1] == width), None)) is not None:
        bias = next((b for b in biases if len(b) == len(weight)), torch.zeros(len(weight)))
        weights = [w for w in weights if w is not weight]
        layers.append((weight, bias))
        width = len(weight)

    def compute(x, *activations):
        activations = activations or (relu,) * (len(layers) - 1)
        for (weight, bias), activation in zip(layers, (*activations, lambda h: h), strict=False):
            x = activation(x @ weight.T + bias)
        return x

    return compute


def assert_rise(function, value, gradient):
    """A gradient predicts by how much the sum of the output rises along a line, on which a tensor changes by 1/32 of itself.

    On such a line the output is linear, for all numbers here are positive: the difference is exact but for rounding.
    """
    results = [fetch(function(value * (1 + step)), "the output").detach().sum() for step in (1 / 32, -1 / 32)]
    wanted = results[0] - results[1]
    if gradient is None:
        check(bool(wanted.abs() < 1e-3), "A parameter of NestMLP gets no gradient.")
    else:
        rise = (gradient.value * value).sum() / 16
        assert_close(rise, wanted, "the gradient of a parameter", rtol=1e-3, atol=1e-3)


# ---- ParallelBlock and stack_blocks ---------------------------------------------------------------------------------------


def linear(worker, seed, d_in, d_out):
    """A linear layer over there with numbers of ours, and what it computes, as a function."""
    layer, weight, bias = worker.nn.Linear(d_in, d_out), tensor(seed, d_out, d_in), tensor(seed + 1, d_out)
    set_value(layer.weight, weight)
    set_value(layer.bias, bias)
    return layer, lambda x: (x.unsqueeze(-2) * weight).sum(-1) + bias


def side_by_side(student, worker, width=3):
    """A ParallelBlock, the two linear layers in it, and what they compute."""
    (net1, f1), (net2, f2) = linear(worker, 5, width, width), linear(worker, 7, width, width)
    return student.ParallelBlock(net1, net2), (net1, net2), (f1, f2)


def factory_of(props, seed=3, many=8):
    """A factory of linear layers with numbers of ours, and what the layer made by the k-th call computes, as a function."""
    weights, biases = signs(seed, many, 3, 3), tensor(seed + 1, many, 3)

    def layer(number, x):
        return (x.unsqueeze(-2) * weights[number % many]).sum(-1) + biases[number % many]

    return props.Factory(weights, biases), layer


def in_sequence(layer, numbers, x):
    """What layers with these numbers give one after the other."""
    for number in numbers:
        x = layer(number, x)
    return x


def moving(module, x, parameters):
    """Those of the parameters that make a difference."""
    found, before = [], fetch(module(x), "the output").detach()
    for parameter in parameters:
        value = parameter.value
        set_value(parameter, value + 1)
        if not torch.equal(fetch(module(x), "the output").detach(), before):
            found.append(parameter)
        set_value(parameter, value)
    return found


def zero_out(parameters):
    """Write zeros into parameters."""
    for parameter in parameters:
        set_value(parameter, torch.zeros(parameter.shape))


# ---- diagnoses: NestMLP ---------------------------------------------------------------------------------------------------


def computes(student, props, *activations):
    """Whether NestMLP computes its formula with these functions behind its three layers."""
    block, x = nested(student), tensor(5, 8, 20)
    wanted = fitted(block, props, 30)(x, *activations)
    got = fetch(block(x), "the output").detach()
    return got.shape == wanted.shape and torch.allclose(got, wanted, rtol=1e-3, atol=1e-2)


def nothing(x):
    """No activation."""
    return x


@diagnosis()
def lacks_the_second_relu(student, props):
    """There is no ReLU behind the second layer of `self.net`: it stands behind Linear(64, 32), too."""
    return computes(student, props, relu, nothing)


@diagnosis()
def lacks_the_first_relu(student, props):
    """There is no ReLU behind the first layer of `self.net`: it stands behind Linear(in_features, 64), too."""
    return computes(student, props, nothing, relu)


@diagnosis()
def lacks_both_relus(student, props):
    """There is no ReLU at all: one stands behind each of the two layers of `self.net`."""
    return computes(student, props, nothing, nothing)


@diagnosis()
def clips_the_output(student, props):
    """There is a ReLU behind `self.linear`: it should be the last step, so the output may be negative."""
    return computes(student, props, relu, relu, relu)


@diagnosis()
def activates_the_output(student, props):
    """There is an activation behind `self.linear`: it should be the last step."""
    return any(
        computes(student, props, relu, relu, f)
        for f in (torch.sigmoid, torch.tanh, lambda h: h.softmax(-1), lambda h: h.log_softmax(-1))
    )


@diagnosis()
def has_another_activation(student, props):
    """There is another activation than ReLU in `self.net`."""
    others = (torch.sigmoid, torch.tanh, torch.nn.functional.leaky_relu, torch.nn.functional.gelu, torch.nn.functional.elu)
    return any(computes(student, props, f, f) for f in others)


@diagnosis()
def is_fixed_to_20_features(student):
    """The number 20 is written into the code: use `in_features` for the first layer."""
    nested(student)(SINGLE)
    try:
        student.NestMLP(3)(torch.ones(2, 3))
    except StudentError:
        return True
    return False


@diagnosis()
def uses_lazy_layers(source):
    """A lazy layer has no size before its first call ({where}): use nn.Linear, with `in_features`."""
    where = source.calls("NestMLP", "torch.nn.LazyLinear")
    return where and {"where": where}


@diagnosis()
def layers_do_not_fit(error):
    """A layer of `NestMLP` gets another number of features than it takes: first comes `net`, then `linear`, 20, 64, 32, 16."""
    return "cannot be multiplied" in str(error)


@diagnosis()
def ends_with_a_comma(error):
    """One of the layers is a tuple: a comma at the end of its line makes it one."""
    return "'tuple' object is not callable" in str(error)


@diagnosis()
def draws_at_random(student, props):
    """Two calls with the same input differ: make the layers once, in `__init__`, and leave randomness out of `forward`."""
    block = filled(nested(student), props)
    block.train()
    return not torch.equal(fetch(block(SINGLE), "the output").detach(), fetch(block(SINGLE), "the output").detach())


@diagnosis()
def freezes_parameters(student, worker, props):
    """Parameters are frozen: a parameter that requires no gradient is not trained."""
    made = (
        lambda: nested(student),
        lambda: side_by_side(student, worker)[0],
        lambda: student.stack_blocks(factory_of(props)[0], 2),
    )
    for make in made:
        with suppress(StudentError):
            if not all(parameter.requires_grad for parameter in make().parameters()):
                return True
    return False


@diagnosis()
def hides_its_layers(student, props):
    """Some layers of `NestMLP` are hidden in a list, in a dict or on the class: make `self.net` an nn.Sequential."""
    block = nested(student)
    return len(listed(block)) < len(list(kept(props.parameters_inside, block)))


@diagnosis()
def lacks_biases(student):
    """Some layers of `NestMLP` have no bias: leave `bias=False` out."""
    return sum(len(p.shape) == 1 for p in nested(student).parameters()) < sum(
        len(p.shape) == 2 for p in nested(student).parameters()
    )


@diagnosis()
def counts_activations_wrongly(student):
    """The second Linear layer is not at place 2 of `self.net`: the order there is Linear, ReLU, Linear, ReLU."""
    names = [name for name, _ in nested(student).named_parameters()]
    return "net.0.weight" in names and "net.2.weight" not in names


@diagnosis()
def lacks_the_names(student):
    """The two parts of `NestMLP` must be called `net` and `linear`: self.net = ..., self.linear = ..."""
    names = {name.partition(".")[0] for name, _ in nested(student).named_parameters()}
    return len(names) >= 1 and not {"net", "linear"} <= names


# ---- diagnoses: ParallelBlock -----------------------------------------------------------------------------------------------


def looks_like(student, worker, make):
    """Whether the output of a ParallelBlock for four rows, with nets of four features each, is what `make` gives."""
    block, _, (f1, f2) = side_by_side(student, worker, 4)
    x = tensor(6, 4, 4)
    got, wanted = fetch(block(x), "the output").detach(), make(f1(x), f2(x))
    return got.shape == wanted.shape and torch.allclose(got, wanted, atol=1e-4)


@diagnosis()
def joins_the_batches(student, worker):
    """The outputs are joined along the first dimension: the samples stand one below the other. Join along the last one."""
    return looks_like(student, worker, lambda a, b: torch.cat((a, b), 0))


@diagnosis()
def adds_the_outputs(student, worker):
    """The outputs are added up, averaged or multiplied: they should stand beside each other."""
    return any(looks_like(student, worker, f) for f in (lambda a, b: a + b, lambda a, b: (a + b) / 2, lambda a, b: a * b))


@diagnosis()
def stacks_the_outputs(student, worker):
    """The outputs are stacked along a new dimension: `torch.cat` joins them along one that they have."""
    return any(looks_like(student, worker, lambda a, b, d=d: torch.stack((a, b), d)) for d in (0, 1, 2))


@diagnosis()
def gives_a_pair(student, worker):
    """`ParallelBlock` gives back two tensors: join them into one."""
    block, _, _ = side_by_side(student, worker)
    return isinstance(block(tensor(6, 4, 3)), tuple | list)


@diagnosis()
def swaps_the_nets(student, worker):
    """The output of net2 comes first: that of net1 belongs to the left."""
    return looks_like(student, worker, lambda a, b: torch.cat((b, a), -1))


@diagnosis()
def uses_one_net_twice(student, worker):
    """The output holds that of one net twice: `net1` makes the left part, `net2` the right one."""
    return looks_like(student, worker, lambda a, b: torch.cat((a, a), -1)) or looks_like(
        student, worker, lambda a, b: torch.cat((b, b), -1)
    )


@diagnosis()
def feeds_one_net_to_the_other(student, worker):
    """`net2` gets the output of `net1`: both nets should get the input x."""
    block, _, (f1, f2) = side_by_side(student, worker, 4)
    x = tensor(6, 4, 4)
    y = fetch(block(x), "the output").detach()
    return torch.allclose(y[..., -4:], f2(f1(x)), atol=1e-3)


@diagnosis()
def mixes_up_the_columns(student, worker):
    """The columns of both outputs are mixed: all of net1 come first, then all of net2."""
    columns = [0, 4, 1, 5, 2, 6, 3, 7]
    return looks_like(student, worker, lambda a, b: torch.cat((a, b), -1)[..., columns])


@diagnosis()
def adds_an_activation(student, worker):
    """`ParallelBlock` applies ReLU: what the nets give should only be joined."""
    return looks_like(student, worker, lambda a, b: relu(torch.cat((a, b), -1)))


@diagnosis()
def scales_the_result(student, worker):
    """The output is a multiple of what it should be: what the nets give should only be joined."""
    block, _, (f1, f2) = side_by_side(student, worker, 4)
    x = tensor(6, 4, 4)
    ratio = fetch(block(x), "the output").detach() / torch.cat((f1(x), f2(x)), -1)
    factor = ratio.mean()
    return bool((factor - 1).abs() > 1e-3) and torch.allclose(ratio, factor.expand_as(ratio), rtol=1e-3)


@diagnosis()
def changes_the_nets(student, worker):
    """Making a `ParallelBlock` changes the values in its nets: keep them as they are."""
    net, _ = linear(worker, 5, 3, 3)
    before = net.weight.value
    student.ParallelBlock(net, worker.nn.Identity())
    return not torch.equal(net.weight.value, before)


@diagnosis()
def copies_the_nets(student, worker):
    """A net inside `ParallelBlock` is a copy: keep the very nets that were given, `self.net1 = net1`."""
    block, nets, _ = side_by_side(student, worker)
    found = listed(block)
    return len(found) >= 4 and not all(any(same(p, q) for q in found) for net in nets for p in net.parameters())


@diagnosis()
def hides_the_nets(student, worker):
    """A net of `ParallelBlock` is not registered: make both attributes of the block itself, `self.net1 = net1`."""
    block, _, _ = side_by_side(student, worker)
    return len(listed(block)) < 4


# ---- diagnoses: stack_blocks ------------------------------------------------------------------------------------------------


def calls_for(student, props, n):
    """How often the factory is called for n blocks."""
    factory, _ = factory_of(props)
    student.stack_blocks(factory, n)
    return len(factory.made)


@diagnosis()
def gives_no_stack(student, props):
    """`stack_blocks` gives back nothing: its last line lacks a `return`."""
    return student.stack_blocks(factory_of(props)[0], 2) is None


@diagnosis()
def gives_a_list(student, props):
    """`stack_blocks` gives back a list: put the blocks into one module that applies them, such as nn.Sequential(*blocks)."""
    return isinstance(student.stack_blocks(factory_of(props)[0], 2), list | tuple)


@diagnosis()
def gives_nothing_for_none(student, props):
    """For n = 0 `stack_blocks` gives back nothing: it should give a module that hands on its input."""
    return student.stack_blocks(factory_of(props)[0], 0) is None


@diagnosis()
def crashes_for_none(student, props):
    """For n = 0 `stack_blocks` raises an error: the list of blocks is empty then."""
    student.stack_blocks(factory_of(props)[0], 1)
    try:
        student.stack_blocks(factory_of(props)[0], 0)
    except StudentError:
        return True
    return False


@diagnosis()
def gives_a_block_for_none(student, props):
    """For n = 0 `stack_blocks` makes a block: it should call the factory not at all."""
    return calls_for(student, props, 0) > 0


@diagnosis()
def gives_no_module(student, worker, props):
    """`stack_blocks` gives back something that is no nn.Module: put the blocks into one, such as nn.Sequential."""
    stacked = student.stack_blocks(factory_of(props)[0], 2)
    return not isinstance_of(stacked, worker.nn.Module)


@diagnosis()
def stacks_the_factory(student, props, error):
    """The factory itself is put where a block belongs: `factory` is a function, and `factory()` makes a block."""
    return "Factory is not a Module" in str(error)


@diagnosis()
def hands_over_a_list(student, error):
    """nn.Sequential gets a list or a generator where it takes modules: write a star, nn.Sequential(*blocks)."""
    return "list is not a Module" in str(error) or "generator is not a Module" in str(error)


@diagnosis()
def hands_over_an_argument(student, error):
    """The factory is called with an argument: it takes none, `factory()`."""
    return "positional argument" in str(error) and "Factory" in str(error)


@diagnosis()
def makes_blocks_later(student, props):
    """The factory is not called before the first forward pass: make the blocks in `stack_blocks` itself."""
    return calls_for(student, props, 3) == 0


@diagnosis()
def repeats_one_block(student, props):
    """The factory is called only once, and one block stands n times: call `factory()` anew for each block."""
    return (
        calls_for(student, props, 3) == 1
        and stack_looks_like(student, props, lambda layer, x: in_sequence(layer, (0, 0, 0), x))
        and len(listed(student.stack_blocks(factory_of(props)[0], 3))) == 2
    )


@diagnosis()
def copies_one_block(student, props):
    """The factory is called only once, and its block is copied: call `factory()` anew for each block."""
    return calls_for(student, props, 3) == 1 and len(listed(student.stack_blocks(factory_of(props)[0], 3))) > 2


@diagnosis()
def applies_no_block(student, props):
    """The stack gives back its input: the blocks are made, but not applied."""
    return stack_looks_like(student, props, lambda layer, x: x)


@diagnosis()
def changes_the_blocks(student, props):
    """`stack_blocks` changes the values in the blocks: leave them as the factory makes them."""
    factory, _ = factory_of(props)
    found = listed(student.stack_blocks(factory, 3))
    return len(found) == 6 and not torch.equal(found[2].value, signs(3, 8, 3, 3)[1])


@diagnosis()
def makes_too_many_blocks(student, props):
    """The factory is called more than n times: call it once for each block, and for nothing else."""
    return calls_for(student, props, 3) > 3


@diagnosis()
def makes_too_few_blocks(student, props):
    """The factory is called fewer than n times: each of the n blocks needs a call of its own."""
    return calls_for(student, props, 3) < 3


def stack_looks_like(student, props, make):
    """Whether a stack of three computes what `make` gives for the three layers."""
    factory, layer = factory_of(props)
    x = tensor(6, 4, 3)
    got, wanted = fetch(student.stack_blocks(factory, 3)(x), "the output").detach(), make(layer, x)
    return got.shape == wanted.shape and torch.allclose(got, wanted, atol=1e-3)


@diagnosis()
def stacks_backwards(student, props):
    """The blocks stand in reverse: the one made first is applied first."""
    return stack_looks_like(student, props, lambda layer, x: in_sequence(layer, (2, 1, 0), x))


@diagnosis()
def keeps_the_last_block_alone(student, props):
    """Only the block made last counts: each block needs a name or a place of its own, and hands on what it gives."""
    return stack_looks_like(student, props, lambda layer, x: layer(2, x))


@diagnosis()
def applies_blocks_to_the_input(student, props):
    """Each block gets the input of the stack: it should get what the block before it gives."""
    return stack_looks_like(student, props, lambda layer, x: layer(0, x) + layer(1, x) + layer(2, x)) or stack_looks_like(
        student, props, lambda layer, x: torch.cat([layer(k, x) for k in range(3)], -1)
    )


@diagnosis()
def adds_relus_between(student, props):
    """There is a ReLU between the blocks: the stack applies the blocks, and nothing else."""

    def between(layer, x):
        return layer(2, relu(layer(1, relu(layer(0, x)))))

    return stack_looks_like(student, props, between) or stack_looks_like(
        student, props, lambda layer, x: relu(between(layer, x))
    )


@diagnosis()
def adds_the_input(student, props):
    """The input of a block is added to its output: the stack applies the blocks, and nothing else."""

    def residual(layer, x):
        for number in range(3):
            x = x + layer(number, x)
        return x

    return stack_looks_like(student, props, residual) or stack_looks_like(
        student, props, lambda layer, x: x + in_sequence(layer, range(3), x)
    )


@diagnosis()
def hides_the_blocks(student, props):
    """The blocks of the stack are not registered: keep them in an nn.Sequential or an nn.ModuleList."""
    factory, _ = factory_of(props)
    return len(listed(student.stack_blocks(factory, 3))) < 2 * min(len(factory.made), 3)


ANY = [is_no_module, forgets_super_init, forgets_return, uses_lazy_layers, layers_do_not_fit, ends_with_a_comma]
NO_STACK = [
    gives_no_stack,
    gives_a_list,
    stacks_the_factory,
    hands_over_a_list,
    hands_over_an_argument,
    gives_no_module,
    makes_blocks_later,
]
X = tensor(6, 4, 3)


# ---- shapes -----------------------------------------------------------------------------------------------------------------


@criterion(
    "shapes",
    gate=True,
    hint="The first layer takes in_features numbers, the last one gives 16.",
    diagnoses=[is_fixed_to_20_features, *ANY],
)
@given(n=sizes(2, 4), width=sizes(2, 6), seed=seeds(), examples=6)
def test_nested_gives_16_numbers(student, props, n, width, seed):
    """NestMLP(in_features) turns a batch of shape (n, in_features) into (n, 16)."""

    def block(x):
        return filled(student.NestMLP(width), props)(x)

    assert_shape(assert_computes(block, small(seed, n, width), small(seed, n, width) + 1), (n, 16))


@criterion(
    "shapes",
    hint="For a batch of n samples there are n rows in the output: the features are joined, not the samples.",
    diagnoses=[*ANY, gives_a_pair, joins_the_batches, adds_the_outputs, stacks_the_outputs],
)
@given(n=sizes(2, 4), seed=seeds(), examples=6)
def test_parallel_joins_features(student, worker, n, seed):
    """ParallelBlock turns n rows into n rows with the features of both nets, also where both nets have n features."""
    block, _, _ = side_by_side(student, worker, n)
    assert_shape(block(tensor(seed, n, n)), (n, 2 * n))


# ---- values -----------------------------------------------------------------------------------------------------------------


@criterion(
    "values",
    gate=True,
    hint="self.net is Linear, ReLU, Linear, ReLU. self.linear is applied to what it gives, and nothing comes after it.",
    diagnoses=[
        *ANY,
        draws_at_random,
        lacks_the_second_relu,
        lacks_the_first_relu,
        lacks_both_relus,
        clips_the_output,
        activates_the_output,
        has_another_activation,
    ],
)
@given(n=sizes(2, 4), seed=seeds(), examples=6)
def test_nested_formula(student, props, n, seed):
    """NestMLP computes linear(net(x)): three linear layers, with a ReLU behind the first and the second."""
    block, x = nested(student), tensor(seed, n, 20)
    formula = fitted(block, props, 30)
    assert_close(block(x), formula(x))


@criterion(
    "values",
    hint="torch.cat((net1's output, net2's output), dim=...) and nothing else. Both nets get x.",
    diagnoses=[
        *ANY,
        swaps_the_nets,
        uses_one_net_twice,
        feeds_one_net_to_the_other,
        mixes_up_the_columns,
        adds_an_activation,
        scales_the_result,
        changes_the_nets,
    ],
)
@given(n=sizes(2, 4), seed=seeds(), examples=6)
def test_parallel_holds_both_outputs(student, worker, n, seed):
    """The output of ParallelBlock holds what net1 gives for x, and to the right of it what net2 gives for x."""
    block, _, (f1, f2) = side_by_side(student, worker)
    x = tensor(seed, n, 3)
    y = fetch(block(x), "the output")
    if y.shape == (n, 6):  # another shape is charged under shapes
        assert_close(y, torch.cat((f1(x), f2(x)), -1))


@criterion(
    "values",
    hint="The first block gets x, the second one what the first gives, and so on.",
    diagnoses=[
        *NO_STACK,
        repeats_one_block,
        copies_one_block,
        makes_too_many_blocks,
        makes_too_few_blocks,
        stacks_backwards,
        applies_no_block,
        changes_the_blocks,
        keeps_the_last_block_alone,
        applies_blocks_to_the_input,
        adds_relus_between,
        adds_the_input,
    ],
)
@given(n=sizes(1, 4), seed=seeds(), examples=6)
def test_stack_applies_blocks_in_order(student, props, n, seed):
    """stack_blocks(factory, n) applies n new blocks one after the other, in the order in which they were made."""
    factory, layer = factory_of(props)
    x = tensor(seed, 4, 3)
    assert_close(student.stack_blocks(factory, n)(x), in_sequence(layer, range(n), x))


@criterion("values", hint="range(0) is empty, and so is the list of blocks: what should remain is the input.",
           diagnoses=[gives_nothing_for_none, crashes_for_none, gives_a_block_for_none, *NO_STACK])  # fmt: skip
def test_no_blocks_give_the_input(student, props):
    """stack_blocks(factory, 0) makes a module that gives back its input."""
    assert_close(student.stack_blocks(factory_of(props)[0], 0)(X), X)


@criterion("values", hint="One call of factory() for each block, and none besides: each call may be costly.",
           diagnoses=[*NO_STACK, makes_too_many_blocks, makes_too_few_blocks])  # fmt: skip
@given(n=sizes(0, 4), examples=5)
def test_factory_is_called_n_times(student, props, n):
    """stack_blocks calls the factory exactly n times: the next block that it makes is number n + 1."""
    factory, layer = factory_of(props)
    student.stack_blocks(factory, n)
    assert_close(factory()(X), layer(n, X), "the output of the next block that the factory makes")


# ---- gradients --------------------------------------------------------------------------------------------------------------


@criterion(
    "gradients",
    gate=True,
    hint="No .data, no .detach() and no torch.no_grad() on the way from the parameters to the output.",
    diagnoses=[*ANY, writes_into_its_argument, leaves_autograd, freezes_parameters],
)
def test_nested_parameters_get_gradients(student, props):
    """All parameters of NestMLP get the gradients of what it computes."""
    assert_computes(fresh(student, props), SINGLE, OTHER)
    block = filled(nested(student), props)
    backward(block(SINGLE))
    for index, parameter in enumerate(parameters_of(block, props)):

        def with_value(new, index=index):
            another = filled(nested(student), props)
            set_value(parameters_of(another, props)[index], new)
            return another(SINGLE)

        assert_rise(with_value, parameter.value, parameter.grad)


@criterion("gradients", hint="Both outputs must lead back to their nets: join the tensors themselves.",
           diagnoses=[*ANY, writes_into_its_argument, leaves_autograd, freezes_parameters])  # fmt: skip
def test_both_nets_get_gradients(student, worker):
    """The parameters of both nets in ParallelBlock get the gradients of what it computes."""
    block, nets, _ = side_by_side(student, worker, 2)
    targets = listed(block)  # whether all are listed, and whether they are copies, belongs to registration
    x = tensor(6, 2, 2)
    gradcheck(
        block, x, parameters=moving(block, x, targets if len(targets) >= 4 else [p for n in nets for p in n.parameters()])
    )


@criterion("gradients", hint="The gradient must flow from each block to the one before it.",
           diagnoses=[*NO_STACK, leaves_autograd, freezes_parameters])  # fmt: skip
def test_all_stacked_blocks_get_gradients(student, props):
    """The parameters of all blocks in a stack get the gradients of what it computes."""
    factory, _ = factory_of(props)
    stacked, x = student.stack_blocks(factory, 2), tensor(6, 2, 3)
    stacked(x)  # when the blocks are made belongs to values and registration
    targets = listed(stacked)  # whether all are listed belongs to registration
    targets = targets if len(targets) >= 4 else [p for block in factory.made for p in block.parameters()]
    gradcheck(stacked, x, parameters=moving(stacked, x, targets))


# ---- registration -----------------------------------------------------------------------------------------------------------


@criterion(
    "registration",
    gate=True,
    hint="Make self.net an nn.Sequential and self.linear an nn.Linear: then all their parameters are found by themselves.",
    diagnoses=[*ANY, hides_its_layers, draws_at_random],
)
def test_listed_parameters_decide(student):
    """What NestMLP computes is decided by the parameters that it lists, and by nothing else."""
    outputs = []
    for seed in (20, 10, 10):
        block = nested(student)
        for number, parameter in enumerate(block.parameters()):
            set_value(parameter, small(seed + number, *parameter.shape))
        outputs.append(fetch(block(SINGLE), "the output").detach())
    assert_changed(outputs[1], outputs[0], "the output for other parameters")
    assert_close(outputs[2], outputs[1], "the output of a second block with the same parameters")


@criterion(
    "registration",
    hint="print([(name, p.shape) for name, p in block.named_parameters()]) and compare with the table of the exercise.",
    diagnoses=[*ANY, hides_its_layers, counts_activations_wrongly, lacks_the_names, lacks_biases],
)
def test_names_of_the_parameters(student):
    """NestMLP has the parts net and linear, with a weight and a bias for each of the three linear layers."""
    found = dict(nested(student).named_parameters())
    check(sorted(found) == sorted(SIZES), "The names of the parameters differ from those in the table.")
    hidden = [found[f"{name}.weight"].shape for name in ("net.0", "net.2")]
    check([shape[0] for shape in hidden] == [64, 32], "The layers of net should have 64 and 32 outputs.")


@criterion("registration", hint="Both nets should be attributes of the block: self.net1 = net1, self.net2 = net2.",
           diagnoses=[*ANY, hides_the_nets, copies_the_nets])  # fmt: skip
def test_parallel_lists_both_nets(student, worker):
    """ParallelBlock lists the parameters of both nets: where zeros are written into them all, the output is zero."""
    block, _, _ = side_by_side(student, worker)
    zero_out(block.parameters())
    y = fetch(block(X), "the output")
    assert_close(y, torch.zeros_like(y), "the output after zeros were written into the listed parameters")


@criterion("registration", hint="self.net1 = net1 keeps the net itself. copy.deepcopy makes another one.",
           diagnoses=[*ANY, copies_the_nets])  # fmt: skip
def test_parallel_keeps_the_nets(student, worker):
    """ParallelBlock keeps the nets that it is given: where zeros are written into them later, its output is zero."""
    block, nets, _ = side_by_side(student, worker)
    for net in nets:
        zero_out(net.parameters())
    y = fetch(block(X), "the output")
    assert_close(y, torch.zeros_like(y), "the output after zeros were written into both nets")


@criterion("registration", hint="Put the blocks into an nn.Sequential or an nn.ModuleList: a plain list hides them.",
           diagnoses=[*NO_STACK, hides_the_blocks])  # fmt: skip
def test_stack_lists_its_blocks(student, props):
    """What a stack computes is decided by the parameters that it lists, and by nothing else."""
    outputs = []
    for seed in (3, 5):
        stacked = student.stack_blocks(factory_of(props, seed)[0], 3)
        for number, parameter in enumerate(stacked.parameters()):
            set_value(parameter, tensor(20 + number, *parameter.shape))
        outputs.append(fetch(stacked(X), "the output").detach())
    assert_close(outputs[1], outputs[0], "the output of a second stack with the same parameters")


# ---- modes ------------------------------------------------------------------------------------------------------------------


@criterion("modes", gate=True, hint="No dropout, and no question about self.training.", diagnoses=[*ANY, draws_at_random])
def test_nested_is_the_same_in_train_and_eval(student, props):
    """NestMLP gives the same result in train mode and in eval mode."""
    wanted = assert_computes(fresh(student, props), SINGLE, OTHER).detach()
    block = switched(filled(nested(student), props), "train")
    assert_close(block(SINGLE), wanted, "the output in train mode")
