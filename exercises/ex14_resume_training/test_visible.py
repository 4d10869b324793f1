"""The checks of ex14 that you may read. The hidden ones ask the same questions of more models and situations."""

import torch
from torch import nn

from grader.suite import (
    StudentError,
    assert_equal,
    check,
    criterion,
    diagnosis,
    given,
    same,
    sampled_from,
)

BEFORE, AFTER = 3, 3  # steps before the checkpoint, and after it


def uninterrupted(model_kind, kind, scheduled):
    """What the losses and the state are when training never stops: trained here, by the judge's own torch."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        if model_kind == "full":
            model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
        else:
            model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2))
        if kind in ("adam", "amsgrad"):
            make = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
            optimizer = make(model.parameters(), lr=0.03, amsgrad=kind == "amsgrad")
        else:
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9 if kind == "momentum" else 0.0)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5) if scheduled else None
        torch.manual_seed(11)
        losses = []
        for number in range(BEFORE + AFTER):
            generator = torch.Generator().manual_seed(1000 + number)
            x, y = torch.randn(8, 4, generator=generator), torch.randn(8, 2, generator=generator)
            optimizer.zero_grad()
            loss = ((model(x) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            losses.append(loss.item())
        return losses[BEFORE:], {name: value.clone() for name, value in model.state_dict().items()}


def parts(props, seed, model_kind, kind, scheduled):
    """A model, its optimizer and its scheduler in a worker."""
    model = props.full(seed) if model_kind == "full" else props.plain(seed)
    optimizer = props.optimizer(kind, model)
    return model, optimizer, props.scheduler(optimizer) if scheduled else None


def interrupted(student, worker, props, elsewhere, model_kind, kind, scheduled):
    """Train, save, load in another process into other objects, and train on there: the losses and the state."""
    model, optimizer, scheduler = parts(props, 7, model_kind, kind, scheduled)
    worker.manual_seed(11)
    props.train(model, optimizer, scheduler, 0, BEFORE)
    student.save_checkpoint("run.pt", model, optimizer, 5, scheduler)
    there = elsewhere.loaded()
    there.receive("run.pt")
    model, optimizer, scheduler = parts(there.props, 8, model_kind, kind, scheduled)
    there.torch.manual_seed(99)
    there.student.load_checkpoint("run.pt", model, optimizer, scheduler)
    losses = there.props.train(model, optimizer, scheduler, BEFORE, AFTER)
    return losses, dict(model.state_dict())


def goes_on(student, worker, props, elsewhere, *what):
    """Whether losses and state are, bit for bit, those of training that never stopped."""
    losses, state = interrupted(student, worker, props, elsewhere, *what)
    wanted, final = uninterrupted(*what)
    return losses == wanted and list(state) == list(final) and all(torch.equal(state[name], final[name]) for name in final)


def raises_error(function, *args):
    """Whether a call raises an error."""
    try:
        function(*args)
    except StudentError:
        return True
    return False


@diagnosis()
def writes_no_file(student, props, elsewhere):
    """After save_checkpoint(path, ...) there is no file at `path`: use just the path that is given."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    student.save_checkpoint("asked.pt", model, optimizer, 1)
    return raises_error(elsewhere.blank().receive, "asked.pt")


@diagnosis()
def needs_a_scheduler(student, props):
    """Without a scheduler it fails: `scheduler` is None then; ask for that first."""
    model, optimizer, scheduler = parts(props, 7, "plain", "plain", True)
    student.save_checkpoint("with.pt", model, optimizer, 1, scheduler)
    return raises_error(student.save_checkpoint, "without.pt", model, optimizer, 1)


@diagnosis()
def leaves_the_model_as_it_is(student, props):
    """load_checkpoint does not change the model: model.load_state_dict(...) puts the state into it."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    student.save_checkpoint("state_alone.pt", model, optimizer, 1)
    props.fill(model, 3.0)
    student.load_checkpoint("state_alone.pt", model, optimizer)
    return bool((model[0].weight.value == 3.0).all())


@diagnosis()
def remembers_in_memory(student, worker, props, elsewhere):
    """It works in the same process and not in another one: the state is remembered in a variable, not in the file."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    weight = model[0].weight.value
    student.save_checkpoint("here.pt", model, optimizer, 1)
    props.fill(model, 3.0)
    student.load_checkpoint("here.pt", model, optimizer)
    here = torch.equal(model[0].weight.value, weight)
    there = elsewhere.loaded()
    there.receive("here.pt")
    model, optimizer, _ = parts(there.props, 8, "plain", "plain", False)
    failed = raises_error(there.student.load_checkpoint, "here.pt", model, optimizer)
    return here and (failed or not torch.equal(model[0].weight.value, weight))


