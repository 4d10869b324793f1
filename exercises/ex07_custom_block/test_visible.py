"""The checks of ex07 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import ast

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
    given,
    gradcheck,
    seeds,
    set_value,
    sizes,
    tensor,
)
from grader.suite.diagnoses import forgets_return, forgets_super_init, is_no_module, leaves_autograd

X, OTHER = tensor(1, 6, 4), tensor(2, 6, 4)
KEYS = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
SHAPES = [(5, 4), (5,), (3, 5), (3,)]


def made(student):
    """A block of the sizes 4, 5 and 3. Whether there may be other sizes belongs to values."""
    try:
        return student.CustomBlock(4, 5, 3)
    except StudentError as error:
        try:
            return student.CustomBlock()
        except StudentError:
            raise error from None


def filled(block, seed=10):
    """The block in eval mode, with positive numbers of ours in its parameters: where ReLU stands is then no matter."""
    block.eval()
    for number, parameter in enumerate(block.parameters()):
        set_value(parameter, tensor(seed + number, *parameter.shape).abs())
    return block


def set_layers(block, seed, d_in, hidden, d_out):
    """Write numbers of ours into two layers of different sizes, found by their shapes, whatever their names are.

    Return what the block then computes of x, as a function.
    """
    w1, b1 = tensor(seed, hidden, d_in), tensor(seed + 1, hidden)
    w2, b2 = tensor(seed + 2, d_out, hidden), tensor(seed + 3, d_out)
    values = {tuple(value.shape): value for value in (w1, b1, w2, b2)}
    for parameter in block.parameters():
        if tuple(parameter.shape) in values:
            set_value(parameter, values[tuple(parameter.shape)])
    return lambda x, middle=torch.relu: middle(x @ w1.T + b1) @ w2.T + b2


def weight_shapes(block):
    """The shapes of the first two weights, whatever the layers are called."""
    return [tuple(parameter.shape) for parameter in block.parameters() if parameter.dim() == 2][:2]


def computes(student, change):
    """Whether the block computes `change(f)` of many inputs, where f is what it should compute."""
    block, x = made(student), tensor(5, 32, 4)
    wanted = change(set_layers(block, 7, 4, 5, 3))(x)
    return torch.allclose(block(x).detach(), wanted, atol=1e-2)


def linear(h):
    """No activation."""
    return h


@diagnosis()
def has_no_relu(student):
    """There is no ReLU between fc1 and fc2: without it, both layers together are one linear layer."""
    return computes(student, lambda f: lambda x: f(x, linear))


@diagnosis()
def clips_the_output(student):
    """ReLU is applied to the output: it belongs between fc1 and fc2, and the output may be negative."""
    both = computes(student, lambda f: lambda x: torch.relu(f(x)))
    return both or computes(student, lambda f: lambda x: torch.relu(f(x, linear)))


@diagnosis()
def activates_the_input(student):
    """ReLU is applied to the input: it belongs between fc1 and fc2."""
    both = computes(student, lambda f: lambda x: f(torch.relu(x)))
    return both or computes(student, lambda f: lambda x: f(torch.relu(x), linear))


@diagnosis()
def has_another_activation(student):
    """There is another function than ReLU between fc1 and fc2."""
    others = (torch.sigmoid, torch.tanh, torch.nn.functional.leaky_relu, torch.nn.functional.gelu, torch.abs)
    return any(computes(student, lambda f, g=g: lambda x: f(x, g)) for g in others)


@diagnosis()
def changes_the_output(student):
    """Something is done to what fc2 gives: the block must end with fc2."""
    block = made(student)
    set_layers(block, 7, 4, 5, 3)
    set_value(block.fc2.weight, torch.zeros(3, 5))
    return not torch.allclose(block(X).detach(), block.fc2.bias.value.expand(6, 3), atol=1e-3)


@diagnosis()
def gives_another_result_each_time(student):
    """Two calls with the same input differ: make the layers once, in `__init__`, and use nothing random in `forward`."""
    block = made(student)
    return not torch.equal(block(X).detach(), block(X).detach())


@diagnosis()
def makes_layers_in_forward(source):
    """The layers are made in `forward`: make them in `__init__`, once."""
    method = source.method("CustomBlock", "forward")
    return method is not None and "Linear(" in ast.unparse(method)


@diagnosis()
def has_a_frozen_parameter(student):
    """A parameter has requires_grad=False: it will never learn."""
    return any(not parameter.requires_grad for parameter in made(student).parameters())


@diagnosis()
def lacks_a_bias(student):
    """A layer has no bias: leave `bias=False` out."""
    names = [name for name, _ in made(student).named_parameters()]
    return any(name.endswith("weight") and name.replace("weight", "bias") not in names for name in names)


@diagnosis()
def has_a_third_layer(student):
    """There are more layers than fc1 and fc2: the block has these two alone."""
    return len(list(made(student).parameters())) > 4


@diagnosis()
def lacks_the_names(student):
    """The layers must be called `fc1` and `fc2`: self.fc1 = ..., self.fc2 = ..."""
    names = {name.partition(".")[0] for name in made(student).state_dict()}
    return bool(names) and not {"fc1", "fc2"} <= names


@diagnosis()
def hides_its_layers(student):
    """Layers in a Python list or dict are not registered: make them attributes, self.fc1 and self.fc2."""
    block = made(student)
    block(X)
    return len(list(block.parameters())) == 0


@diagnosis()
def uses_the_name_again(source):
    """`CustomBlock = CustomBlock()` gives the class's name to an object: call the object something else, such as `block`."""
    return source.text_of("CustomBlock").replace(" ", "").startswith("CustomBlock=CustomBlock(")


