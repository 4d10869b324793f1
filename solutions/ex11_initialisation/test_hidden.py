"""The checks of ex11 that students do not get to read.

Those that count random numbers, how often they reject a right answer (`alpha`, here of each comparison; at most 1e-9 in all),
and which error they find in 999 of 1,000 answers that make it:

| check                            | test            |     n | alpha   | found with probability 0.999                         |
|----------------------------------|-----------------|-------|---------|------------------------------------------------------|
| test_init_normal_mean_by_default | z               | 60000 | 1.0e-09 | a mean off by 0.0376 std                             |
| test_init_normal_std_by_default  | chi-square      | 60000 | 1.0e-09 | 0.973 times the std or less, 1.027 times or more     |
| test_init_normal_shape           | KS, DKW         | 60000 | 1.0e-09 | distribution functions 0.0210 apart or more          |
| test_xavier_shape                | KS, DKW         | 60000 | 1.0e-09 | distribution functions 0.0210 apart or more          |
| test_kaiming_fan_out             | chi-square      | 60000 | 1.0e-09 | 0.973 times the std or less, 1.027 times or more     |
| test_kaiming_shape               | KS, DKW         | 60000 | 1.0e-09 | distribution functions 0.0210 apart or more          |
| test_my_init_signs               | binomial        | 29252 | 1.0e-09 | a share of 0.4731 or less, 0.5269 or more            |
| test_my_init_shape               | KS, DKW         | 29252 | 1.0e-09 | distribution functions 0.0300 apart or more          |
| test_bfloat16                    | two chi-squares | 10000 | 2.5e-10 | one std 1.222 times the other or more                |
"""

import math
import re

import torch

from grader.suite import (
    Hollow,
    MeanTest,
    Normal,
    ProportionTest,
    SameSpreadTest,
    ShapeTest,
    SpreadTest,
    Uniform,
    assert_distribution,
    assert_equal,
    assert_mean,
    assert_proportion,
    assert_same_object,
    assert_same_std,
    assert_std,
    check,
    criterion,
    diagnosis,
    fetch,
    kept,
    same,
    set_value,
    without_repeats,
)

FAN_OUT, FAN_IN = 200, 300
SAMPLES = FAN_OUT * FAN_IN
KINDS = {  # what each function draws from, up to scale
    "init_normal": Normal(0.0, 1.0),
    "xavier_uniform_": Uniform(-1.0, 1.0),
    "kaiming_normal_": Normal(0.0, 1.0),
    "my_init": Hollow(5.0, 10.0),
}
KEPT = 29_252  # ProportionTest(SAMPLES).accepted[0]: a right answer keeps so many numbers that are not 0, at least
COARSE = 100 * 100
QUARTER = 2.5e-10  # of four comparisons in one check
CALIBRATED = {
    "test_init_normal_mean_by_default": MeanTest(SAMPLES),
    "test_init_normal_std_by_default": SpreadTest(SAMPLES),
    "test_init_normal_shape": ShapeTest(SAMPLES),
    "test_xavier_shape": ShapeTest(SAMPLES),
    "test_kaiming_fan_out": SpreadTest(SAMPLES),
    "test_kaiming_shape": ShapeTest(SAMPLES),
    "test_my_init_signs": ProportionTest(KEPT),
    "test_my_init_shape": ShapeTest(KEPT),
    "test_bfloat16": SameSpreadTest(COARSE, QUARTER, slack=2**-6),
}


def frozen(worker, fan_out=FAN_OUT, fan_in=FAN_IN):
    """A linear layer full of threes. It is frozen: a forgotten torch.no_grad() is charged under application alone."""
    layer = worker.nn.Linear(fan_in, fan_out)
    layer.requires_grad_(False)
    layer.weight.fill_(3.0)
    layer.bias.fill_(3.0)
    return layer


