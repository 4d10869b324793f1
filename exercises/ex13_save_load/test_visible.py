"""The checks of ex13 that you may read. The hidden ones ask the same questions of more tensors, nets and files.

Saving and loading are asked of two Python processes: what only the first one remembers, the second one does not know.
The names of the files differ from check to check, so that none finds what another one wrote.
"""

import re

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
    given,
    isinstance_of,
    kept,
    raises,
    sampled_from,
    seeds,
    set_value,
    tensor,
)
from grader.suite.diagnoses import forgets_super_init, leaves_autograd

SINGLE, OTHER = tensor(1, 4, 3), tensor(2, 4, 3)
CONTAINERS = {"pair": (1, 2), "rows": [[3], []], "deep": {"inner": ([4], (), {}), "tensors": ([tensor(3, 2)],)}}
SCALARS = [0, -7, 2**40, True, False, 0.1, 1.0, "bias", "张量", "", None]
DTYPES = {
    "int64": torch.tensor([1, -2]),
    "float64": torch.tensor([1.0, 2.0], dtype=torch.float64) / 3,
    "float16": tensor(5, 3, dtype=torch.float16),
    "bfloat16": tensor(6, 3, dtype=torch.bfloat16),
    "complex64": torch.complex(tensor(7, 3), tensor(8, 3)),
    "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
}
TWO_LAYERS = {"0.weight": tensor(10, 4, 3), "0.bias": tensor(11, 4), "2.weight": tensor(12, 2, 4), "2.bias": tensor(13, 2)}
STATISTICS = {
    "0.weight": tensor(30, 4, 3),
    "0.bias": tensor(31, 4),
    "1.weight": tensor(32, 4),
    "1.bias": tensor(33, 4),
    "1.running_mean": tensor(34, 4),
    "1.running_var": tensor(35, 4).abs(),
    "1.num_batches_tracked": torch.tensor(2**53 + 1),  # an integer that no float holds
}


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
    """What the net of `props.two_layers` computes with the state TWO_LAYERS."""
    weight, bias, weight2, bias2 = TWO_LAYERS.values()
    return torch.relu(x @ weight.T + bias) @ weight2.T + bias2


def holds(net, state):
    """Whether a net's state holds just these tensors."""
    found = net.state_dict()
    return found.keys() == state.keys() and all(
        found[name].dtype == value.dtype and torch.equal(found[name], value) for name, value in state.items()
    )


def carried(there, *names):
    """The other process, once these files are there."""
    for name in names:
        there.receive(name)
    return there


def reads(there, name):
    """What load_tensors of another process reads from a file that is carried there."""
    return carried(there, name).student.load_tensors(name)


def refused(blank, name):
    """The error with which torch itself refuses a file in a process without the submission; None if it reads the file."""
    try:
        carried(blank, name).torch.load(name, weights_only=True)
    except StudentError as error:
        return error
    return None


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


def kinds(thing):
    """The kinds of a container and of all that is in it, numbers and tensors with their values."""
    if isinstance(thing, torch.Tensor):
        return thing.dtype, thing.tolist()
    if type(thing) is dict:
        return "dict", {key: kinds(value) for key, value in thing.items()}
    if type(thing) in (list, tuple):
        return type(thing).__name__, [kinds(item) for item in thing]
    return thing


def state_of_heads(seed):
    """A state_dict for `props.two_heads`, its names in another order than the net's."""
    names = [f"{layer}.{part}" for layer in ("second", "last", "first", "body") for part in ("weight", "bias")]
    shapes = {"last.weight": (2, 3), "last.bias": (2,)}
    return {
        name: tensor(seed + number, *shapes.get(name, (3, 3) if name.endswith("weight") else (3,)))
        for number, name in enumerate(names)
    }


# ---- what a failure may come from: MLP ---------------------------------------------------------------------------------


