"""Further workers of a check: their props, their handles, their lines in the example, and files on the way between them."""

import pytest
import torch

from grader.bridge.connection import Connection
from grader.bridge.failures import StudentError, SuiteMisuse
from grader.bridge.launch import Limits
from grader.bridge.transcript import Transcript
from grader.judge.fixtures import Elsewhere, carry
from grader.suite import isinstance_of, running
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


def test_a_fresh_worker_has_the_props(opened):
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
    run = running.Run(opened(), 0, open_fresh=opened)
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
    run.close()


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
