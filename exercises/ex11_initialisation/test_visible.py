"""The checks of ex11 that you may read. The hidden ones ask about more arguments, shapes of distributions, nets and dtypes.

Random numbers cannot be compared with expected ones, but 60,000 of them can be counted. Each check below that does so says
how often it rejects a right answer (`alpha`), and which error it finds in 999 of 1,000 answers that make it:

| check                            | test            |     n | alpha   | found with probability 0.999                         |
|----------------------------------|-----------------|-------|---------|------------------------------------------------------|
| test_init_normal_mean            | z               | 60000 | 1.0e-09 | a mean off by 0.0376 std                             |
| test_init_normal_std             | chi-square      | 60000 | 1.0e-09 | 0.973 times the std or less, 1.027 times or more     |
| test_xavier_range                | extremes        | 60000 | 1.0e-09 | 0.9992 times the range or less, 1.0002 times or more |
| test_xavier_gain                 | extremes        | 60000 | 1.0e-09 | 0.9992 times the range or less, 1.0002 times or more |
| test_kaiming_fan_in              | chi-square      | 60000 | 1.0e-09 | 0.973 times the std or less, 1.027 times or more     |
| test_my_init_zeros               | binomial        | 60000 | 1.0e-09 | a share of 0.4812 or less, 0.5188 or more            |
| test_my_init_range               | extremes        | 29252 | 1.0e-09 | 0.9985 times the range or less, 1.0003 times or more |
"""

import math

import torch

from grader.suite import (
    MeanTest,
    Normal,
    ProportionTest,
    RangeTest,
    SpreadTest,
    StudentError,
    Uniform,
    assert_changed,
    assert_equal,
    assert_mean,
    assert_proportion,
    assert_range,
    assert_same_object,
    assert_std,
    check,
    criterion,
    diagnosis,
    fetch,
    kept,
    set_value,
    tensor,
    without_repeats,
)
from grader.suite.diagnoses import forgets_return

FAN_OUT, FAN_IN = 200, 300
SAMPLES = FAN_OUT * FAN_IN
KEPT = 29_252  # ProportionTest(SAMPLES).accepted[0]: a right answer keeps so many numbers that are not 0, at least
CALIBRATED = {
    "test_init_normal_mean": MeanTest(SAMPLES),
    "test_init_normal_std": SpreadTest(SAMPLES),
    "test_xavier_range": RangeTest(SAMPLES),
    "test_xavier_gain": RangeTest(SAMPLES),
    "test_kaiming_fan_in": SpreadTest(SAMPLES),
    "test_my_init_zeros": ProportionTest(SAMPLES),
    "test_my_init_range": RangeTest(KEPT),
}
NAMES = ["init_normal", "xavier_uniform_", "kaiming_normal_", "my_init"]


def frozen(worker, fan_out=FAN_OUT, fan_in=FAN_IN):
    """A linear layer full of threes. It is frozen: a forgotten torch.no_grad() is charged under application alone."""
    layer = worker.nn.Linear(fan_in, fan_out)
    layer.requires_grad_(False)
    layer.weight.fill_(3.0)
    layer.bias.fill_(3.0)
    return layer


def place_for(worker, name, shape=(FAN_OUT, FAN_IN)):
    """A layer or a tensor for a function to fill."""
    return kept(worker.zeros, *shape) if name.endswith("_") else frozen(worker, *shape)


def put_into(place, student, name, *args, **kwargs):
    """What a function draws into a layer or a tensor, or into a new tensor: that is charged under application."""
    if not name.endswith("_"):
        getattr(student, name)(place, *args, **kwargs)
        return place.weight.value
    result = kept(getattr(student, name), place, *args)
    return values if (values := place.value).any() else fetch(result, "what is returned").detach()


def drawn(student, worker, name, *args, shape=(FAN_OUT, FAN_IN), **kwargs):
    """What a function draws."""
    return put_into(place_for(worker, name, shape), student, name, *args, **kwargs)


def sample(student, worker, name, *args, **kwargs):
    """The numbers that a function draws, one row where all are equal: that is charged under independence."""
    return without_repeats(drawn(student, worker, name, *args, **kwargs))


def stay(student, worker):
    """The weights that my_init leaves other than 0."""
    values = sample(student, worker, "my_init")
    return values[values != 0]