@diagnosis()
def mlp_returns_nothing(student):
    """`forward` of MLP gives nothing back: its last line lacks a `return`."""
    return student.MLP()(torch.zeros(2, 20)) is None


@diagnosis()
def is_an_instance(student, worker):
    """`MLP` is not the class but one net: another name is needed for `net = MLP()`."""
    return isinstance_of(student.MLP, worker.nn.Module)


@diagnosis()
def names_other_layers(student):
    """The two layers must be called `hidden` and `output`: the names in the file come from them."""
    names = {name.partition(".")[0] for name in student.MLP().state_dict()}
    return not names >= {"hidden", "output"}


@diagnosis()
def has_other_sizes(student):
    """The layers have other sizes: `hidden` takes 20 and gives 256, `output` takes 256 and gives 10, both with a bias."""
    state = student.MLP().state_dict()
    found = {name: tuple(value.shape) for name, value in state.items() if name.partition(".")[0] in ("hidden", "output")}
    wanted = {"hidden.weight": (256, 20), "hidden.bias": (256,), "output.weight": (10, 256), "output.bias": (10,)}
    return found != wanted


@diagnosis()
def drops_in_the_mlp(student):
    """Two calls with the same input give different results: there should be no dropout in this MLP."""
    mlp = student.MLP()
    return not torch.equal(mlp(torch.ones(8, 20)), mlp(torch.ones(8, 20)))


@diagnosis()
def has_another_activation(student):
    """Positive values of the hidden layer do not reach the output as they are: the activation should be a ReLU."""
    mlp = minus_one(student)
    set_value(mlp.hidden.bias, torch.full((256,), 3.0))
    set_value(mlp.output.weight, torch.ones(10, 256))
    return not torch.equal(mlp(torch.zeros(1, 20)).detach(), torch.full((1, 10), 768.0))


@diagnosis()
def has_no_relu_between(student):
    """Negative values of the hidden layer reach the output: a ReLU belongs between the two layers."""
    mlp = minus_one(student)
    set_value(mlp.output.weight, torch.ones(10, 256))
    return bool((mlp(torch.zeros(1, 20)) < 0).all())


@diagnosis()
def clips_the_output(student):
    """No negative value ever comes out: there should be no activation after the last layer."""
    mlp = minus_one(student)
    set_value(mlp.output.bias, torch.full((10,), -1.0))
    return bool((mlp(torch.zeros(1, 20)) >= 0).all())


def minus_one(student):
    """An MLP whose hidden values are all -1, and which uses none of them."""
    mlp = student.MLP()
    set_value(mlp.hidden.bias, torch.full((256,), -1.0))
    set_value(mlp.output.weight, torch.zeros(10, 256))
    set_value(mlp.output.bias, torch.zeros(10))
    return mlp


# ---- what a failure may come from: tensors -----------------------------------------------------------------------------


@diagnosis()
def load_tensors_returns_nothing(student):
    """load_tensors gives nothing back: its last line lacks a `return`."""
    student.save_tensors(SINGLE, "nothing.pt")
    return student.load_tensors("nothing.pt") is None


@diagnosis()
def swaps_object_and_path(error):
    """torch.save takes the object first and the path second; here they are swapped."""
    return "expected 'f' to be string, path" in getattr(error, "text", "")


@diagnosis()
def writes_no_tensor_file(student, elsewhere):
    """After save_tensors(obj, path) there is no file at `path`: use just the path that is given."""
    student.save_tensors(SINGLE, "asked.pt")
    return lacks(elsewhere, "asked.pt")


@diagnosis()
def remembers_tensors(student, elsewhere):
    """The object comes back in the same process and not in another one: it is remembered in a variable, not in the file."""
    student.save_tensors(SINGLE, "here.pt")
    if not torch.equal(student.load_tensors("here.pt"), SINGLE):
        return False
    try:
        return not torch.equal(reads(elsewhere.loaded(), "here.pt"), SINGLE)
    except StudentError:
        return True


