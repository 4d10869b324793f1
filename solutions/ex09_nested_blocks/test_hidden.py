"""The checks of ex09 that students do not get to read."""

from contextlib import suppress

import torch

from grader.suite import (
    StudentError,
    assert_changed,
    assert_close,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    dtypes,
    fetch,
    given,
    gradcheck,
    isinstance_of,
    kept,
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
    overrides_call,
    seeds_the_generator,
    writes_into_its_argument,
)

X = tensor(6, 4, 3)
LEADS = [(), (1,), (0,), (2, 3), (2, 2, 2), (1, 4)]


def small(seed, *shape, dtype=torch.float32):
    """Small positive numbers, of which ReLU changes nothing."""
    return tensor(seed, *shape, dtype=dtype).abs() / 16


def nested(student):
    """A NestMLP for 20 features. Whether 20 is the default belongs to one check of shapes."""
    try:
        return student.NestMLP(20)
    except StudentError as error:
        try:
            return student.NestMLP()
        except StudentError:
            raise error from None


def listed(module):
    """The parameters that a module lists; none where it is no nn.Module, which belongs to registration."""
    try:
        return list(module.parameters())
    except StudentError:
        return []


def evaluate(*modules):
    """Put modules into eval mode. Whether each is an nn.Module belongs to registration."""
    for module in modules:
        try:
            module.eval()
        except StudentError:
            return


def parameters_of(block, props):
    """The parameters of a block. Whether all are registered belongs to registration."""
    found = listed(block)
    return found if len(found) >= 6 else list(kept(props.parameters_inside, block))


def filled(block, props):
    """The block with small positive numbers in its parameters."""
    for number, parameter in enumerate(parameters_of(block, props)):
        set_value(parameter, small(10 + number, *parameter.shape))
    return block


def linear(worker, seed, d_in, d_out, dtype=torch.float32):
    """A linear layer over there with numbers of ours, and what it computes, as a function."""
    layer = worker.nn.Linear(d_in, d_out, dtype=dtype)
    weight, bias = (tensor(seed + i, *s, dtype=dtype) / 3 for i, s in enumerate([(d_out, d_in), (d_out,)]))
    set_value(layer.weight, weight)
    set_value(layer.bias, bias)
    return layer, lambda x: (x.unsqueeze(-2) * weight).sum(-1) + bias


def side_by_side(student, worker, d2=3, dtype=torch.float32):
    """A ParallelBlock of two linear layers, and what they compute."""
    (net1, f1), (net2, f2) = linear(worker, 5, 3, 3, dtype), linear(worker, 7, 3, d2, dtype)
    return student.ParallelBlock(net1, net2), f1, f2


def agrees(output, wanted):
    """Whether an output is what it should be."""
    y = fetch(output, "the output").detach()
    return y.shape == wanted.shape and torch.allclose(y, wanted, atol=1e-4)


def factory_of(props, many=8, dtype=torch.float32):
    """A factory of linear layers with numbers of ours, and what the layer made by the k-th call computes, as a function."""
    weights, biases = (tensor(3 + i, *s, dtype=dtype) / 6 for i, s in enumerate([(many, 3, 3), (many, 3)]))

    def layer(number, x):
        return (x.unsqueeze(-2) * weights[number % many]).sum(-1) + biases[number % many]

    return props.Factory(weights, biases), layer


# ---- diagnoses --------------------------------------------------------------------------------------------------------------


@diagnosis()
def joins_along_dimension_1(student, worker):
    """The outputs are joined along dimension 1, which is the last one of a matrix only: the last dimension is dim=-1."""
    block, f1, f2 = side_by_side(student, worker)
    x = tensor(6, 4, 2, 3)
    return agrees(block(x), torch.cat((f1(x), f2(x)), 1))


@diagnosis()
def changes_the_dimensions(source, names):
    """`{word}` changes which dimensions there are ({where}): leave them as they are, for layers take any number of them."""
    for name in names:
        for word in ("flatten", "view", "reshape", "squeeze", "unsqueeze"):
            if where := source.uses(name, word):
                return {"word": f".{word}", "where": where}
    return False


