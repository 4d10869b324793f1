"""Mutants are small, distinct, and named by what was done."""

from grader.author.mutants import mutants

REFERENCE = '''
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n: int = 4):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))

    def forward(self, x):
        """A docstring is no statement."""
        if x.dim() > 1:
            x = x - self.weight
        return x
'''


def names():
    return [mutant.name for mutant in mutants(REFERENCE)]


def test_lines_are_dropped_operands_swapped_conditions_negated_results_detached():
    found = names()
    for expected in (
        "Layer.__init__: super().__init__() → nothing",
        "Layer.__init__: self.weight = nn.Parameter(torch.ones(n)) → nothing",
        "Layer.__init__: self.weight = nn.Parameter(torch.ones(n)) → self.weight = torch.ones(n)",
        "Layer.__init__: 4 → 5",
        "Layer.forward: if x.dim() > 1: → if not x.dim() > 1:",
        "Layer.forward: if x.dim() > 1: → if x.dim() >= 1:",
        "Layer.forward: x = x - self.weight → x = self.weight - x",
        "Layer.forward: x = x - self.weight → x = x + self.weight",
        "Layer.forward: x = x - self.weight → x = x - self.weight.detach()",
        "Layer.forward: return x → return x.detach()",
    ):
        assert expected in found, found


def test_each_mutant_is_another_program_with_another_name():
    found = mutants(REFERENCE)
    assert len({m.source for m in found}) == len({m.name for m in found}) == len(found) > 20
    assert REFERENCE not in {m.source for m in found}


def test_each_mutant_is_a_program():
    for mutant in mutants(REFERENCE):
        compile(mutant.source, mutant.name, "exec")


def test_docstrings_imports_and_the_words_of_errors_stay():
    text = 'import torch\n\n\ndef f(x):\n    """Words."""\n    raise ValueError(f"bad {x}")\n'
    assert [m.name for m in mutants(text)] == ["f: raise ValueError(f'bad {x}') → nothing"]
