"""What Python's and torch's own error messages mean, in a beginner's words: a closed table, in both languages.

Only an error's own text is read, never what was drawn, so the sentence may be told of a hidden check, too.
"""

from __future__ import annotations

import re

from grader.locale import mark

# The class (a builtin that the error is an instance of), a part of its text, what it means. The first that fits is told.
_MEANINGS: list[tuple[str, str, str]] = [
    (
        "RuntimeError",
        r"Boolean value of Tensor",
        mark(
            "A whole tensor is asked for yes or no, by `if`, `and`, `or` or `not`. For an argument that may be "
            "left out, write `is None`."
        ),
    ),
    (
        "RuntimeError",
        r"einsum\(\)",
        mark(
            "In torch.einsum, each letter stands for one dimension: a letter cannot have two sizes, and each tensor needs "
            "as many letters as it has dimensions."
        ),
    ),
    (
        "RuntimeError",
        r"must be a matrix|expects a tensor with <= 2 dimensions|expected \w+ to be 2D|1D tensors expected|must be 2D",
        mark(
            "An operation that knows two dimensions only meets a tensor of another number of them: `@`, `.mT` "
            "and `nn.Linear` take any."
        ),
    ),
    (
        "RuntimeError",
        r"shapes cannot be multiplied|inconsistent tensor size|Expected size for first two dimensions|size mismatch, got",
        mark("The shapes do not fit for a matrix product: the last size on the left must be the first one on the right."),
    ),
    (
        "RuntimeError",
        r"The size of tensor a|shape mismatch|must match the existing size|output with shape .* doesn't match",
        mark(
            "The shapes of two tensors do not fit together: from the last dimension on, sizes must be equal, or one of them 1."
        ),
    ),
    (
        "RuntimeError",
        r"view size is not compatible",
        mark("`.view` needs a tensor that is contiguous in memory: leave it out, or use `reshape`."),
    ),
    (
        "RuntimeError",
        r"shape '.*' is invalid for input of size|cannot reshape tensor",
        mark("`view` or `reshape` asks for a shape with another number of elements than the tensor has."),
    ),
    (
        "RuntimeError",
        r"non-empty (TensorList|list of Tensors)|expected a non-empty list",
        mark("`torch.stack` or `torch.cat` gets an empty list: a batch may hold no samples, so do not loop over its rows."),
    ),
    (
        "RuntimeError",
        r"leaf Variable that requires grad|modified by an inplace operation|in-place operation",
        mark("A tensor that autograd still needs is changed in place: make a new tensor instead."),
    ),
    (
        "RuntimeError",
        r"same dtype|expected scalar type|can't be cast to the desired|same data ?type",
        mark("Tensors of two dtypes meet in one operation: let every tensor have the dtype of the input."),
    ),
    (
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad|Numpy is not available",
        mark("NumPy knows no gradients: stay with torch's operations."),
    ),
    (
        "RuntimeError",
        r"cannot be converted to Scalar|only one element tensors can be converted",
        mark("A tensor of several numbers is turned into one Python number."),
    ),
    (
        "RuntimeError",
        r"does not require grad and does not have a grad_fn",
        mark("`backward` is called on a result that is cut off from autograd."),
    ),
    (
        "RuntimeError",
        r"backward through the graph a second time",
        mark("`backward` runs twice through one and the same graph: compute the output anew for each call of it."),
    ),
    (
        "RuntimeError",
        r"support the deepcopy protocol",
        mark(
            "`copy.deepcopy` meets a tensor that was computed: only parameters and plain tensors can be copied; "
            "`.detach().clone()` copies the values of others."
        ),
    ),
    (
        "RuntimeError",
        r"loading state_dict",
        mark("`load_state_dict` fails: the names or the shapes in the dict are not those of the module."),
    ),
    (
        "TypeError",
        r"Expected state_dict to be dict-like",
        mark("`load_state_dict` takes the dict that `torch.load` gives back, not the path itself or something else."),
    ),
    (
        "RuntimeError",
        r"[Ii]nference tensor",
        mark(
            "What is made under `torch.inference_mode()` can never be trained: leave that mode out, or use `torch.no_grad()`."
        ),
    ),
    (
        "Exception",
        r"Weights only load failed",
        mark("`torch.load` refuses the file: it holds something else than tensors and plain values."),
    ),
    (
        "AttributeError",
        r"before Module\.__init__\(\) call",
        mark("Something is put on self before `super().__init__()`: that must be the first line of `__init__`."),
    ),
    (
        "AttributeError",
        r"'(load_state_dict|state_dict|parameters|named_parameters|train|eval|to|double|zero_grad|modules|buffers|children)'$",
        mark("A method of nn.Module is missing: does the class inherit from nn.Module?"),
    ),
    (
        "AttributeError",
        r"'str' object has no attribute",
        mark("A string is used as if it were another object. If it is a path: `Path(path)` takes strings and paths alike."),
    ),
    (
        "TypeError|AttributeError",
        r"'tuple' object has no attribute|'tuple'|tuple \(not|, not tuple",
        mark(
            "A tuple is used as if it were a tensor. Is there a comma at the end of a line, or are several things given back?"
        ),
    ),
    (
        "TypeError|AttributeError",
        r"'?NoneType'?",
        mark(
            "None is used as if it were a tensor or another object. Does a function lack its `return`? May the "
            "argument be left out? Then ask `is None` first."
        ),
    ),
    (
        "TypeError",
        r"positional arguments? but \d+ (was|were) given",
        mark(
            "A function is called with more arguments than it takes. Inside a class: is `self` its first "
            "parameter, and is `__init__` spelt with two underscores on each side? Else compare its parameters with "
            "those of the exercise."
        ),
    ),
    (
        "TypeError",
        r"missing \d+ required (positional|keyword-only) argument",
        mark("A function is called with fewer arguments than it takes: compare its parameters with those of the exercise."),
    ),
    (
        "TypeError",
        r"unexpected keyword argument",
        mark(
            "A function is called with an argument that it does not know: compare the names of its parameters "
            "with those of the exercise."
        ),
    ),
    (
        "TypeError",
        r"is not callable",
        mark(
            "Something is called like a function, and is none. If it should be a layer: does its class inherit from nn.Module?"
        ),
    ),
    (
        "TypeError",
        r"0-d tensor|0-dim",
        mark("A tensor without dimensions is treated like a list: it holds one number, and has no length."),
    ),
    (
        "ValueError",
        r"values to unpack",
        mark(
            "A line unpacks more or fewer values than there are. If it unpacks a shape: may the input have more "
            "or fewer dimensions?"
        ),
    ),
    (
        "IndexError",
        r"Dimension out of range|too many indices|Dimension specified as",
        mark("A dimension is named that the tensor does not have: may the input have fewer dimensions than you think?"),
    ),
    (
        "UnboundLocalError",
        r"",
        mark("A variable is used before it gets a value: a loop or an `if` that gives it one may not be entered."),
    ),
    ("NameError", r"", mark("A name is used that is not defined: is it spelt right, and is it imported?")),
    ("RecursionError", r"", mark("A function calls itself, and never ends.")),
    (
        "AttributeError",
        r"",
        mark("An attribute is asked for that is not there: is it spelt right, and does `__init__` set it?"),
    ),
]


def meaning(builtin: str, text: str) -> str:
    """Return the English sentence that explains an error of this builtin class with this text, "" where none is known."""
    for names, part, sentence in _MEANINGS:
        if builtin in names.split("|") and re.search(part, text):
            return sentence
    return ""
