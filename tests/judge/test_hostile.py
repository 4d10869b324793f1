"""Whatever a submission patches, forges, prints or kills, it changes its own answers alone, and the next one is untouched."""

import pytest
from conftest import answer

GOOD = answer("ex04")
STRUCTURAL = """
import sys
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").endswith("worker.serve"):
        module._QUESTIONS = dict.fromkeys(module._QUESTIONS, lambda *a: True)
"""
ZEROS = """
import torch
from torch import nn
class CustomLinear(nn.Module):
    def __init__(self, i, o, bias=True):
        super().__init__()
        self.o = o
    def forward(self, x):
        {body}
"""


def hostile(body, head=""):
    return head + ZEROS.format(body=body)


CASES = {
    "patches the comparison": hostile("return torch.zeros(*x.shape[:-1], self.o)", "import torch, torch.testing\ntorch.testing.assert_close = lambda *a, **k: None\n"),
    "exits in forward": hostile("import os; os._exit(0)"),
    "loops for ever": hostile("\n        while True: pass"),
    "floods standard output": hostile("\n        while True: print('x' * 10000)"),
    "raises Skipped": hostile("raise type('Skipped', (BaseException,), {})()"),
    "raises AssertionError": hostile("raise AssertionError"),
    "says yes to every question": hostile("return torch.zeros(*x.shape[:-1], self.o)", STRUCTURAL),
    "eats memory": hostile("return torch.ones(10**12)"),
    "recurses": hostile("return self.forward(x)"),
    "starts too many threads": hostile("import threading, time; [threading.Thread(target=time.sleep, args=(60,)).start() for _ in range(200)]"),
    "kills its parent": hostile("import os; os.kill(os.getppid(), 9)"),
    "kills everyone": hostile("import os; os.kill(-1, 9)"),
    "writes nonsense to the pipe": hostile("import os; [os.write(d, b'GRD1' + b'\\xff' * 100) for d in range(3, 30) if _open(d)]", "import os\ndef _open(d):\n    try:\n        os.fstat(d)\n        return True\n    except OSError:\n        return False\n"),
    "closes the pipe": hostile("import os; os.closerange(3, 100)"),
    "returns a lie about its size": hostile("return torch.zeros(1).expand(10**6, 10**6)"),
    "returns a sparse tensor": hostile("return torch.zeros(*x.shape[:-1], self.o).to_sparse()"),
    "returns a deep list": hostile("\n        y = []\n        for _ in range(10**5): y = [y]\n        return y"),
    "returns itself in a list": hostile("\n        y = []\n        y.append(y)\n        return y"),
    "has a hostile str": hostile("raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})()"),
    "raises a surrogate": hostile("raise ValueError('\\ud800')"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_submission_earns_nothing_and_the_next_is_untouched(judge_source, name):
    bad, good = judge_source("ex04", CASES[name], GOOD, limits={"request_seconds": 1.5, "memory_mib": 1024})
    assert bad.fault == "" and bad.score == 0
    assert good.score == 8


COPIES = """
import torch
from torch import nn
class CustomLinear(nn.Module):
    def __init__(self, i, o, bias=True):
        super().__init__()
        self.used = [torch.randn(i, o, requires_grad=True), torch.randn(o, requires_grad=True)][: 1 + bias]
        self.shown = nn.ParameterList(nn.Parameter(t.detach().clone()) for t in self.used)
    def forward(self, x):
        y = x @ self.used[0]
        return y + self.used[1] if len(self.used) == 2 else y
"""


def test_yes_to_every_question_earns_no_point_of_structure(judge_source):
    """The outputs are right, and the parameters that are listed are copies: each claim meets a consequence in values."""
    (judgement,) = judge_source("ex04", STRUCTURAL + COPIES)
    points = {criterion.id: criterion.points for criterion in judgement.criteria}
    assert points["shapes"] == 1 and points["values"] == 2
    assert points["registration"] == points["save_load"] == points["gradients"] == 0


def test_what_the_student_raised_is_not_swallowed_by_an_expected_error(judge_source):
    text = answer("ex01").replace("raise ValueError(", "raise NotImplementedError(")
    (judgement,) = judge_source("ex01", text)
    verdicts = {check.id: check.verdict for check in judgement.checks}
    assert verdicts["output_shape_refuses_an_empty_shape"] == "missing"


def test_two_limits_on_one_name_end_its_checks(judge_source):
    (judgement,) = judge_source("ex04", CASES["loops for ever"], limits={"request_seconds": 0.5})
    verdicts = [check.verdict for check in judgement.checks]
    assert verdicts.count("time_limit") == 2


def test_a_limit_is_no_reason_for_shrinking(judge_source):
    (judgement,) = judge_source(
        "ex01", "def linear_forward(x, weight, bias=None):\n    while True: pass\n", limits={"request_seconds": 0.5}
    )
    assert judgement.usage.wall_seconds < 10


def test_a_failure_that_does_not_repeat_is_told_so_and_still_fails(judge_source):
    text = answer("ex03") + "\nCALLS = []\n_old = CenteredLayer.forward\n"
    text += "def _forward(self, x):\n    CALLS.append(1)\n    return _old(self, x) + (1 if len(CALLS) > 90 else 0)\n"
    text += "CenteredLayer.forward = _forward\n"
    (judgement,) = judge_source("ex03", text)
    told = [check for check in judgement.checks if check.failure is not None and not check.failure.repeats]
    assert told and judgement.score < 6