def spread_of(values):
    """The standard deviation, as a number."""
    return values.std(correction=0).item()


def about(found, wanted):
    """Whether a number is another, within 3 percent: less than lies between the mistakes that diagnoses tell apart."""
    return abs(found - wanted) < 0.03 * abs(wanted)


def reach(values):
    """How many standard deviations from the mean the last number lies: sqrt(3) for uniform ones, some 4 for normal ones."""
    return ((values - values.mean()).abs().max() / values.std(correction=0)).item()


def looks_uniform(values):
    """Whether the farthest number lies where that of uniform ones would."""
    return 1.68 < reach(values) < 1.78


def lacks_tails(values):
    """Whether no number lies far out, and they are not uniform."""
    return 1.78 < reach(values) < 3


def mostly_repeated(values):
    """Whether of the sizes in a tensor, 0 left out, most are there more than once. All-zero tensors count as repeated."""
    _, times = values[values != 0].abs().unique(return_counts=True)
    return not (times > 1).double().mean() < 0.5


# ---- why a check may fail -------------------------------------------------------------------------------------------------


@diagnosis()
def ignores_its_arguments(student, worker):
    """The weights are the same whatever `mean` and `std` are: the arguments are not used."""
    layers = frozen(worker), frozen(worker)
    for layer, (mean, std) in zip(layers, [(0.5, 0.3), (2.0, 0.7)], strict=True):
        worker.manual_seed(1)
        student.init_normal(layer, mean=mean, std=std)
    return torch.equal(layers[0].weight.value, layers[1].weight.value)


@diagnosis()
def squares_the_std(student, worker):
    """The standard deviation comes out as `std * std`: `std` is no variance."""
    return about(spread_of(sample(student, worker, "init_normal", mean=0.5, std=0.3)), 0.3**2)


@diagnosis()
def takes_the_root_of_the_std(student, worker):
    """The standard deviation comes out as the root of `std`: `std` is no variance, use it as it is."""
    return about(spread_of(sample(student, worker, "init_normal", mean=0.5, std=0.3)), 0.3**0.5)


@diagnosis()
def adds_to_the_old_weights(student, worker):
    """`init_normal` adds to the weights that were there: new weights replace the old ones."""
    return about(drawn(student, worker, "init_normal", mean=0.5, std=0.3).mean().item(), 3.5)


@diagnosis()
def asks_a_tensor_for_yes_or_no(error):
    """`if m.bias:` asks a whole tensor for yes or no. Ask whether there is one: `m.bias is not None`."""
    return "Boolean value of Tensor" in getattr(error, "text", "")


@diagnosis()
def init_normal_is_uniform(student, worker):
    """The weights of `init_normal` look uniform, as from torch.rand; normal ones are asked for, as from torch.randn."""
    return looks_uniform(drawn(student, worker, "init_normal"))


@diagnosis()
def init_normal_has_no_tails(student, worker):
    """The weights of `init_normal` end abruptly near the mean: a normal distribution is not cut off."""
    return lacks_tails(drawn(student, worker, "init_normal"))


@diagnosis()
def xavier_is_never_negative(student, worker):
    """No number that `xavier_uniform_` draws is negative: the interval goes from -a to a, not from 0 to a."""
    return bool((sample(student, worker, "xavier_uniform_") >= 0).all())


@diagnosis()
def xavier_knows_no_bound(student, worker):
    """Numbers of `xavier_uniform_` lie far beyond a: they look normal, and uniform ones are asked for."""
    values = sample(student, worker, "xavier_uniform_")
    return bool(values.abs().max() > 3 * spread_of(values))


@diagnosis()
def xavier_stops_at_the_std(student, worker):
    """`xavier_uniform_` takes sqrt(2 / (fan_in + fan_out)) for the bound. It is the std; the bound is sqrt(3) times as far."""
    return about(sample(student, worker, "xavier_uniform_").abs().max().item(), math.sqrt(2 / (FAN_IN + FAN_OUT)))


@diagnosis()
def xavier_forgets_a_fan(student, worker):
    """The bound of `xavier_uniform_` depends on one fan alone: it is the sum of both that counts."""
    bounds = [
        sample(student, worker, "xavier_uniform_", shape=s).abs().max().item() for s in [(200, 30), (200, 900), (20, 30)]
    ]
    return any(about(bounds[0], other) for other in bounds[1:])


