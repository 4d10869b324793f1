"""The checks of ex08 that students do not get to read. Those that halve come last: a loop that never ends is met there."""

import contextlib

import torch

from grader.suite import (
    StudentError,
    assert_changed,
    assert_close,
    assert_equal,
    assert_shape,
    backward,
    check,
    criterion,
    diagnosis,
    fetch,
    gradcheck,
    kept,
    set_value,
    spread,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, leaves_autograd, overrides_call

DIM = 20


def times(made, factor, positive=False):
    """A tensor times a number, which an example still writes in one line."""
    product = (made.abs() if positive else made) * factor
    product.recipe = f"({made.recipe}).abs() * {factor!r}" if positive else f"{made.recipe} * {factor!r}"
    return product


SMALL = times(tensor(1, 2, DIM), 1 / 2, positive=True)
ZEROS = torch.zeros(1, DIM)
HIGH = times(tensor(4, DIM, DIM), 8.0, positive=True)


def made(student):
    """A module of size 20. Whether another size, and none, can be asked for belongs to shapes."""
    try:
        return student.FixedHiddenMLP(DIM)
    except StudentError as error:
        try:
            return student.FixedHiddenMLP()
        except StudentError:
            raise error from None


def constant_of(layer):
    """Its constant: `rand_weight`, or the buffer of that size, for a wrong name belongs to registration."""
    try:
        return layer.rand_weight
    except StudentError:
        found = [buffer for buffer in layer.buffers() if buffer.numel() == DIM * DIM]
        if not found:
            raise
        return found[0]


def trained(layer):
    """What is trained: all listed parameters but the constant, or those of a `linear` that is not registered."""
    names = [name for name, _ in layer.named_parameters()]
    found = [parameter for name, parameter in zip(names, layer.parameters(), strict=True) if name != "rand_weight"]
    return found or [layer.linear.weight, layer.linear.bias]


def put(layer, weight, bias):
    """Write these values into each linear layer, and return what it then computes, in float64.

    That there is one layer, and that it has a bias, belongs to registration.
    """
    targets = trained(layer)
    for parameter in targets:
        if len(parameter.shape) in (1, 2):
            set_value(parameter, weight if len(parameter.shape) == 2 else bias)
    added = bias if any(len(parameter.shape) == 1 for parameter in targets) else torch.zeros(DIM)
    return lambda x: x @ weight.double().T + added.double()


def fill(layer, seed=10):
    """Fill the parameters with positive values so small that |h| sums to less than 1: nothing is cut, nothing is halved."""
    for parameter in trained(layer):
        if len(parameter.shape) in (1, 2):
            factor = 1 / 8192 if len(parameter.shape) == 2 else 1 / 256
            set_value(parameter, times(tensor(seed, *parameter.shape), factor, positive=True))
    return layer


def number(output, dtype=None):
    """An output as one number. Whether it is a tensor of the right shape belongs to shapes."""
    return torch.tensor(output, dtype=dtype) if isinstance(output, float) else fetch(output, "the output").sum()


@diagnosis()
def has_another_default(student):
    """`dim` should be 20 where nothing is given: `def __init__(self, dim: int = 20)`."""
    made(student)(SMALL)
    try:
        student.FixedHiddenMLP()(SMALL)
    except StudentError:
        return True
    return False


@diagnosis()
def leaves_the_buffer_out_of_the_file(student):
    """`rand_weight` is a buffer, but not in the state_dict: no `persistent=False`, and no `state_dict` of your own."""
    layer = made(student)
    return "rand_weight" in [name for name, _ in layer.named_buffers()] and "rand_weight" not in list(layer.state_dict())


@diagnosis()
def takes_two_dimensions_alone(student):
    """Only inputs of two dimensions work. torch.mm and .T take matrices; `@` takes any number of leading dimensions."""
    layer = fill(made(student))
    layer(SMALL)
    try:
        layer(torch.zeros(2, 2, DIM))
    except StudentError:
        return True
    return False


@diagnosis()
def makes_a_float32_tensor(student):
    """After .to(dtype) all parameters and buffers have that dtype, but some tensor that `forward` uses is still float32."""
    layer = fill(made(student))
    layer(SMALL)
    layer.to(torch.bfloat16)
    y = None
    with contextlib.suppress(StudentError):
        y = layer(SMALL.bfloat16())
    moved = {part.dtype for part in [*layer.parameters(), *layer.buffers()]} == {torch.bfloat16}
    return moved and (y is None or y.dtype != torch.bfloat16)


@diagnosis()
def changes_its_input(student, worker):
    """A call changes the input tensor: give the result of each step a new name, and write nothing into x."""
    layer, copy = fill(made(student)), worker.put(SMALL)
    layer(copy)
    return not torch.equal(copy.value, SMALL)


@diagnosis()
def needs_contiguous_memory(source, names):
    """`.view` needs a tensor that is contiguous in memory ({where}); `.reshape` does not."""
    return next(({"where": where} for name in names if (where := source.uses(name, "view"))), False)


@diagnosis()
def keeps_a_plain_tensor(student):
    """`rand_weight` is a plain tensor, neither saved nor moved with the module: register it with `self.register_buffer`."""
    layer = made(student)
    names = [name for name, _ in layer.named_buffers()] + [name for name, _ in layer.named_parameters()]
    return "rand_weight" not in names and layer.rand_weight is not None and not list(layer.buffers())


@diagnosis()
def trains_the_constant(student):
    """`rand_weight` is an nn.Parameter, so it is listed in `parameters()`: make it a buffer."""
    return "rand_weight" in [name for name, _ in made(student).named_parameters()]


@diagnosis()
def shares_the_constant(student):
    """All modules have one and the same `rand_weight`: draw it in `__init__`, anew for each module."""
    first, second = made(student), made(student)
    set_value(constant_of(first), HIGH)
    return torch.equal(constant_of(second).value, HIGH)


@diagnosis()
def seeds_the_generator(source):
    """The code seeds torch's generator ({where}): then every new module gets the same constant."""
    where = source.calls("FixedHiddenMLP", "torch.manual_seed", "torch.random.manual_seed", "torch.Generator")
    return where and {"where": where}


def assert_slopes(layer, x, part=1 / 8):
    """The parameters' gradients agree with central differences, along lines on which each parameter changes by this part.

    The result is quadratic in each parameter as long as nothing is cut, and the number of halvings stays the same; so the
    differences are exact but for rounding, which is below 1e-5 where |h| sums to less than 1.
    """
    parameters = trained(layer)
    backward(number(layer(x)))
    for index, parameter in enumerate(parameters):
        value, gradient = parameter.value, parameter.grad
        check(gradient is not None, "A parameter gets no gradient.")
        for line in (value * part, value * part * tensor(70 + index, *value.shape) / 4):
            results = []
            for sign in (1, -1):
                set_value(parameter, value + sign * line)
                results.append(number(layer(x)).detach())
            set_value(parameter, value)
            rise = 2 * (gradient.value * line).sum()
            assert_close(
                rise, results[0] - results[1], "the rise that the gradient of a parameter predicts", rtol=1e-3, atol=3e-5
            )


def differentiate(layer):
    """Run a backward pass. What does not work in it belongs to gradients."""
    with contextlib.suppress(StudentError, RuntimeError):
        number(layer(SMALL)).backward()


def with_sum(student, total):
    """A module which, for zeros, gets an h whose entries add up to half of `total`, and their absolute values to `total`."""
    layer, weight = made(student), torch.zeros(DIM, DIM)
    for row, part in enumerate((0.25, -0.25, 0.375, 0.125)):
        weight[row, row] = part * total
    put(layer, weight, torch.zeros(DIM))
    return layer


@diagnosis()
def draws_without_torch(source):
    """The constant is drawn by another generator than torch's ({where}): use torch.rand."""
    names = ("random", "uniform", "randint", "Random", "rand", "default_rng")
    where = source.calls("FixedHiddenMLP", *[f"{package}.{name}" for package in ("random", "numpy.random") for name in names])
    return where and {"where": where}


@diagnosis()
def halves_what_sums_to_one(student):
    """h is halved even where its absolute values sum to exactly 1: the loop goes on while they sum to more than 1."""
    return float(number(with_sum(student, 1.0)(ZEROS)).detach()) == 0.25


@diagnosis()
def halves_in_one_mode(student):
    """In eval mode h is not halved as in train mode: the loop should not ask for `self.training`."""
    layer = with_sum(student, 6.0)
    training = float(number(layer(ZEROS)).detach())
    layer.eval()
    return float(number(layer(ZEROS)).detach()) != training


@diagnosis()
def halving_leaves_autograd(student):
    """h is halved, but its gradient is not: halve h itself, without `.data`, `.detach()`, `.item()` or torch.no_grad()."""
    layer = with_sum(student, 6.0)
    if not number(with_sum(student, 0.5)(ZEROS)).requires_grad:
        return False
    output = number(layer(ZEROS))
    if not output.requires_grad:
        return True
    output.backward()
    weight = next(parameter for parameter in trained(layer) if len(parameter.shape) == 2)
    return bool((weight.grad.value == 1).all())  # not 1/8


@criterion("shapes", hint="h.sum() gives 0 where there is nothing to add up.")
def test_batches_of_none_and_of_one(student):
    """Batches of none and of one sample give one number, too."""
    layer = fill(made(student))
    for n in (0, 1):
        assert_shape(layer(times(tensor(6, n, DIM), 1 / 4, positive=True)), ())


@criterion("shapes", hint="Give dim its default: def __init__(self, dim: int = 20).", diagnoses=[has_another_default])
def test_size_20_by_default(student):
    """Without an argument the module takes 20 features."""
    assert_shape(fill(student.FixedHiddenMLP())(SMALL), (), "the output of FixedHiddenMLP()")


@criterion("values", hint="No x *= or x += in forward: they change the caller's tensor.", diagnoses=[changes_its_input])
def test_input_stays_as_it_was(student, worker):
    """The input tensor is not modified."""
    copy = worker.put(SMALL)
    fill(made(student))(copy)
    assert_equal(copy.value, SMALL, "the input after the call")


@criterion(
    "values", hint="Draw in __init__, and do not seed the generator.", diagnoses=[shares_the_constant, seeds_the_generator]
)
def test_two_modules_differ(student):
    """Two new modules have different constants."""
    assert_changed(constant_of(made(student)).value, constant_of(made(student)).value, "the constant of a second module")


@criterion(
    "values",
    hint="Draw with torch, as in torch.rand(...): its global generator is what a seed set outside decides.",
    diagnoses=[draws_without_torch],
)
def test_a_seed_decides_the_constant(student, worker):
    """After the same torch.manual_seed, a new module has the same constant."""
    constants = []
    for _ in range(2):
        worker.torch.manual_seed(5)
        constants.append(constant_of(made(student)).value)
    assert_equal(constants[1], constants[0], "the constant of a module made after the same seed")


@criterion("gradients", hint="The gradient must flow back to the input, too.", diagnoses=[leaves_autograd])
def test_gradient_of_the_input(student):
    """The gradient flows back to the input."""
    layer = made(student)
    put(layer, times(tensor(10, DIM, DIM), 1 / 1024, positive=True), torch.zeros(DIM))
    gradcheck(layer, times(tensor(5, 1, DIM), 1 / 2, positive=True).requires_grad_())


@criterion("registration", hint="A buffer is in no optimiser's list.", diagnoses=[trains_the_constant])
def test_a_step_leaves_the_constant(student):
    """A training step over all parameters, with weight decay, leaves the constant as it was."""
    layer = fill(made(student))
    differentiate(layer)
    constant = constant_of(layer)
    before = constant.value
    for parameter in layer.parameters():
        if (gradient := parameter.grad) is not None:
            set_value(parameter, 0.9 * parameter.value - 0.1 * gradient.value)
    check(torch.equal(constant.value, before), "A training step changes the constant.")


@criterion("registration", hint="torch.rand(dim, dim), without requires_grad=True.", diagnoses=[trains_the_constant])
def test_no_gradient_for_the_constant(student):
    """The backward pass computes no gradient for the constant."""
    layer = fill(made(student))
    differentiate(layer)
    check(constant_of(layer).grad is None, "The constant gets a gradient; it should not require one.")


@criterion("registration", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
def test_hooks_fire(student, props):
    """The module is an nn.Module, and a forward hook sees its output."""
    layer = fill(made(student))
    plain = number(layer(SMALL)).detach()
    layer.register_forward_hook(props.add_one)
    assert_changed(number(layer(SMALL)), plain, "the output with a hook that adds 1")


@criterion(
    "save_load",
    hint="Whatever is neither a parameter nor a buffer is not in the file.",
    diagnoses=[leaves_the_buffer_out_of_the_file],
)
def test_a_file_carries_the_module_to_another_process(student, worker, elsewhere):
    """A module saved to a file computes the same when another process loads it."""
    layer = fill(made(student))
    set_value(constant_of(layer), HIGH)
    wanted = number(layer(SMALL)).detach()
    worker.save(kept(layer.state_dict), "module.pt")
    there = elsewhere.loaded()
    there.receive("module.pt")
    other = made(there.student)
    other.load_state_dict(kept(there.torch.load, "module.pt"))
    assert_close(number(other(SMALL)), wanted, "the output of the loaded module")


@criterion(
    "modes",
    hint="A registered buffer follows .double() by itself; make no float32 tensor in forward.",
    diagnoses=[fixes_the_dtype, keeps_a_plain_tensor, makes_a_float32_tensor],
)
def test_follows_a_dtype(student):
    """After .to(dtype) the module takes and gives that dtype."""
    layer = fill(made(student))
    for dtype in (torch.float64, torch.bfloat16):
        layer.to(dtype)
        y = layer(SMALL.to(dtype))
        check(isinstance(y, float) or y.dtype == dtype, "The output has another dtype than the module and its input.")


@criterion("modes", hint="Parameters and buffers follow .to(device) by themselves.", diagnoses=[keeps_a_plain_tensor])
def test_follows_a_device(student):
    """After .to('meta') the parameters and the constant are there."""
    layer = made(student)
    layer.to("meta")
    devices = {part.device.type for part in [*trained(layer), constant_of(layer)]}
    check(devices == {"meta"}, "Not all of the module's tensors moved to the other device.")


@criterion(
    "modes",
    hint="The matrix product `@` takes any number of leading dimensions.",
    diagnoses=[takes_two_dimensions_alone],
)
def test_any_leading_dimensions(student):
    """A single sample, or samples in more dimensions, give what they give as rows of a batch."""
    layer = fill(made(student))
    for lead in ((), (2, 2), (2, 1, 2)):
        x = times(tensor(7, *lead, DIM), 1 / 4, positive=True)
        rows = number(layer(x.reshape(-1, DIM))).detach()
        assert_close(number(layer(x)), rows, "the output with other leading dimensions")


@criterion("modes", hint="No .view on the input.", diagnoses=[needs_contiguous_memory])
def test_non_contiguous_input(student):
    """An input that is not contiguous in memory gives the same result."""
    layer, x = fill(made(student)), times(tensor(1, 4, DIM), 1 / 4, positive=True)
    plain = number(layer(x)).detach()
    assert_close(number(layer(spread(x))), plain, "the output for a non-contiguous input")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
def test_float64_keeps_its_digits(student):
    """In float64 the module loses no digits."""
    layer = made(student)
    layer.double()
    fill(layer)
    for parameter in trained(layer):
        set_value(parameter, parameter.value / 3)
    values = [parameter.value for parameter in trained(layer)]
    weight = next(value for value in values if value.dim() == 2)
    bias = next((value for value in values if value.dim() == 1), 0.0)
    x, constant = SMALL.double() / 3, constant_of(layer).value
    h = torch.relu((x @ weight.T + bias) @ constant + 1)
    error = (number(layer(x), torch.float64) - (h @ weight.T + bias).sum()).abs()
    check(not 1e-12 < error < 1e-5, "Digits of float64 are lost on the way.")  # a larger error is no matter of digits


@criterion("values", hint="The loop goes on while the sum is more than 1.", diagnoses=[halves_what_sums_to_one])
def test_a_sum_of_exactly_one_is_left(student):
    """Where the absolute values sum to exactly 1, nothing is halved any more."""
    for total in (1.0, 2.0):
        assert_close(number(with_sum(student, total)(ZEROS)), torch.tensor(0.5), "the output where the sum gets to 1")


@criterion("values", hint="The loop is the same in training and in evaluation.", diagnoses=[halves_in_one_mode])
def test_halves_in_evaluation(student):
    """In eval mode h is halved as in train mode."""
    layer = with_sum(student, 6.0)
    layer.eval()
    assert_close(number(layer(ZEROS)), torch.tensor(0.375), "the output in eval mode")


@criterion("values", hint="Leave out .float() in the loop: h / 2 has the dtype of h.", diagnoses=[fixes_the_dtype])
def test_halving_keeps_the_dtype(student):
    """Where h is float64, it is still float64 after it was halved."""
    small, large = with_sum(student, 0.5).double(), with_sum(student, 6.0).double()
    try:
        if fetch(small(ZEROS.double()), "the output").dtype != torch.float64:
            return
    except (StudentError, AssertionError):
        return  # what does not work without a loop, either, is charged under modes
    check(large(ZEROS.double()).dtype == torch.float64, "Where h is halved, the output has another dtype than elsewhere.")


@criterion("gradients", hint="Each halving of h halves the gradient.", diagnoses=[halving_leaves_autograd, leaves_autograd])
def test_gradients_through_the_loop(student):
    """Where h is halved, the gradients are halved as often."""
    layer = made(student)
    with contextlib.suppress(StudentError):  # that it is there belongs to registration
        set_value(constant_of(layer), times(tensor(12, DIM, DIM), 1 / 4, positive=True))
    weight, bias = times(tensor(10, DIM, DIM), 1 / 160, positive=True), times(tensor(11, DIM), 1 / 64, positive=True)
    put(layer, weight, bias)
    assert_slopes(layer, times(SMALL, 1 / 4), part=1 / 32)
