"""The checks of ex14 that students do not get to read."""

import torch
from torch import nn

from grader.suite import (
    StudentError,
    check,
    criterion,
    diagnosis,
    given,
    same,
    sampled_from,
)

BEFORE, AFTER = 3, 4


def uninterrupted(kind):
    """The losses and the state of training that never stops, by the judge's own torch."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
        if kind == "momentum":
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        else:
            make = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
            optimizer = make(model.parameters(), lr=0.03, amsgrad=kind == "amsgrad")
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
        torch.manual_seed(11)
        losses = []
        for number in range(BEFORE + AFTER):
            generator = torch.Generator().manual_seed(1000 + number)
            x, y = torch.randn(8, 4, generator=generator), torch.randn(8, 2, generator=generator)
            optimizer.zero_grad()
            loss = ((model(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
        return losses[BEFORE:], {name: value.clone() for name, value in model.state_dict().items()}


def raises_error(function, *args):
    """Whether a call raises an error."""
    try:
        function(*args)
    except StudentError:
        return True
    return False


def saved(student, props, name="run.pt", scheduled=False):
    """A plain model and its optimizer, after two steps with momentum and a checkpoint."""
    model = props.plain(7)
    optimizer = props.optimizer("momentum", model)
    scheduler = props.scheduler(optimizer) if scheduled else None
    props.train(model, optimizer, scheduler, 0, 2)
    if scheduled:
        student.save_checkpoint(name, model, optimizer, 1, scheduler)
    else:
        student.save_checkpoint(name, model, optimizer, 1)
    return model, optimizer


@diagnosis()
def moves_the_generator(student, worker, props):
    """Saving draws random numbers, or seeds the generator: torch's random state should stay where it is."""
    worker.manual_seed(3)
    wanted = worker.rand(4)
    model = props.plain(7)
    optimizer = props.optimizer("plain", model)
    worker.manual_seed(3)
    student.save_checkpoint("still.pt", model, optimizer, 1)
    return not torch.equal(worker.rand(4), wanted)


@diagnosis()
def changes_the_mode(student, props):
    """Saving puts the model into another mode: no eval() and no train() in save_checkpoint."""
    model = props.full(7)
    student.save_checkpoint("mode.pt", model, props.optimizer("plain", model), 1)
    return not all(props.modes(model))


@diagnosis()
def wants_a_string(student, props):
    """A pathlib.Path is not taken as a path: leave the path as it is, torch.save and torch.load take both kinds."""
    model, optimizer = saved(student, props)
    return raises_error(student.save_checkpoint, props.as_path("path.pt"), model, optimizer, 1)


@diagnosis()
def wants_the_scheduler_back(student, props):
    """A scheduler that is in the file, but not in the call, makes it fail: it should be ignored."""
    saved(student, props, "plain.pt")
    model, optimizer = saved(student, props, "run.pt", scheduled=True)
    return raises_error(student.load_checkpoint, "run.pt", model, optimizer)


@diagnosis()
def accepts_another_architecture(student, props):
    """A checkpoint of another architecture is taken without an error: leave out strict=False, and catch no errors."""
    saved(student, props)
    other = props.other()
    return not raises_error(student.load_checkpoint, "run.pt", other, props.optimizer("momentum", other))


@diagnosis()
def replaces_parameters(student, props):
    """The parameters are replaced by new ones, and the optimizer holds the old ones: load the values into the old ones."""
    model, optimizer = saved(student, props)
    before = model[0].weight
    student.load_checkpoint("run.pt", model, optimizer)
    return not same(before, model[0].weight)


@diagnosis()
def takes_nan(student, props):
    """NaN is taken for a better loss: it is not lower than anything. `not loss < best` refuses it."""
    keeper, model = student.BestKeeper(), props.plain(7)
    return bool(keeper.update(float("nan"), model)) or (
        bool(keeper.update(1.0, model)) and bool(keeper.update(float("nan"), model))
    )


@diagnosis()
def is_stuck_after_nan(student, props):
    """After NaN nothing is better any more: do not keep NaN as the best loss."""
    keeper, model = student.BestKeeper(), props.plain(7)
    keeper.update(float("nan"), model)
    return not keeper.update(1.0, model)