@diagnosis()
def unpacks_the_shape(source):
    """The shape of x is unpacked into a fixed number of names: x may have any number of dimensions."""
    return " = x.shape\n" in source.text_of("NestMLP") + source.text_of("ParallelBlock")


@diagnosis()
def has_another_default(student):
    """`NestMLP()` does not take 20 features: the default is `in_features=20`."""
    student.NestMLP(20)(torch.ones(2, 20))
    try:
        student.NestMLP()(torch.ones(2, 20))
    except StudentError:
        return True
    return False


@diagnosis()
def takes_equal_widths_alone(student, worker):
    """`ParallelBlock` works only where both nets give equally many features: each width should come from its own net."""
    block, _, _ = side_by_side(student, worker)
    block(X)
    other, _, _ = side_by_side(student, worker, 5)
    try:
        return fetch(other(X), "the output").shape != (4, 8)
    except StudentError:
        return True


@diagnosis()
def asks_for_the_sizes(source):
    """A net is asked for its number of features ({where}), which only some modules know: call it, and join what it gives."""
    words = ("in_features", "out_features")
    where = next((w for word in words if (w := source.uses("ParallelBlock", word))), "")
    return where and {"where": where}


@diagnosis()
def lists_one_net_twice(student, worker):
    """Where both nets are one object, its parameters are listed twice: the second one is a copy, and should be the same."""
    net, _ = linear(worker, 5, 3, 3)
    return len(listed(student.ParallelBlock(net, net))) > 2


@diagnosis()
def makes_a_float32_tensor(source, names):
    """A tensor made by `{word}` is float32 unless it is told otherwise ({where}): join what the nets give."""
    for name in names:
        for word in ("torch.zeros", "torch.empty", "torch.ones"):
            if where := source.calls(name, word):
                return {"word": word, "where": where}
    return False


@diagnosis()
def calls_a_net_twice(student, props):
    """A net of `ParallelBlock` is called more than once in each forward pass: call it once, and keep the result."""
    nets, x = [props.Counting(), props.Counting()], torch.zeros(2, 3)
    student.ParallelBlock(*nets)(x)
    return any(bool((net(x) > 2).all()) for net in nets)


@diagnosis()
def keeps_the_first_result(student, worker, props):
    """A result is kept from an earlier call and used again: compute anew in every call of `forward`."""
    block, f1, f2 = side_by_side(student, worker)
    block(X)
    x = tensor(8, 4, 3)
    if not agrees(block(x), torch.cat((f1(x), f2(x)), -1)):
        return True
    used, new = filled(nested(student), props), filled(nested(student), props)
    evaluate(used, new)
    used(small(1, 4, 20))
    return not agrees(used(small(2, 4, 20)), fetch(new(small(2, 4, 20)), "the output").detach())


@diagnosis()
def calls_forward_itself(source):
    """`forward` is called by name ({where}): call the module itself, `self.net1(x)`, and its hooks run."""
    where = next((w for name in ("ParallelBlock", "stack_blocks", "NestMLP") if (w := source.uses(name, "forward"))), "")
    return where and {"where": where}


@diagnosis()
def hides_a_net(student, worker):
    """The nets are not registered as modules: make them attributes of the block, or keep them in an nn.ModuleList."""
    inner = worker.nn.Dropout()
    block = student.ParallelBlock(inner, worker.nn.ReLU())
    block.eval()
    return inner.training is True


@diagnosis()
def asks_for_the_mode(source, names):
    """The code asks for `self.training` ({where}): a block that holds others computes the same in both modes."""
    where = next((w for name in names if (w := source.uses(name, "training"))), "")
    return where and {"where": where}


@diagnosis()
def gives_no_module_for_none(student, worker, props):
    """For n = 0 `stack_blocks` gives back something that is no nn.Module."""
    return not isinstance_of(student.stack_blocks(factory_of(props)[0], 0), worker.nn.Module)


@diagnosis()
def switches_modes(source, names):
    """The code switches a mode by itself ({where}): whoever uses the block says when to train and when to evaluate."""
    for name in names:
        for word in ("eval", "train"):
            if where := source.uses(name, word):
                return {"where": where}
    return False


