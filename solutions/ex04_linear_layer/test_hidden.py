"""The checks of ex04 that students do not get to read."""

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
    dtypes,
    fetch,
    given,
    gradcheck,
    kept,
    sampled_from,
    seeds,
    set_value,
    sizes,
    spread,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, leaves_autograd, overrides_call, writes_into_its_argument


@diagnosis()
def draws_anew_in_forward(student):
    """Each call computes with other weights: make the parameters once, in `__init__`."""
    layer, x = student.CustomLinear(3, 2), tensor(1, 4, 3)
    return not torch.equal(layer(x).detach(), layer(x).detach())


@diagnosis()
def lacks_the_weight(student):
    """No parameter holds the weights: make them in `__init__`, with nn.Parameter as the last step, and put that on self."""
    return 6 not in [parameter.numel() for parameter in student.CustomLinear(3, 2).parameters()]


@diagnosis()
def draws_with_python(source):
    """Python's own random numbers are used ({where}): torch.manual_seed does not govern them. Draw with torch."""
    where = source.calls("CustomLinear", "random.gauss", "random.random", "random.uniform", "random.normalvariate")
    return where and {"where": where}


@diagnosis()
def shares_parameters(student):
    """Two layers have one and the same parameter: make the parameters in `__init__`, new ones for each layer."""
    first, second = student.CustomLinear(3, 2), student.CustomLinear(3, 2)
    for parameter in first.parameters():
        set_value(parameter, torch.full(parameter.shape, 7.0))
    return any(bool((parameter.value == 7.0).all()) for parameter in second.parameters())


@diagnosis()
def has_no_bias_flag(student):
    """With bias=False there should be no bias at all."""
    return len(list(student.CustomLinear(3, 2, bias=False).parameters())) != 1


@diagnosis()
def seeds_the_generator(source):
    """The code seeds torch's generator ({where}): then every new layer gets the same weights."""
    where = source.calls("CustomLinear", "torch.manual_seed", "torch.random.manual_seed", "torch.Generator")
    return where and {"where": where}


@criterion("shapes", hint="Keep every leading dimension: torch.matmul does so, torch.mm does not.")
@given(lead=sampled_from([(), (1,), (0,), (2, 3, 4), (2, 1)]), d_in=sizes(1, 4), d_out=sizes(1, 4), seed=seeds())
def test_any_leading_dimensions(student, lead, d_in, d_out, seed):
    """One sample, batches of one and of none, and more dimensions: all but the last stay as they are."""
    assert_shape(student.CustomLinear(d_in, d_out)(tensor(seed, *lead, d_in)), (*lead, d_out))


@criterion(
    "shapes", hint="torch.matmul works on the last dimension alone. A reshape on the way must be undone in the same order."
)
@given(lead=sampled_from([(3, 2), (2, 2), (2, 1, 3)]), d_in=sizes(2, 4), d_out=sizes(2, 4), seed=seeds(), examples=6)
def test_each_sample_stays_in_its_place(student, lead, d_in, d_out, seed):
    """With more dimensions, each sample gives what it gives in a batch of rows, in the same place."""
    layer, x = student.CustomLinear(d_in, d_out), tensor(seed, *lead, d_in)
    rows = layer(x.reshape(-1, d_in)).detach()
    assert_close(layer(x), rows.reshape(*lead, d_out), "the output with more dimensions", atol=1e-4)