@diagnosis()
def loses_the_optimizer(student, props):
    """The state of the optimizer is not restored: its moments are lost. Save and load optimizer.state_dict(), too."""
    model, optimizer, _ = parts(props, 7, "plain", "momentum", False)
    props.train(model, optimizer, None, 0, 2)
    student.save_checkpoint("moments.pt", model, optimizer, 1)
    fresh = props.optimizer("momentum", model)
    student.load_checkpoint("moments.pt", model, fresh)
    return len(fresh.state_dict()["state"]) == 0


@diagnosis()
def loses_the_scheduler(student, props):
    """The state of the scheduler is not restored: the learning rate takes another course. Save and load it, too."""
    model, optimizer, scheduler = parts(props, 7, "plain", "plain", True)
    props.train(model, optimizer, scheduler, 0, 3)
    student.save_checkpoint("schedule.pt", model, optimizer, 1, scheduler)
    fresh = props.scheduler(optimizer)
    student.load_checkpoint("schedule.pt", model, optimizer, fresh)
    return fresh.last_epoch != 3


@diagnosis()
def loses_the_random_state(student, worker, props):
    """The random state is not restored, so dropout drops other values: torch.get_rng_state() belongs in the file."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    worker.manual_seed(3)
    worker.rand(2)
    student.save_checkpoint("random.pt", model, optimizer, 1)
    wanted = worker.rand(4)
    worker.manual_seed(4)
    student.load_checkpoint("random.pt", model, optimizer)
    return not torch.equal(worker.rand(4), wanted)


@diagnosis()
def moves_the_generator(student, worker, props):
    """Saving draws random numbers, or seeds the generator: torch's random state should stay where it is."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    worker.manual_seed(3)
    wanted = worker.rand(4)
    worker.manual_seed(3)
    student.save_checkpoint("still.pt", model, optimizer, 1)
    return not torch.equal(worker.rand(4), wanted)


@diagnosis()
def replaces_parameters(student, props):
    """The parameters are replaced by new ones, and the optimizer holds the old ones: load the values into the old ones."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    student.save_checkpoint("own.pt", model, optimizer, 1)
    before = model[0].weight
    student.load_checkpoint("own.pt", model, optimizer)
    return not same(before, model[0].weight)


@diagnosis()
def restores_nothing(student, props):
    """restore does not change the model that it is given: put the kept state into it."""
    keeper, model, other = student.BestKeeper(), props.plain(7), props.plain(8)
    before = other[0].weight.value
    keeper.update(1.0, model)
    keeper.restore(other)
    return torch.equal(other[0].weight.value, before)


@diagnosis()
def loses_the_buffers(student, props):
    """Buffers are not restored, such as the running mean of a batch norm: a state_dict holds them, parameters() does not."""
    model, optimizer, _ = parts(props, 7, "full", "plain", False)
    props.fill(model, 2.0)
    student.save_checkpoint("buffers.pt", model, optimizer, 1)
    props.fill(model, 3.0)
    student.load_checkpoint("buffers.pt", model, optimizer)
    return bool((model[1].running_mean.value == 3.0).all())


@diagnosis()
def returns_no_epoch(student, props):
    """load_checkpoint gives nothing back: it should give back the epoch."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    student.save_checkpoint("epoch.pt", model, optimizer, 4)
    return student.load_checkpoint("epoch.pt", model, optimizer) is None


