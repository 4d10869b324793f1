"""The checks of ex06 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

from itertools import pairwise

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
    kept,
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

X, OTHER = tensor(1, 6, 4), tensor(2, 6, 4)


def filled(module, seed=10):
    """The module with positive numbers of ours in its parameters."""
    for number, parameter in enumerate(module.parameters()):
        set_value(parameter, tensor(seed + number, *parameter.shape).abs())
    return module


def chain(student, worker, *sizes, seed=20):
    """A MySequential of linear layers with positive weights: whether there is a ReLU is then no matter."""
    layers = [filled(worker.nn.Linear(a, b), seed + 2 * i) for i, (a, b) in enumerate(pairwise(sizes))]
    return student.MySequential(*layers), layers


def block_formula(block, seed):
    """Write numbers of ours into a block of linear layers, and return what it should compute of x, as a function."""
    weights, biases = [], []
    for number, parameter in enumerate(block.parameters()):
        value = tensor(seed + number, *parameter.shape)
        set_value(parameter, value)
        (weights if parameter.dim() == 2 else biases).append(value)

    def formula(x, last=lambda y: y, middle=torch.relu):
        for number, (weight, bias) in enumerate(zip(weights, biases, strict=False)):
            x = x @ weight.T + bias
            x = middle(x) if number < len(weights) - 1 else last(x)
        return x

    return formula


@diagnosis()
def activates_the_input(student):
    """build_block: there is a ReLU before the first layer; it belongs between the layers."""
    block, x = student.build_block([4, 5, 3]), tensor(5, 32, 4)
    wanted = block_formula(block, 7)(torch.relu(x))
    return torch.allclose(block(x).detach(), wanted, atol=1e-2)


@diagnosis()
def builds_without_bias(student):
    """build_block: a layer has no bias; leave `bias=False` out."""
    return len(list(student.build_block([4, 5, 3]).parameters())) == 2


@diagnosis()
def builds_nothing(student):
    """build_block gives nothing back: the last line lacks a `return`."""
    return student.build_block([4, 5, 3]) is None


def builds(student, **change):
    """Whether build_block([4, 5, 3]) computes the formula with a change."""
    block = student.build_block([4, 5, 3])
    wanted = block_formula(block, 7)(tensor(5, 32, 4), **change)
    return torch.allclose(block(tensor(5, 32, 4)).detach(), wanted, atol=1e-2)


@diagnosis()
def registers_copies(student, worker):
    """Copies of the modules are registered, and others are applied: register the very modules that `forward` applies."""
    net = student.MySequential(worker.nn.Linear(4, 3))
    before = fetch(net(X), "the output").detach()
    filled(net)
    return len(list(net.parameters())) == 2 and torch.equal(net(X).detach(), before)


@diagnosis()
def takes_a_list(student, worker):
    """`__init__` takes one list of modules, but it is given the modules one by one: write a star: `*modules`."""
    student.MySequential([worker.nn.Linear(4, 3)])
    try:
        student.MySequential(worker.nn.Linear(4, 3), worker.nn.ReLU())
    except StudentError as error:
        return isinstance(error, TypeError)
    return False


@diagnosis()
def changes_the_order(student, props):
    """The modules are applied in another order than the one in which they were given."""
    return bool(student.MySequential(props.AddOne(), props.Double())(torch.ones(1, 1)).item() == 3.0)


@diagnosis()
def applies_only_one(student, props):
    """Only one of the modules is applied: each must work on what the one before it gave."""
    return student.MySequential(props.AddOne(), props.Double())(torch.ones(1, 1)).item() == 2.0


@diagnosis()
def applies_none(student, props):
    """Modules without parameters are left out: every module must be applied."""
    return student.MySequential(props.AddOne(), props.Double())(torch.ones(1, 1)).item() == 1.0


@diagnosis()
def loses_modules_of_one_class(student, props):
    """Two modules of the same class get the same name, and one is lost: name them by their number."""
    net = student.MySequential(props.AddOne(), props.Double(), props.AddOne())
    return len(props.names_of_modules(net)) == 2


@diagnosis()
def leaves_modules_out(student, props):
    """Not every module is applied."""
    return student.MySequential(*[props.AddOne() for _ in range(4)])(torch.ones(1, 1)).item() < 5.0


@diagnosis()
def draws_weights_anew(student, worker):
    """The modules are changed: their weights are drawn anew. Register them as they are."""
    linear = worker.nn.Linear(4, 3)
    before = linear.weight.value
    student.MySequential(linear)
    return not torch.equal(linear.weight.value, before)


@diagnosis()
def clips_the_result(student, props):
    """No negative value comes out: MySequential adds no activation of its own."""
    return bool((student.MySequential(props.AddOne())(torch.full((2, 2), -5.0)) >= 0).all())


@diagnosis()
def gets_copies(student, worker):
    """The container holds copies of the modules: register the modules themselves."""
    linear = worker.nn.Linear(4, 3)
    net = student.MySequential(linear)
    set_value(linear.bias, torch.full((3,), 100.0))
    return bool((net(X).detach() < 50).any())


@diagnosis()
def goes_back_to_training(student, worker, props):
    """`forward` puts the modules back into train mode."""
    net = student.MySequential(worker.nn.Dropout(0.5), worker.nn.Linear(4, 3))
    net.eval()
    before = any(props.training_flags(net))
    net(X)
    return not before and any(props.training_flags(net))


@diagnosis()
def has_a_frozen_parameter(student, worker):
    """The parameters get requires_grad=False: they will never learn."""
    return any(not p.requires_grad for p in student.MySequential(worker.nn.Linear(4, 3)).parameters())


@diagnosis()
def saves_something_else(student, worker):
    """The state_dict holds more than the tensors of the modules: register the modules, and nothing else."""
    found = set(student.MySequential(worker.nn.Linear(4, 3)).state_dict())
    return {"0.weight", "0.bias"} < found


@diagnosis()
def applies_a_repeated_module_once(student, props):
    """A module that is passed twice is applied once: `children()` leaves out what it has seen, `_modules` does not."""
    add = props.AddOne()
    return student.MySequential(add, add, add)(torch.ones(1, 1)).item() == 2.0


@diagnosis()
def needs_a_module(student):
    """Without modules it fails: MySequential() gives back its input."""
    try:
        student.MySequential()(X)
    except StudentError:
        return True
    return False


@diagnosis()
def hides_its_modules(student, worker):
    """The modules lie in a Python list or dict, which does not register them: use self.add_module."""
    return len(list(student.MySequential(worker.nn.Linear(4, 3)).parameters())) == 0


@diagnosis()
def uses_other_names(student, worker):
    """The modules are registered under other names: "0", "1", "2", ... are asked for."""
    found = set(student.MySequential(worker.nn.Linear(4, 3), worker.nn.Linear(3, 2)).state_dict())
    return bool(found) and not {"0.weight", "0.bias", "1.weight", "1.bias"} <= found


@diagnosis()
def uses_keys_that_are_no_strings(student, worker):
    """A key of `_modules` is no string: use self.add_module(str(index), module)."""
    net = student.MySequential(worker.nn.Linear(4, 3))
    net(X)
    try:
        net.state_dict()
    except StudentError as error:
        return isinstance(error, TypeError | AttributeError)
    return False


@diagnosis()
def clips_the_output(student):
    """build_block: there is a ReLU behind the last layer; no output is ever negative."""
    return builds(student, last=torch.relu)


@diagnosis()
def has_no_relu(student):
    """build_block: there is no ReLU between the linear layers."""
    return builds(student, middle=lambda x: x)


@diagnosis()
def has_another_activation(student):
    """build_block: there is another function than ReLU between the linear layers."""
    return any(builds(student, middle=other) for other in (torch.sigmoid, torch.tanh, torch.nn.functional.leaky_relu))


@diagnosis()
def builds_a_list(student):
    """build_block gives back a Python list: pack the layers into nn.Sequential(*layers)."""
    return isinstance(student.build_block([4, 5, 3]), list | tuple)


@criterion(
    "shapes",
    gate=True,
    hint="Each module works on what the one before it gave.",
    diagnoses=[forgets_return, is_no_module, forgets_super_init, takes_a_list],
)
def test_a_batch_through_a_chain(student, worker):
    """A batch of shape (n, 4) passes through two linear layers of four features and keeps its shape."""
    net, _ = chain(student, worker, 4, 4, 4)
    assert_shape(assert_computes(net, X, OTHER), (6, 4))


@criterion(
    "shapes",
    gate=True,
    hint="One Linear for each pair of neighbours: sizes[0] to sizes[1], sizes[1] to sizes[2], and so on.",
    diagnoses=[builds_nothing, builds_a_list],
)
@given(first=sizes(1, 4), middle=sizes(5, 7), last=sizes(1, 4), examples=6)
def test_shapes_of_a_block(student, first, middle, last):
    """build_block makes a Linear for each pair of neighbouring sizes."""
    block = student.build_block([first, middle, last])
    shapes = [tuple(parameter.shape) for parameter in block.parameters() if parameter.dim() == 2]
    assert_equal(shapes, [(middle, first), (last, middle)], "the shapes of the weights of build_block")


@criterion(
    "values",
    gate=True,
    hint="for each module, in order: x = module(x). Then return x.",
    diagnoses=[
        forgets_return,
        is_no_module,
        forgets_super_init,
        takes_a_list,
        changes_the_order,
        applies_none,
        applies_only_one,
        loses_modules_of_one_class,
        leaves_modules_out,
        draws_weights_anew,
        clips_the_result,
    ],
)
@given(n=sizes(2, 4), seed=seeds(), examples=8)
def test_modules_in_their_order(student, worker, props, n, seed):
    """The modules are applied one after the other, in the order in which they were given."""
    linear = worker.nn.Linear(4, 3)
    set_value(linear.weight, tensor(seed, 3, 4))
    set_value(linear.bias, tensor(seed + 1, 3))
    x = tensor(seed + 2, n, 4)
    net = student.MySequential(props.AddOne(), linear, props.Double(), props.AddOne())
    wanted = 2 * ((x + 1) @ tensor(seed, 3, 4).T + tensor(seed + 1, 3)) + 1
    assert_close(net(x), wanted, rtol=1e-5, atol=1e-3)


@criterion(
    "values",
    hint="self.children() shows each module once. Go through self._modules.values().",
    diagnoses=[uses_keys_that_are_no_strings, applies_a_repeated_module_once],
)
def test_a_module_that_is_passed_twice(student, props):
    """A module that is passed twice is applied twice."""
    add, double = props.AddOne(), props.Double()
    assert_close(student.MySequential(add, double, add, double)(X), 2 * (2 * (X + 1) + 1), atol=1e-4)


@criterion("values", hint="Where there is nothing to apply, return x as it is.", diagnoses=[needs_a_module])
def test_no_modules(student):
    """MySequential() without modules gives back its input."""
    assert_close(student.MySequential()(X), X)


@criterion(
    "values",
    hint="Linear, ReLU, Linear, ReLU, ..., Linear: a ReLU between two layers, none at the end.",
    diagnoses=[
        builds_nothing,
        builds_a_list,
        builds_without_bias,
        clips_the_output,
        has_no_relu,
        activates_the_input,
        has_another_activation,
    ],
)
@given(n=sizes(2, 4), seed=seeds(), examples=8)
def test_what_a_block_computes(student, n, seed):
    """build_block puts a ReLU between two linear layers, and none at the end."""
    block, x = student.build_block([4, 5, 3]), tensor(seed + 9, n, 4)
    formula = block_formula(block, seed)
    assert_close(block(x), formula(x), rtol=1e-4, atol=1e-2)


@criterion(
    "gradients",
    gate=True,
    hint="Let the modules work on the input itself: no .data, no .detach(), no torch.no_grad().",
    diagnoses=[
        forgets_return,
        is_no_module,
        forgets_super_init,
        takes_a_list,
        leaves_autograd,
        has_a_frozen_parameter,
        registers_copies,
        writes_into_its_argument,
    ],
)
@given(n=sizes(1, 3), seed=seeds(), examples=5)
def test_gradients_of_a_chain(student, worker, n, seed):
    """The parameters of all modules and the input get the gradients of what is computed."""
    net, layers = chain(student, worker, 3, 3, 3)
    try:
        own = list(net.parameters())
    except (StudentError, AttributeError):
        own = []  # whether they are listed is charged under registration
    gradcheck(net, tensor(seed, n, 3).abs().requires_grad_(), parameters=own or [p for x in layers for p in x.parameters()])


@criterion(
    "registration",
    gate=True,
    hint="self.add_module(str(index), module) for each module.",
    diagnoses=[
        is_no_module,
        forgets_super_init,
        takes_a_list,
        hides_its_modules,
        uses_keys_that_are_no_strings,
        uses_other_names,
    ],
)
def test_keys_of_sequential(student, worker):
    """The parameters have the names that nn.Sequential would give them: 0.weight, 0.bias, 2.weight, 2.bias."""
    net = student.MySequential(worker.nn.Linear(4, 5), worker.nn.ReLU(), worker.nn.Linear(5, 3))
    found = [name for name, _ in net.named_parameters()]
    assert_equal(found, ["0.weight", "0.bias", "2.weight", "2.bias"], "the names of the parameters")


@criterion("registration", hint="Keep the module that you are given: no copy.deepcopy.", diagnoses=[gets_copies])
def test_the_modules_themselves(student, worker):
    """The container holds the modules themselves, not copies: a later change of a module is seen."""
    linear = worker.nn.Linear(4, 3)
    net = student.MySequential(linear)
    set_value(linear.weight, torch.zeros(3, 4))
    set_value(linear.bias, torch.full((3,), 7.0))
    y = fetch(net(X), "the output").detach()
    check(y.shape != (6, 3) or bool((y == 7.0).all()), "A change of a module is not seen by the container.")


@criterion("registration", hint="nn.Linear(a, b) for each pair, made anew: no layer occurs twice.")
def test_layers_of_a_block_are_distinct(student):
    """build_block makes a new layer for each pair, also where the sizes are equal."""
    found = [parameter for parameter in student.build_block([3, 3, 3]).parameters() if parameter.dim() == 2]
    check(len(found) == 2, "`build_block([3, 3, 3])` should have two layers with weights of their own.")


@criterion(
    "save_load",
    gate=True,
    hint="Registered modules are in the state_dict by themselves, under the names of nn.Sequential.",
    diagnoses=[
        is_no_module,
        forgets_super_init,
        takes_a_list,
        registers_copies,
        hides_its_modules,
        uses_keys_that_are_no_strings,
        uses_other_names,
        saves_something_else,
    ],
)
def test_states_are_interchangeable(student, worker):
    """nn.Sequential loads the state_dict of MySequential, and MySequential that of nn.Sequential."""
    net, layers = chain(student, worker, 4, 4, 4)
    wanted = assert_computes(net, X, OTHER).detach()
    twin = worker.nn.Sequential(worker.nn.Linear(4, 4), worker.nn.Linear(4, 4))
    twin.load_state_dict(kept(net.state_dict))
    assert_equal(twin[0].weight.value, layers[0].weight.value, "the weight that nn.Sequential loads")
    other, _ = chain(student, worker, 4, 4, 4, seed=40)
    other.load_state_dict(kept(twin.state_dict))
    assert_close(other(X), wanted, "the output after loading")


@criterion(
    "modes",
    gate=True,
    hint="Registered modules follow .eval() and .train() by themselves.",
    diagnoses=[
        is_no_module,
        forgets_super_init,
        takes_a_list,
        registers_copies,
        hides_its_modules,
        goes_back_to_training,
    ],
)
def test_eval_reaches_the_modules(student, worker):
    """.eval() reaches the modules: a dropout in the chain does nothing then."""
    net = student.MySequential(filled(worker.nn.Linear(4, 4)), worker.nn.Dropout(0.5))
    net.eval()
    first, again = assert_computes(net, X.abs(), OTHER.abs()).detach(), net(X.abs()).detach()
    check(torch.equal(first, again), "In eval mode two calls with the same input differ.")
