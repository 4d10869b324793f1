"""The checks of ex08 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations.

A mistake in the formula or in the loop should cost `values` alone. So the other checks take weights so small that nothing
is halved, and hold the module against itself.
"""

import math

import torch

from grader.suite import (
    StudentError,
    assert_changed,
    assert_close,
    assert_shape,
    backward,
    check,
    criterion,
    diagnosis,
    fetch,
    given,
    seeds,
    set_value,
    sizes,
    tensor,
)
from grader.suite.diagnoses import forgets_return, forgets_super_init, is_no_module, leaves_autograd

DIM = 20


def times(made, factor, positive=False):
    """A tensor times a number, which an example still writes in one line."""
    product = (made.abs() if positive else made) * factor
    product.recipe = f"({made.recipe}).abs() * {factor!r}" if positive else f"{made.recipe} * {factor!r}"
    return product


SMALL = times(tensor(1, 2, DIM), 1 / 2, positive=True)
LOW, HIGH = times(tensor(3, DIM, DIM), 1 / 64, positive=True), times(tensor(4, DIM, DIM), 8.0, positive=True)


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


def number(output):
    """An output as one number. Whether it is a tensor of the right shape belongs to shapes."""
    return torch.tensor(output) if isinstance(output, float) else fetch(output, "the output").sum()


def working(layer, x=SMALL):
    """Return what the layer computes for x. Other weights must give another result: nothing passes that uses none."""
    other = number(fill(layer, seed=20)(x)).detach()
    output = fill(layer)(x)
    assert_changed(number(output), other, "the output for other weights")
    return output


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


def halved(h):
    """The last step: halve h while its absolute values sum to more than 1, then add up what is left."""
    while h.abs().sum() > 1:
        h = h / 2
    return h.sum()


def formula(x, linear, constant):
    """What the module computes."""
    return halved(linear(torch.relu(linear(x) @ constant + 1)))


def quiet(constant, seed, n):
    """Weight, bias and input for which the ReLU cuts some entries, and |h| sums to less than 1, so that nothing is halved.

    One factor makes the weights small and the input large, and leaves what comes out of the first layer as it is.
    """
    weight, bias, x = tensor(seed, DIM, DIM), tensor(seed + 1, DIM), times(tensor(seed + 2, n, DIM), 1 / 16)
    h = (x @ weight.T @ constant.float() + 1).abs()
    factor = 2.0 ** math.ceil(math.log2(float((h @ weight.T.abs()).sum())) + 1)  # the sum of |h| is then at most 1/2
    return times(weight, 1 / factor), times(bias, 1 / factor), times(x, factor)


def computes(student, other):
    """Whether the module computes another formula than it should, for two inputs."""
    for seed in (30, 40):
        layer = made(student)
        weight, bias, x = quiet(constant_of(layer).value, seed, 3)
        linear = put(layer, weight, bias)
        wanted = other(x.double(), linear, constant_of(layer).value.double())
        if not torch.allclose(number(layer(x)).detach().double(), wanted, rtol=1e-4, atol=1e-5):
            return False
    return True


def at_the_end(student, seed, factor, rows):
    """What the module gives for zeros, of which each row of h holds the sums of the weight's rows; and that h."""
    layer, weight = made(student), times(tensor(seed, DIM, DIM), factor)
    put(layer, weight, torch.zeros(DIM))
    return number(layer(torch.zeros(rows, DIM))).detach(), weight.sum(1).expand(rows, DIM)


def ends(student, other):
    """Whether the module ends with another loop than it should."""
    cases = [at_the_end(student, *case) for case in ((30, 1.0, 1), (40, 1 / 64, 3), (50, 16.0, 2))]
    return all(torch.allclose(result, other(h), rtol=1e-4, atol=1e-5) for result, h in cases)


def halvings(student):
    """How often the module seems to halve, and how often it should, for large weights."""
    result, h = at_the_end(student, 30, 2.0**40, 1)
    return math.log2(float(h.sum() / result)), math.log2(float(h.sum() / halved(h)))


@diagnosis()
def works_for_size_20_alone(student):
    """Only the size 20 works: take `dim` in `__init__`, and use it for the layer and for the constant."""
    made(student)(SMALL)
    try:
        student.FixedHiddenMLP(3)(torch.zeros(2, 3))
    except StudentError:
        return True
    return False