@diagnosis()
def returns_the_next_epoch(student, props):
    """One is added to the epoch: give back the number that was saved."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    student.save_checkpoint("next.pt", model, optimizer, 4)
    return student.load_checkpoint("next.pt", model, optimizer) == 5


@diagnosis()
def keeps_references(student, props):
    """The best state changes when training goes on: state_dict() gives references. copy.deepcopy makes a snapshot."""
    keeper, model = student.BestKeeper(), props.plain(7)
    keeper.update(1.0, model)
    props.fill(model, 3.0)
    keeper.restore(model)
    return bool((model[0].weight.value == 3.0).all())


@diagnosis()
def takes_equal_for_better(student, props):
    """An equal loss is taken for a better one: only a lower one is."""
    keeper, model = student.BestKeeper(), props.plain(7)
    return keeper.update(1.0, model) is True and keeper.update(1.0, model) is True


@diagnosis()
def takes_higher_for_better(student, props):
    """A higher loss is taken for a better one: the lower, the better."""
    keeper, model = student.BestKeeper(), props.plain(7)
    keeper.update(1.0, model)
    return keeper.update(2.0, model) is True


@diagnosis()
def tells_nothing(student, props):
    """update gives nothing back: True if the state was kept, False if not."""
    return student.BestKeeper().update(1.0, props.plain(7)) is None


@criterion(
    "resume",
    gate=True,
    hint="Save model.state_dict(), and load it into the model that is given.",
    diagnoses=[
        writes_no_file,
        needs_a_scheduler,
        leaves_the_model_as_it_is,
        remembers_in_memory,
        replaces_parameters,
    ],
)
def test_plain_training_goes_on(student, worker, props, elsewhere):
    """With plain SGD, training goes on in another process as if it had never stopped."""
    what = ("plain", "plain", False)
    check(goes_on(student, worker, props, elsewhere, *what), "After loading, training takes another course.")


@criterion("resume", hint="optimizer.state_dict() holds the moments of Adam.", diagnoses=[loses_the_optimizer])
def test_adam_goes_on(student, worker, props, elsewhere):
    """With Adam, training goes on as if it had never stopped: its moments are restored."""
    what = ("plain", "adam", False)
    check(goes_on(student, worker, props, elsewhere, *what), "After loading, Adam takes another course.")


@criterion("resume", hint="scheduler.state_dict() says how far the schedule is.", diagnoses=[loses_the_scheduler])
def test_a_schedule_goes_on(student, worker, props, elsewhere):
    """With StepLR, the learning rate goes on as if training had never stopped."""
    what = ("plain", "plain", True)
    check(goes_on(student, worker, props, elsewhere, *what), "After loading, the learning rate takes another course.")


@criterion("resume", hint="torch.get_rng_state() and torch.set_rng_state(...).",
           diagnoses=[moves_the_generator, loses_the_random_state, loses_the_buffers])  # fmt: skip
def test_dropout_goes_on(student, worker, props, elsewhere):
    """With dropout and batch norm, training goes on as if it had never stopped: random numbers and statistics, too."""
    what = ("full", "plain", False)
    check(goes_on(student, worker, props, elsewhere, *what), "After loading, dropout or batch norm takes another course.")


@criterion(
    "epoch",
    gate=True,
    hint="Put the epoch into the file, and give it back as it was.",
    diagnoses=[writes_no_file, needs_a_scheduler, returns_no_epoch, returns_the_next_epoch],
)
@given(epoch=sampled_from([0, 3, 12]), examples=3)
def test_the_epoch_comes_back(student, props, epoch):
    """load_checkpoint gives back the epoch that was saved."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    student.save_checkpoint("epoch.pt", model, optimizer, epoch)
    assert_equal(student.load_checkpoint("epoch.pt", model, optimizer), epoch, "the epoch that `load_checkpoint` gives back")


@criterion(
    "save_load",
    gate=True,
    hint="Put tensors, numbers and state_dicts into the file: no model, no optimizer.",
    diagnoses=[writes_no_file, needs_a_scheduler],
)
def test_torch_reads_the_file(student, props, elsewhere):
    """In a process without your file, torch.load(path, weights_only=True) reads the checkpoint."""
    model, optimizer, scheduler = parts(props, 7, "full", "adam", True)
    props.train(model, optimizer, scheduler, 0, 1)
    student.save_checkpoint("plain.pt", model, optimizer, 2, scheduler)
    blank = elsewhere.blank()
    blank.receive("plain.pt")
    check(not raises_error(lambda: blank.torch.load("plain.pt", weights_only=True)),
          "The file is refused by torch.load(path, weights_only=True).")  # fmt: skip


@criterion("save_load", hint="Use the path that is given.", diagnoses=[needs_a_scheduler])
def test_two_checkpoints_are_told_apart(student, props):
    """Two checkpoints in two files do not disturb each other."""
    model, optimizer, _ = parts(props, 7, "plain", "plain", False)
    for name, value in (("one.pt", 1.0), ("two.pt", 2.0)):
        props.fill(model, value)
        student.save_checkpoint(name, model, optimizer, 1)
    student.load_checkpoint("one.pt", model, optimizer)
    check(bool((model[0].weight.value == 1.0).all()), "The second checkpoint takes the place of the first.")


@criterion(
    "best_snapshot",
    gate=True,
    hint="Keep copy.deepcopy(model.state_dict()) where the loss is lower than all before.",
    diagnoses=[tells_nothing, takes_higher_for_better, takes_equal_for_better, restores_nothing, keeps_references],
)
def test_the_best_state_comes_back(student, props):
    """The state with the lowest loss is kept, and comes back by restore."""
    keeper, model = student.BestKeeper(), props.plain(7)
    told = []
    for loss, value in ((2.0, 1.0), (1.0, 2.0), (1.0, 3.0), (1.5, 4.0)):
        props.fill(model, value)
        told.append(keeper.update(loss, model))
    check(
        [bool(t) for t in told] == [True, True, False, False], "update should tell whether the loss is lower than all before."
    )
    keeper.restore(model)
    check(bool((model[0].weight.value == 2.0).all()), "restore should bring back the state with the lowest loss.")
