"""What suites draw: sizes, shapes and seeds. Elements are not drawn: a seed makes them, and shrinking stays useful."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

booleans = st.booleans
sampled_from = st.sampled_from


def _ignore_local_constants() -> None:
    """Keep Hypothesis from drawing constants that it finds in whatever modules happen to be imported.

    It has no setting for this. Without the patch, the same check would draw other examples in another folder.
    """
    if hasattr(providers, "_get_local_constants"):
        nothing = Constants()
        providers._get_local_constants = lambda: nothing


_ignore_local_constants()


def sizes(smallest: int = 1, largest: int = 6) -> st.SearchStrategy[int]:
    """A dimension's size."""
    return st.integers(smallest, largest)


def seeds() -> st.SearchStrategy[int]:
    """A seed for the elements of tensors."""
    return st.integers(0, 2**16 - 1)


def shapes(least: int = 0, most: int = 3, largest: int = 4, smallest: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    """A shape of `least` to `most` dimensions; sizes of 0 are drawn too, unless `smallest` forbids them."""
    return st.lists(sizes(smallest, largest), min_size=least, max_size=most).map(tuple)


def dtypes(*names: str) -> st.SearchStrategy[Any]:
    """One of torch's dtypes, by name."""
    return st.sampled_from([getattr(torch, name) for name in names])
