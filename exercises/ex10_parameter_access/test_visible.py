"""The checks of ex10 that you may read. The hidden ones ask the same questions of other nets."""

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
    same,
    sampled_from,
)
from grader.suite.diagnoses import forgets_return

SIMPLE = [("0.weight", (8, 4)), ("0.bias", (8,)), ("2.weight", (1, 8)), ("2.bias", (1,))]
# Where a name stands for no parameter, a KeyError is right, and so is an AttributeError.
NO_SUCH_NAME = (KeyError, AttributeError)


def items(found):
    """The pairs of a dict, shapes as tuples; for what is no dict, the name of its type."""
    if not isinstance(found, dict):
        return type(found).__name__
    return [(name, tuple(shape) if isinstance(shape, torch.Size | list | tuple) else shape) for name, shape in found.items()]


def error_of(function, *args):
    """The error that a call raises, None where it raises none."""
    try:
        function(*args)
    except StudentError as error:
        return error
    return None


@diagnosis()
def counts_tensors(student, props):
    """The parameters are counted, not the numbers in them: use numel()."""
    return student.count_parameters(props.simple()) == 4


@diagnosis()
def leaves_biases_out(student, props):
    """Only the weights are counted: the biases are parameters, too."""
    return student.count_parameters(props.simple()) == 40


@diagnosis()
def counts_rows(student, props):
    """Only the first dimension is counted: len(parameter) is the number of rows, parameter.numel() that of all numbers."""
    return student.count_parameters(props.simple()) == 8 + 8 + 1 + 1


@diagnosis()
def counts_buffers(student, props):
    """Buffers are counted, too: a state_dict holds them, parameters() does not."""
    return student.count_parameters(props.with_norm()) == 75 + 17


@diagnosis()
def gives_a_list_of_pairs(student, props):
    """`parameter_shapes` gives back a list of pairs: a dict is asked for."""
    return isinstance(student.parameter_shapes(props.simple()), list | tuple)


@diagnosis()
def counts_the_children(student, props):
    """The parameters of the children are counted, too: parameters(recurse=False) leaves them out."""
    return ("", "Sequential", 49) in [tuple(row) for row in student.describe(props.simple())]


@diagnosis()
def leaves_the_root_out(student, props):
    """The net itself is missing: named_modules() begins with it, under the name "" (named_children() does not)."""
    return [row[0] for row in student.describe(props.simple())] == ["0", "1", "2"]


@diagnosis()
def describes_with_tensors(student, props):
    """The number of parameters is given, not how many numbers they hold: use numel()."""
    return ("0", "Linear", 2) in [tuple(row) for row in student.describe(props.simple())]


@diagnosis()
def describes_with_text(student, props):
    """The text of a whole module is given, not the name of its class: type(module).__name__."""
    return any("(" in row[1] for row in student.describe(props.simple()))


@diagnosis()
def leaves_modules_out(student, props):
    """Modules without parameters of their own are left out: each module has a line, with 0 where it has none."""
    return [row[0] for row in student.describe(props.simple())] == ["0", "2"]


@diagnosis()
def gives_the_class_itself(student, props):
    """The class is given, not its name: type(module).__name__ is a string."""
    return any(not isinstance(row[1], str) for row in student.describe(props.simple()))


@diagnosis()
def gives_a_copy(student, props):
    """The parameter that is given back is another object: give back the parameter itself, not a copy and not its `.data`."""
    net = props.simple()
    found = student.get_parameter(net, "2.bias")
    return isinstance(found, torch.Tensor) or (found is not None and not same(net[2].bias, found))


@diagnosis()
def remembers_another_net(student, props):
    """What is given back belongs to another net, which was asked earlier: keep nothing between two calls."""
    nets = [props.tied(), props.tied()]
    found = [student.get_parameter(net, "2.bias") for net in nets]
    return same(found[0], found[1])


@diagnosis()
def misses_the_second_name(student, props):
    """A shared parameter is found under its first name only: named_parameters(remove_duplicate=False) has them all."""
    student.get_parameter(props.tied(), "2.weight")
    return isinstance(error_of(student.get_parameter, props.tied(), "4.weight"), NO_SUCH_NAME)