# ---- shapes -----------------------------------------------------------------------------------------------------------------


@criterion("shapes", hint="Linear layers keep all leading dimensions by themselves: leave out view and flatten.",
           diagnoses=[changes_the_dimensions, unpacks_the_shape])  # fmt: skip
@given(lead=sampled_from(LEADS), seed=seeds(), examples=10)
def test_nested_takes_any_leading_dimensions(student, lead, seed):
    """NestMLP takes one sample, batches of one and of none, and more dimensions: all but the last stay as they are."""
    assert_shape(nested(student)(tensor(seed, *lead, 20)), (*lead, 16))


@criterion("shapes", hint="The last dimension is dim=-1, however many there are.",
           diagnoses=[joins_along_dimension_1, changes_the_dimensions, unpacks_the_shape])  # fmt: skip
@given(lead=sampled_from(LEADS), seed=seeds(), examples=10)
def test_parallel_takes_any_leading_dimensions(student, worker, lead, seed):
    """ParallelBlock takes one sample, batches of one and of none, and more dimensions, and joins along the last."""
    block, _, _ = side_by_side(student, worker)
    assert_shape(block(tensor(seed, *lead, 3)), (*lead, 6))


@criterion("shapes", hint="Join whatever the nets give: their numbers of features may differ.",
           diagnoses=[takes_equal_widths_alone])  # fmt: skip
@given(d2=sizes(1, 5), seed=seeds(), examples=6)
def test_nets_of_different_widths(student, worker, d2, seed):
    """The nets in ParallelBlock may give different numbers of features."""
    x = tensor(seed, 4, 3)
    block, f1, f2 = side_by_side(student, worker)
    if agrees(block(x), torch.cat((f1(x), f2(x)), -1)):  # else it is a matter of another check
        assert_shape(side_by_side(student, worker, d2)[0](x), (4, 3 + d2))


@criterion("shapes", hint="Ask the nets for nothing but their outputs.", diagnoses=[asks_for_the_sizes])
def test_nets_of_any_kind(student, worker):
    """The nets in ParallelBlock may be modules of any kind."""
    block = student.ParallelBlock(worker.nn.Identity(), worker.nn.Sequential(worker.nn.Linear(3, 3), worker.nn.ReLU()))
    assert_shape(block(X), (4, 6))


@criterion("shapes", hint="def __init__(self, in_features=20)", diagnoses=[has_another_default])
def test_20_features_by_default(student):
    """NestMLP() takes 20 features."""
    assert_shape(student.NestMLP()(tensor(1, 4, 20)), (4, 16))


# ---- values -----------------------------------------------------------------------------------------------------------------


@criterion(
    "values",
    hint="self.net1(x) and self.net2(x) may stand in forward once each.",
    diagnoses=[calls_a_net_twice, keeps_the_first_result],
)
def test_each_net_is_called_once(student, props):
    """Each forward pass of ParallelBlock calls each of its nets exactly once."""
    nets, x = [props.Counting(), props.Counting()], torch.zeros(2, 3)
    block = student.ParallelBlock(*nets)
    for calls in (2, 4):  # that of the block, and ours; each net adds how often it was called
        block(x)
        told = [fetch(net(x), "the output") for net in nets]
        check(all(bool((y == calls).all()) for y in told), "A net was not called exactly once in each forward pass.")


@criterion("values", hint="Keep nothing from one call for the next.", diagnoses=[keeps_the_first_result])
@given(seed=seeds(), examples=4)
def test_second_call_is_independent(student, worker, props, seed):
    """A second call of NestMLP or ParallelBlock does not depend on the first."""
    x, wide = tensor(seed, 4, 3), small(seed, 4, 20)
    for make, now, before in (
        (lambda: side_by_side(student, worker)[0], x, X),
        (lambda: filled(nested(student), props), wide, small(1, 4, 20)),
    ):
        used, new = make(), make()
        evaluate(used, new)
        used(before)
        assert_close(used(now), fetch(new(now), "the output").detach())


@criterion("values", hint="No x += and no x.relu_() in forward: they change the caller's tensor.",
           diagnoses=[writes_into_its_argument])  # fmt: skip