@diagnosis()
def does_not_add_up(student):
    """The result is not one number: the last step is `h.sum()`, over all samples and features."""
    return fetch(working(made(student)), "the output").dim() > 0


@diagnosis()
def lacks_the_constant(student):
    """The module has no `rand_weight`: draw it once, in `__init__`, and keep it on self under this name."""
    layer = made(student)
    try:
        return layer.rand_weight is None
    except StudentError:
        return True


@diagnosis()
def draws_anew_in_forward(student):
    """Two calls with the same input give different results: draw `rand_weight` once, in `__init__`."""
    layer = fill(made(student))
    layer.eval()
    return not torch.equal(number(layer(SMALL)).detach(), number(layer(SMALL)).detach())


@diagnosis()
def ignores_the_constant(student):
    """The result stays the same whatever `rand_weight` holds: the middle step is `relu(h @ rand_weight + 1)`."""
    layer = fill(made(student))
    results = []
    for value in (LOW, HIGH):
        set_value(layer.rand_weight, value)
        results.append(number(layer(SMALL)).detach())
    return torch.equal(*results)


@diagnosis()
def gets_the_middle_wrong(student):
    """The middle step is wrong: where h is 0, `relu(h @ rand_weight + 1)` gives 1."""
    layer = made(student)
    put(layer, torch.eye(DIM) / 1024, torch.zeros(DIM))
    return not torch.allclose(number(layer(torch.zeros(1, DIM))).detach(), torch.tensor(DIM / 1024))


@diagnosis()
def forgets_the_relu(student):
    """The result is that of a formula without the ReLU: negative entries of `h @ rand_weight + 1` should become 0."""
    return computes(student, lambda x, linear, constant: halved(linear(linear(x) @ constant + 1)))


@diagnosis()
def forgets_to_add_one(student):
    """The result is that of a formula without the 1: the ReLU takes `h @ rand_weight + 1`."""
    return computes(student, lambda x, linear, constant: halved(linear(torch.relu(linear(x) @ constant))))


@diagnosis()
def adds_one_after_the_relu(student):
    """The 1 is added after the ReLU; it belongs inside: `relu(h @ rand_weight + 1)`."""
    return computes(student, lambda x, linear, constant: halved(linear(torch.relu(linear(x) @ constant) + 1)))


@diagnosis()
def transposes_the_constant(student):
    """The constant is used transposed: the product is `h @ rand_weight`, without `.T`, and without F.linear."""
    return computes(student, lambda x, linear, constant: formula(x, linear, constant.T))


@diagnosis()
def multiplies_entry_by_entry(student):
    """The constant is multiplied entry by entry: a matrix product is written `h @ rand_weight`."""
    layer = made(student)
    layer(torch.ones(DIM, DIM))  # `*` fits for 20 rows alone
    try:
        layer(torch.ones(3, DIM))
    except StudentError:
        return True
    return False


@diagnosis()
def skips_the_first_layer(student):
    """The result is that of a formula without the first `linear`: it starts with `h = linear(x)`."""
    return computes(student, lambda x, linear, constant: halved(linear(torch.relu(x @ constant + 1))))


@diagnosis()
def skips_the_second_layer(student):
    """The result is that of a formula without the second `linear`: after the ReLU the same layer is called again."""
    return computes(student, lambda x, linear, constant: halved(torch.relu(linear(x) @ constant + 1)))


@diagnosis()
def cuts_the_end(student):
    """A second ReLU cuts the negative entries of the last h: there is one ReLU, in the middle."""
    return computes(student, lambda x, linear, constant: halved(torch.relu(linear(torch.relu(linear(x) @ constant + 1)))))


@diagnosis()
def takes_the_mean(student):
    """The result is a mean: the last step is `h.sum()`."""

    def mean(x, linear, constant):
        return formula(x, linear, constant) / x.numel()

    return computes(student, mean)


@diagnosis()
def sums_absolute_values(student):
    """The result is the sum of the absolute values: they decide about the halving, but the last step is `h.sum()`."""

    def absolute(x, linear, constant):
        return linear(torch.relu(linear(x) @ constant + 1)).abs().sum()

    return computes(student, absolute)