@diagnosis()
def ignores_the_sizes(student):
    """The sizes are written into the code as numbers: use in_features, hidden and out_features."""
    return weight_shapes(student.CustomBlock(3, 6, 2)) == weight_shapes(student.CustomBlock(4, 5, 3))


@diagnosis()
def takes_no_sizes(student):
    """`CustomBlock` takes no sizes: write `def __init__(self, in_features=4, hidden=5, out_features=3)`, and use all three."""
    student.CustomBlock()
    try:
        student.CustomBlock(4, 5, 3)
    except StudentError as error:
        return isinstance(error, TypeError)
    return False


@diagnosis()
def lacks_the_defaults(student):
    """`CustomBlock()` does not work: the sizes need defaults, in_features=4, hidden=5, out_features=3."""
    student.CustomBlock(4, 5, 3)(X)
    try:
        student.CustomBlock()
    except StudentError:
        return True
    return False


@criterion(
    "shapes",
    gate=True,
    hint="(n, in_features) goes in, (n, out_features) comes out.",
    diagnoses=[uses_the_name_again, forgets_return, is_no_module, forgets_super_init, takes_no_sizes, makes_layers_in_forward],
)
def test_a_batch_of_rows(student):
    """A batch of shape (n, in_features) gives (n, out_features)."""
    assert_shape(assert_computes(filled(made(student)), X, OTHER), (6, 3))


@criterion(
    "values",
    gate=True,
    hint="x goes through fc1, then ReLU, then fc2, and nothing else.",
    diagnoses=[
        uses_the_name_again,
        forgets_return,
        forgets_super_init,
        takes_no_sizes,
        hides_its_layers,
        makes_layers_in_forward,
        lacks_a_bias,
        gives_another_result_each_time,
        has_no_relu,
        activates_the_input,
        clips_the_output,
        has_another_activation,
        changes_the_output,
    ],
)
@given(n=sizes(2, 4), seed=seeds(), examples=10)
def test_fc1_then_relu_then_fc2(student, n, seed):
    """The block computes fc2(relu(fc1(x))), with the weights and biases that fc1 and fc2 hold."""
    block, x = made(student), tensor(seed + 9, n, 4)
    formula = set_layers(block, seed, 4, 5, 3)
    assert_close(block(x), formula(x), rtol=1e-5, atol=1e-3)