def place_for(worker, name, shape=(FAN_OUT, FAN_IN), dtype=torch.float32):
    """A layer or a tensor for a function to fill."""
    if name.endswith("_"):
        return kept(kept(worker.zeros, *shape).to, dtype)
    layer = frozen(worker, *shape)
    layer.to(dtype)
    return layer


def put_into(place, student, name, *args):
    """What a function draws into a layer or a tensor, or into a new tensor: that is charged under application."""
    result = kept(getattr(student, name), place, *args)
    if not name.endswith("_"):
        return place.weight.value
    return values if (values := place.value).any() else fetch(result, "what is returned").detach()


def drawn(student, worker, name, *args, shape=(FAN_OUT, FAN_IN), dtype=torch.float32):
    """What a function draws."""
    return put_into(place_for(worker, name, shape, dtype), student, name, *args)


def sample(student, worker, name, *args):
    """The numbers that a function draws, one row where all are equal: that is charged under independence."""
    return without_repeats(drawn(student, worker, name, *args))


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


# ---- why a check may fail -------------------------------------------------------------------------------------------------


@diagnosis()
def fixes_the_mean(student, worker):
    """The weights have mean 1. Unless `mean` says otherwise it is 0: else all units of a layer begin nearly alike."""
    return about(drawn(student, worker, "init_normal").mean().item(), 1.0)


@diagnosis()
def init_normal_is_uniform(student, worker):
    """The weights of `init_normal` look uniform, as from torch.rand; normal ones are asked for, as from torch.randn."""
    return looks_uniform(drawn(student, worker, "init_normal"))


@diagnosis()
def kaiming_is_uniform(student, worker):
    """The numbers of `kaiming_normal_` look uniform, as from torch.rand; normal ones are asked for, as from torch.randn."""
    return looks_uniform(drawn(student, worker, "kaiming_normal_"))


@diagnosis()
def init_normal_has_no_tails(student, worker):
    """The weights of `init_normal` end abruptly near the mean: a normal distribution is not cut off."""
    return lacks_tails(drawn(student, worker, "init_normal"))


@diagnosis()
def kaiming_has_no_tails(student, worker):
    """The numbers of `kaiming_normal_` end abruptly near 0: a normal distribution is not cut off."""
    return lacks_tails(drawn(student, worker, "kaiming_normal_"))


@diagnosis()
def xavier_is_thicker_in_the_middle(student, worker):
    """The numbers of `xavier_uniform_` are denser near 0 than near the bounds: each part of the range should get as many."""
    values = drawn(student, worker, "xavier_uniform_").abs()
    return bool((values < values.max() / 2).double().mean() > 0.55)


@diagnosis()
def ignores_the_mode(student, worker):
    """`mode` changes nothing in `kaiming_normal_`: "fan_out" takes the other fan."""
    results = []
    for mode in ("fan_in", "fan_out"):
        worker.manual_seed(1)
        results.append(sample(student, worker, "kaiming_normal_", mode))
    return torch.equal(*results)


@diagnosis()
def kaiming_swaps_the_fans(student, worker):
    """fan_in and fan_out are swapped in `kaiming_normal_`: the shape is (fan_out, fan_in)."""
    return about(spread_of(drawn(student, worker, "kaiming_normal_", "fan_in")), math.sqrt(2 / FAN_OUT))


@diagnosis()
def my_init_keeps_one_sign(student, worker):
    """All weights that `my_init` keeps have one sign: draw between -10 and 10, and let |w| decide."""
    left = stay(student, worker)
    return bool(left.any()) and (bool((left > 0).all()) or bool((left < 0).all()))


@diagnosis()
def my_init_rounds(student, worker):
    """`my_init` draws whole numbers: any number between -10 and 10 should be possible."""
    left = stay(student, worker)
    return bool(left.any()) and torch.equal(left, left.round())


