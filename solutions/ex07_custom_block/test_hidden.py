"""The checks of ex07 that students do not get to read."""

import torch

from grader.suite import (
    StudentError,
    assert_close,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    dtypes,
    fetch,
    given,
    gradcheck,
    kept,
    same,
    sampled_from,
    seeds,
    set_value,
    sizes,
    spread,
    tensor,
)
from grader.suite.diagnoses import (
    fixes_the_dtype,
    leaves_autograd,
    makes_a_tensor_of_the_default_dtype,
    overrides_call,
    seeds_the_generator,
    views_its_input,
    writes_into_its_argument,
)


def made(student, *sizes):
    """A block in eval mode, so that what is random in training is no matter."""
    try:
        block = student.CustomBlock(*(sizes or (4, 5, 3)))
    except StudentError as error:
        if sizes:
            raise
        try:
            block = student.CustomBlock()  # whether there may be other sizes belongs to values
        except StudentError:
            raise error from None
    block.eval()
    return block


def filled(block, seed=10):
    """The block with positive numbers of ours in its parameters."""
    for number, parameter in enumerate(block.parameters()):
        set_value(parameter, tensor(seed + number, *parameter.shape).abs())
    return block


@diagnosis()
def uses_one_layer_twice(student):
    """Where all sizes are equal, fc1 and fc2 are one and the same layer: make two."""
    block = student.CustomBlock(3, 3, 3)
    return same(block.fc1.weight, block.fc2.weight)


@diagnosis()
def drops_a_dimension(student):
    """A batch of one loses its dimension: do not use squeeze."""
    return made(student)(tensor(1, 1, 4)).dim() < 2


@diagnosis()
def flattens_the_leading_dimensions(student):
    """The leading dimensions are flattened into one: leave them as they are."""
    return made(student)(tensor(1, 2, 3, 4)).dim() == 2


@diagnosis()
def asks_for_two_dimensions(student):
    """Only inputs of two dimensions work: `forward` must not ask how many there are."""
    block = made(student)
    block(tensor(1, 2, 4))
    try:
        block(tensor(1, 2, 3, 4))
    except StudentError:
        return True
    return False


@diagnosis()
def keeps_the_first_result(student):
    """Something is kept from the first call and used in the second: compute anew in every call of `forward`."""
    block, x = filled(made(student)), tensor(1, 4, 4)
    block(tensor(2, 4, 4))
    return not torch.equal(block(x).detach(), filled(made(student))(x).detach())


@criterion("shapes", hint="nn.Linear works on the last dimension alone: leave the others as they are.",
           diagnoses=[drops_a_dimension, flattens_the_leading_dimensions, asks_for_two_dimensions])  # fmt: skip
@given(lead=sampled_from([(), (1,), (0,), (2, 3), (2, 1)]), seed=seeds(), examples=12)
def test_any_leading_dimensions(student, lead, seed):
    """One sample, batches of one and of none, and more dimensions: all but the last stay as they are."""
    assert_shape(made(student)(tensor(seed, *lead, 4)), (*lead, 3))


@criterion("shapes", hint="A reshape on the way must be undone in the same order; none is needed.")
@given(lead=sampled_from([(3, 2), (2, 2), (2, 1, 3)]), seed=seeds(), examples=6)
def test_each_sample_stays_in_its_place(student, lead, seed):
    """With more dimensions, each sample gives what it gives in a batch of rows, in the same place."""
    block, x = made(student), tensor(seed, *lead, 4)
    rows = block(x.reshape(-1, 4)).detach()
    y = fetch(block(x), "the output").detach()
    in_place = y.shape == (*lead, 3) and torch.allclose(y, rows.reshape(*lead, 3), atol=1e-4)
    check(in_place, "With more dimensions, samples end up in other places.")


@criterion("values", hint="Keep nothing of a call: no result and no input on self.", diagnoses=[keeps_the_first_result])
@given(n=sizes(1, 3), seed=seeds(), examples=4)
def test_second_call_is_independent(student, n, seed):
    """A second call does not depend on the first."""
    used, new, x = filled(made(student)), filled(made(student)), tensor(seed, n, 4)
    used(tensor(seed + 1, n, 4))
    assert_close(used(x), new(x).detach(), "the output of the second call")


@criterion("values", hint="fc1 and fc2 are two layers, also where their sizes are equal.", diagnoses=[uses_one_layer_twice])
@given(d=sizes(2, 4), seed=seeds(), examples=6)
def test_layers_of_equal_sizes(student, d, seed):
    """With three equal sizes, fc1 and fc2 still have weights of their own."""
    block, x = student.CustomBlock(d, d, d), tensor(seed + 9, 3, d)
    w1, b1, w2, b2 = (tensor(seed + i, *([d, d] if i % 2 == 0 else [d])) for i in range(4))
    found = dict(block.named_parameters())
    values = {"fc1.weight": w1, "fc1.bias": b1, "fc2.weight": w2, "fc2.bias": b2}
    if len(found) == 4 and set(found) != set(values):
        return  # other names are charged under registration
    for name in set(found) & set(values):
        set_value(found[name], values[name])
    assert_close(block(x), torch.relu(x @ w1.T + b1) @ w2.T + b2, rtol=1e-5, atol=1e-3)


