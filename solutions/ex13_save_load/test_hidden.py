"""The checks of ex13 that students do not get to read."""

import torch

from grader.suite import (
    StudentError,
    assert_close,
    assert_equal,
    backward,
    check,
    criterion,
    diagnosis,
    fetch,
    kept,
    raises,
    set_value,
    spread,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype

FIRST, SECOND = tensor(3, 2, 5), tensor(4, 3)
KEYS = {"weight": 1, "bias": 2, 10: 3, "alpha": 4, 2: 5}
LARGE = torch.tensor([2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 0])
SHAPES = [torch.tensor(2.5), torch.empty(0), torch.empty(3, 0, 2), tensor(9, 1), tensor(10, 1, 1, 2)]
SPECIAL = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 0.0, 1e-45, -1e-40, 3.4028234e38])
SPREAD = [spread(tensor(11, 3, 4)), tensor(12, 8)[1::3], tensor(13, 1, 3).expand(4, 3), tensor(14, 2, 3, 4).permute(2, 0, 1)]
TWO_LAYERS = {"0.weight": tensor(20, 4, 3), "0.bias": tensor(21, 4), "2.weight": tensor(22, 2, 4), "2.bias": tensor(23, 2)}
STATISTICS = {
    "0.weight": tensor(30, 4, 3),
    "0.bias": tensor(31, 4),
    "1.weight": tensor(32, 4),
    "1.bias": tensor(33, 4),
    "1.running_mean": tensor(34, 4),
    "1.running_var": tensor(35, 4).abs(),
    "1.num_batches_tracked": torch.tensor(2**53 + 1),
}
X = tensor(24, 4, 3)


def whole(seed, *shape):
    """Whole numbers from -2 to 2: sums of their products are exact in float32, in whatever order they are added."""
    return torch.randint(-2, 3, shape, generator=torch.Generator().manual_seed(seed)).to(torch.float32)


def mlp_values(seed):
    """Parameters for an MLP. No value of the hidden layer is 0 for whole inputs: a half stands in each bias."""
    return [whole(seed, 256, 20), whole(seed + 1, 256) + 0.5, whole(seed + 2, 10, 256), whole(seed + 3, 10)]


def fill_mlp(mlp, values):
    """The MLP with these parameters."""
    mine = mlp.hidden.weight, mlp.hidden.bias, mlp.output.weight, mlp.output.bias
    for parameter, value in zip(mine, values, strict=True):
        set_value(parameter, value)
    return mlp


def mlp_output(x, values):
    """What an MLP with these parameters computes."""
    weight, bias, weight2, bias2 = values
    return torch.relu(x @ weight.T + bias) @ weight2.T + bias2


def filled(net, state):
    """The net with this state."""
    entries = kept(net.state_dict)
    for name, value in state.items():
        set_value(entries[name], value)
    return net


def two_layers(x):
    """What a net of `props.two_layers` computes with the state TWO_LAYERS."""
    weight, bias, weight2, bias2 = TWO_LAYERS.values()
    return torch.relu(x @ weight.T + bias) @ weight2.T + bias2


def carried(there, *names):
    """The other process, once these files are there."""
    for name in names:
        there.receive(name)
    return there


def reads(there, name):
    """What load_tensors of another process reads from a file that is carried there."""
    return carried(there, name).student.load_tensors(name)


def clone_of(student, worker, net, factory, name):
    """A clone of a net: by the submission's own two functions, or else from a file that torch itself wrote.

    What save_params does wrong is charged elsewhere.
    """
    try:
        student.save_params(net, name)
        return student.load_clone(factory, name)
    except StudentError:
        worker.save(kept(net.state_dict), name)
        return student.load_clone(factory, name)


def state_of_heads(seed):
    """A state for `props.two_heads`, its names in the order of the net's."""
    names = [f"{layer}.{part}" for layer in ("body", "first", "second", "last") for part in ("weight", "bias")]
    shapes = {"last.weight": (2, 3), "last.bias": (2,)}
    return {
        name: tensor(seed + number, *shapes.get(name, (3, 3) if name.endswith("weight") else (3,)))
        for number, name in enumerate(names)
    }


def holds(net, state):
    """Whether a net's state holds just these tensors."""
    found = net.state_dict()
    return found.keys() == state.keys() and all(
        found[name].dtype == value.dtype and torch.equal(found[name], value) for name, value in state.items()
    )


# ---- what a failure may come from -------------------------------------------------------------------------------------