@diagnosis()
def takes_none_for_zero(student, props):
    """A gradient that is None is told as 0: before backward there is no gradient at all, and None is asked for."""
    return any(norm == 0 for norm in student.grad_norms(props.simple()).values() if norm is not None)


@diagnosis()
def needs_gradients(student, props):
    """It fails before backward has run: `.grad` is None then; ask for that first."""
    net = props.simple()
    props.give_gradients(net, 0.5)
    student.grad_norms(net)
    return error_of(student.grad_norms, props.simple()) is not None


@diagnosis()
def gives_another_norm(student, props):
    """This is not the L2 norm: it is the square root of the sum of the squares."""
    net = props.simple()
    props.give_gradients(net, 0.5)
    found = student.grad_norms(net)["0.weight"]
    return any(abs(found - other) < 1e-3 for other in (8.0, 16.0, 0.5))


@diagnosis()
def gives_the_norm_of_the_value(student, props):
    """This is the norm of the parameter, not that of its gradient: use parameter.grad."""
    net = props.simple()
    props.give_gradients(net, 0.5)
    return abs(float(student.grad_norms(net)["0.weight"]) - net[0].weight.value.norm().item()) < 1e-3


@diagnosis()
def takes_ten_for_one(student, props):
    """The prefix "1" freezes "10" and "11" as well: compare with prefix + "."."""
    net = props.deep()
    student.freeze(net, "1")
    found = props.flags(net)
    return not found["1.weight"] and not found["10.weight"]


@diagnosis()
def stops_at_the_first(student, props):
    """Only the first parameter of the layer is frozen: `return` belongs behind the loop, not into it."""
    net = props.simple()
    student.freeze(net, "0")
    found = props.flags(net)
    return not found["0.weight"] and found["0.bias"]


@diagnosis()
def counts_numbers(student, props):
    """`freeze` counts the numbers in the parameters: it gives back how many parameters it froze, 2 for weight and bias."""
    return student.freeze(props.simple(), "0") == 40


@diagnosis()
def sets_another_attribute(student, props):
    """requires_grad is still True: p.requires_grad = False, or p.requires_grad_(False)."""
    net = props.simple()
    student.freeze(net, "0")
    return all(props.flags(net).values())


@diagnosis()
def ignores_the_flag(student, props):
    """trainable_only changes nothing: with it, a parameter counts only where requires_grad is True."""
    net = props.simple()
    net[0].requires_grad_(False)
    return student.count_parameters(net, True) == student.count_parameters(net) == 49


@diagnosis()
def leaves_frozen_out_always(student, props):
    """Without trainable_only, frozen parameters count, too."""
    net = props.simple()
    net[0].requires_grad_(False)
    return student.count_parameters(net) == 9


@diagnosis()
def counts_what_is_frozen(student, props):
    """With trainable_only, what is frozen is counted: it is the other way round."""
    net = props.simple()
    net[0].requires_grad_(False)
    return student.count_parameters(net, True) == 40


@diagnosis()
def counts_all_that_match(student, props):
    """What was frozen before is counted again: only what goes from trainable to frozen counts."""
    net = props.simple()
    return student.freeze(net, "0") == 2 and student.freeze(net, "0") == 2


@criterion(
    "values",
    gate=True,
    hint="net.named_parameters() gives the pairs; tuple(parameter.shape) is the shape.",
    diagnoses=[forgets_return, gives_a_list_of_pairs],
)
def test_shapes_of_the_net_of_the_note(student, props):
    """parameter_shapes gives the names and shapes of Linear(4, 8), ReLU, Linear(8, 1), in their order."""
    assert_equal(items(student.parameter_shapes(props.simple())), SIMPLE, "`parameter_shapes`")


@criterion(
    "values",
    hint="parameter.numel() says how many numbers it holds.",
    diagnoses=[forgets_return, counts_tensors, leaves_biases_out, counts_rows],
)
def test_count_of_the_net_of_the_note(student, props):
    """count_parameters counts 49 numbers in Linear(4, 8), ReLU, Linear(8, 1)."""
    assert_equal(student.count_parameters(props.simple()), 49, "`count_parameters`")