def lacks(elsewhere, name):
    """Whether there is no such file to carry to another process."""
    try:
        elsewhere.blank().receive(name)
    except StudentError:
        return True
    return False


@diagnosis()
def tuples_become_lists(student):
    """A tuple comes back as a list: keep each kind of container."""
    student.save_tensors((1, 2), "pair.pt")
    return type(student.load_tensors("pair.pt")) is list


@diagnosis()
def tensors_wants_a_string(student, props):
    """A pathlib.Path is not taken as a path: leave the path as it is, torch.save and torch.load take both kinds."""
    student.save_tensors(SINGLE, "text.pt")
    student.load_tensors("text.pt")
    try:
        student.save_tensors(SINGLE, props.as_path("path.pt"))
        return student.load_tensors(props.as_path("path.pt")) is None
    except StudentError:
        return True


# ---- what a failure may come from: parameters --------------------------------------------------------------------------


@diagnosis()
def writes_no_parameter_file(student, props, elsewhere):
    """After save_params(net, path) there is no file at `path`: use just the path that is given."""
    student.save_params(props.two_layers(), "asked.pt")
    return lacks(elsewhere, "asked.pt")


@diagnosis()
def never_calls_state_dict(student, props, elsewhere, source):
    """`state_dict` without parentheses is the method itself, not the state: call it, `net.state_dict()`."""
    student.save_params(props.two_layers(), "method.pt")
    called = re.search(r"\.state_dict\(", source.text_of("save_params"))
    return (
        ".state_dict" in source.text_of("save_params") and not called and refused(elsewhere.blank(), "method.pt") is not None
    )


@diagnosis()
def saves_the_whole_module(student, props, elsewhere):
    """The file holds the module itself: save its state_dict instead, which is a dict of tensors."""
    student.save_params(props.two_layers(), "whole.pt")
    error = refused(elsewhere.blank(), "whole.pt")
    return error is not None and "torch.nn.modules" in error.text


@diagnosis()
def remembers_parameters(student, props, elsewhere):
    """The state comes back in the same process and not in another one: it is remembered in a variable, not in the file."""
    student.save_params(filled(props.two_layers(), TWO_LAYERS), "here.pt")
    if not holds(student.load_clone(props.two_layers, "here.pt"), TWO_LAYERS):
        return False
    there = carried(elsewhere.loaded(), "here.pt")
    try:
        return not holds(there.student.load_clone(there.props.two_layers, "here.pt"), TWO_LAYERS)
    except StudentError:
        return True


@diagnosis()
def never_calls_the_factory(student, worker, props):
    """load_clone never calls `factory()`: call it, and load the file into the module that it returns."""
    worker.save(props.two_layers().state_dict(), "called.pt")
    try:
        student.load_clone(props.refuses, "called.pt")
    except StudentError as error:
        return "the factory was called" not in error.text
    return True


@diagnosis()
def does_not_load(student, worker, props):
    """The clone has new values of its own: load what the file holds into it."""
    worker.save(TWO_LAYERS, "loaded.pt")
    return not torch.equal(student.load_clone(props.two_layers, "loaded.pt")[0].weight.value, TWO_LAYERS["0.weight"])


@diagnosis()
def loads_an_incomplete_file(student, worker, props):
    """A file that lacks a name is loaded without a word: this should raise an error."""
    worker.save({name: value for name, value in TWO_LAYERS.items() if name != "2.bias"}, "lacks.pt")
    student.load_clone(props.two_layers, "lacks.pt")
    return True


@diagnosis()
def leaves_out_buffers(student, worker, props):
    """Buffers, such as BatchNorm's running statistics or its counter, are not in the file: save all of net.state_dict()."""
    student.save_params(props.with_statistics(), "buffers.pt")
    return not set(worker.load("buffers.pt")) >= {"1.running_mean", "1.running_var", "1.num_batches_tracked"}