@diagnosis()
def params_wants_a_string(student, props):
    """A pathlib.Path is not taken as a path: leave the path as it is, torch.save and torch.load take both kinds."""
    net = filled(props.two_layers(), TWO_LAYERS)
    student.save_params(net, "text.pt")
    student.load_clone(props.two_layers, "text.pt")
    try:
        student.save_params(net, props.as_path("path.pt"))
        return not holds(student.load_clone(props.two_layers, props.as_path("path.pt")), TWO_LAYERS)
    except StudentError:
        return True


@diagnosis()
def copies_each_tensor(student):
    """Each tensor comes back with a memory of its own: save the object as it is, without copies of its tensors."""
    one = tensor(1, 3)
    student.save_tensors([one, one], "twice.pt")
    twice = kept(student.load_tensors, "twice.pt")
    set_value(twice[0], torch.zeros(3))
    return bool(twice[1].value.any())


@diagnosis()
def gives_back_the_same_clone(student, worker, props):
    """Two calls of load_clone give back one and the same module: make a new one in each call."""
    worker.save(TWO_LAYERS, "same.pt")
    first, second = student.load_clone(props.two_layers, "same.pt"), student.load_clone(props.two_layers, "same.pt")
    set_value(first[0].weight, torch.zeros(4, 3))
    return not bool(second[0].weight.value.any())


@diagnosis()
def freezes_the_clone(student, worker, props):
    """The clone's parameters no longer require a gradient: eval mode does not ask for that."""
    worker.save(TWO_LAYERS, "frozen.pt")
    return not any(parameter.requires_grad for parameter in student.load_clone(props.two_layers, "frozen.pt").parameters())


@diagnosis()
def freezes_what_it_transfers(student, props):
    """The net's parameters no longer require a gradient: a transfer does not ask for that."""
    net = props.two_heads()
    student.transfer_matching(state_of_heads(160), net)
    return not any(parameter.requires_grad for parameter in net.parameters())


@diagnosis()
def leaves_buffers_alone(student, props):
    """Buffers are not transferred: they are entries of the state_dict like the parameters."""
    net = props.with_statistics()
    student.transfer_matching(STATISTICS, net)
    return not torch.equal(net[1].running_mean.value, STATISTICS["1.running_mean"])


@diagnosis()
def takes_over_the_state(student, worker, props):
    """The net now shares its memory with `state`: copy the values into the net's own parameters."""
    net, state = props.two_heads(), worker.put(state_of_heads(40))
    student.transfer_matching(state, net)
    set_value(net.first.weight, torch.zeros(3, 3))
    return not bool(state["first.weight"].value.any())


# ---- values -----------------------------------------------------------------------------------------------------------


@criterion("values", hint="Two linear layers with their biases, called hidden and output, and nothing else.")
def test_four_entries(student):
    """The state_dict of an MLP has four entries: weight and bias of `hidden` and of `output`."""
    names = sorted(student.MLP().state_dict())
    check(
        names == ["hidden.bias", "hidden.weight", "output.bias", "output.weight"],
        "The state_dict should hold weight and bias of hidden and output, and nothing else.",
    )


@criterion("values", hint="Make the layers in __init__, for each MLP anew.")
def test_two_mlps_share_nothing(student):
    """Writing into the parameters of one MLP leaves another one as it was."""
    values, x = mlp_values(60), whole(64, 3, 20)
    mlp = fill_mlp(student.MLP(), values)
    fill_mlp(student.MLP(), mlp_values(70))
    output = fetch(mlp(x), "the output")
    check(
        torch.allclose(output, mlp_output(x, values)), "What is written into one MLP changes another one: they share layers."
    )