@given(seed=seeds(), examples=4)
def test_input_stays_as_it_was(student, worker, seed):
    """The input tensor is not modified, by NestMLP and by ParallelBlock."""
    for block, x in ((nested(student), tensor(seed, 4, 20)), (side_by_side(student, worker)[0], tensor(seed, 4, 3))):
        copy = worker.put(x)
        block(copy)
        assert_equal(copy.value, x, "the input after the call")


@criterion("values", hint="Leave the random numbers to the factory, and never seed the generator.",
           diagnoses=[seeds_the_generator])  # fmt: skip
def test_new_blocks_begin_differently(student, props):
    """The blocks of a stack begin with different values where the factory draws them."""
    factory = props.RandomFactory()
    student.stack_blocks(factory, 2)
    if len(factory.made) >= 2:  # whether the factory is called belongs to another check
        assert_changed(factory.made[1].weight, factory.made[0].weight.value, "the weights of the second block")


@criterion("values", hint="Leave the random numbers to nn.Linear, and never seed the generator.",
           diagnoses=[seeds_the_generator])  # fmt: skip
def test_two_nested_blocks_differ(student):
    """Two new NestMLPs begin with different values."""
    first, second = (fetch(nested(student)(tensor(1, 4, 20)), "the output").detach() for _ in range(2))
    check(not torch.equal(first, second), "Two new NestMLPs begin with the same values.")


@criterion("values", hint="Hand each block what the one before it gives, as it is.",
           diagnoses=[changes_the_dimensions, fixes_the_dtype])  # fmt: skip
@given(lead=sampled_from(LEADS), dtype=dtypes("float32", "float64"), seed=seeds(), examples=8)
def test_stack_hands_on_what_blocks_give(student, props, lead, dtype, seed):
    """A stack leaves it to its blocks which shapes and dtypes they take and give."""
    factory, layer = factory_of(props, dtype=dtype)
    x = tensor(seed, 2, *lead, 3, dtype=dtype)
    assert_close(student.stack_blocks(factory, 2)(spread(x)), layer(1, layer(0, x)))


# ---- gradients --------------------------------------------------------------------------------------------------------------


@criterion("gradients", hint="The gradient must flow through both parts of NestMLP, back to the input.",
           diagnoses=[leaves_autograd])  # fmt: skip
def test_gradient_reaches_the_input_of_nested(student, props):
    """The gradient flows through NestMLP back to its input."""
    block = filled(nested(student), props)
    evaluate(block)
    gradcheck(block, small(1, 1, 20).requires_grad_())


@criterion("gradients", hint="The input goes into both nets, so its gradient is the sum of what comes back from both.",
           diagnoses=[leaves_autograd])  # fmt: skip
@given(n=sizes(1, 3), seed=seeds(), examples=4)
def test_gradient_reaches_the_input_of_parallel(student, worker, n, seed):
    """The gradients of both nets in ParallelBlock add up in the input."""
    block, _, _ = side_by_side(student, worker)
    gradcheck(block, tensor(seed, n, 3, requires_grad=True))


@criterion("gradients", hint="Where net1 and net2 are one object, both uses count.", diagnoses=[leaves_autograd])
@given(n=sizes(1, 3), seed=seeds(), examples=4)
def test_one_net_twice_gets_the_sum(student, worker, n, seed):
    """Where both nets are one object, its parameters get the sum of the gradients of both uses."""
    net, _ = linear(worker, 5, 3, 3)
    block, x = student.ParallelBlock(net, net), tensor(seed, n, 3)
    gradcheck(block, x, parameters=[p for p in (listed(block) or list(net.parameters())) if p.requires_grad])


@criterion("gradients", hint="A stack leads the gradient through all blocks, back to the input.", diagnoses=[leaves_autograd])
@given(n=sizes(1, 3), seed=seeds(), examples=4)
def test_gradient_reaches_the_input_of_a_stack(student, props, n, seed):
    """The gradient flows through all blocks of a stack back to the input."""
    gradcheck(student.stack_blocks(factory_of(props)[0], n), tensor(seed, 2, 3, requires_grad=True))


# ---- registration -----------------------------------------------------------------------------------------------------------