@diagnosis()
def leaves_out_what_is_frozen(student, worker, props):
    """Frozen parameters are not in the file: save all of net.state_dict()."""
    student.save_params(props.with_statistics(), "frozen.pt")
    return "0.weight" not in worker.load("frozen.pt")


# ---- what a failure may come from: modes and transfer ------------------------------------------------------------------


@diagnosis()
def never_calls_eval(source):
    """`.eval` without parentheses does nothing: call it, `.eval()`."""
    text = source.text_of("load_clone")
    return bool(re.search(r"\.eval\b", text)) and not re.search(r"\.eval\(", text)


@diagnosis()
def clone_drops_values(student, worker, props):
    """The clone's Dropout still drops values: it is in train mode."""
    clone = clone_of(student, worker, props.with_dropout(), props.with_dropout, "drops.pt")
    return not bool(clone(SINGLE).any())


@diagnosis()
def clone_uses_batch_statistics(student, worker, props):
    """The clone's BatchNorm still takes the statistics of the batch: it is in train mode."""
    clone = clone_of(student, worker, props.with_dropout(), props.with_dropout, "batch.pt")
    normalised = clone[1](tensor(3, 8, 4) + 5)
    return bool(normalised.mean(0).abs().max() < 1)  # in eval mode this is about 5


@diagnosis()
def writes_where_autograd_records(error):
    """Parameters are written into while autograd records: do it under torch.no_grad(), or let load_state_dict do it."""
    return "leaf Variable that requires grad" in getattr(error, "text", "")


@diagnosis()
def loads_other_shapes(error):
    """load_state_dict refuses entries of another shape, with strict=False too: leave them out before."""
    return "size mismatch" in getattr(error, "text", "")


@diagnosis()
def loads_strictly(error):
    """load_state_dict asks for every name unless it is called with strict=False."""
    return "Missing key(s) in state_dict" in getattr(error, "text", "")


@diagnosis()
def transfers_nothing(student, props):
    """Nothing is loaded: the net's parameters are what they were before."""
    net, state = filled(props.two_heads(), state_of_heads(40)), state_of_heads(50)
    student.transfer_matching(state, net)
    return holds(net, {name: state_of_heads(40)[name] for name in net.state_dict()})


@diagnosis()
def goes_to_another_name(student, props):
    """An entry goes to a parameter of another name: go by the names, neither by the order nor by the shapes alone."""
    net, state = props.two_heads(), {"second.weight": tensor(60, 3, 3), "body.weight": tensor(61, 3, 3)}
    student.transfer_matching(state, net)
    return torch.equal(net.body.weight.value, state["second.weight"])


# ---- values -----------------------------------------------------------------------------------------------------------


@criterion(
    "values",
    gate=True,
    hint="MLP: the layer hidden, then a ReLU, then the layer output, and nothing after it.",
    diagnoses=[
        forgets_super_init,
        mlp_returns_nothing,
        is_an_instance,
        names_other_layers,
        has_other_sizes,
        drops_in_the_mlp,
        has_no_relu_between,
        clips_the_output,
        has_another_activation,
    ],
)
@given(seed=seeds(), examples=5)
def test_mlp(student, seed):
    """MLP computes output(relu(hidden(x)))."""
    values, x = mlp_values(seed), whole(seed + 4, 3, 20)
    assert_close(fill_mlp(student.MLP(), values)(x), mlp_output(x, values))


@criterion("values", hint="The layers work on the last dimension alone: no reshape, no flatten, no squeeze.")
@given(lead=sampled_from([(), (1,), (0,), (2, 3)]), seed=seeds(), examples=6)
def test_any_leading_dimensions(student, lead, seed):
    """One sample, batches of one and of none, and more dimensions: all but the last stay as they are."""
    values, x = mlp_values(seed), whole(seed + 4, *lead, 20)
    assert_close(fill_mlp(student.MLP(), values)(x), mlp_output(x, values))


@criterion("values", hint="Call the layers as they are in forward: no .data, no .detach(), no torch.no_grad().",
           diagnoses=[leaves_autograd])  # fmt: skip
