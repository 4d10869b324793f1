"""Diagnoses of mistakes that learners make in any exercise. What belongs to one exercise stands in its suite."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from grader.suite.criterion import diagnosis
from grader.suite.source import Source

_LEAVES_AUTOGRAD = ("data", "detach", "item", "tolist", "numpy")


def looks_like(got: torch.Tensor, formulas: Mapping[str, torch.Tensor]) -> Any:
    """Return the slot `formula` of a diagnosis: the first formula whose values `got` has to float32's accuracy, or False."""
    for formula, values in formulas.items():
        if got.shape == values.shape and torch.allclose(got.detach(), values, rtol=1e-4, atol=1e-5):
            return {"formula": formula}
    return False


def another_activation(function: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Return the slot `formula` for an elementwise function that is taken for max(x, 0), or False."""
    x = torch.linspace(-8, 8, 12).reshape(3, 4)
    positive, negative = x.clamp(min=0), x.clamp(max=0)
    formulas = {
        "x": x,
        "|x|": x.abs(),
        "min(x, 0)": negative,
        "max(-x, 0)": -negative,
        "max(x, 0) + 0.01 min(x, 0)": positive + 0.01 * negative,
        "max(x, 0) + 0.1 min(x, 0)": positive + 0.1 * negative,
        "log(1 + exp(x))": torch.nn.functional.softplus(x),
        "min(max(x, 0), 6)": x.clamp(0, 6),
        "max(x - 1, 0)": (x - 1).clamp(min=0),
        "max(x, 0) + 1": positive + 1,
    }
    return looks_like(function(x), formulas)


@diagnosis(zh="`{name}` 的 `__init__` 没有调用 `super().__init__()`：要先调用它，再给 self 添加任何东西。")
def forgets_super_init(source: Source, names: Sequence[str]) -> Any:
    """`{name}` has an `__init__` without `super().__init__()`: call it first, before anything is put on self."""
    for name in names:
        method = source.method(name, "__init__")
        if source.has_no_base(name):  # there is no other `__init__` to call: `is_no_module` names the mistake
            continue
        if method is not None and not re.search(r"(super\(.*\)|Module)\.__init__\(", ast.unparse(method)):
            return {"name": name}
    return False


@diagnosis(zh="`{word}` 把结果从自动求导的计算图中切断了（{where}）。")
def leaves_autograd(source: Source, names: Sequence[str]) -> Any:
    """`{word}` cuts the result off from autograd ({where})."""
    for name in names:
        for word in _LEAVES_AUTOGRAD:
            if where := source.uses(name, word):
                return {"word": f".{word}", "where": where}
        for word in ("torch.no_grad", "torch.inference_mode"):
            if where := source.calls(name, word):
                return {"word": word, "where": where}
    return False


@diagnosis(zh="`{name}` 定义了 `__call__`；请改写 `forward`，nn.Module 会带着所有钩子调用它。")
def overrides_call(source: Source, names: Sequence[str]) -> Any:
    """`{name}` defines `__call__`; write `forward` instead, and nn.Module calls it with all hooks."""
    return next(({"name": name} for name in names if source.method(name, "__call__")), False)


@diagnosis(zh="`{name}` 没有继承 nn.Module：写成 `class {name}(nn.Module):`。")
def is_no_module(source: Source, names: Sequence[str]) -> Any:
    """`{name}` does not inherit from nn.Module: write `class {name}(nn.Module):`."""
    return next(({"name": name} for name in names if source.has_no_base(name)), False)


@diagnosis(zh="代码改写了传进来的参数（{where}）：请新建一个张量。")
def writes_into_its_argument(source: Source, names: Sequence[str]) -> Any:
    """The code writes into its argument ({where}): make a new tensor instead."""
    for name in names:
        for argument in source.arguments(name):
            if where := source.assigns_in_place(name, argument):
                return {"where": where}
    return False


@diagnosis(zh="数据类型被写死在代码里（{where}）；结果应当跟随输入的数据类型。")
def fixes_the_dtype(source: Source, names: Sequence[str]) -> Any:
    """A dtype is written into the code ({where}); let the result follow the input's."""
    dtypes = [f"torch.{dtype}" for dtype in ("float32", "float64", "float", "double", "float16", "half")]
    for name in names:
        where = source.calls(name, *dtypes)
        where = where or next((w for word in ("float", "double", "half") if (w := source.uses(name, word))), "")
        if where:
            return {"where": where}
    return False


@diagnosis(zh="代码设置了 torch 的随机种子（{where}）：这样每次新建时得到的随机数都相同。")
def seeds_the_generator(source: Source, names: Sequence[str]) -> Any:
    """The code seeds torch's generator ({where}): then everything that is made anew begins with the same random numbers."""
    words = ("torch.manual_seed", "torch.random.manual_seed", "torch.Generator")
    return next(({"where": where} for name in names if (where := source.calls(name, *words))), False)


@diagnosis(zh="`{word}` 改变了维度（{where}）：请保持原样，线性层对维数没有限制。")
def changes_the_dimensions(source: Source, names: Sequence[str]) -> Any:
    """`{word}` changes which dimensions there are ({where}): leave them as they are, for linear layers take any number."""
    for name in names:
        for word in ("flatten", "view", "reshape", "squeeze", "unsqueeze"):
            if where := source.uses(name, word):
                return {"word": f".{word}", "where": where}
    return False


@diagnosis(zh="`.view` 要求张量在内存中连续（{where}）：去掉它，或改用 `reshape`。")
def views_its_input(source: Source, names: Sequence[str]) -> Any:
    """`.view` needs a contiguous tensor ({where}): leave it out, or use `reshape`."""
    return next(({"where": where} for name in names if (where := source.uses(name, "view"))), False)


@diagnosis(zh="新建的张量用了默认的数据类型 float32（{where}）：它应当跟随输入，例如用 torch.zeros_like。")
def makes_a_tensor_of_the_default_dtype(source: Source, names: Sequence[str]) -> Any:
    """A tensor is made in the default dtype, float32 ({where}): it must follow the input, as torch.zeros_like does."""
    words = ("torch.zeros", "torch.ones", "torch.tensor", "torch.full", "torch.empty")
    return next(({"where": where} for name in names if (where := source.calls(name, *words))), False)


@diagnosis(zh="这一步没有返回任何东西：函数末尾缺少 `return`。")
def forgets_return(source: Source, names: Sequence[str], error: BaseException) -> Any:
    """Nothing is given back: the last line lacks a `return`."""
    got = getattr(error, "got", "")
    nothing = got == "NoneType" or (got is None and getattr(error, "kind", "") == "not_equal")
    return nothing and any(source.returns_nothing(name) for name in names)