@criterion("registration", hint="Keep the net that was given, even where both are the same: nothing is to be copied.",
           diagnoses=[lists_one_net_twice])  # fmt: skip
def test_one_net_twice_is_counted_once(student, worker):
    """Where both nets are one object, two parameters are listed, its weight and its bias, and both halves follow them."""
    net, _ = linear(worker, 5, 3, 3)
    block = student.ParallelBlock(net, net)
    for parameter in list(block.parameters())[:2]:
        set_value(parameter, torch.zeros(parameter.shape))
    y = fetch(block(X), "the output")
    assert_close(y, torch.zeros_like(y), "the output after zeros were written into two parameters")


@criterion("registration", hint="Make self.net and self.linear in __init__, for each block anew.")
def test_two_nested_blocks_share_nothing(student):
    """Writing into one NestMLP's parameters leaves another one as it was."""
    first, second, x = nested(student), nested(student), tensor(1, 4, 20)
    second.eval()
    before = fetch(second(x), "the output").detach()
    for parameter in first.parameters():
        set_value(parameter, torch.full(parameter.shape, 3.0))
    check(torch.equal(second(x).detach(), before), "What is written into one NestMLP changes another one.")


@criterion("registration", hint="Modules that are attributes, or stand in an nn.ModuleList, follow block.eval().",
           diagnoses=[hides_a_net])  # fmt: skip
def test_eval_reaches_the_nets(student, props):
    """block.eval() reaches the nets inside ParallelBlock."""
    outputs = []
    for whole in (True, False):
        nets = [props.TwiceInTraining(), props.TwiceInTraining()]
        block = student.ParallelBlock(*nets)
        for module in (block,) if whole else (block, *nets):
            module.eval()
        outputs.append(fetch(block(X), "the output").detach())
    assert_close(outputs[0], outputs[1], "the output after block.eval()")


@criterion("registration", hint="self.net1(x), not self.net1.forward(x).", diagnoses=[calls_forward_itself])
def test_hooks_of_the_nets_run(student, worker, props):
    """Forward hooks of the nets inside ParallelBlock run."""
    nets = [linear(worker, seed, 3, 3)[0] for seed in (5, 7)]
    plain = fetch(student.ParallelBlock(*nets)(X), "the output").detach()
    for net in nets:
        net.register_forward_hook(props.add_one)
    assert_changed(student.ParallelBlock(*nets)(X), plain, "the output with hooks that add 1 to what the nets give")


