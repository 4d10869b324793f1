"""The checks of ex10 that students do not get to read."""

import torch

from grader.suite import (
    StudentError,
    assert_close,
    assert_equal,
    assert_same_object,
    check,
    criterion,
    diagnosis,
    given,
    sampled_from,
)

NO_SUCH_NAME = (KeyError, AttributeError)


def items(found):
    """The pairs of a dict, shapes as tuples; for what is no dict, the name of its type."""
    return [(name, tuple(shape)) for name, shape in found.items()] if isinstance(found, dict) else type(found).__name__


def rows(found):
    """The rows of a description as tuples."""
    return [tuple(row) for row in found] if isinstance(found, list) else found


def answers(call, *args):
    """Whether a call is answered without an error."""
    try:
        call(*args)
    except StudentError:
        return False
    return True


@diagnosis()
def counts_a_shared_layer_twice(student, props):
    """A shared parameter is counted twice: net.parameters() has it once."""
    return student.count_parameters(props.tied()) == 121 + 72


@diagnosis()
def shows_buffers(student, props):
    """Buffers are listed, too: a state_dict holds them, named_parameters() does not."""
    return "1.running_mean" in student.parameter_shapes(props.with_norm())


@diagnosis()
def shows_a_shared_layer_twice(student, props):
    """A shared parameter is shown under both of its names: named_parameters() shows it once."""
    return "4.weight" in student.parameter_shapes(props.tied())


@diagnosis()
def searches_one_level(student, props):
    """Modules within modules are not searched: named_parameters() goes through all levels."""
    return "1.inner.0.weight" not in student.parameter_shapes(props.nested())


@diagnosis()
def asks_for_a_sequential(student, props, worker):
    """Only an nn.Sequential works: a net may be any module, even a single layer."""
    calls = (student.parameter_shapes, student.describe, student.count_parameters)
    return all(answers(call, props.simple()) for call in calls) and not all(answers(c, worker.nn.Linear(4, 3)) for c in calls)


@diagnosis()
def describes_buffers(student, props):
    """Buffers are counted in the description: only parameters count."""
    return 16 + 17 in [row[2] for row in student.describe(props.with_norm())]


@diagnosis()
def lets_signs_cancel(student, props):
    """A norm is negative: gradients of opposite signs must not cancel. Square them first."""
    net = props.simple()
    props.give_gradients(net, -3.0)
    return any(norm < 0 for norm in student.grad_norms(net).values())


@diagnosis()
def takes_anything(student, props):
    """Whatever has that name is given back, also what is no parameter: a buffer, a module, a bias that is None."""
    net = props.with_norm()
    student.get_parameter(net, "3.weight")
    return any(answers(student.get_parameter, net, name) for name in ("1.running_mean", "0", "0.bias"))


@diagnosis()
def takes_zero_for_none(student, props):
    """A gradient of zeros is told as None: its norm is 0.0. Ask `is None`, not whether it is true."""
    net = props.simple()
    props.give_gradients(net, 0.0)
    return None in student.grad_norms(net).values()


@diagnosis()
def misses_a_whole_name(student, props):
    """A prefix that is the whole name of a parameter freezes nothing: compare with `prefix` itself, too."""
    net = props.simple()
    student.freeze(net, "0.weight")
    return all(props.flags(net).values())


@diagnosis()
def looks_one_level_deep(student, props):
    """Only the first level is searched: a prefix may be that of a module with modules within."""
    net = props.nested()
    student.freeze(net, "1")
    found = props.flags(net)
    return not found["1.scale"] and found["1.inner.0.weight"]


@criterion("values", hint="A state_dict holds parameters and buffers; named_parameters() shows parameters alone.",
           diagnoses=[shows_buffers])  # fmt: skip
def test_shapes_of_parameters_alone(student, props):
    """parameter_shapes shows no buffers."""
    names = [name for name, _ in items(student.parameter_shapes(props.with_norm()))]
    wanted = ["0.weight", "1.weight", "1.bias", "3.weight", "3.bias"]
    assert_equal(names, wanted, "the names of a net with a batch norm")


@criterion("values", hint="named_parameters() shows a shared parameter once, under its first name.",
           diagnoses=[shows_buffers, shows_a_shared_layer_twice])  # fmt: skip
def test_shapes_of_a_shared_layer(student, props):
    """parameter_shapes shows a shared parameter once, under its first name."""
    names = [name for name, _ in items(student.parameter_shapes(props.tied()))]
    assert_equal(
        names, ["0.weight", "0.bias", "2.weight", "2.bias", "6.weight", "6.bias"], "the names of a net with a shared layer"
    )