@diagnosis()
def shares_its_state(student, props):
    """What is restored stays tied to what is kept: training after restore changes the kept state."""
    keeper, model = student.BestKeeper(), props.plain(7)
    keeper.update(1.0, model)
    weight = model[0].weight.value
    for _ in range(2):
        keeper.restore(model)
        right = torch.equal(model[0].weight.value, weight)
        props.fill(model, 3.0)
    return not right


@diagnosis()
def shares_between_keepers(student, props):
    """Two keepers share what they keep: make it in __init__, on self, not in the class."""
    first, second, model = student.BestKeeper(), student.BestKeeper(), props.plain(7)
    first.update(1.0, model)
    return not second.update(2.0, model)


@diagnosis()
def forgets_buffers(student, props):
    """Buffers are not kept, such as the running mean of a batch norm: a state_dict holds them, parameters() does not."""
    keeper, model = student.BestKeeper(), props.full(7)
    props.fill(model, 2.0)
    keeper.update(1.0, model)
    props.fill(model, 3.0)
    keeper.restore(model)
    return bool((model[1].running_mean.value == 3.0).all())


@criterion("resume", hint="Save and restore everything: model, optimizer, scheduler, random state.")
@given(kind=sampled_from(["momentum", "adam", "amsgrad"]), examples=3)
def test_everything_goes_on(student, worker, props, elsewhere, kind):
    """With dropout, batch norm, StepLR and each optimizer, training goes on bit for bit as if it had never stopped."""
    model = props.full(7)
    optimizer = props.optimizer(kind, model)
    scheduler = props.scheduler(optimizer)
    worker.manual_seed(11)
    props.train(model, optimizer, scheduler, 0, BEFORE)
    student.save_checkpoint("run.pt", model, optimizer, 5, scheduler)
    there = elsewhere.loaded()
    there.receive("run.pt")
    model = there.props.full(8)
    optimizer = there.props.optimizer(kind, model)
    scheduler = there.props.scheduler(optimizer)
    there.torch.manual_seed(99)
    there.student.load_checkpoint("run.pt", model, optimizer, scheduler)
    losses, (wanted, final) = there.props.train(model, optimizer, scheduler, BEFORE, AFTER), uninterrupted(kind)
    state = dict(model.state_dict())
    alike = losses == wanted and list(state) == list(final) and all(torch.equal(state[n], final[n]) for n in final)
    check(alike, "After loading, training takes another course.")


@criterion(
    "resume",
    hint="Saving only reads: draw no random numbers, and seed nothing.",
    diagnoses=[moves_the_generator, changes_the_mode],
)
def test_saving_disturbs_nothing(student, worker, props):
    """Training that saves in between takes the same course as training that does not."""
    results = []
    for saves in (False, True):
        model = props.full(7)
        optimizer = props.optimizer("adam", model)
        worker.manual_seed(11)
        losses = props.train(model, optimizer, None, 0, 2)
        if saves:
            student.save_checkpoint("between.pt", model, optimizer, 1)
        results.append(losses + props.train(model, optimizer, None, 2, 2))
    check(results[0] == results[1], "Saving changes the course of training.")


@criterion("epoch", hint="The epoch belongs in the file.")
def test_the_epoch_reaches_another_process(student, props, elsewhere):
    """The epoch comes back in another process, an int as it was."""
    model, optimizer = saved(student, props)
    student.save_checkpoint("run.pt", model, optimizer, 41)
    there = elsewhere.loaded()
    there.receive("run.pt")
    model = there.props.plain(8)
    found = there.student.load_checkpoint("run.pt", model, there.props.optimizer("momentum", model))
    check(type(found) is int and found == 41, "The epoch in another process is another one.")


@criterion("save_load", hint="A path may be a str or a pathlib.Path: pass it on.", diagnoses=[wants_a_string])
def test_a_path_works_like_a_string(student, props):
    """A pathlib.Path works like a string, and a file is written anew."""
    model, optimizer = saved(student, props, "same.pt")
    props.fill(model, 2.0)
    student.save_checkpoint(props.as_path("same.pt"), model, optimizer, 1)
    props.fill(model, 3.0)
    student.load_checkpoint(props.as_path("same.pt"), model, optimizer)
    check(bool((model[0].weight.value == 2.0).all()), "A file that is written anew holds something else.")