@diagnosis()
def halves_before_it_asks(student):
    """h is halved even where it is small enough: ask first, then halve."""

    def half(x, linear, constant):
        return formula(x, linear, constant) / 2

    return computes(student, half)


@diagnosis()
def never_halves(student):
    """h is never halved: write `while h.abs().sum() > 1:` before the last line."""
    return ends(student, lambda h: h.sum())


@diagnosis()
def halves_only_once(student):
    """h is halved only once: `if` asks once, `while` asks again after each halving."""
    return ends(student, lambda h: h.sum() / 2)


@diagnosis()
def counts_with_signs(student):
    """The loop asks for a sum in which negative entries cancel positive ones: take the absolute values first, then add up."""

    def signed(h):
        while h.sum() > 1:
            h = h / 2
        return h.sum()

    def too_late(h):
        while h.sum().abs() > 1:
            h = h / 2
        return h.sum()

    return ends(student, signed) or ends(student, too_late)


@diagnosis()
def asks_the_largest(student):
    """The loop asks for the largest entry: it should ask for the sum of all absolute values."""

    def largest(h):
        while h.abs().max() > 1:
            h = h / 2
        return h.sum()

    return ends(student, largest)


@diagnosis()
def asks_the_mean(student):
    """The loop asks for the mean: it should ask for the sum of all absolute values."""

    def mean(h):
        while h.abs().mean() > 1:
            h = h / 2
        return h.sum()

    return ends(student, mean)


@diagnosis()
def halves_each_row_alone(student):
    """Each sample is halved on its own: the loop should ask for the sum over all samples."""
    return ends(student, lambda h: sum(halved(row) for row in h))


@diagnosis()
def remembers_an_earlier_call(student):
    """The result depends on an earlier call: in each call, ask anew how often h is to be halved."""
    used, new = made(student), made(student)
    number(used(torch.zeros(1, DIM)))
    results = []
    for layer in (used, new):
        put(layer, times(tensor(30, DIM, DIM), 2.0**20), torch.zeros(DIM))
        results.append(number(layer(torch.zeros(1, DIM))).detach())
    return not torch.equal(*results)


@diagnosis()
def divides_by_another_number(student):
    """The result is not h / 2, h / 4, h / 8 or so on, added up: each turn of the loop should divide h by 2."""
    found, _ = halvings(student)
    return abs(found - round(found)) > 1e-3


@diagnosis()
def stops_too_early(student):
    """h is not halved often enough: the loop goes on until the absolute values sum to at most 1."""
    found, right = halvings(student)
    return found < right - 0.5


@diagnosis()
def stops_too_late(student):
    """h is halved too often: the loop ends as soon as the absolute values sum to at most 1."""
    found, right = halvings(student)
    return found > right + 0.5


@diagnosis()
def keeps_a_plain_tensor(student):
    """`rand_weight` is a plain tensor, neither saved nor moved with the module: register it with `self.register_buffer`."""
    layer = made(student)
    names = [name for name, _ in layer.named_buffers()] + [name for name, _ in layer.named_parameters()]
    return "rand_weight" not in names and layer.rand_weight is not None and not list(layer.buffers())


@diagnosis()
def gives_the_constant_another_shape(student):
    """The constant has another shape than (dim, dim)."""
    return tuple(made(student).rand_weight.shape) != (DIM, DIM)


@diagnosis()
def changes_its_input(student, worker):
    """A call changes the input tensor: give the result of each step a new name, and write nothing into x."""
    layer, copy = fill(made(student)), worker.put(SMALL)
    layer(copy)
    return not torch.equal(copy.value, SMALL)


@diagnosis()
def asks_for_the_mode(source, names):
    """`{name}` asks for `self.training` ({where}): it should compute the same in both modes."""
    return next(({"name": name, "where": where} for name in names if (where := source.uses(name, "training"))), False)


@diagnosis()
def trains_the_constant(student):
    """`rand_weight` is an nn.Parameter, so it is listed in `parameters()`: make it a buffer."""
    return "rand_weight" in [name for name, _ in made(student).named_parameters()]


@diagnosis()
def leaves_the_buffer_out_of_the_file(student):
    """`rand_weight` is a buffer, but not in the state_dict: no `persistent=False`, and no `state_dict` of your own."""
    layer = made(student)
    return "rand_weight" in [name for name, _ in layer.named_buffers()] and "rand_weight" not in list(layer.state_dict())


