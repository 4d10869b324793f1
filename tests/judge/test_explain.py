"""Every sentence about Python's and torch's own errors is told of the real error, in both languages."""

import copy
import pickle  # noqa: F401 (what torch.load raises is a class of pickle's)

import pytest
import torch
from torch import nn

from grader.judge.explain import _MEANINGS, meaning
from grader.locale import speaker

X = torch.ones(2, 3)


class Late(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(1, 1)


class Bare:
    pass


def unbound():
    for _ in []:
        value = 1
    return value


def endless():
    return endless()


def made_in_inference_mode():
    with torch.inference_mode():
        x = torch.ones(2)
    (x * torch.ones(2, requires_grad=True)).sum().backward()


def in_place():
    leaf = torch.ones(2, requires_grad=True)
    leaf += 1


def twice():
    y = (torch.ones(2, requires_grad=True) ** 2).sum()
    y.backward()
    y.backward()


def refused(tmp_path):
    torch.save(nn.Linear(1, 1), tmp_path / "net.pt")
    torch.load(tmp_path / "net.pt", weights_only=True)


REAL = {
    "A whole tensor is asked": lambda p: X or 0,
    "`load_state_dict` takes the dict": lambda p: nn.Linear(1, 1).load_state_dict("net.pt"),
    "What is made under": lambda p: made_in_inference_mode(),
    "A string is used": lambda p: "net.pt".exists(),
    "In torch.einsum": lambda p: torch.einsum("ij,jk->ik", X, X),
    "An operation that knows two": lambda p: torch.mm(torch.ones(2, 3, 4), X),
    "The shapes do not fit": lambda p: X @ X,
    "The shapes of two tensors": lambda p: X + torch.ones(2),
    "`.view` needs": lambda p: X.t().view(6),
    "`view` or `reshape` asks": lambda p: X.reshape(4),
    "`torch.stack` or": lambda p: torch.stack([]),
    "A tensor that autograd": lambda p: in_place(),
    "Tensors of two dtypes": lambda p: X @ X.double().T,
    "NumPy knows": lambda p: torch.ones(2, requires_grad=True).numpy(),
    "A tensor of several": lambda p: X.item(),
    "`backward` is called on": lambda p: X.sum().backward(),
    "`backward` runs twice": lambda p: twice(),
    "`copy.deepcopy` meets": lambda p: copy.deepcopy(torch.ones(2, requires_grad=True) * 2),
    "`load_state_dict` fails": lambda p: nn.Linear(1, 2).load_state_dict({}),
    "`torch.load` refuses": refused,
    "Something is put on self": lambda p: Late(),
    "A method of nn.Module": lambda p: Bare().state_dict(),
    "A tuple is used": lambda p: (X,) @ X,
    "None is used": lambda p: None @ X,
    "A function is called with more": lambda p: endless(1),
    "A function is called with fewer": lambda p: refused(),
    "A function is called with an argument": lambda p: endless(inplace=True),
    "Something is called": lambda p: X(),
    "A tensor without dimensions": lambda p: len(torch.tensor(1.0)),
    "A line unpacks": lambda p: exec("a, b, c = X.shape"),
    "A dimension is named": lambda p: X.sum(2),
    "A variable is used": lambda p: unbound(),
    "A name is used": lambda p: not_there,  # noqa: F821
    "A function calls itself": lambda p: endless(),
    "An attribute is asked": lambda p: Bare().weight,
}


@pytest.mark.parametrize("start", REAL)
def test_a_real_error_is_explained(start, tmp_path):
    with pytest.raises(Exception) as caught:
        REAL[start](tmp_path)
    builtin = next(k.__name__ for k in type(caught.value).__mro__ if k.__module__ == "builtins")
    told = meaning(builtin, str(caught.value))
    assert told.startswith(start), (builtin, str(caught.value)[:200])
    assert speaker("zh")(told) != told


def test_every_sentence_is_told_of_some_real_error():
    assert len(REAL) == len(_MEANINGS)


def test_an_error_of_the_students_own_is_not_explained():
    assert meaning("ValueError", "the layer needs at least one unit") == ""