@diagnosis()
def xavier_is_thicker_in_the_middle(student, worker):
    """The numbers of `xavier_uniform_` are denser near 0 than near the bounds: each part of the range should get as many."""
    values = drawn(student, worker, "xavier_uniform_").abs()
    return bool((values < values.max() / 2).double().mean() > 0.55)


def widening(student, worker, gain):
    """How much wider a gain makes the range of xavier_uniform_."""
    wide, plain = (drawn(student, worker, "xavier_uniform_", g).abs().max().item() for g in (gain, 1.0))
    return wide / plain


@diagnosis()
def ignores_the_gain(student, worker):
    """`gain` changes nothing in `xavier_uniform_`: the range is to be `gain` times as wide."""
    return about(widening(student, worker, 2.0), 1)


@diagnosis()
def squares_the_gain(student, worker):
    """A `gain` of 2 makes the range of `xavier_uniform_` four times as wide: it should be twice as wide."""
    return about(widening(student, worker, 2.0), 4)


@diagnosis()
def takes_the_root_of_the_gain(student, worker):
    """A `gain` of 4 makes the range of `xavier_uniform_` only twice as wide: `gain` stands before the root."""
    return about(widening(student, worker, 4.0), 2)


@diagnosis()
def kaiming_swaps_the_fans(student, worker):
    """fan_in and fan_out are swapped in `kaiming_normal_`: the shape is (fan_out, fan_in)."""
    return about(spread_of(sample(student, worker, "kaiming_normal_", "fan_in")), math.sqrt(2 / FAN_OUT))


@diagnosis()
def kaiming_takes_fan_out_by_default(student, worker):
    """Without a `mode`, `kaiming_normal_` takes fan_out: the default is "fan_in"."""
    return about(spread_of(sample(student, worker, "kaiming_normal_")), math.sqrt(2 / FAN_OUT))


@diagnosis()
def kaiming_forgets_the_two(student, worker):
    """`kaiming_normal_` draws with std = sqrt(1 / fan): the 2 is missing, which makes up for what a ReLU takes away."""
    return about(spread_of(sample(student, worker, "kaiming_normal_")), math.sqrt(1 / FAN_IN))


@diagnosis()
def kaiming_forgets_the_root(student, worker):
    """`kaiming_normal_` draws with std = 2 / fan: that is the variance, and its root is the std."""
    return about(spread_of(sample(student, worker, "kaiming_normal_")), 2 / FAN_IN)


@diagnosis()
def kaiming_is_never_negative(student, worker):
    """No number that `kaiming_normal_` draws is negative: the mean should be 0."""
    values = drawn(student, worker, "kaiming_normal_")
    return bool((values >= 0).all() and (values > 0).any())


@diagnosis()
def kaiming_has_no_tails(student, worker):
    """The numbers of `kaiming_normal_` end abruptly near 0: a normal distribution is not cut off."""
    return lacks_tails(drawn(student, worker, "kaiming_normal_"))


@diagnosis()
def my_init_zeroes_nothing(student, worker):
    """`my_init` sets no weight to 0: all those with |w| < 5 should be."""
    return not (sample(student, worker, "my_init") == 0).any()


@diagnosis()
def my_init_zeroes_the_large(student, worker):
    """`my_init` keeps the weights near 0 and sets the others to 0: it should be the other way round."""
    stay = sample(student, worker, "my_init")
    return bool((stay == 0).any()) and 0 < stay.abs().max() <= 5


@diagnosis()
def my_init_forgets_abs(student, worker):
    """`my_init` keeps no negative weight: it is |w| that counts, so the mask needs abs."""
    stay = sample(student, worker, "my_init")
    return bool((stay == 0).any()) and bool((stay > 0).any()) and not (stay < 0).any()


@diagnosis()
def my_init_leaves_nothing(student, worker):
    """`my_init` sets every weight to 0. Draw between -10 and 10 first, and make the mask from the new weights."""
    return not drawn(student, worker, "my_init").any()


@diagnosis()
def my_init_keeps_the_small(student, worker):
    """`my_init` keeps weights that lie closer to 0 than 5: these should become 0."""
    left = stay(student, worker).abs()
    return bool((left < 4.9).any())