@criterion("values", hint="The names of modules within modules are joined by dots: named_parameters() does so.",
           diagnoses=[searches_one_level])  # fmt: skip
def test_shapes_of_modules_within_modules(student, props):
    """parameter_shapes finds the parameters of modules within modules, and those beside them."""
    wanted = [
        ("0.weight", (5, 4)),
        ("0.bias", (5,)),
        ("1.scale", (5,)),
        ("1.inner.0.weight", (2, 5)),
        ("1.inner.0.bias", (2,)),
    ]
    wanted += [("2.0.weight", (2, 2)), ("2.0.bias", (2,)), ("2.1.weight", (3, 2)), ("2.1.bias", (3,))]
    assert_equal(items(student.parameter_shapes(props.nested())), wanted, "`parameter_shapes` of modules within modules")


@criterion("values", hint="A single layer is a net, too. Do not assume an nn.Sequential.",
           diagnoses=[asks_for_a_sequential])  # fmt: skip
def test_a_single_layer(student, worker):
    """A single layer is a net, too: its parameters are called weight and bias."""
    layer = worker.nn.Linear(4, 3)
    found = [items(student.parameter_shapes(layer)), rows(student.describe(layer)), student.count_parameters(layer)]
    assert_equal(found, [[("weight", (3, 4)), ("bias", (3,))], [("", "Linear", 15)], 15], "a single layer")


@criterion("values", hint="net.parameters() shows a shared parameter once.", diagnoses=[counts_a_shared_layer_twice])
def test_a_shared_layer_counts_once(student, props):
    """count_parameters counts a shared layer once."""
    assert_equal(student.count_parameters(props.tied()), 121, "`count_parameters` of a net with a shared layer")


@criterion("values", hint="named_modules() goes through all levels, and shows a shared module once.")
def test_description_of_all_levels(student, props):
    """describe goes through all levels; a module with parameters and children counts its own alone."""
    wanted = [("", "Sequential", 0), ("0", "Linear", 25), ("1", "Scaled", 5), ("1.inner", "Sequential", 0)]
    wanted += [("1.inner.0", "Linear", 12), ("1.inner.1", "Tanh", 0), ("2", "Sequential", 0), ("2.0", "Linear", 6)]
    assert_equal(
        rows(student.describe(props.nested())), [*wanted, ("2.1", "Linear", 9)], "`describe` of modules within modules"
    )


@criterion("values", hint="Buffers are no parameters; a module without parameters has 0.",
           diagnoses=[describes_buffers])  # fmt: skip
def test_description_of_a_batch_norm(student, props):
    """describe counts no buffers."""
    found = {name: size for name, _, size in rows(student.describe(props.with_norm()))}
    assert_equal(found, {"": 0, "0": 32, "1": 16, "2": 0, "3": 27}, "the sizes in `describe` of a net with a batch norm")


@criterion("identity", hint="Walk through all levels: the names are joined by dots.")
@given(name=sampled_from(["1.scale", "1.inner.0.weight", "2.1.bias"]), examples=3)
def test_parameters_of_modules_within_modules(student, props, name):
    """get_parameter finds parameters at any depth."""
    net = props.nested()
    own = {
        "1.scale": lambda: net[1].scale,
        "1.inner.0.weight": lambda: net[1].inner[0].weight,
        "2.1.bias": lambda: net[2][1].bias,
    }
    assert_same_object(
        own[name](), student.get_parameter(net, name), "what `get_parameter` gives back for modules within modules"
    )


@criterion("identity", hint="Only an nn.Parameter that is there counts.", diagnoses=[takes_anything])
@given(name=sampled_from(["1.running_mean", "0.bias", "3", "1.num_batches_tracked", "3.weight.data", "training"]), examples=6)
def test_what_is_no_parameter(student, props, name):
    """Buffers, modules, a bias that is None, and other attributes raise KeyError or AttributeError."""
    net = props.with_norm()
    try:
        student.get_parameter(net, name)
    except StudentError as error:
        check(isinstance(error, NO_SUCH_NAME), "What is no parameter should raise KeyError or AttributeError.")
        return
    check(False, "What is no parameter should raise KeyError or AttributeError, but something is given back.")