@diagnosis()
def asks_for_the_exact_type(source, names):
    """`{name}` asks for the exact type ({where}). isinstance(m, nn.Linear) holds for subclasses, too."""
    for name in names:
        if re.search(r"type\(\w+\)(\.__name__)? (==|is|in) |__class__(\.__name__)? (==|is|in) ", source.text_of(name)):
            return {"name": name, "where": source.calls(name, "type") or source.uses(name, "__class__")}
    return False


@diagnosis()
def makes_a_new_parameter(student, worker):
    """There is a new parameter where the old one was: optimisers still hold the old one. Fill that one, in place."""
    for name in ("init_normal", "my_init"):
        layer = frozen(worker, 4, 6)
        before = layer.weight, layer.bias
        getattr(student, name)(layer)
        if not (same(layer.weight, before[0]) and same(layer.bias, before[1])):
            return True
    return False


@diagnosis()
def puts_a_new_tensor_under_the_parameter(student, worker):
    """A parameter got a new tensor (`.data = ...`): whoever shares its memory no longer does. Write into the one it has."""
    for name in ("init_normal", "my_init"):
        layer = frozen(worker, 4, 6)
        memory = kept(layer.weight.detach), kept(layer.bias.detach)
        getattr(student, name)(layer)
        if not (torch.equal(memory[0].value, layer.weight.value) and torch.equal(memory[1].value, layer.bias.value)):
            return True
    return False


@diagnosis()
def forgets_no_grad(error):
    """A parameter that requires grad is changed in place: do that under torch.no_grad()."""
    return "in-place operation" in getattr(error, "text", "")


@diagnosis()
def has_no_branch_for_another_mode(error):
    """For another mode no branch gives the fan a value, and the next line finds none: raise a ValueError there."""
    return getattr(error, "type_name", "") == "UnboundLocalError"


# ---- the distributions ----------------------------------------------------------------------------------------------------


@criterion("init_statistics", hint="Without arguments the mean is 0.", diagnoses=[fixes_the_mean])
def test_init_normal_mean_by_default(student, worker):
    """Without arguments, init_normal gives weights of mean 0."""
    assert_mean(sample(student, worker, "init_normal"), Normal(0.0, 0.01), "the weights")


@criterion("init_statistics", hint="Without arguments the standard deviation is 0.01.")
def test_init_normal_std_by_default(student, worker):
    """Without arguments, init_normal gives weights of standard deviation 0.01."""
    assert_std(sample(student, worker, "init_normal"), Normal(0.0, 0.01), "the weights")


@criterion(
    "init_statistics",
    hint="A normal distribution: most numbers near the mean, few far out, and no end.",
    diagnoses=[fixes_the_mean, init_normal_is_uniform, init_normal_has_no_tails],
)
def test_init_normal_shape(student, worker):
    """The weights of init_normal are normally distributed."""
    assert_distribution(sample(student, worker, "init_normal"), Normal(0.0, 0.01), "the weights")


@criterion(
    "init_statistics",
    hint="Uniform: each part of the range gets as many numbers as another of the same length.",
    diagnoses=[xavier_is_thicker_in_the_middle],
)
def test_xavier_shape(student, worker):
    """The numbers of xavier_uniform_ are uniformly distributed."""
    bound = math.sqrt(6 / (FAN_IN + FAN_OUT))
    assert_distribution(sample(student, worker, "xavier_uniform_"), Uniform(-bound, bound), "the numbers of xavier_uniform_")


@criterion(
    "init_statistics",
    hint='With mode="fan_out", std = sqrt(2 / fan_out), and fan_out is the number of rows.',
    diagnoses=[ignores_the_mode, kaiming_swaps_the_fans],
)
def test_kaiming_fan_out(student, worker):
    """With mode="fan_out", kaiming_normal_ gives the standard deviation sqrt(2 / fan_out)."""
    wanted = Normal(0.0, math.sqrt(2 / FAN_OUT))
    assert_std(sample(student, worker, "kaiming_normal_", "fan_out"), wanted, "the numbers of kaiming_normal_ by fan_out")