@criterion("shapes", hint="No unsqueeze_ on the input: without the underscore there is a new tensor, and the caller's stays.")
def test_a_single_sample_keeps_its_shape(student, worker):
    """A single sample, of shape (input_dim,), is not given another shape in place."""
    x = tensor(1, 3)
    copy = worker.put(x)
    student.CustomLinear(3, 2)(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("values", gate=True, hint="Make the parameters once, in __init__.", diagnoses=[draws_anew_in_forward])
def test_two_calls_agree(student):
    """Two calls with the same input give the same output."""
    layer, x = student.CustomLinear(3, 2), tensor(1, 4, 3)
    assert_equal(layer(x).detach(), layer(x).detach(), "the output of the first call")


@criterion("values", hint="Draw the weights in __init__, and do not seed the generator.", diagnoses=[seeds_the_generator])
def test_two_layers_differ(student):
    """Two new layers have different weights."""
    x = tensor(1, 4, 3)
    assert_changed(student.CustomLinear(3, 2)(x), student.CustomLinear(3, 2)(x), "the output of a second layer")


@criterion("values", hint="Draw with torch, as in torch.randn(...): its global generator is what a seed set outside decides.",
           diagnoses=[draws_with_python])  # fmt: skip
def test_a_seed_decides_the_weights(student, worker):
    """After the same torch.manual_seed, a new layer has the same weights."""
    outputs = []
    for _ in range(2):
        worker.torch.manual_seed(5)
        outputs.append(student.CustomLinear(3, 2)(tensor(1, 4, 3)).detach())
    assert_equal(outputs[1], outputs[0], "the output of a layer made after the same seed")


@criterion("values", hint="No x *= or x += in forward: they change the caller's tensor.", diagnoses=[writes_into_its_argument])
@given(n=sizes(), seed=seeds(), examples=6)
def test_input_stays_as_it_was(student, worker, n, seed):
    """The input tensor is not modified."""
    x = tensor(seed, n, 3)
    copy = worker.put(x)
    student.CustomLinear(3, 2)(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("gradients", hint="The gradient must flow back to the input, too.", diagnoses=[leaves_autograd])
@given(n=sizes(1, 3), d_in=sizes(2, 3), d_out=sizes(2, 3), seed=seeds(), examples=6)
def test_gradient_of_the_input(student, n, d_in, d_out, seed):
    """The gradient flows back to the input."""
    layer = student.CustomLinear(d_in, d_out)
    for number, parameter in enumerate(layer.parameters()):  # all positive, and x far from 0: a new layer's weights, an
        set_value(parameter, tensor(seed + 1 + number, *parameter.shape).abs())  # activation, a norm are charged under values
    gradcheck(layer, (tensor(seed, n, d_in).abs() + 4).requires_grad_())


@criterion("gradients", hint="The bias is added to every sample, so each adds one to its gradient.",
           diagnoses=[leaves_autograd, lacks_the_weight])  # fmt: skip
@given(n=sizes(1, 6), d_out=sizes(2, 4), seed=seeds(), examples=6)
def test_bias_collects_one_gradient_per_sample(student, n, d_out, seed):
    """Each sample adds one to the bias gradient of a summed output."""
    layer = student.CustomLinear(5, d_out)
    for number, parameter in enumerate(layer.parameters()):  # all positive: an activation is charged under values
        set_value(parameter, tensor(seed + number, *parameter.shape).abs())
    backward(layer(tensor(seed, n, 5).abs()))
    found = [p.grad.value.reshape(-1) for p in layer.parameters() if p.numel() == d_out and p.grad is not None]
    wanted = torch.full((d_out,), float(n))
    check(any(torch.allclose(g, wanted) for g in found), "The gradient of the bias should be the number of samples.")


@criterion("registration", hint="With bias=False make no bias parameter: self.bias = None.", diagnoses=[has_no_bias_flag])
def test_one_parameter_without_bias(student):
    """With bias=False exactly one parameter is listed."""
    found = [p.numel() for p in student.CustomLinear(3, 2, bias=False).parameters()]
    check(found == [6], "With bias=False the weight should be the only parameter.")


@criterion("registration", hint="With bias=False, too, the output is x times the weight itself.")
def test_the_weight_alone_decides_without_bias(student):
    """With bias=False the weight decides on the output, and nothing else."""
    weight, x = tensor(1, 3, 2).abs(), tensor(2, 4, 3).abs()
    try:
        layer = student.CustomLinear(3, 2, bias=False)
        layer(x)
    except StudentError:
        return  # a flag that does not work is charged under values
    for parameter in layer.parameters():
        if parameter.numel() == 6:
            set_value(parameter, weight if parameter.shape == weight.shape else weight.T)
    product = layer(x).detach() - layer(torch.zeros(4, 3)).detach()  # so is a bias that is there all the same
    assert_close(product, (x.unsqueeze(-1) * weight).sum(1), "the output for a weight of ours", atol=1e-4)


@criterion("gradients", hint="Where there is no bias, the product alone is the result: it must lead to the weight, too.",
           diagnoses=[leaves_autograd, lacks_the_weight])  # fmt: skip
@given(n=sizes(1, 3), seed=seeds(), examples=4)
def test_gradients_without_bias(student, n, seed):
    """With bias=False, too, the parameters get the gradients of what the layer computes."""
    try:
        layer = student.CustomLinear(3, 2, bias=False)
        layer(tensor(seed, n, 3))
    except StudentError:
        return  # a flag that does not work is charged under values
    for number, parameter in enumerate(layer.parameters()):  # all positive: an activation is charged under values
        set_value(parameter, tensor(seed + number, *parameter.shape).abs())
    gradcheck(layer, tensor(seed + 2, n, 3).abs(), parameters=list(layer.parameters()))


@criterion("registration", hint="Make the parameters in __init__, for each layer anew; not as attributes of the class.",
           diagnoses=[shares_parameters])  # fmt: skip
def test_two_layers_share_nothing(student):
    """Writing into one layer's parameters leaves another layer as it was."""
    first, second, x = student.CustomLinear(3, 2), student.CustomLinear(3, 2), tensor(1, 4, 3)
    before = second(x).detach()
    for parameter in first.parameters():
        set_value(parameter, torch.full(parameter.shape, 3.0))
    assert_close(second(x), before, "the output of the other layer")


@criterion("registration", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
def test_hooks_fire(student, props):
    """The layer is an nn.Module, and a forward hook sees its output."""
    layer, x = student.CustomLinear(3, 2), tensor(1, 4, 3)
    plain = layer(x).detach()
    layer.register_forward_hook(props.add_one)
    assert_close(layer(x), plain + 1, "the output with a hook that adds 1")


@criterion(
    "save_load",
    hint="Whatever is not a Parameter or a buffer is not in the file.",
    diagnoses=[lacks_the_weight],
)
def test_a_file_carries_the_layer_to_another_process(student, worker, elsewhere):
    """A layer saved to a file computes the same when another process loads it."""
    layer, x = student.CustomLinear(3, 2), tensor(1, 4, 3)
    wanted = layer(x).detach()
    worker.save(kept(layer.state_dict), "layer.pt")
    there = elsewhere.loaded()
    there.receive("layer.pt")
    other = there.student.CustomLinear(3, 2)
    other.load_state_dict(kept(there.torch.load, "layer.pt"))
    assert_close(other(x), wanted, "the output of the loaded layer")


@criterion("save_load", hint="The state_dict should hold the weight and the bias, and nothing else.")
def test_state_dict_holds_weight_and_bias(student):
    """The state_dict holds input_dim * output_dim + output_dim numbers."""
    held = student.CustomLinear(3, 2).state_dict()
    check(sum(value.numel() for value in held.values()) == 8, "The state_dict should hold the weight and the bias alone.")


@criterion("modes", hint="Registered parameters follow .double() by themselves; make no float32 tensor in forward.",
           diagnoses=[fixes_the_dtype, lacks_the_weight])  # fmt: skip
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=6)
def test_follows_a_dtype(student, dtype, seed):
    """After .to(dtype) the layer takes and gives that dtype."""
    layer = student.CustomLinear(3, 2)
    layer.to(dtype)
    y = layer(tensor(seed, 4, 3, dtype=dtype))
    check(y.dtype == dtype, "The output has another dtype than the layer and its input.")


@criterion(
    "modes", hint="Where there is no bias, add nothing: torch.zeros(...) in forward is float32.", diagnoses=[fixes_the_dtype]
)
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=4)
def test_follows_a_dtype_without_bias(student, dtype, seed):
    """With bias=False, too, the layer gives the dtype that it takes."""
    try:
        layer = student.CustomLinear(3, 2, bias=False)
        layer(tensor(seed, 4, 3))
    except StudentError:
        return  # a flag that does not work is charged under values
    layer.to(dtype)
    y = fetch(layer(tensor(seed, 4, 3, dtype=dtype)), "the output")
    check(y.dtype == dtype, "The output has another dtype than the layer and its input.")


@criterion("modes", hint="Registered parameters follow .to(device) by themselves.", diagnoses=[lacks_the_weight])
def test_follows_a_device(student):
    """After .to('meta') all of the layer's tensors are there."""
    layer = student.CustomLinear(3, 2)
    layer.to("meta")
    devices = [parameter.device.type for parameter in layer.parameters()]
    check(devices == ["meta", "meta"], "Not all of the layer's tensors moved to the other device.")


@criterion("modes", hint="No .view on the input: it needs a contiguous tensor.")
@given(seed=seeds(), examples=4)
def test_non_contiguous_input(student, seed):
    """An input that is not contiguous in memory gives the same result."""
    layer, x = student.CustomLinear(3, 2), tensor(seed, 2, 4, 3)
    assert_close(layer(spread(x)), layer(x).detach(), "the output for a non-contiguous input")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, seed):
    """In float64 the layer loses no digits."""
    layer = student.CustomLinear(3, 2)
    layer.double()
    x, weight, bias = (tensor(seed + i, *s, dtype=torch.float64) / 3 for i, s in enumerate([(8, 3), (3, 2), (2,)]))
    for parameter in layer.parameters():
        if parameter.numel() in (2, 6):
            new = bias.reshape(parameter.shape) if parameter.numel() == 2 else weight
            set_value(parameter, new if new.shape == parameter.shape else new.T)
    error = (fetch(layer(x), "the output") - x @ weight - bias).abs().max()
    check(not 1e-12 < error < 1e-5, "Digits of float64 are lost on the way.")  # a larger error is no matter of digits