@diagnosis()
def has_a_second_layer(student):
    """There is more than one linear layer: make one, `self.linear`, and call it twice, so that both calls share it."""
    return sum(len(parameter.shape) == 2 for parameter in trained(made(student))) > 1


@diagnosis()
def hides_the_layer(student):
    """No parameter is listed: the linear layer should be an attribute of the module, `self.linear = nn.Linear(dim, dim)`."""
    return not list(made(student).named_parameters())


@diagnosis()
def freezes_the_layer(student):
    """The parameters of `linear` require no gradient: only the constant is not to be trained."""
    return not any(parameter.requires_grad for parameter in trained(made(student)))


@diagnosis()
def learns_from_one_use(student):
    """The parameters get the gradient of one use of `linear` alone: no `.data` and no `.detach()` between the two."""
    layer = fill(made(student))
    x = torch.zeros(1, DIM, requires_grad=True)  # for zeros, the weight's gradient comes from the second use alone
    number(layer(x)).backward()
    weight = next(parameter for parameter in trained(layer) if len(parameter.shape) == 2)
    second_use = weight.grad is not None and bool((weight.grad.value != 0).any())
    first_use = x.grad is not None
    number(layer(SMALL)).backward()
    return second_use != first_use and weight.grad is not None


ANY = [
    is_no_module,
    forgets_super_init,
    forgets_return,
    gives_the_constant_another_shape,
    multiplies_entry_by_entry,
    hides_the_layer,
]


@criterion(
    "shapes",
    gate=True,
    hint="The result is h.sum(): a tensor of shape (), whatever the batch size and dim are.",
    diagnoses=[*ANY, works_for_size_20_alone, does_not_add_up],
)
@given(n=sizes(1, 4), dim=sizes(2, 6), seed=seeds(), examples=6)
def test_a_batch_gives_one_number(student, n, dim, seed):
    """A batch of shape (n, dim) gives one number, a tensor of shape ()."""
    x = times(tensor(seed, n, dim), 1 / 4, positive=True)
    assert_shape(working(student.FixedHiddenMLP(dim), x), ())


@criterion(
    "values",
    gate=True,
    hint="h = linear(x); h = relu(h @ rand_weight + 1); h = linear(h); the result is h.sum().",
    diagnoses=[
        *ANY,
        lacks_the_constant,
        draws_anew_in_forward,
        forgets_the_relu,
        forgets_to_add_one,
        adds_one_after_the_relu,
        transposes_the_constant,
        skips_the_first_layer,
        skips_the_second_layer,
        takes_the_mean,
        sums_absolute_values,
        cuts_the_end,
        halves_before_it_asks,
        ignores_the_constant,
        gets_the_middle_wrong,
    ],
)
@given(n=sizes(1, 4), seed=seeds(), examples=8)
def test_formula(student, n, seed):
    """Where nothing is to be halved, the result is the sum of linear(relu(linear(x) @ rand_weight + 1))."""
    layer = made(student)
    weight, bias, x = quiet(constant_of(layer).value, seed, n)
    linear = put(layer, weight, bias)
    wanted = formula(x.double(), linear, constant_of(layer).value.double())
    assert_close(number(layer(x)), wanted.float(), "the output where nothing is to be halved")


@criterion(
    "values",
    hint="The loop asks before each halving, and gives h a new value: while h.abs().sum() > 1: h = h / 2.",
    diagnoses=[
        never_halves,
        halves_only_once,
        counts_with_signs,
        asks_the_largest,
        asks_the_mean,
        halves_each_row_alone,
        remembers_an_earlier_call,
        divides_by_another_number,
        stops_too_early,
        stops_too_late,
    ],
)
@given(n=sizes(1, 4), seed=seeds(), examples=4)
def test_loop(student, n, seed):
    """h is halved until its absolute values sum to at most 1."""
    layer, x = made(student), torch.zeros(n, DIM)  # for zeros, relu(... + 1) is 1: all numbers here are exact in float32
    for scale in (1 / 64, 1.0, 2.0**40):
        weight = times(tensor(seed, DIM, DIM), scale)
        put(layer, weight, torch.zeros(DIM))
        assert_close(number(layer(x)), halved(weight.sum(1).expand(n, DIM)), "the output for an input of zeros")