@criterion(
    "values",
    hint="nn.Linear(in_features, hidden) and nn.Linear(hidden, out_features).",
    diagnoses=[takes_no_sizes, ignores_the_sizes],
)
@given(d_in=sizes(1, 3), hidden=sizes(4, 6), d_out=sizes(1, 3), examples=6)
def test_the_sizes_decide(student, d_in, hidden, d_out):
    """in_features, hidden and out_features decide on the sizes of fc1 and fc2."""
    found = weight_shapes(student.CustomBlock(in_features=d_in, hidden=hidden, out_features=d_out))
    assert_equal(found, [(hidden, d_in), (d_out, hidden)], "the shapes of fc1.weight and fc2.weight")


@criterion("values", hint="def __init__(self, in_features=4, hidden=5, out_features=3)", diagnoses=[lacks_the_defaults])
def test_the_defaults(student):
    """Without arguments, the block takes 4 features, has 5 in the middle, and gives 3."""
    assert_equal(weight_shapes(student.CustomBlock()), [(5, 4), (3, 5)], "the shapes of fc1.weight and fc2.weight")


@criterion(
    "gradients",
    gate=True,
    hint="Use the layers themselves in forward: no .data, no .detach(), no torch.no_grad().",
    diagnoses=[
        uses_the_name_again,
        forgets_return,
        forgets_super_init,
        takes_no_sizes,
        leaves_autograd,
        hides_its_layers,
        has_a_frozen_parameter,
    ],
)
@given(n=sizes(1, 3), seed=seeds(), examples=5)
def test_gradients_of_both_layers(student, n, seed):
    """The weights and biases of both layers get the gradients of what the block computes."""
    block = filled(made(student), seed)
    found = list(block.parameters())[:4]  # a further layer is charged under registration
    check(len(found) > 0, "The block lists no parameters.")
    gradcheck(block, tensor(seed + 8, n, 4).abs(), parameters=found)


@criterion(
    "registration",
    gate=True,
    hint="self.fc1 = nn.Linear(...) and self.fc2 = nn.Linear(...), and no other parameters.",
    diagnoses=[
        uses_the_name_again,
        is_no_module,
        forgets_super_init,
        takes_no_sizes,
        makes_layers_in_forward,
        hides_its_layers,
        has_a_third_layer,
        lacks_the_names,
    ],
)
def test_four_parameters_make_the_block(student):
    """The parameters are fc1.weight, fc1.bias, fc2.weight and fc2.bias, with the shapes of the two layers."""
    found = {name: tuple(parameter.shape) for name, parameter in made(student).named_parameters()}
    assert_equal(found, dict(zip(KEYS, SHAPES, strict=True)), "the named parameters")


@criterion(
    "save_load",
    gate=True,
    hint="Registered layers are in the state_dict by themselves; write no saving code of your own.",
    diagnoses=[uses_the_name_again, forgets_return, forgets_super_init, takes_no_sizes, hides_its_layers],
)
def test_state_dict_carries_the_block(student):
    """A block that loads another one's state_dict computes the same."""
    first, second = filled(made(student)), filled(made(student), 30)
    wanted = assert_computes(first, X, OTHER).detach()
    second.load_state_dict(first.state_dict())
    assert_close(second(X), wanted, "the output after loading")


@criterion(
    "modes",
    gate=True,
    hint="The block computes the same in training and in evaluation.",
    diagnoses=[uses_the_name_again, forgets_return, is_no_module, forgets_super_init, takes_no_sizes],
)
def test_same_in_train_and_eval(student):
    """The block gives the same result in train mode and in eval mode."""
    block = filled(made(student))
    block.train()
    trained = assert_computes(block, X, OTHER)
    block.eval()
    assert_close(block(X), trained.detach(), "the output in eval mode")