@diagnosis()
def seeds_the_generator(source, names):
    """The code seeds the generator ({where}): then all layers get the same numbers. Leave the seed to the caller."""
    for name in names:
        if where := source.calls(name, "torch.manual_seed", "torch.random.manual_seed", "torch.Generator"):
            return {"where": where}
    return False


@diagnosis()
def repeats_a_row(student, worker, names):
    """All rows that `{name}` draws are the same: draw a whole matrix, not one row."""
    return _repeats(student, worker, names, 0)


@diagnosis()
def repeats_a_column(student, worker, names):
    """In each row that `{name}` draws there is one number, repeated: draw a whole matrix, not one column."""
    return _repeats(student, worker, names, 1)


@diagnosis()
def keeps_its_numbers(student, worker, names):
    """`{name}` gives the same numbers at each call: draw them in the function, and set no seed."""
    for name in names:
        first, second = (drawn(student, worker, name, shape=(4, 6)) for _ in range(2))
        if torch.equal(first, second):
            return {"name": name}
    return False


def _repeats(student, worker, names, dim):
    for name in names:
        value = drawn(student, worker, name, shape=(20, 30))
        if value.unique(dim=dim).shape[dim] == 1:
            return {"name": name}
    return False


@diagnosis()
def fails_on_other_modules(student, worker):
    """`init_normal` raises an error for an nn.ReLU. `net.apply` calls it on every module, so ask what m is before all else."""
    try:
        student.init_normal(worker.nn.ReLU())
    except StudentError:
        return True
    return False


@diagnosis()
def forgets_no_grad(error):
    """A parameter that requires grad is changed in place: do that under torch.no_grad()."""
    return "in-place operation" in getattr(error, "text", "")


@diagnosis()
def leaves_the_bias(student, worker):
    """The bias is what it was: `init_normal` sets it to 0."""
    layer = frozen(worker, 4, 6)
    student.init_normal(layer)
    return torch.equal(layer.bias.value, torch.full((4,), 3.0))


@diagnosis()
def draws_the_bias(student, worker):
    """The bias got random numbers: it is 0 that it should be."""
    layer = frozen(worker, 40, 6)
    student.init_normal(layer)
    return layer.bias.value.unique().numel() > 20


@diagnosis()
def meets_no_bias(error):
    """A layer made with bias=False has no bias, m.bias is None there: ask for that before you use it."""
    return "NoneType" in getattr(error, "text", "")


@diagnosis()
def fills_a_new_tensor(student, worker, names):
    """`{name}` returns a new tensor and leaves the one that it was given as it was: fill that one, in place."""
    for name in names:
        if name.endswith("_"):
            t = kept(worker.zeros, 4, 6)
            if kept(getattr(student, name), t).value.any() and not t.value.any():
                return {"name": name}
    return False


# ---- the distributions ----------------------------------------------------------------------------------------------------


@criterion(
    "init_statistics",
    gate=True,
    hint="nn.init.normal_(m.weight, mean, std), or m.weight.normal_(mean, std).",
    diagnoses=[asks_a_tensor_for_yes_or_no],
)
def test_init_normal_draws_the_weights(student, worker):
    """init_normal gives a linear layer new weights that are not all the same."""
    layer, before = frozen(worker, 20, 30), tensor(1, 20, 30)
    set_value(layer.weight, before)
    student.init_normal(layer)
    assert_changed(layer.weight, before, "the weights")
    check(layer.weight.value.unique().numel() > 1, "All weights are one and the same number.")


@criterion(
    "init_statistics",
    hint="`mean` is the mean of the weights.",
    diagnoses=[ignores_its_arguments, init_normal_is_uniform, adds_to_the_old_weights],
)
def test_init_normal_mean(student, worker):
    """With mean=0.5 and std=0.3, init_normal gives weights of mean 0.5."""
    assert_mean(sample(student, worker, "init_normal", mean=0.5, std=0.3), Normal(0.5, 0.3), "the weights")


