"""The checks of ex06 that students do not get to read."""

from itertools import pairwise

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
    isinstance_of,
    kept,
    sampled_from,
    seeds,
    sizes,
    tensor,
)
from grader.suite.diagnoses import fixes_the_dtype, overrides_call, writes_into_its_argument

X = tensor(1, 6, 4)


@diagnosis()
def drops_a_dimension(student, props):
    """A batch of one loses its dimension: do not use squeeze."""
    return student.MySequential(props.AddOne())(tensor(1, 1, 4)).dim() < 2


@diagnosis()
def asks_for_two_dimensions(student, props):
    """Only inputs of two dimensions work: `forward` must not ask how many there are."""
    net = student.MySequential(props.AddOne())
    net(X)
    try:
        net(tensor(1, 2, 3, 4))
    except StudentError:
        return True
    return False


@diagnosis()
def flattens_the_leading_dimensions(student, props):
    """The leading dimensions are flattened into one: pass x on as it is."""
    return student.MySequential(props.AddOne())(tensor(1, 2, 3, 4)).dim() == 2


@diagnosis()
def sorts_the_names(student, props):
    """With more than ten modules the order changes: "10" comes before "2" where names are sorted as words."""
    parts = [props.AddOne() for _ in range(2)] + [props.Double()] + [props.AddOne() for _ in range(9)]
    return not torch.allclose(student.MySequential(*parts)(torch.ones(1, 1)).detach(), torch.tensor([[15.0]]))


@diagnosis()
def keeps_the_first_result(student, props):
    """Something is kept from the first call and used in the second: compute anew in every call of `forward`."""
    net = student.MySequential(props.AddOne())
    net(X)
    return not torch.allclose(net(2 * X).detach(), 2 * X + 1)


@diagnosis()
def stops_at_three_sizes(student):
    """build_block works for three sizes alone: it must take any number of them, from two on."""
    student.build_block([4, 5, 3])
    try:
        found = [len(list(student.build_block(s).parameters())) for s in ([4, 3], [4, 5, 6, 7, 3])]
    except StudentError:
        return True
    return found != [2, 8]


@criterion("shapes", hint="Pass x on as it is: the modules know what to do with any dimensions.",
           diagnoses=[drops_a_dimension, asks_for_two_dimensions, flattens_the_leading_dimensions])  # fmt: skip
@given(lead=sampled_from([(), (1,), (0,), (2, 3), (2, 1)]), seed=seeds(), examples=8)
def test_any_leading_dimensions(student, worker, lead, seed):
    """One sample, batches of one and of none, and more dimensions pass through."""
    net = student.MySequential(worker.nn.Linear(4, 3))
    assert_shape(net(tensor(seed, *lead, 4)), (*lead, 3))


@criterion("shapes", hint="Any number of sizes from two on.", diagnoses=[stops_at_three_sizes])
@given(number=sizes(2, 5), examples=4)
def test_any_number_of_sizes(student, number):
    """build_block takes two sizes, three, or more; tuples as well as lists."""
    widths = tuple(range(2, 2 + number))
    shapes = [tuple(parameter.shape) for parameter in student.build_block(widths).parameters() if parameter.dim() == 2]
    assert_equal(shapes, [(b, a) for a, b in pairwise(widths)], "the shapes of the weights of build_block")


@criterion("values", hint="Names are strings: sorted as words, 10 comes before 2. Keep the order of insertion.",
           diagnoses=[sorts_the_names])  # fmt: skip
@given(place=sizes(0, 11), examples=8)
def test_more_than_ten_modules(student, props, place):
    """With twelve modules the order is still the one in which they were given."""
    parts = [props.Double() if i == place else props.AddOne() for i in range(12)]
    wanted = 2 * (X + place) + (11 - place)
    assert_close(student.MySequential(*parts)(X), wanted, atol=1e-4)


@criterion("values", hint="A MySequential is a module like any other: it may lie in another one.")
def test_containers_within_containers(student, props):
    """A container within a container works like its modules."""
    inner = student.MySequential(props.AddOne(), props.Double())
    assert_close(student.MySequential(inner, props.AddOne(), inner)(X), 2 * (2 * (X + 1) + 2), atol=1e-4)


@criterion("values", hint="Keep nothing of a call.", diagnoses=[keeps_the_first_result])
@given(seed=seeds(), examples=4)
def test_second_call_is_independent(student, props, seed):
    """A second call does not depend on the first."""
    net = student.MySequential(props.AddOne(), props.Double())
    net(tensor(seed, 2, 4))
    x = tensor(seed + 1, 2, 4)
    assert_close(net(x), 2 * (x + 1))


@criterion("values", hint="No x += and no x.relu_(): they change the caller's tensor.", diagnoses=[writes_into_its_argument])
@given(seed=seeds(), examples=4)
def test_input_stays_as_it_was(student, worker, props, seed):
    """The input tensor is not modified."""
    x = tensor(seed, 3, 4)
    copy = worker.put(x)
    student.MySequential(props.AddOne())(copy)
    assert_equal(copy.value, x, "the input after the call")


@criterion("values", hint="build_block only reads the sizes.")
def test_sizes_stay_as_they_were(student, worker):
    """The list of sizes is not modified."""
    widths = worker.put([4, 5, 3])
    student.build_block(widths)
    check(list(widths) == [4, 5, 3], "`build_block` changes the list of sizes that it is given.")


