"""The checks of ex00 that you may read. The hidden ones ask the same questions of more shapes, dtypes and situations."""

import torch

from grader.suite import (
    assert_close,
    assert_computes,
    assert_equal,
    assert_shape,
    check,
    criterion,
    diagnosis,
    given,
    gradcheck,
    kept,
    raises,
    seeds,
    set_value,
    sizes,
    tensor,
)
from grader.suite.diagnoses import forgets_return, forgets_super_init, leaves_autograd, writes_into_its_argument

X, OTHER = tensor(1, 4, 3), tensor(2, 4, 3)


def filled(layer, seed=5):
    """The layer with numbers of ours in its parameters, so that it does not matter what it began with."""
    for number, parameter in enumerate(layer.parameters()):
        set_value(parameter, tensor(seed + number, *parameter.shape))
    return layer


# A diagnosis names the cause of a failure. It asks a question, of the code or of what it does, and its docstring is the
# sentence that the student reads. It is asked only after a failure; some wrong answer must be told it.
@diagnosis()
def keeps_a_plain_tensor(student):
    """The weight is a plain tensor, which is not registered: wrap it in nn.Parameter."""
    return len(list(student.Scale(3).parameters())) == 0


# A gate: while it fails, its criterion earns nothing. `assert_computes` keeps `return x` from passing it.
@criterion("shapes", gate=True, hint="The result has the shape of the input.",
           diagnoses=[forgets_return, forgets_super_init, keeps_a_plain_tensor])  # fmt: skip
def test_a_batch_of_rows(student):
    """A batch of shape (n, features) gives (n, features)."""
    assert_shape(assert_computes(filled(student.Scale(3)), X, OTHER), (4, 3))


# A property, which holds for all drawn examples. Draw sizes and a seed; `tensor` makes the elements.
@criterion("values", gate=True, hint="y = x * weight, one number for each feature.", diagnoses=[forgets_return])
@given(n=sizes(), features=sizes(), seed=seeds(), examples=10)
def test_each_feature_has_its_own_number(student, n, features, seed):
    """Each feature is multiplied by its own number."""
    layer, weight, x = student.Scale(features), tensor(seed, features), tensor(seed + 1, n, features)
    set_value(layer.weight, weight)
    assert_close(layer(x), x * weight)


@criterion("values", hint="Begin with torch.ones.")
def test_a_new_layer_changes_nothing(student):
    """A new layer has ones in its weight."""
    assert_equal(student.Scale(3).weight.value, torch.ones(3), "the weight of a new layer")


# That an error is raised: a legal call has been shown to work by the gate.
@criterion("values", hint="Ask in __init__ whether features is below 1, and raise ValueError there.")
def test_no_features_are_refused(student):
    """A layer without features raises ValueError."""
    with raises(ValueError, "Scale(0)"):
        student.Scale(0)


# Gradients against central differences, of the input and of the parameters.
@criterion(
    "gradients",
    gate=True,
    hint="Use the parameter itself: no .data, no .detach().",
    diagnoses=[leaves_autograd, writes_into_its_argument],
)
@given(n=sizes(1, 3), seed=seeds(), examples=5)
def test_gradients(student, n, seed):
    """The weight and the input get the gradients of what is computed."""
    layer = student.Scale(3)
    gradcheck(filled(layer), tensor(seed, n, 3, requires_grad=True), parameters=[layer.weight])


# A plain question. The sentence is constant: nothing that was drawn may stand in it.
@criterion("registration", gate=True, hint="self.weight = nn.Parameter(...)", diagnoses=[keeps_a_plain_tensor])
def test_one_parameter(student):
    """The weight is the only parameter."""
    shapes = [tuple(parameter.shape) for parameter in student.Scale(3).parameters()]
    check(shapes == [(3,)], "There should be one parameter, of shape (features,).")


# A file from one process to another: `elsewhere` has workers beside the check's own.
@criterion("save_load", gate=True, hint="What is no Parameter and no buffer is not in the file.",
           diagnoses=[keeps_a_plain_tensor])  # fmt: skip
def test_a_file_carries_the_layer(student, worker, elsewhere):
    """A layer saved to a file computes the same when another process loads it."""
    layer = student.Scale(3)
    set_value(layer.weight, tensor(5, 3))
    wanted = layer(X).detach()  # its own output: a wrong formula is charged under values
    worker.save(kept(layer.state_dict), "layer.pt")
    there = elsewhere.loaded()
    there.receive("layer.pt")
    other = there.student.Scale(3)
    other.load_state_dict(kept(there.torch.load, "layer.pt"))
    assert_close(other(X), wanted, "the output of the loaded layer")