@criterion("values", fresh=True, hint="torch.rand(dim, dim) draws each number from U[0, 1).")
def test_the_constant_is_uniform(student):
    """The constant of a new module holds dim * dim numbers, each drawn from U[0, 1)."""
    constant = constant_of(made(student)).value
    within = bool((constant >= 0).all() and (constant < 1).all())
    check(within, "Some numbers of `rand_weight` are not between 0 and 1.")
    # of 400 draws: none in a tenth of the range has probability 5e-19; ten equal pairs have less than 1e-20
    spread = float(constant.min()) < 0.1 and float(constant.max()) > 0.9 and len(constant.unique()) > 390
    check(spread, "The numbers of `rand_weight` are not spread over [0, 1): draw each one on its own.")


@criterion(
    "gradients",
    gate=True,
    hint="Use the parameters themselves, and compute with h itself: no .data, no .detach(), no torch.no_grad(), no .item().",
    diagnoses=[
        *ANY,
        draws_anew_in_forward,
        freezes_the_layer,
        changes_its_input,
        learns_from_one_use,
        leaves_autograd,
    ],
)
def test_gradients_of_the_parameters(student):
    """The parameters get the gradient of what is computed: both uses of the layer count."""
    assert_slopes(fill(made(student)), SMALL)


@criterion(
    "registration",
    gate=True,
    hint='In __init__: self.register_buffer("rand_weight", torch.rand(dim, dim)). Then use self.rand_weight in forward.',
    diagnoses=[
        *ANY,
        is_no_module,
        lacks_the_constant,
        trains_the_constant,
        keeps_a_plain_tensor,
    ],
)
def test_the_constant_is_a_buffer(student):
    """The constant is registered as the buffer `rand_weight`, and what is written into it decides."""
    layer = made(student)
    names = [name for name, _ in layer.named_buffers()]
    check("rand_weight" in names, "`rand_weight` is not among the module's buffers.")
    fill(layer)
    buffer = list(layer.buffers())[names.index("rand_weight")]
    outputs = []
    for value in (LOW, HIGH):
        set_value(buffer, value)
        outputs.append(number(layer(SMALL)).detach())
    assert_changed(outputs[1], outputs[0], "the output after other numbers were written into `rand_weight`")


@criterion(
    "registration",
    gate=True,
    hint="The module has one layer, self.linear. Nothing else is a parameter.",
    diagnoses=[has_a_second_layer, trains_the_constant, hides_the_layer],
)
def test_only_the_linear_layer_is_trained(student):
    """The parameters are linear.weight and linear.bias, and no others."""
    names = [name for name, _ in made(student).named_parameters()]
    check(sorted(names) == ["linear.bias", "linear.weight"], "The parameters should be linear.weight and linear.bias.")


@criterion(
    "save_load",
    gate=True,
    hint="A buffer is in the state_dict by itself, as parameters are.",
    diagnoses=[
        *ANY,
        draws_anew_in_forward,
        keeps_a_plain_tensor,
        leaves_the_buffer_out_of_the_file,
    ],
)
def test_state_dict_carries_the_module(student):
    """A module that loads another one's state_dict computes the same."""
    first, second = fill(made(student), seed=10), fill(made(student), seed=20)
    set_value(constant_of(first), LOW)
    set_value(constant_of(second), HIGH)
    wanted = number(first(SMALL)).detach()
    assert_changed(number(second(SMALL)), wanted, "the output of a module with other numbers")
    second.load_state_dict(first.state_dict())
    assert_close(number(second(SMALL)), wanted, "the output after loading")


@criterion(
    "modes",
    gate=True,
    hint="The module computes the same in training and in evaluation.",
    diagnoses=[*ANY, draws_anew_in_forward, asks_for_the_mode],
)
def test_same_in_train_and_eval(student):
    """The module gives the same result in train mode and in eval mode."""
    layer = made(student)
    working(layer)
    weight, bias, x = quiet(torch.full((DIM, DIM), 0.5), 50, 3)
    put(layer, weight, bias)
    trained_result = number(layer(x)).detach()
    layer.eval()
    assert_close(number(layer(x)), trained_result, "the output in eval mode")