def test_an_mlp_can_be_trained(student):
    """Gradients flow back through both layers of an MLP, and to its input."""
    values, x = mlp_values(50), whole(54, 3, 20).requires_grad_()
    mlp = fill_mlp(student.MLP(), values)
    backward(mlp(x))
    own_x, weight = x.detach().clone().requires_grad_(), values[0].requires_grad_()
    mlp_output(own_x, [weight, *values[1:]]).sum().backward()
    assert_close(mlp.hidden.weight.grad, weight.grad, "the gradient of the first layer")
    assert_close(x.grad, own_x.grad, "the gradient of the input")


# ---- tensors in files -------------------------------------------------------------------------------------------------


@criterion(
    "tensor_round_trip",
    gate=True,
    hint="torch.save writes a file, and torch.load reads it. Use the path that is given, and return what was read.",
    diagnoses=[swaps_object_and_path, load_tensors_returns_nothing, writes_no_tensor_file, remembers_tensors],
)
def test_a_tensor_comes_back_in_another_process(student, elsewhere):
    """Two tensors that are saved in two files come back in another process."""
    there, files = elsewhere.loaded(), {"one.pt": SINGLE, "two.pt": OTHER}
    for name, value in files.items():
        student.save_tensors(value, name)
    for name, value in files.items():
        assert_equal(reads(there, name), value, "the loaded tensor")


@criterion(
    "tensor_round_trip",
    gate=True,
    hint="torch.save writes such a file. A pickle, or an object of a class, may run any code when it is loaded.",
    diagnoses=[swaps_object_and_path, writes_no_tensor_file],
)
def test_torch_reads_the_file(student, elsewhere):
    """In a process without your file, torch.load(path, weights_only=True) reads what save_tensors wrote."""
    student.save_tensors({"x": SINGLE, "n": 3}, "plain.pt")
    check(refused(elsewhere.blank(), "plain.pt") is None, "The file is refused by torch.load(path, weights_only=True).")


@criterion("tensor_round_trip", hint="A tuple comes back as a tuple, and a list as a list, the empty ones too.",
           diagnoses=[tuples_become_lists])  # fmt: skip
def test_containers_keep_their_kind(student, elsewhere):
    """Lists, tuples and dicts come back as what they were, however they are nested, with the tensors in them."""
    student.save_tensors(CONTAINERS, "containers.pt")
    loaded = reads(elsewhere.loaded(), "containers.pt")
    check(
        kinds(loaded) == kinds(CONTAINERS),
        "A list, a tuple, a dict, or something deep inside one came back as something else.",
    )


@criterion("tensor_round_trip", hint="Only tensors are tensors: save numbers, strings and None as they are.")
def test_numbers_and_strings_stay_what_they_are(student, elsewhere):
    """Numbers, strings and None come back with their types and values."""
    student.save_tensors(SCALARS, "scalars.pt")
    loaded = reads(elsewhere.loaded(), "scalars.pt")
    items = [(type(item), item) for item in loaded] if isinstance(loaded, list) else []
    check(items == [(type(item), item) for item in SCALARS], "A number, a string or None came back as something else.")


@criterion("tensor_round_trip", hint="Save each tensor as it is, in its own dtype.")
def test_dtypes(student, elsewhere):
    """Tensors of every dtype come back in that dtype, with all their digits."""
    student.save_tensors(DTYPES, "dtypes.pt")
    loaded = reads(elsewhere.loaded(), "dtypes.pt")
    for name, value in DTYPES.items():
        assert_equal(loaded[name], value, "a loaded tensor")


@criterion("tensor_round_trip", hint="A path may be a str or a pathlib.Path: hand it on as it is.",
           diagnoses=[tensors_wants_a_string])  # fmt: skip
