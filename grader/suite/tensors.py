"""The tensors that suites feed to submissions: made by a seed, short to write, never zero."""

from __future__ import annotations

from typing import Any

import torch


def tensor(seed: int, *shape: int, dtype: torch.dtype = torch.float32, requires_grad: bool = False) -> torch.Tensor:
    """Return odd multiples of 1/16 between -47/16 and 47/16.

    They are exact in every floating dtype, down to bfloat16; they print short; and none is closer to 0, where a ReLU has a
    kink, than 1/16. For integer dtypes: odd numbers from -47 to 47.
    """
    generator = torch.Generator().manual_seed(seed)
    whole = torch.randint(-24, 24, shape, generator=generator)
    if dtype.is_floating_point or dtype.is_complex:
        made = ((2 * whole + 1) / 16).to(dtype)
        formula = f"(2 * torch.randint(-24, 24, {shape}, generator=torch.Generator().manual_seed({seed})) + 1) / 16"
    else:
        made = (2 * whole + 1).to(dtype)
        formula = f"2 * torch.randint(-24, 24, {shape}, generator=torch.Generator().manual_seed({seed})) + 1"
    suffix = "" if dtype in (torch.float32, torch.int64) else f".to({dtype})"
    made.recipe = f"({formula}){suffix}" if suffix else formula  # type: ignore[attr-defined]
    return made.requires_grad_(requires_grad)


def spread(made: torch.Tensor) -> torch.Tensor:
    """Return the same values in another order in memory, so that they are not contiguous and have no flat view."""
    if made.dim() < 2:
        wide: Any = torch.repeat_interleave(made.detach(), 2, dim=-1)[..., ::2]
    else:
        wide = made.detach().transpose(-1, -2).contiguous().transpose(-1, -2)
    return wide.requires_grad_(made.requires_grad)  # type: ignore[no-any-return]