@criterion("init_statistics", hint="A normal distribution with mean 0.", diagnoses=[kaiming_is_uniform, kaiming_has_no_tails])
def test_kaiming_shape(student, worker):
    """The numbers of kaiming_normal_ are normally distributed around 0."""
    wanted = Normal(0.0, math.sqrt(2 / FAN_IN))
    assert_distribution(sample(student, worker, "kaiming_normal_"), wanted, "the numbers of kaiming_normal_")


@criterion(
    "init_statistics",
    hint='Only "fan_in" and "fan_out" are modes. A dictionary raises KeyError by itself.',
    diagnoses=[has_no_branch_for_another_mode],
)
def test_kaiming_refuses_another_mode(student, worker):
    """kaiming_normal_ raises ValueError or KeyError for a mode that is neither "fan_in" nor "fan_out"."""
    t = kept(worker.zeros, 4, 6)
    kept(student.kaiming_normal_, t, "fan_in")
    try:
        kept(student.kaiming_normal_, t, "fan_avg")
    except (ValueError, KeyError):
        return
    check(False, "An unknown mode is taken as if it were a known one.")


@criterion("init_statistics", hint="|w| decides, and not w.", diagnoses=[my_init_keeps_one_sign])
def test_my_init_signs(student, worker):
    """Half of the weights that my_init keeps are positive."""
    assert_proportion(stay(student, worker) > 0, 1 / 2, "positive numbers among the weights that my_init keeps")


@criterion("init_statistics", hint="Uniform numbers: as many between 5 and 6 as between 9 and 10.", diagnoses=[my_init_rounds])
def test_my_init_shape(student, worker):
    """The weights that my_init keeps are uniformly distributed."""
    wanted = Uniform(5.0, 10.0)
    assert_distribution(stay(student, worker).abs(), wanted, "the sizes of the weights that my_init keeps")


# ---- each number on its own -------------------------------------------------------------------------------------------------


@criterion("independence", hint="Draw with torch: its global generator is what a seed set outside decides.")
def test_a_seed_decides_the_numbers(student, worker):
    """After the same torch.manual_seed, each function gives the same numbers as before."""
    for name in KINDS:
        results = []
        for _ in range(2):
            worker.manual_seed(5)
            results.append(drawn(student, worker, name, shape=(20, 30)))
        check(
            torch.equal(*results),
            "After the same torch.manual_seed come other numbers: they are not from torch's global generator.",
        )


# ---- a whole network --------------------------------------------------------------------------------------------------------


@criterion(
    "application",
    hint="isinstance(m, nn.Linear) holds for subclasses, too.",
    diagnoses=[asks_for_the_exact_type],
)
def test_init_normal_reaches_subclasses(student, worker, props):
    """init_normal initialises subclasses of nn.Linear, too."""
    layer = props.NamedLinear(6, 4)
    set_value(layer.weight, torch.full((4, 6), 3.0))
    student.init_normal(layer)
    check(not (layer.weight.value == 3.0).any(), "A layer of a subclass of nn.Linear is left out.")


@criterion(
    "application",
    hint="isinstance(m, nn.Linear) holds for subclasses, too: nn.MultiheadAttention holds one.",
    diagnoses=[asks_for_the_exact_type],
)
def test_my_init_reaches_subclasses(student, worker):
    """my_init initialises subclasses of nn.Linear, too: the output layer of nn.MultiheadAttention is one."""
    attention = worker.nn.MultiheadAttention(4, 2)
    set_value(attention.out_proj.weight, torch.full((4, 4), 3.0))
    attention.apply(student.my_init)
    check(not (attention.out_proj.weight.value == 3.0).any(), "A layer of a subclass of nn.Linear is left out.")


@criterion("application", hint="my_init is about the weights alone.")
def test_my_init_leaves_the_bias(student, worker):
    """my_init leaves the bias as it was."""
    layer = frozen(worker, 4, 6)
    student.my_init(layer)
    check(torch.equal(layer.bias.value, torch.full((4,), 3.0)), "The bias is not what it was before my_init.")