@criterion(
    "init_statistics",
    hint="`std` is the standard deviation, the root of the variance.",
    diagnoses=[
        ignores_its_arguments,
        init_normal_is_uniform,
        init_normal_has_no_tails,
        squares_the_std,
        takes_the_root_of_the_std,
    ],
)
def test_init_normal_std(student, worker):
    """With mean=0.5 and std=0.3, init_normal gives weights of standard deviation 0.3."""
    assert_std(sample(student, worker, "init_normal", mean=0.5, std=0.3), Normal(0.5, 0.3), "the weights")


@criterion(
    "init_statistics",
    hint="The numbers lie between -a and a, with a = gain * sqrt(6 / (fan_in + fan_out)).",
    diagnoses=[
        xavier_is_never_negative,
        xavier_knows_no_bound,
        xavier_stops_at_the_std,
        xavier_forgets_a_fan,
        xavier_is_thicker_in_the_middle,
    ],
)
def test_xavier_range(student, worker):
    """xavier_uniform_ fills the range from -a to a."""
    bound = math.sqrt(6 / (FAN_IN + FAN_OUT))
    assert_range(sample(student, worker, "xavier_uniform_"), Uniform(-bound, bound), "the numbers of xavier_uniform_")


@criterion(
    "init_statistics",
    hint="a = gain * sqrt(6 / (fan_in + fan_out)): `gain` stands before the root.",
    diagnoses=[ignores_the_gain, squares_the_gain, takes_the_root_of_the_gain],
)
def test_xavier_gain(student, worker):
    """With gain=1.7, xavier_uniform_ fills a range that is 1.7 times as wide."""
    bound = 1.7 * math.sqrt(6 / (FAN_IN + FAN_OUT))
    found = sample(student, worker, "xavier_uniform_", 1.7)
    assert_range(found, Uniform(-bound, bound), "the numbers of xavier_uniform_ with a gain")


@criterion(
    "init_statistics",
    hint="std = sqrt(2 / fan_in), and the shape is (fan_out, fan_in).",
    diagnoses=[
        kaiming_swaps_the_fans,
        kaiming_takes_fan_out_by_default,
        kaiming_forgets_the_two,
        kaiming_forgets_the_root,
        kaiming_is_never_negative,
        kaiming_has_no_tails,
    ],
)
def test_kaiming_fan_in(student, worker):
    """kaiming_normal_ gives the standard deviation sqrt(2 / fan_in) unless it is told otherwise."""
    wanted = Normal(0.0, math.sqrt(2 / FAN_IN))
    assert_std(sample(student, worker, "kaiming_normal_"), wanted, "the numbers of kaiming_normal_")


@criterion(
    "init_statistics",
    hint="Draw between -10 and 10. Half of the numbers are closer to 0 than 5: these become 0.",
    diagnoses=[my_init_leaves_nothing, my_init_zeroes_nothing, my_init_forgets_abs],
)
def test_my_init_zeros(student, worker):
    """my_init sets half of the weights to 0."""
    assert_proportion(sample(student, worker, "my_init") == 0, 1 / 2, "zeros among the weights of my_init")


@criterion(
    "init_statistics",
    hint="What is kept lies between 5 and 10, or between -10 and -5.",
    diagnoses=[my_init_zeroes_the_large, my_init_keeps_the_small],
)
def test_my_init_range(student, worker):
    """The weights that my_init keeps fill the range from 5 to 10 in size."""
    assert_range(stay(student, worker).abs(), Uniform(5.0, 10.0), "the sizes of the weights that my_init keeps")


# ---- each number on its own -------------------------------------------------------------------------------------------------


@criterion("independence", gate=True, hint="Draw anew for each layer, and set no seed.", diagnoses=[seeds_the_generator])
def test_two_layers_differ(student, worker):
    """Two layers that init_normal is called on get different weights."""
    first, second = (sample(student, worker, "init_normal", shape=(20, 30)) for _ in range(2))
    check(not torch.equal(first, second), "Two layers got the same weights.")


@criterion("independence", hint="Draw a number for each element.", diagnoses=[repeats_a_row, repeats_a_column])
def test_each_number_is_drawn_on_its_own(student, worker):
    """No two numbers in a tensor come from one random number: neither as copies nor with another sign."""
    for name in NAMES:
        sizes = drawn(student, worker, name, shape=(20, 30)).abs()
        if name != "my_init" or sizes.any():  # where it leaves nothing, that is charged under init_statistics
            check(not mostly_repeated(sizes), "Most numbers in a tensor occur more than once, with either sign.")