@criterion("gradients", hint="A module that is applied twice collects the gradients of both uses.")
def test_gradient_of_a_module_that_is_passed_twice(student, props):
    """A parameter that is used twice gets the sum of both gradients."""
    scale = props.Scale(3.0)
    net = student.MySequential(scale, props.AddOne(), scale)
    y = fetch(net(torch.tensor([[2.0]])), "the output")
    if y.numel() != 1 or y.item() != 21.0:
        return  # a module that is applied once is charged under values
    y.sum().backward()  # y = f (f x + 1), dy/df = 2 f x + 1
    assert_close(scale.factor.grad.value, torch.tensor(13.0), "the gradient of a parameter")


@criterion("registration", hint="Register each module that you are given, whatever it holds.")
def test_modules_are_listed(student, worker, props):
    """All modules are listed by named_modules, those within modules too."""
    inner = worker.nn.Sequential(worker.nn.Linear(4, 3), worker.nn.ReLU())
    net = student.MySequential(inner, worker.nn.Tanh())
    wanted = [("0", "Sequential"), ("0.0", "Linear"), ("0.1", "ReLU"), ("1", "Tanh")]
    assert_equal([tuple(pair) for pair in props.names_of_modules(net)], wanted, "the named modules")


@criterion("registration", hint="A registered module is reached by net.apply.")
def test_apply_reaches_the_modules(student, worker, props):
    """net.apply reaches the modules: it can initialise them."""
    net = student.MySequential(worker.nn.Linear(4, 3))
    net.apply(props.fill_with_half)
    x = X.abs()
    wanted = (0.5 * x.sum(-1, keepdim=True)).expand(6, 3)
    assert_close(net(x), wanted, "the output after net.apply", atol=1e-4)


@criterion("registration", hint="Inherit from nn.Module and write forward: then hooks fire.", diagnoses=[overrides_call])
def test_hooks_fire(student, props):
    """The container is an nn.Module whose forward hooks fire, and so do those of its modules."""
    part = props.Double()
    net, x = student.MySequential(part), X.abs()
    plain = net(x).detach()
    part.register_forward_hook(props.add_one)
    net.register_forward_hook(props.add_one)
    assert_close(net(x), plain + 2, "the output with two hooks that add 1")


@criterion("registration", hint="print(net) must work: the keys of the modules are strings.")
def test_can_be_printed(student, worker, props):
    """print(net) shows the modules."""
    printed = props.text(student.MySequential(worker.nn.Linear(4, 3), worker.nn.ReLU()))
    check("Linear" in printed and "ReLU" in printed, "print(net) does not show the modules.")


@criterion("registration", hint="return nn.Sequential(*layers)")
def test_a_block_is_a_sequential(student, worker):
    """build_block gives back an nn.Sequential."""
    block = student.build_block([4, 5, 3])
    check(isinstance_of(block, worker.nn.Sequential), "`build_block` should give back an nn.Sequential.")


@criterion("save_load", hint="Whatever is not registered is not in the file.")
def test_a_file_carries_the_chain_to_another_process(student, worker, elsewhere):
    """A chain saved to a file computes the same when another process loads it."""
    net = student.MySequential(worker.nn.Linear(4, 4), worker.nn.Linear(4, 4))
    wanted = net(X).detach()
    worker.save(kept(net.state_dict), "chain.pt")
    there = elsewhere.loaded()
    there.receive("chain.pt")
    other = there.student.MySequential(there.torch.nn.Linear(4, 4), there.torch.nn.Linear(4, 4))
    other.load_state_dict(kept(there.torch.load, "chain.pt"))
    assert_close(other(X), wanted, "the output of the loaded chain")


@criterion(
    "modes", hint="Registered modules follow .to(dtype) by themselves; pass x on as it is.", diagnoses=[fixes_the_dtype]
)
@given(dtype=dtypes("float64", "bfloat16"), seed=seeds(), examples=4)
def test_follows_a_dtype(student, worker, dtype, seed):
    """After .to(dtype) the chain takes and gives that dtype."""
    net = student.MySequential(worker.nn.Linear(4, 3))
    net.to(dtype)
    y = fetch(net(tensor(seed, 2, 4, dtype=dtype)), "the output")
    check(y.dtype == dtype, "The output has another dtype than the chain and its input.")


@criterion("modes", hint="Pass x on as it is: no .float() on the way.", diagnoses=[fixes_the_dtype])
@given(seed=seeds(), examples=4)
def test_float64_keeps_its_digits(student, props, seed):
    """In float64 no digits are lost."""
    x = tensor(seed, 2, 4, dtype=torch.float64) / 3
    y = fetch(student.MySequential(props.Double())(x), "the output").detach()
    error = (y - 2 * x).abs().max() if y.shape == x.shape else torch.zeros(())
    check(not 1e-12 < error < 1e-5, "Digits of float64 are lost on the way.")  # a larger error is no matter of digits


@criterion("modes", hint="Registered modules follow .to(device) by themselves.")
def test_follows_a_device(student, worker):
    """After .to('meta') the parameters of all modules are there."""
    net = student.MySequential(worker.nn.Linear(4, 3), worker.nn.BatchNorm1d(3))
    net.to("meta")
    devices = {part.device.type for part in [*net.parameters(), *net.buffers()]}
    check(devices == {"meta"}, "Not all tensors of the modules moved to the other device.")


@criterion("modes", hint="Registered modules follow .train() by themselves; forward does not ask for the mode.")
def test_train_reaches_the_modules(student, worker, props):
    """.eval() and .train() reach all modules, those within modules too."""
    net = student.MySequential(worker.nn.Sequential(worker.nn.Dropout(0.5)), worker.nn.Linear(4, 3))
    net.eval()
    evaluated = props.training_flags(net)
    net.train()
    check(not any(evaluated) and all(props.training_flags(net)), "A module does not follow .eval() and .train().")