@criterion(
    "application",
    hint="Fill m.weight in place, by a method whose name ends in an underscore: no new nn.Parameter, no `.data = ...`.",
    diagnoses=[makes_a_new_parameter, puts_a_new_tensor_under_the_parameter],
)
def test_parameters_stay_the_same_objects(student, worker):
    """init_normal and my_init write into the tensors that are there: parameters and their memory stay the same."""
    for name in ("init_normal", "my_init"):
        layer = frozen(worker, 4, 6)
        before = layer.weight, layer.bias
        memory = [kept(parameter.detach) for parameter in before]
        getattr(student, name)(layer)
        assert_same_object(layer.weight, before[0], "the weight and what it was before")
        assert_equal(memory[0], layer.weight.value, "the memory of the weight")
        assert_same_object(layer.bias, before[1], "the bias and what it was before")
        assert_equal(memory[1], layer.bias.value, "the memory of the bias")


@criterion("application", hint="Leave requires_grad alone: torch.no_grad() is all that is needed.")
def test_frozen_weights_stay_frozen(student, worker):
    """init_normal and my_init leave requires_grad as it was."""
    layer = worker.nn.Linear(6, 4)
    layer.weight.requires_grad_(False)
    student.init_normal(layer)
    student.my_init(layer)
    flags = [layer.weight.requires_grad, layer.bias.requires_grad]
    check(flags == [False, True], "After the call, requires_grad of a parameter is not what it was.")


@criterion("application", hint="A parameter may only be changed in place under torch.no_grad().", diagnoses=[forgets_no_grad])
def test_a_parameter_may_be_filled(student, worker):
    """xavier_uniform_ and kaiming_normal_ take a layer's weight that is being trained."""
    for name in ("xavier_uniform_", "kaiming_normal_"):
        layer = worker.nn.Linear(6, 4)
        kept(getattr(student, name), layer.weight)
        check(layer.weight.requires_grad, "After it was filled, a parameter no longer requires grad.")


# ---- dtypes and layouts -----------------------------------------------------------------------------------------------------


@criterion(
    "modes", hint="Fill the tensor in place: then the numbers are drawn in its own dtype. torch.rand alone draws float32."
)
def test_float64_keeps_its_digits(student, worker):
    """In float64, numbers with the digits of float64 are drawn."""
    for name in KINDS:
        values = drawn(student, worker, name, shape=(20, 30), dtype=torch.float64)
        check(not name.endswith("_") or bool(values.any()), "A float64 tensor is left as it was.")
        if values.unique().numel() > 100:  # else they are hardly random, which is charged elsewhere
            check(not torch.equal(values, values.float().double()), "The numbers have the digits of float32 alone.")


@criterion("modes", hint="Let dtypes follow the tensor: t.to(...) and t.float() give a new one, which nobody sees.")
def test_bfloat16(student, worker):
    """In bfloat16, numbers of the same spread are drawn as in float32."""
    for name, kind in KINDS.items():
        fine, coarse = (drawn(student, worker, name, shape=(100, 100), dtype=d) for d in (torch.float32, torch.bfloat16))
        if without_repeats(fine).numel() == COARSE:  # one row for all, or nothing at all, is charged elsewhere
            assert_same_std(coarse, fine, kind, "the numbers in bfloat16", alpha=QUARTER)


@criterion("modes", hint="No .view(-1) and no .reshape(-1) on the tensor: fill it as it is.")
def test_a_tensor_that_is_not_contiguous(student, worker):
    """A tensor that is not contiguous in memory is filled as any other."""
    for name in ("xavier_uniform_", "kaiming_normal_"):
        turned = put_into(kept(kept(worker.zeros, 6, 4).t), student, name)
        check(bool(turned.any()), "A tensor that is not contiguous in memory is left as it was.")