def test_a_path_may_be_a_path(student, props, elsewhere):
    """save_tensors and load_tensors take a pathlib.Path as well as a str."""
    student.save_tensors(SINGLE, props.as_path("path.pt"))
    there = carried(elsewhere.loaded(), "path.pt")
    assert_equal(there.student.load_tensors(there.props.as_path("path.pt")), SINGLE, "the loaded tensor")


# ---- parameters in files ----------------------------------------------------------------------------------------------


@criterion(
    "save_load",
    gate=True,
    hint="Save net.state_dict(). Load it into factory(), and return that module.",
    diagnoses=[
        never_calls_state_dict,
        saves_the_whole_module,
        writes_no_parameter_file,
        remembers_parameters,
        never_calls_the_factory,
        does_not_load,
    ],
)
def test_a_clone_computes_the_same_in_another_process(student, props, elsewhere):
    """A clone that is loaded in another process computes what the saved net computed."""
    student.save_params(filled(props.two_layers(), TWO_LAYERS), "two_layers.pt")
    there = carried(elsewhere.loaded(), "two_layers.pt")
    clone = there.student.load_clone(there.props.two_layers, "two_layers.pt")
    check(isinstance_of(clone, there.torch.nn.Module), "What load_clone gives back should be the new module.")
    assert_close(clone(SINGLE), two_layers(SINGLE), "the output of the clone")


@criterion(
    "save_load",
    gate=True,
    hint="Save net.state_dict(). A whole module in a file may run any code when it is loaded.",
    diagnoses=[never_calls_state_dict, saves_the_whole_module, writes_no_parameter_file],
)
def test_torch_reads_the_parameters(student, props, elsewhere):
    """In a process without your file, torch.load(path, weights_only=True) reads what save_params wrote."""
    student.save_params(props.two_layers(), "safe.pt")
    check(refused(elsewhere.blank(), "safe.pt") is None, "The file is refused by torch.load(path, weights_only=True).")


@criterion("save_load", hint="torch.save(net.state_dict(), path), and nothing around it.")
def test_the_file_holds_the_state_dict(student, props, elsewhere):
    """What torch.load reads is the state_dict: a dict with the names and the tensors of the net."""
    student.save_params(filled(props.two_layers(), TWO_LAYERS), "state.pt")
    state = carried(elsewhere.blank(), "state.pt").torch.load("state.pt", weights_only=True)
    names = sorted(state) if isinstance(state, dict) else []
    check(names == sorted(TWO_LAYERS), "The file should hold the state_dict itself, with the names of the net.")
    for name in names:
        assert_equal(fetch(state[name], "an entry of the file"), TWO_LAYERS[name], "an entry of the file")


@criterion("save_load", hint="All of the state_dict belongs in the file: parameters, frozen ones, and buffers.",
           diagnoses=[leaves_out_buffers, leaves_out_what_is_frozen])  # fmt: skip
def test_buffers_and_frozen_parameters_travel(student, props, elsewhere):
    """BatchNorm's running statistics and its counter travel with the parameters, and so do frozen parameters."""
    student.save_params(filled(props.with_statistics(), STATISTICS), "statistics.pt")
    there = carried(elsewhere.loaded(), "statistics.pt")
    clone = there.student.load_clone(there.props.with_statistics, "statistics.pt")
    check(holds(clone, STATISTICS), "Some entry of the clone's state is not what was saved.")


@criterion("save_load", hint="load_state_dict is strict by itself: leave strict=False out, and catch no error.",
           diagnoses=[loads_an_incomplete_file])  # fmt: skip
def test_a_missing_name_raises(student, worker, props):
    """A file that lacks a name of the module raises an error."""
    worker.save({name: value for name, value in TWO_LAYERS.items() if name != "2.bias"}, "missing.pt")
    with raises(Exception, "a file that lacks a name"):
        student.load_clone(props.two_layers, "missing.pt")


# ---- modes ------------------------------------------------------------------------------------------------------------