@criterion("identity", hint="Look it up in the net that you are given, each time.")
def test_two_nets_are_told_apart(student, props):
    """get_parameter looks into the net that it is given, not into an earlier one."""
    first, second = props.simple(), props.simple()
    student.get_parameter(first, "0.bias")
    assert_same_object(
        second[0].bias, student.get_parameter(second, "0.bias"), "what `get_parameter` gives back for a second net"
    )


@criterion(
    "gradients",
    hint="`if p.grad is None`: a gradient of zeros is there, and its norm is 0.0.",
    diagnoses=[takes_zero_for_none],
)
def test_a_gradient_of_zeros(student, props):
    """A gradient of zeros has the norm 0.0, not None."""
    net = props.simple()
    props.give_gradients(net, 0.0)
    assert_equal(list(student.grad_norms(net).values()), [0.0] * 4, "the norms of gradients that are zero")


@criterion("gradients", hint="Each parameter has a gradient of its own, or none.", diagnoses=[lets_signs_cancel])
def test_some_gradients_are_missing(student, props):
    """A parameter without gradient has None beside others that have one."""
    net = props.tied()
    net[0].requires_grad_(False)
    props.give_gradients(net, -3.0)
    found = student.grad_norms(net)
    missing = [name for name, norm in found.items() if norm is None]
    check(missing == ["0.weight", "0.bias"], "None should stand for a parameter without gradient, and for no other.")
    norms = torch.tensor([norm for norm in found.values() if norm is not None])
    assert_close(norms, 3.0 * torch.tensor([64.0, 8.0, 8.0, 1.0]).sqrt(), "the norms of a net with a shared layer")


@criterion("freeze", hint="The prefix may be the whole name of a parameter.", diagnoses=[misses_a_whole_name])
def test_one_parameter_is_frozen(student, props):
    """freeze(net, "0.weight") freezes that parameter alone, and gives back 1."""
    net = props.simple()
    number = student.freeze(net, "0.weight")
    assert_equal([n for n, flag in props.flags(net).items() if not flag], ["0.weight"], "the parameters that are frozen")
    assert_equal(number, 1, "what `freeze` gives back for one parameter")


@criterion("freeze", hint='startswith(prefix + ".") finds all levels below.', diagnoses=[looks_one_level_deep])
@given(prefix=sampled_from(["1", "1.inner", "2"]), examples=3)
def test_a_module_with_modules(student, props, prefix):
    """The prefix of a module freezes all that lies within it."""
    net = props.nested()
    number = student.freeze(net, prefix)
    frozen = [name for name, flag in props.flags(net).items() if not flag]
    wanted = {"1": 3, "1.inner": 2, "2": 4}[prefix]
    check(all(name.startswith(prefix + ".") for name in frozen), "Parameters outside of the prefix are frozen.")
    assert_equal([len(frozen), number], [wanted, wanted], "how many parameters of a module with modules are frozen")


@criterion("freeze", hint="Where nothing has that prefix, freeze nothing and give back 0.")
@given(prefix=sampled_from(["7", "weight", "0.w", "bias"]), examples=4)
def test_an_unknown_prefix(student, props, prefix):
    """A prefix that nothing has freezes nothing and gives back 0."""
    net = props.simple()
    number = student.freeze(net, prefix)
    assert_equal([number, sum(not flag for flag in props.flags(net).values())], [0, 0], "what is frozen for an unknown prefix")


@criterion("purity", hint="freeze changes requires_grad of what it freezes, and nothing else.")
def test_freezing_leaves_the_rest(student, props):
    """freeze leaves modes and gradients as they were, and thaws nothing."""
    net = props.with_norm()
    net.eval()
    props.give_gradients(net, 1.0)
    net[1].requires_grad_(False)
    student.freeze(net, "3")
    check(not any(props.modes(net).values()), "`freeze` changes the mode of a module.")
    check(all(gradient is not None for gradient in props.gradients(net).values()), "`freeze` removes a gradient.")
    check(not any(flag for name, flag in props.flags(net).items() if name.startswith("1.")), "`freeze` thaws what was frozen.")


@criterion("purity", hint="Draw no random numbers: torch's generator should stand where it stood.")
def test_reading_draws_nothing(student, worker, props):
    """Functions that read draw no random numbers."""
    net = props.with_norm()
    worker.torch.manual_seed(5)
    wanted = worker.torch.rand(3)
    worker.torch.manual_seed(5)
    for call in (student.describe, student.parameter_shapes, student.count_parameters, student.grad_norms):
        call(net)
    check(torch.equal(worker.torch.rand(3), wanted), "Random numbers are drawn where only reading is asked for.")