@criterion(
    "values",
    hint="For each pair of net.named_modules(): the name, type(module).__name__, and what parameters(recurse=False) hold.",
    diagnoses=[
        forgets_return,
        counts_the_children,
        leaves_the_root_out,
        describes_with_tensors,
        gives_the_class_itself,
        describes_with_text,
        leaves_modules_out,
    ],
)
def test_description_of_the_net_of_the_note(student, props):
    """describe lists the net itself and its three modules, each with its own parameters."""
    wanted = [("", "Sequential", 0), ("0", "Linear", 40), ("1", "ReLU", 0), ("2", "Linear", 9)]
    found = student.describe(props.simple())
    assert_equal([tuple(row) for row in found] if isinstance(found, list) else found, wanted, "`describe`")


@criterion(
    "values", hint="net.parameters() has no buffers; net.state_dict() does.", diagnoses=[forgets_return, counts_buffers]
)
def test_buffers_do_not_count(student, props):
    """The running mean and variance of a batch norm do not count: they are buffers."""
    assert_equal(student.count_parameters(props.with_norm()), 75, "`count_parameters` of a net with a batch norm")


@criterion(
    "identity",
    gate=True,
    hint="Give back the parameter that you find: no clone, no .data, no new nn.Parameter.",
    diagnoses=[forgets_return, gives_a_copy],
)
def test_the_very_parameter(student, props):
    """get_parameter gives back the net's own parameter: what is written into it is seen in the net."""
    net = props.simple()
    assert_same_object(net[2].bias, student.get_parameter(net, "2.bias"), "what `get_parameter` gives back")


@criterion(
    "identity",
    hint="named_parameters(remove_duplicate=False) has all names.",
    diagnoses=[misses_the_second_name, remembers_another_net],
)
@given(name=sampled_from(["2.weight", "4.weight", "2.bias", "4.bias"]), examples=4)
def test_each_name_of_a_shared_parameter(student, props, name):
    """A parameter that is shared is found under each of its names."""
    net = props.tied()
    layer = net[2]
    own = layer.weight if name.endswith("weight") else layer.bias
    assert_same_object(own, student.get_parameter(net, name), "what `get_parameter` gives back for a shared layer")


@criterion("identity", hint="Raise KeyError(name) where no parameter has that name.")
@given(name=sampled_from(["1.weight", "0.wieght", "3.weight", ""]), examples=4)
def test_an_unknown_name(student, props, name):
    """A name that is not there raises KeyError or AttributeError."""
    net = props.simple()
    student.get_parameter(net, "0.weight")
    error = error_of(student.get_parameter, net, name)
    check(isinstance(error, NO_SUCH_NAME), "A name that is not there should raise KeyError or AttributeError.")


@criterion(
    "gradients",
    gate=True,
    hint="parameter.grad.norm().item(), and None where parameter.grad is None.",
    diagnoses=[forgets_return, needs_gradients, takes_none_for_zero, gives_the_norm_of_the_value, gives_another_norm],
)
def test_norms_before_and_after_backward(student, props):
    """Before backward each norm is None; after it, the L2 norm of the gradient."""
    net = props.simple()
    assert_equal(student.grad_norms(net), dict.fromkeys((name for name, _ in SIMPLE)), "`grad_norms` before backward")
    props.give_gradients(net, 0.5)
    found = student.grad_norms(net)
    check(
        all(type(norm) is float for norm in found.values()), "A norm should be a float: tensor.item() makes one of a tensor."
    )
    wanted = torch.tensor([8.0, 2.0, 2.0, 0.25]).sqrt()
    assert_close(torch.tensor(list(found.values())), wanted, "the norms")


@criterion(
    "freeze",
    gate=True,
    hint='name == prefix or name.startswith(prefix + "."), then parameter.requires_grad_(False).',
    diagnoses=[forgets_return, sets_another_attribute, stops_at_the_first, counts_numbers],
)
def test_one_layer_is_frozen(student, props):
    """freeze(net, "0") freezes 0.weight and 0.bias, nothing else, and gives back 2."""
    net = props.simple()
    number = student.freeze(net, "0")
    wanted = {"0.weight": False, "0.bias": False, "2.weight": True, "2.bias": True}
    assert_equal(props.flags(net), wanted, "requires_grad of each parameter")
    assert_equal(number, 2, "what `freeze` gives back")