@criterion(
    "modes",
    gate=True,
    hint="eval() is a method: it is called with parentheses, and reaches all modules inside.",
    diagnoses=[never_calls_eval, clone_drops_values, clone_uses_batch_statistics],
)
def test_a_clone_is_in_eval_mode(student, worker, props):
    """The clone is in eval mode: its Dropout drops nothing, and its BatchNorm does not take the statistics of the batch."""
    clone = clone_of(student, worker, props.with_dropout(), props.with_dropout, "modes.pt")
    with torch.no_grad():
        output = clone(SINGLE)
    # in eval mode a new BatchNorm takes mean 0 and variance 1, and divides by the square root of 1 + eps
    hidden = SINGLE @ clone[0].weight.value.T + clone[0].bias.value
    assert_close(output, hidden / (1 + 1e-5) ** 0.5, "the output of the clone")


@criterion("modes", hint="state_dict() does not depend on the mode: call neither eval() nor train() for saving.")
def test_saving_leaves_the_modes_alone(student, props):
    """Saving leaves every module in the mode in which it was."""
    for number, wanted in enumerate([(True, True), (False, False), (True, False), (False, True)]):
        net = props.two_dropouts()
        for part, mode in zip(net, wanted, strict=True):
            part.train(mode)
        try:
            student.save_params(net, f"mode{number}.pt")
        except StudentError:
            return  # what cannot be saved at all is charged under "parameters in files"
        drops = tuple(not bool(fetch(part(SINGLE), "the output").any()) for part in net)
        check(drops == wanted, "A module is in another mode after saving than before.")


# ---- transfer ---------------------------------------------------------------------------------------------------------


@criterion(
    "transfer",
    gate=True,
    hint="Go by the names: state[name] belongs to net.state_dict()[name], wherever it stands.",
    diagnoses=[writes_where_autograd_records, goes_to_another_name, transfers_nothing],
)
def test_names_decide(student, props):
    """Entries go to the parameters of their names, in whatever order they stand, and the names are returned in a list."""
    net, state = props.two_heads(), state_of_heads(1)
    names = student.transfer_matching(state, net)
    check(holds(net, state), "Some parameters are not what `state` holds under their names.")
    check(type(names) is list, "What transfer_matching gives back should be a list of names.")
    check(sorted(names) == sorted(state), "The list should hold just the names of what was loaded, each once.")


@criterion("transfer", hint="Compare the whole shapes: value.shape == own[name].shape.",
           diagnoses=[loads_other_shapes, loads_strictly])  # fmt: skip
def test_other_shapes_stay_out(student, props):
    """Entries of another shape are left out; what fits is loaded all the same."""
    net, state = filled(props.two_heads(), state_of_heads(20)), state_of_heads(1)
    others = {
        "first.weight": tensor(1, 3),
        "last.weight": tensor(2, 3, 2),
        "second.bias": tensor(3, 1),
        "body.bias": tensor(4),
    }
    names = student.transfer_matching({**state, **others}, net)
    wanted = {**state, **{name: state_of_heads(20)[name] for name in others}}
    check(holds(net, wanted), "Some entry of another shape was loaded, or one of the same shape was not.")
    check(
        sorted(names) == sorted(set(state) - set(others)), "The list should hold just the names of what was loaded, each once."
    )


@criterion("transfer", hint="Pass over names that only one side has: neither state nor net has them all.",
           diagnoses=[loads_strictly])  # fmt: skip
def test_names_of_one_side_only_are_left_alone(student, props):
    """Names that only `state` has are passed over, and what only the net has stays as it was."""
    net, state = filled(props.two_heads(), state_of_heads(20)), state_of_heads(1)
    names = ["first.bias", "last.weight"]
    student.transfer_matching({"other.weight": OTHER, **{name: state[name] for name in names}, "first": OTHER}, net)
    wanted = {**state_of_heads(20), **{name: state[name] for name in names}}
    check(holds(net, wanted), "Something else was loaded than the entries whose names are in both.")
