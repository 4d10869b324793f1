"""Further workers of a check: their props, their handles, their lines in the example, and files on the way between them."""

import pytest
import torch

from grader.bridge.connection import Connection
from grader.bridge.failures import NameGivenUp, StudentError, SuiteMisuse
from grader.bridge.launch import Limits
from grader.bridge.transcript import Transcript
from grader.judge.fixtures import Elsewhere, carry
from grader.suite import isinstance_of, running
from grader.suite.company import Company
from grader.wire import messages as m

SOURCE = "import torch\ndef double(x): return 2 * x\n"


@pytest.fixture
def opened(workers):
    """Opens workers with a submission and a prop, and ends them."""
    connections = []

    def open_(loaded=True):
        connection = Connection(workers.start(Limits()), Limits())
        connections.append(connection)
        if loaded:
            parsed = connection.ask(m.Parse(connection.number(), "probe", (m.Cell("probe.py", SOURCE),)))
            for index in range(len(parsed.statements)):
                connection.ask(m.Step(connection.number(), index))
            connection.ask(m.Props(connection.number(), "def three(): return 3\n"))
        return connection

    yield open_
    for connection in connections:
        connection.close()


@pytest.fixture
def run(opened):
    """A run whose company opens such workers."""
    run = running.Run(opened(), 5, company=Company(opened))
    running.enter(run)
    yield run
    running.enter(None)


def test_a_loaded_worker_has_the_props(opened):
    assert Elsewhere(opened()).props.three() == 3


def test_a_handle_is_only_sent_to_the_worker_that_it_is_of(opened):
    here, there = opened(), opened()
    layer = here.root("torch", "nn.Linear")(2, 2)
    there.root("torch", "nn.Linear")(2, 2)
    with pytest.raises(SuiteMisuse):
        there.root("student", "double")(layer)


def test_isinstance_of_asks_the_worker_of_the_handle(opened):
    running.enter(running.Run(opened(), 0))
    there = Elsewhere(opened())
    assert isinstance_of(there.torch.nn.Linear(2, 2), there.torch.nn.Module)
    running.enter(None)


def test_the_example_says_which_process_a_line_belongs_to(opened):
    run = running.Run(opened(), 0, company=Company(opened))
    run.connection.transcript = Transcript("ex13")
    run.connection.seed(1)
    x = torch.ones(1)
    run.connection.root("student", "double")(x)
    there, blank = run.another(loaded=True), run.another(loaded=False)
    there.root("student", "double")(there.root("props", "three")())
    blank.root("torch", "ones")(2)
    run.connection.root("student", "double")(x)
    assert run.connection.transcript.code().splitlines() == [
        "import torch",
        "from ex13 import double",
        "import props  # the helpers beside the exercise",
        "",
        "torch.manual_seed(1)",
        "x = torch.tensor([1.])",
        "y = double(x)",
        "# in another process:",
        "props.three()",
        "double(3)",
        "# in another process, without your file:",
        "y2 = torch.ones(2)",
        "# in the first process:",
        "y3 = double(x)",
    ]


def test_asking_twice_gives_two_workers_and_a_blank_one_is_a_third(run):
    assert len({id(run.another(loaded)) for loaded in (True, True, False)}) == 3


def test_the_next_example_gets_the_same_workers_as_if_they_had_just_been_opened(run):
    first, blank = run.another(loaded=True), run.another(loaded=False)
    first.root("torch", "set_default_dtype")(torch.float64)
    kept = first.root("torch", "nn.Linear")(2, 2)
    run.begin_example({"n": 1})
    assert (run.another(loaded=True), run.another(loaded=False)) == (first, blank)
    assert first.root("torch", "get_default_dtype")() == torch.float32
    with pytest.raises(StudentError):
        kept.weight  # noqa: B018


def test_what_another_worker_draws_hangs_on_the_example_alone(run):
    def drawn(example):
        run.begin_example(example)
        return run.another(loaded=True).root("torch", "rand")(4)

    once, other = drawn({"n": 1}), drawn({"n": 2})
    assert torch.equal(drawn({"n": 1}), once)
    assert not torch.equal(other, once)


def test_a_worker_that_died_is_replaced(run):
    first = run.another(loaded=True)
    first.close()
    run.begin_example({})
    assert run.another(loaded=True).root("props", "three")() == 3


@pytest.mark.parametrize("made_of_it", ["nothing", "a folder", "removed"])
def test_a_file_is_carried_for_one_example_alone(run, made_of_it):
    (run.connection.worker.scratch / "net.pt").write_bytes(b"net")
    there = Elsewhere(run.another(loaded=True))
    there.receive("net.pt")
    path = there.connection.worker.scratch / "net.pt"
    assert path.read_bytes() == b"net"
    if made_of_it != "nothing":
        path.unlink()
    if made_of_it == "a folder":
        path.mkdir()
    run.begin_example({})
    assert not path.is_file()
    there.receive("net.pt")
    assert path.read_bytes() == b"net"


def test_a_name_that_was_given_up_is_given_up_there_too(run):
    run.connection.given_up = frozenset({"double"})
    with pytest.raises(NameGivenUp):
        run.another(loaded=True).root("student", "double")


@pytest.mark.parametrize("make", ["folder", "link", "nothing"])
def test_only_a_regular_file_is_carried(tmp_path, make):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    if make == "folder":
        (source / "net.pt").mkdir()
    if make == "link":
        (source / "net.pt").symlink_to("/etc/passwd")
    with pytest.raises(StudentError, match="no file"):
        carry(source, target, "net.pt")
    assert not list(target.iterdir())