@criterion("freeze", hint='"10.weight".startswith("1") is true. Compare with "1.".', diagnoses=[takes_ten_for_one])
def test_one_is_not_ten(student, props):
    """freeze(net, "1") leaves 10 and 11 alone."""
    net = props.deep()
    student.freeze(net, "1")
    frozen = [name for name, flag in props.flags(net).items() if not flag]
    assert_equal(frozen, ["1.weight", "1.bias"], "the parameters that are frozen")


@criterion(
    "purity",
    gate=True,
    hint="Only read. Run no forward pass, call no eval(), and write nothing.",
    diagnoses=[forgets_return],
)
def test_reading_changes_nothing(student, props):
    """describe, parameter_shapes, count_parameters, get_parameter and grad_norms leave the net as it was."""
    net = props.with_norm()
    props.give_gradients(net, 1.0)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    calls = [student.describe, student.parameter_shapes, student.count_parameters, student.grad_norms]
    results = [call(net) for call in calls] + [student.get_parameter(net, "3.weight")]
    check(any(result is not None for result in results), "None of the functions gives anything back.")
    after = net.state_dict()
    check(list(after) == list(before), "The net has other parameters or buffers than before.")
    check(all(torch.equal(after[name], before[name]) for name in before), "A parameter or buffer of the net has changed.")


@criterion("purity", hint="freeze changes requires_grad, and nothing else.")
def test_freezing_changes_no_value(student, props):
    """freeze leaves all values as they were."""
    net = props.simple()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    student.freeze(net, "0")
    check(all(torch.equal(net.state_dict()[n], before[n]) for n in before), "`freeze` changes the value of a parameter.")


@criterion("purity", hint="No train(), no eval(), no requires_grad_() in a function that only reads.")
@given(training=sampled_from([True, False]), examples=2)
def test_reading_leaves_modes_and_flags(student, props, training):
    """Functions that read leave the mode and requires_grad of everything as they were, and the gradients, too."""
    net = props.with_norm()
    net.train(training)
    net[3].requires_grad_(False)
    props.give_gradients(net, 1.0)
    modes, flags = props.modes(net), props.flags(net)
    for call in (student.describe, student.parameter_shapes, student.count_parameters, student.grad_norms):
        call(net)
    student.count_parameters(net, trainable_only=True)
    student.get_parameter(net, "3.weight")
    check(props.modes(net) == modes, "A function that only reads changes the mode, train or eval.")
    check(props.flags(net) == flags, "A function that only reads changes requires_grad.")
    left = [gradient is not None and bool((gradient == 1.0).all()) for gradient in props.gradients(net).values()]
    check(left == [True, True, True, False, False], "A function that only reads makes or removes a gradient.")


@criterion("freeze", hint="Count a parameter only where it was trainable before.", diagnoses=[counts_all_that_match])
def test_what_was_frozen_is_not_counted(student, props):
    """What was frozen before is not counted again."""
    net = props.simple()
    net[0].bias.requires_grad_(False)
    found = [student.freeze(net, "0"), student.freeze(net, "0")]
    assert_equal(found, [1, 0], "what `freeze` gives back for a layer that is partly frozen")


@criterion(
    "values",
    hint="if p.requires_grad or not trainable_only",
    diagnoses=[ignores_the_flag, leaves_frozen_out_always, counts_what_is_frozen],
)
@given(index=sampled_from([0, 2]), examples=2)
def test_trainable_parameters_alone(student, props, index):
    """With trainable_only, what is frozen does not count; without it, everything does."""
    net = props.simple()
    net[index].requires_grad_(False)
    found = [student.count_parameters(net, trainable_only=True), student.count_parameters(net)]
    assert_equal(found, [9 if index == 0 else 40, 49], "`count_parameters` of a net that is partly frozen")