@criterion("values", hint="No x *= and no relu_ on the input: they change the caller's tensor.",
           diagnoses=[writes_into_its_argument])  # fmt: skip
@given(n=sizes(), seed=seeds(), examples=6)
def test_input_stays_as_it_was(student, worker, n, seed):
    """The input tensor is not modified."""
    x = tensor(seed, n, 4)
    copy = worker.put(x)
    made(student)(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("gradients", hint="The gradient must flow back to the input, too.", diagnoses=[leaves_autograd])
@given(n=sizes(1, 3), seed=seeds(), examples=5)
def test_gradient_of_the_input(student, n, seed):
    """The gradient flows back to the input."""
    block = filled(made(student), seed)
    gradcheck(block, tensor(seed + 8, n, 4).abs().requires_grad_())


@criterion("registration", hint="Make the layers in __init__, for each block anew; not as attributes of the class.")
def test_two_blocks_share_nothing(student):
    """Writing into one block's parameters leaves another block as it was."""
    first, second, x = made(student), made(student), tensor(1, 4, 4)
    before = second(x).detach()
    filled(first)
    check(torch.equal(second(x).detach(), before), "What is written into one block changes another: they share their layers.")


@criterion(
    "registration", hint="Let nn.Linear draw the weights, and do not seed the generator.", diagnoses=[seeds_the_generator]
)
def test_two_blocks_begin_with_different_weights(student):
    """Two new blocks have different weights."""
    first, second = ([p.value for p in made(student).parameters() if p.dim() == 2] for _ in range(2))
    same = [torch.equal(a, b) for a, b in zip(first, second, strict=False)]
    check(not any(same), "Two new blocks begin with the same weights.")


@criterion("registration", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
def test_hooks_fire(student, props):
    """The block is an nn.Module, and a forward hook sees its output."""
    block, x = made(student), tensor(1, 4, 4)
    plain = block(x).detach()
    block.register_forward_hook(props.add_one)
    assert_close(block(x), plain + 1, "the output with a hook that adds 1")


@criterion("save_load", hint="Whatever is not registered is not in the file.")
def test_a_file_carries_the_block_to_another_process(student, worker, elsewhere):
    """A block saved to a file computes the same when another process loads it."""
    block, x = made(student), tensor(1, 4, 4)
    wanted = block(x).detach()
    worker.save(kept(block.state_dict), "block.pt")
    there = elsewhere.loaded()
    there.receive("block.pt")
    other = made(there.student)
    other.load_state_dict(kept(there.torch.load, "block.pt"))
    assert_close(other(x), wanted, "the output of the loaded block")


@criterion("save_load", hint="Register no buffers: the block has nothing else to save.")
def test_state_dict_holds_parameters_alone(student):
    """The state_dict holds parameters alone."""
    block = made(student)
    others = set(block.state_dict()) - {name for name, _ in block.named_parameters()}
    check(not others, "The state_dict holds something that is no parameter.")


@criterion("modes", hint="Registered layers follow .to(dtype) by themselves; make no float32 tensor in forward.",
           diagnoses=[fixes_the_dtype, makes_a_tensor_of_the_default_dtype])  # fmt: skip
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=4)
def test_follows_a_dtype(student, dtype, seed):
    """After .to(dtype) the block takes and gives that dtype."""
    block = made(student)
    block.to(dtype)
    y = fetch(block(tensor(seed, 4, 4, dtype=dtype)), "the output")
    check(y.dtype == dtype, "The output has another dtype than the block and its input.")


@criterion("modes", hint="Registered layers follow .to(device) by themselves.")
def test_follows_a_device(student):
    """After .to('meta') all parameters are there."""
    block = made(student)
    block.to("meta")
    devices = {parameter.device.type for parameter in block.parameters()} | {buffer.device.type for buffer in block.buffers()}
    check(devices == {"meta"}, "Not all of the block's tensors moved to the other device.")


@criterion("modes", hint="No .view on the input: it needs a contiguous tensor.", diagnoses=[views_its_input])
@given(seed=seeds(), examples=4)
def test_non_contiguous_input(student, seed):
    """An input that is not contiguous in memory gives the same result."""
    block, x = made(student), tensor(seed, 3, 4)
    assert_close(block(spread(x)), block(x).detach(), "the output for a non-contiguous input")


@criterion("modes", hint="Do not pass through float32 on the way: float64 has twice the digits.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, seed):
    """In float64 the block loses no digits."""
    block = made(student)
    block.double()
    values = [tensor(seed + i, *p.shape, dtype=torch.float64).abs() / 3 for i, p in enumerate(block.parameters())]
    for parameter, value in zip(block.parameters(), values, strict=True):
        set_value(parameter, value)
    x = tensor(seed + 9, 8, 4, dtype=torch.float64).abs() / 3
    y = fetch(block(x), "the output").detach()
    if [tuple(value.shape) for value in values] != [(5, 4), (5,), (3, 5), (3,)] or y.shape != (8, 3):
        return  # that is charged under registration, or under values
    error = (y - ((x @ values[0].T + values[1]) @ values[2].T + values[3])).abs().max()
    check(not 1e-12 < error < 1e-3, "Digits of float64 are lost on the way.")  # a larger error is no matter of digits