@criterion("values", hint="No unsqueeze_ and no x += in forward: they change the caller's tensor.")
def test_input_of_an_mlp_stays_as_it_was(student, worker):
    """The input of an MLP is not modified, neither its values nor its shape."""
    x = whole(80, 20)
    copy = worker.put(x)
    student.MLP()(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("values", hint="Make no float32 tensor on the way: float64 in, float64 out.", diagnoses=[fixes_the_dtype])
def test_an_mlp_of_float64_keeps_its_digits(student):
    """An MLP of float64 loses no digits."""
    mlp, values, x = student.MLP(), [v.double() / 3 for v in mlp_values(90)], whole(94, 3, 20).double() / 3
    mlp.double()
    output = fetch(fill_mlp(mlp, values)(x), "the output")
    error = (output - mlp_output(x, values)).abs().max()
    # rounding: at most 300 steps of 1.1e-16, relative to terms that add up to less than 2000; a float32 loses 1e-7 or so
    check(output.dtype == torch.float64 and not 1e-9 < error < 1e-3, "Digits of float64 are lost on the way.")


# ---- tensors in files -------------------------------------------------------------------------------------------------


@criterion("tensor_round_trip", hint="Do not sort the keys, nor turn them into strings.")
def test_keys_keep_order_and_type(student, elsewhere):
    """The keys of a dict come back in their order, and numbers stay numbers."""
    student.save_tensors(KEYS, "keys.pt")
    loaded = reads(elsewhere.loaded(), "keys.pt")
    items = list(loaded.items()) if isinstance(loaded, dict) else []
    check(items == list(KEYS.items()), "The keys of a dict came back in another order, or as something else.")


@criterion("tensor_round_trip", hint="Do not pass through floats on the way: save the tensor itself.")
def test_integers_beyond_all_floats(student, elsewhere):
    """Integers beyond 2**53, which no float holds, come back exactly."""
    student.save_tensors(LARGE, "large.pt")
    loaded = fetch(reads(elsewhere.loaded(), "large.pt"), "the loaded tensor")
    exact = loaded.dtype == torch.int64 and torch.equal(loaded, LARGE)
    check(exact, "Integers beyond 2**53 came back as other numbers, or as another dtype.")


@criterion("tensor_round_trip", hint="A tensor without dimensions, and one without elements, are tensors, too.")
def test_shapes(student, elsewhere):
    """Tensors without dimensions, without elements, or with dimensions of size 1 keep their shape."""
    student.save_tensors(SHAPES, "shapes.pt")
    loaded = reads(elsewhere.loaded(), "shapes.pt")
    shapes = [tuple(fetch(item, "a loaded tensor").shape) for item in loaded] if isinstance(loaded, list) else []
    wanted = [tuple(value.shape) for value in SHAPES]
    check(
        shapes == wanted, "A tensor without dimensions or elements, or with a dimension of size 1, came back in another shape."
    )


@criterion("tensor_round_trip", hint="Clean nothing up: what is in the tensor belongs in the file, bit by bit.")
def test_special_values(student, elsewhere):
    """NaN, infinities, the smallest numbers and the sign of zero come back bit by bit."""
    student.save_tensors(SPECIAL, "special.pt")
    loaded = fetch(reads(elsewhere.loaded(), "special.pt"), "the loaded tensor")
    exact = loaded.dtype == torch.float32 and torch.equal(loaded.view(torch.int32), SPECIAL.view(torch.int32))
    check(exact, "NaN, an infinity, a number close to zero, or the sign of zero came back as something else.")


@criterion("tensor_round_trip", hint="Save the tensor itself, not its storage: strides are its own matter.")
def test_tensors_that_are_not_contiguous(student, elsewhere):
    """Tensors that are not contiguous in memory come back with the same elements in the same places."""
    student.save_tensors(SPREAD, "spread.pt")
    loaded = reads(elsewhere.loaded(), "spread.pt")
    for index, value in enumerate(SPREAD):
        assert_equal(loaded[index], value, "a loaded tensor that was not contiguous")


@criterion("tensor_round_trip", hint="Save the whole object in one go, without clones: then shared memory is kept.",
           diagnoses=[copies_each_tensor])  # fmt: skip
def test_shared_memory_stays_shared(student, elsewhere):
    """Two tensors that share their memory share it after loading, too: writing into one changes the other."""
    base, new = tensor(15, 6), tensor(16, 6)
    student.save_tensors({"whole": base, "part": base[2:5]}, "shared.pt")
    there = carried(elsewhere.loaded(), "shared.pt")
    loaded = kept(there.student.load_tensors, "shared.pt")
    set_value(loaded["whole"], new)
    assert_equal(loaded["part"], new[2:5], "the part after writing into the whole")


@criterion("tensor_round_trip", hint="A second save to the same path replaces the file.")
def test_a_second_save_replaces_the_first(student, elsewhere):
    """What is saved to the same path a second time replaces what was there."""
    student.save_tensors(FIRST, "again.pt")
    student.save_tensors(SECOND, "again.pt")
    loaded = fetch(reads(elsewhere.loaded(), "again.pt"), "the loaded tensor")
    check(
        torch.equal(loaded, SECOND), "After a second save to the same path, something else comes back than the second object."
    )


@criterion("tensor_round_trip", hint="Read the file in each call: it may have changed since the last one.")
def test_loading_reads_the_file_each_time(student):
    """A file that was replaced after a first loading is read anew by a second one."""
    student.save_tensors(FIRST, "anew.pt")
    student.load_tensors("anew.pt")
    student.save_tensors(SECOND, "anew.pt")
    loaded = fetch(student.load_tensors("anew.pt"), "the loaded tensor")
    check(torch.equal(loaded, SECOND), "A second call of load_tensors gives back what was in the file at the first one.")


@criterion("tensor_round_trip", hint="Saving only reads: change nothing in the object, neither tensors nor containers.")
def test_saving_changes_nothing(student, worker):
    """The object is the same after saving."""
    values = [FIRST, SECOND.double(), X]
    held = worker.put([*values])
    student.save_tensors(held, "held.pt")
    found = [fetch(item, "a tensor of the saved object") for item in held]
    same = len(found) == 3 and all(f.dtype == v.dtype and torch.equal(f, v) for f, v in zip(found, values, strict=True))
    check(same, "The object was changed by saving it.")


# ---- parameters in files ----------------------------------------------------------------------------------------------


@criterion("save_load", hint="Save the parameters as they are: no .half() and no .float().")
def test_float64_keeps_its_digits(student, props, elsewhere):
    """A net of float64 keeps its dtype and all its digits."""
    state = {"weight": tensor(40, 2, 3, dtype=torch.float64) / 3, "bias": tensor(41, 2, dtype=torch.float64) / 3}
    student.save_params(filled(props.in_double(), state), "double.pt")
    there = carried(elsewhere.loaded(), "double.pt")
    clone = there.student.load_clone(there.props.in_double, "double.pt")
    check(holds(clone, state), "Digits of float64 are lost on the way.")


@criterion("save_load", hint="load_state_dict is strict by itself: leave strict=False out, and catch no error.")
def test_a_name_left_over_raises(student, worker, props):
    """A file with a name that the module does not have raises an error."""
    worker.save({**TWO_LAYERS, "3.weight": FIRST}, "more.pt")
    with raises(Exception, "a file with a name too many"):
        student.load_clone(props.two_layers, "more.pt")


@criterion("save_load", hint="copy_ stretches small tensors to a larger shape: compare the shapes, or use load_state_dict.")
def test_another_shape_raises(student, worker, props):
    """A file with a tensor of another shape raises an error."""
    worker.save({**TWO_LAYERS, "0.bias": torch.ones(1)}, "shape.pt")
    with raises(Exception, "a file with a tensor of another shape"):
        student.load_clone(props.two_layers, "shape.pt")


@criterion("save_load", hint="Names decide, not the order of the entries.")
def test_the_order_in_the_file_does_not_matter(student, worker, props):
    """The entries of a file may stand in any order: their names decide."""
    state = state_of_heads(100)
    swapped = {"first": "second", "second": "first"}
    names = [f"{swapped.get(layer, layer)}.{part}" for layer, _, part in (name.partition(".") for name in state)]
    worker.save({name: state[name] for name in names}, "order.pt")
    check(holds(student.load_clone(props.two_heads, "order.pt"), state), "An entry of the file went to another name.")


@criterion("save_load", hint="Call factory() in load_clone, each time anew.", diagnoses=[gives_back_the_same_clone])
def test_two_clones_share_nothing(student, worker, props):
    """Two clones of one file are two modules: writing into one leaves the other as it was."""
    worker.save(TWO_LAYERS, "twice.pt")
    first, second = (student.load_clone(props.two_layers, "twice.pt") for _ in range(2))
    for parameter in first.parameters():
        set_value(parameter, torch.zeros(parameter.shape))
    assert_close(second(X), two_layers(X), "the output of the second clone")


@criterion("save_load", hint="Eval mode freezes nothing: leave requires_grad as factory() made it.",
           diagnoses=[freezes_the_clone])  # fmt: skip
def test_a_clone_can_be_trained(student, worker, props):
    """A clone can be trained on: gradients flow through its output."""
    worker.save(TWO_LAYERS, "trained.pt")
    backward(student.load_clone(props.two_layers, "trained.pt")(X), "the output of the clone")


@criterion("save_load", hint="A second save to the same path replaces the file.")
def test_a_second_save_of_parameters_replaces_the_first(student, props, elsewhere):
    """Parameters that are saved to the same path a second time replace what was there."""
    net = props.two_layers()
    student.save_params(net, "params_again.pt")
    student.save_params(filled(net, TWO_LAYERS), "params_again.pt")
    there = carried(elsewhere.loaded(), "params_again.pt")
    clone = there.student.load_clone(there.props.two_layers, "params_again.pt")
    check(holds(clone, TWO_LAYERS), "After a second save to the same path, the clone is not the net that was saved last.")


@criterion("save_load", hint="A path may be a str or a pathlib.Path: hand it on as it is.", diagnoses=[params_wants_a_string])
def test_a_path_of_parameters_may_be_a_path(student, props, elsewhere):
    """save_params and load_clone take a pathlib.Path as well as a str."""
    student.save_params(filled(props.two_layers(), TWO_LAYERS), props.as_path("params_path.pt"))
    there = carried(elsewhere.loaded(), "params_path.pt")
    clone = there.student.load_clone(there.props.two_layers, there.props.as_path("params_path.pt"))
    assert_close(clone(X), two_layers(X), "the output of the clone")


@criterion("save_load", hint="Saving only reads: leave the net's values, dtype and device alone.")
def test_saving_leaves_the_net_as_it_was(student, props):
    """A net holds the same after it was saved."""
    net = filled(props.two_layers(), TWO_LAYERS)
    student.save_params(net, "left.pt")
    check(holds(net, TWO_LAYERS), "The net was changed by saving it.")


# ---- modes ------------------------------------------------------------------------------------------------------------


@criterion("modes", hint="clone.eval() reaches every module, however deep. A flag set by hand does not.")
def test_modules_deep_inside_are_in_eval_mode(student, worker, props):
    """Modules deep inside the clone are in eval mode, too."""
    clone = clone_of(student, worker, props.deep_dropout(), props.deep_dropout, "deep.pt")
    output = fetch(clone(X), "the output of the clone")
    check(torch.equal(output, X), "A module deep inside the clone is still in train mode.")


@criterion("modes", hint="clone.eval() sets the clone itself and all modules inside. A loop over children() leaves it out.")
def test_the_clone_itself_is_in_eval_mode(student, worker, props):
    """The clone itself is in eval mode, not only the modules inside it."""
    clone = clone_of(student, worker, props.only_dropout(), props.only_dropout, "itself.pt")
    output = fetch(clone(X), "the output of the clone")
    check(torch.equal(output, X), "The clone itself is still in train mode.")


# ---- transfer ---------------------------------------------------------------------------------------------------------


@criterion("transfer", hint="net.state_dict() has buffers and frozen parameters, too; named_parameters() has no buffers.",
           diagnoses=[leaves_buffers_alone])  # fmt: skip
def test_buffers_and_frozen_parameters_are_transferred(student, props):
    """Buffers, such as running statistics and their counter, are transferred like parameters; frozen ones as well."""
    net = props.with_statistics()
    student.transfer_matching(STATISTICS, net)
    check(holds(net, STATISTICS), "Buffers or frozen parameters were not transferred.")


@criterion("transfer", hint="Write into the parameters that are there: an optimiser may hold them.")
def test_parameters_stay_the_same_objects(student, props):
    """The parameters stay the objects that they were: what is written into an old one is seen in the net."""
    net, new = props.two_heads(), tensor(130, 3, 3)
    weight = net.first.weight
    student.transfer_matching(state_of_heads(131), net)
    set_value(weight, new)
    check(
        torch.equal(net.first.weight.value, new), "The net has new parameters: what holds the old ones can no longer train it."
    )


@criterion("transfer", hint="Only read from state: no pop, no del, and no tensor of it as the net's own.",
           diagnoses=[takes_over_the_state])  # fmt: skip
def test_state_stays_as_it_was(student, worker, props):
    """`state` keeps its entries, and training the net later does not change them."""
    net, state = props.two_heads(), {**state_of_heads(140), "other.weight": SECOND}
    held = worker.put(dict(state))
    student.transfer_matching(held, net)
    set_value(net.first.weight, torch.zeros(3, 3))
    check(sorted(held) == sorted(state), "Entries of `state` were removed or added.")
    assert_equal(held["first.weight"], state["first.weight"], "an entry of `state` after the net was changed")


@criterion("transfer", hint="Freezing is another step: leave requires_grad as it is.",
           diagnoses=[freezes_what_it_transfers])  # fmt: skip
def test_what_was_loaded_can_be_trained(student, props):
    """After the transfer all parameters of the net can be trained as before."""
    net = props.two_heads()
    student.transfer_matching(state_of_heads(150), net)
    backward(net.first(X), "the output of a transferred layer")


@criterion("transfer", hint="Only the matching entries are written: call neither eval() nor train().")
def test_transfer_leaves_the_mode_alone(student, props):
    """The transfer leaves the net in train mode, if it was in train mode."""
    net = props.two_dropouts()
    student.transfer_matching({}, net)
    check(not bool(fetch(net(X), "the output of the net").any()), "The net is no longer in train mode after the transfer.")