@criterion("save_load", hint="if scheduler is not None: ...", diagnoses=[wants_the_scheduler_back])
def test_a_scheduler_may_be_left_out(student, props):
    """A scheduler that is in the file, but not in the call, is ignored."""
    saved(student, props, "run.pt", scheduled=True)
    model = props.plain(8)
    optimizer = props.optimizer("momentum", model)
    check(
        not raises_error(student.load_checkpoint, "run.pt", model, optimizer),
        "Without a scheduler in the call, loading fails.",
    )


@criterion("save_load", hint="Let load_state_dict be strict.", diagnoses=[accepts_another_architecture])
def test_another_architecture_is_refused(student, props):
    """A checkpoint of another architecture raises an error."""
    saved(student, props)
    other = props.other()
    refused = raises_error(student.load_checkpoint, "run.pt", other, props.optimizer("momentum", other))
    check(refused, "A checkpoint of another architecture is loaded without an error.")


@criterion("save_load", hint="load_state_dict writes into the parameters that are there.", diagnoses=[replaces_parameters])
def test_parameters_stay_the_same_objects(student, props):
    """Loading writes into the parameters that are there: the optimizer stays attached to them."""
    model, optimizer = saved(student, props)
    before = model[0].weight
    student.load_checkpoint("run.pt", model, optimizer)
    weight = model[0].weight.value
    props.train(model, optimizer, None, 2, 1)
    check(
        same(before, model[0].weight) and not torch.equal(model[0].weight.value, weight),
        "The optimizer no longer moves the model.",
    )


@criterion("save_load", hint="No eval() and no train() in save_checkpoint.", diagnoses=[changes_the_mode])
@given(training=sampled_from([True, False]), examples=2)
def test_saving_leaves_the_mode(student, props, training):
    """Saving leaves the mode of the model as it was."""
    model = props.full(7)
    optimizer = props.optimizer("plain", model)
    model.train(training)
    student.save_checkpoint("mode.pt", model, optimizer, 1)
    check(set(props.modes(model)) == {training}, "Saving changes the mode of the model.")


@criterion(
    "best_snapshot",
    hint="NaN is not lower than anything: `not loss < best`.",
    diagnoses=[shares_between_keepers, takes_nan, is_stuck_after_nan],
)
def test_nan_is_never_the_best(student, props):
    """NaN is never better, and after it a number still is."""
    keeper, model = student.BestKeeper(), props.plain(7)
    told = [keeper.update(loss, model) for loss in (float("nan"), 1.0, float("nan"), 0.5)]
    check([bool(t) for t in told] == [False, True, False, True], "NaN is taken for a loss.")


@criterion("best_snapshot", hint="copy.deepcopy(model.state_dict()) has the buffers, too.",
           diagnoses=[shares_between_keepers, forgets_buffers])  # fmt: skip
def test_buffers_are_kept(student, props):
    """The running statistics of a batch norm are kept, too."""
    keeper, model = student.BestKeeper(), props.full(7)
    props.fill(model, 2.0)
    keeper.update(1.0, model)
    props.fill(model, 3.0)
    keeper.restore(model)
    check(bool((model[1].running_mean.value == 2.0).all()), "The buffers of the best state do not come back.")


@criterion("best_snapshot", hint="model.load_state_dict copies: no assign=True.", diagnoses=[shares_its_state])
def test_the_best_state_comes_back_again(student, props):
    """The kept state stays as it is when training goes on after restore: it can be restored again, into any model."""
    keeper, model, other = student.BestKeeper(), props.plain(7), props.plain(8)
    weight = model[0].weight.value
    keeper.update(1.0, model)
    keeper.restore(model)
    props.fill(model, 3.0)
    keeper.restore(other)
    check(torch.equal(other[0].weight.value, weight), "The kept state changes after restore.")


@criterion("best_snapshot", hint="Keep the loss and the state on self.", diagnoses=[shares_between_keepers])
def test_two_keepers_share_nothing(student, props):
    """Two keepers know nothing of each other."""
    first, second, model = student.BestKeeper(), student.BestKeeper(), props.plain(7)
    first.update(1.0, model)
    check(bool(second.update(2.0, model)), "A second keeper knows the loss of the first.")
