"""Answers look like torch: gradients flow through the pipe, identity is asked for, nothing of the judge's leaves it."""

import os

import pytest
import torch

from grader.bridge.connection import Connection
from grader.bridge.failures import NameMissing, StudentError, SuiteMisuse
from grader.bridge.launch import Limits
from grader.judge.fixtures import carry
from grader.suite import assert_same_object, raises, same, set_value
from grader.suite.assertions import Mismatch
from grader.wire import messages as m

SOURCE = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight
    def forward(self, x):
        return self.b(self.a(x)), {'x': x * 2}
def fail(): raise ZeroDivisionError('told')
def stub(): raise NotImplementedError
def identity(x): return x
def add_(x, y=None): return x.add_(1)
"""


@pytest.fixture
def connection(workers):
    connection = Connection(workers.start(Limits()), Limits())
    parsed = connection.ask(m.Parse(connection.number(), "probe", (m.Cell("probe.py", SOURCE),)))
    for index in range(len(parsed.statements)):
        connection.ask(m.Step(connection.number(), index))
    yield connection
    connection.close()


@pytest.fixture
def net(connection):
    return connection.root("student", "Net")()


def local_twin(net):
    a, b = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    b.weight = a.weight
    with torch.no_grad():
        a.weight.copy_(net.a.weight.value)
        a.bias.copy_(net.a.bias.value)
        b.bias.copy_(net.b.bias.value)
    return a, b


def test_backward_gives_the_gradients_that_torch_gives(net):
    a, b = local_twin(net)
    x, x2 = torch.randn(2, 3, requires_grad=True), None
    x2 = x.detach().clone().requires_grad_()
    y, more = net(x)
    (y.sum() + (more["x"] ** 2).sum()).backward()
    z = b(a(x2))
    (z.sum() + ((x2 * 2) ** 2).sum()).backward()
    torch.testing.assert_close(x.grad, x2.grad)
    torch.testing.assert_close(net.a.weight.grad.value, a.weight.grad)
    torch.testing.assert_close(net.b.bias.grad.value, b.bias.grad)


def test_gradients_add_up_over_two_backward_passes(net):
    for _ in range(2):
        net(torch.ones(1, 3))[0].sum().backward()
    torch.testing.assert_close(net.b.bias.grad.value, torch.full((3,), 2.0))


def test_one_output_may_be_differentiated_twice(net):
    x = torch.ones(1, 3, requires_grad=True)
    y = net(x)[0].sum()
    (first,) = torch.autograd.grad(y, x, retain_graph=True)
    y.backward()
    torch.testing.assert_close(x.grad, first)
    torch.testing.assert_close(net.b.bias.grad.value, torch.ones(3))


def test_parameters_get_gradients_even_where_no_input_requires_one(net):
    net(torch.ones(1, 3))[0].sum().backward()
    assert net.a.weight.grad is not None


def test_autograd_grad_leaves_the_gradients_over_there_alone(net):
    x = torch.ones(1, 3, requires_grad=True)
    torch.autograd.grad(net(x)[0].sum(), x)
    assert net.a.weight.grad is None


def test_no_grad_of_the_judge_holds_over_there(net):
    with torch.no_grad():
        assert not net(torch.ones(1, 3, requires_grad=True))[0].requires_grad


def test_the_identity_passes_its_gradient_on(connection):
    x = torch.ones(2, requires_grad=True)
    connection.root("student", "identity")(x).sum().backward()
    assert torch.equal(x.grad, torch.ones(2))


def test_identity_is_a_question_and_is_confirmed_by_writing(net):
    assert same(net.a.weight, net.b.weight) and not same(net.a.bias, net.b.bias)
    assert_same_object(net.a.weight, net.b.weight, "the weights")
    with pytest.raises(Mismatch):
        assert_same_object(net.a.bias, net.b.bias, "the biases")


def test_a_kept_copy_shows_what_the_call_did_to_it(connection):
    x = torch.zeros(2)
    copy = connection.put(x)
    connection.root("student", "add_")(copy)
    assert torch.equal(copy.value, torch.ones(2)) and torch.equal(x, torch.zeros(2))


def test_what_one_evaluation_writes_into_an_input_the_next_does_not_see(connection):
    x, step = torch.zeros(2), torch.ones(2)
    found = connection.evaluate(connection.root("student", "add_"), [[(1, step)]] * 3, {0: x})
    assert [value.tolist() for value in found] == [[1.0, 1.0]] * 3


def test_reading_functions_take_a_handle_and_writing_ones_do_not(net):
    assert torch.allclose(net.a.weight, net.b.weight)
    with pytest.raises(SuiteMisuse):
        torch.relu_(net.a.weight)


def test_writing_has_one_form(net):
    set_value(net.a.weight, torch.eye(3))
    assert torch.equal(net.b.weight.value, torch.eye(3))
    net.a.weight[0, 0] = 5.0
    assert net.b.weight.value[0, 0] == 5
    with pytest.raises(StudentError):
        set_value(net.a.weight, torch.ones(3))


def test_nothing_of_the_judges_leaves_it(connection):
    with pytest.raises(SuiteMisuse):
        connection.root("student", "identity")(object())


def test_an_exception_is_of_the_bridge_and_of_its_builtin_class(connection):
    with pytest.raises(ZeroDivisionError) as caught:
        connection.root("student", "fail")()
    assert isinstance(caught.value, StudentError)
    assert [(line.label, line.line) for line in caught.value.lines] == [("probe.py", 12)]


def test_a_stub_is_no_expected_error(connection):
    with pytest.raises(NameMissing), raises(RuntimeError, "a stub"):
        connection.root("student", "stub")()


def test_only_regular_files_below_the_cap_are_carried(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    source.mkdir(), target.mkdir()
    (source / "f").write_bytes(b"data")
    carry(source, target, "f")
    assert (target / "f").read_bytes() == b"data"
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    for name in ("link", "pipe", "nothing"):
        with pytest.raises(StudentError):
            carry(source, target, name)
    with pytest.raises(SuiteMisuse):
        carry(source, target, "../f")