@criterion(
    "independence", hint="Draw inside the function, and set no seed.", diagnoses=[seeds_the_generator, keeps_its_numbers]
)
def test_a_second_call_draws_anew(student, worker):
    """Whatever is filled a second time gets other numbers."""
    for name in NAMES:
        place = place_for(worker, name, (20, 30))
        first, second = (put_into(place, student, name) for _ in range(2))
        if name != "my_init" or second.any():  # where it leaves nothing, that is charged under init_statistics
            check(not torch.equal(first, second), "A second call gives the same numbers again.")


# ---- a whole network --------------------------------------------------------------------------------------------------------


@criterion(
    "application",
    gate=True,
    hint="net.apply(init_normal) calls init_normal(m) on every module m; only where m is an nn.Linear is there work to do.",
    diagnoses=[forgets_no_grad, fails_on_other_modules],
)
def test_apply_fills_every_linear(student, worker):
    """net.apply(init_normal) gives every linear layer of a net new weights, at any depth."""
    linears = [worker.nn.Linear(6, 4), worker.nn.Linear(4, 5), worker.nn.Linear(5, 2)]
    inner = worker.nn.Sequential(linears[1], worker.nn.ReLU(), linears[2])
    for layer in linears:
        set_value(layer.weight, torch.full(layer.weight.shape, 3.0))
    worker.nn.Sequential(linears[0], worker.nn.ReLU(), inner).apply(student.init_normal)
    for layer in linears:
        check(not (layer.weight.value == 3.0).any(), "Some weights of a linear layer in the net are as they were.")


@criterion(
    "application",
    hint="nn.init.zeros_(m.bias): the bias, not the weights, becomes 0.",
    diagnoses=[leaves_the_bias, draws_the_bias],
)
def test_biases_become_zero(student, worker):
    """init_normal sets the bias to 0."""
    layer = frozen(worker, 4, 6)
    student.init_normal(layer)
    assert_equal(layer.bias, torch.zeros(4), "the bias")


@criterion("application", hint="With bias=False, m.bias is None: ask for that first.", diagnoses=[meets_no_bias])
def test_a_layer_without_bias(student, worker):
    """init_normal takes a linear layer that has no bias."""
    layer = worker.nn.Linear(6, 4, bias=False)
    layer.requires_grad_(False)
    student.init_normal(layer)
    check(layer.bias is None, "A layer without a bias has been given one.")


@criterion("application", hint="Only nn.Linear is meant: Conv2d, BatchNorm1d and Embedding have a weight as well.")
def test_other_modules_stay_as_they_were(student, worker):
    """init_normal and my_init leave convolutions, normalisations, embeddings and bilinear layers as they were."""
    nn = worker.nn
    net = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.BatchNorm1d(4), nn.LayerNorm(4), nn.Embedding(5, 3), nn.Bilinear(2, 3, 4), nn.ReLU()
    )
    before = net.state_dict()
    net.apply(student.init_normal)
    net.apply(student.my_init)
    after = net.state_dict()
    check(all(torch.equal(before[key], after[key]) for key in before), "A module that is no nn.Linear has been changed.")


@criterion("application", hint="Fill t itself, and end with `return t`.", diagnoses=[forgets_return, fills_a_new_tensor])
def test_the_tensor_itself_is_returned(student, worker):
    """xavier_uniform_ and kaiming_normal_ fill the tensor that they are given, and return that tensor."""
    for name in ("xavier_uniform_", "kaiming_normal_"):
        t = kept(worker.zeros, 4, 6)
        assert_same_object(kept(getattr(student, name), t), t, "what is returned and t")


# ---- dtypes ----------------------------------------------------------------------------------------------------------------


@criterion("modes", gate=True, hint="Fill the weights in place: they keep their dtype.")
def test_a_float64_layer(student, worker):
    """init_normal gives a float64 layer new weights, and they stay float64."""
    layer = frozen(worker, 4, 6)
    layer.double()
    before = layer.weight.value
    student.init_normal(layer)
    assert_changed(layer.weight, before, "the weights of a float64 layer")
    check(layer.weight.dtype == torch.float64, "The weights of a float64 layer have another dtype afterwards.")