@criterion("registration", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
def test_hooks_of_the_blocks_run(student, worker, props):
    """NestMLP and ParallelBlock are modules, and forward hooks see their output."""
    for block, x in ((nested(student), small(1, 4, 20)), (side_by_side(student, worker)[0], X)):
        evaluate(block)
        plain = fetch(block(x), "the output").detach()
        block.register_forward_hook(props.add_one)
        assert_close(block(x), plain + 1, "the output with a hook that adds 1")


@criterion("registration", hint="Give back an nn.Module for every n, for 0 too: nn.Sequential() is one.",
           diagnoses=[gives_no_module_for_none])  # fmt: skip
@given(n=sizes(0, 2), examples=3)
def test_a_stack_is_a_module(student, worker, props, n):
    """What stack_blocks gives back can stand inside nn.Sequential."""
    try:
        stacked = student.stack_blocks(factory_of(props)[0], n)
    except StudentError:
        return  # this, and None, belong to values
    if stacked is not None:
        outer = worker.nn.Sequential(stacked)
        assert_close(outer(X), fetch(stacked(X), "the output").detach(), "the output of nn.Sequential around the stack")


@criterion("registration", hint="No .eval() in stack_blocks: whoever uses the stack says when to evaluate.",
           diagnoses=[switches_modes])  # fmt: skip
def test_stack_leaves_modes_alone(student, props):
    """stack_blocks leaves the blocks in the mode in which the factory makes them."""
    trained = fetch(student.stack_blocks(props.TwiceInTraining, 2)(X), "the output").detach()
    evaluated = fetch(student.stack_blocks(props.evaluating_factory, 2)(X), "the output").detach()
    assert_changed(trained, evaluated, "the output of blocks in train mode")


# ---- modes ------------------------------------------------------------------------------------------------------------------


@criterion("modes", hint="The block computes the same in both modes: only its nets may differ.", diagnoses=[asks_for_the_mode])
def test_parallel_is_the_same_in_train_and_eval(student, worker):
    """ParallelBlock gives the same result in train mode and in eval mode where its nets do."""
    block, _, _ = side_by_side(student, worker)
    trained = fetch(block(X), "the output").detach()
    evaluate(block)
    assert_close(block(X), trained, "the output in eval mode")


@criterion("modes", hint="No .eval() and no .train() in your code.", diagnoses=[switches_modes])
def test_nets_keep_their_modes(student, props):
    """ParallelBlock leaves it to its user whether its nets train or evaluate."""
    nets = [props.TwiceInTraining(), props.TwiceInTraining()]
    block = student.ParallelBlock(*nets)
    outputs = [fetch(block(X), "the output").detach()]
    for mode in ("train", "eval"):
        for module in (block, *nets):  # whether the block's mode reaches the nets belongs to registration
            with suppress(StudentError):  # and so does a block that is no nn.Module
                getattr(module, mode)()
        outputs.append(fetch(block(X), "the output").detach())
    assert_equal(outputs[0], outputs[1], "the output of a new block, against that in train mode")
    assert_changed(outputs[2], outputs[1], "the output in eval mode, with nets that then give half as much")


@criterion("modes", hint="Join what the nets give: a tensor made in forward is float32.",
           diagnoses=[fixes_the_dtype, makes_a_float32_tensor])  # fmt: skip
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=4)
def test_dtype_is_kept(student, worker, props, dtype, seed):
    """NestMLP and ParallelBlock give the dtype of their layers and their input."""
    block = nested(student)
    props.convert(block, dtype)
    for module, width in ((block, 20), (side_by_side(student, worker, dtype=dtype)[0], 3)):
        y = fetch(module(tensor(seed, 4, width, dtype=dtype)), "the output")
        check(y.dtype == dtype, "The output has another dtype than the layers and the input.")


@criterion("modes", hint="No .view on the input: it needs a contiguous tensor.", diagnoses=[changes_the_dimensions])
@given(seed=seeds(), examples=4)
def test_non_contiguous_input(student, worker, props, seed):
    """An input that is not contiguous in memory gives the same result."""
    nest = filled(nested(student), props)
    for module, x in ((nest, small(seed, 2, 4, 20)), (side_by_side(student, worker)[0], tensor(seed, 2, 4, 3))):
        evaluate(module)
        try:
            wanted = fetch(module(x), "the output").detach()
        except StudentError:
            return  # three dimensions belong to shapes
        assert_close(module(spread(x)), wanted, "the output for a non-contiguous input", atol=1e-4)


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, worker, props, seed):
    """In float64 no digits are lost."""
    block, f1, f2 = side_by_side(student, worker, dtype=torch.float64)
    x = tensor(seed, 4, 3, dtype=torch.float64) / 3
    check(not loses_digits(block(x), torch.cat((f1(x), f2(x)), -1)), "The output is right, but only to the digits of float32.")
    nest, x = nested(student), small(seed, 4, 20, dtype=torch.float64) / 3
    evaluate(nest)
    props.convert(nest, torch.float64)
    wanted = x  # all numbers are positive, so ReLU changes nothing
    found = parameters_of(nest, props)
    for parameter in found:
        set_value(parameter, value_of(parameter.shape))
    for d_in, d_out in ((20, 64), (64, 32), (32, 16)):
        wanted = wanted @ value_of((d_out, d_in)).T + value_of((d_out,))
    check(not loses_digits(nest(x), wanted), "The output is right, but only to the digits of float32.")


def value_of(shape):
    """Thirds of small positive numbers in float64, which float32 cannot hold."""
    return small(sum(shape), *shape, dtype=torch.float64) / 3


def loses_digits(output, wanted):
    """Whether an output is right, but only to the digits of float32."""
    y = fetch(output, "the output").detach()
    error = (y - wanted).abs().max().item() if y.shape == wanted.shape else 0.0
    return 1e-12 < error < 1e-5
