"""Folders on disk are private, gone afterwards, and swept after a kill; nobody else's is ever touched."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT

from grader.bridge.private_folder import INSIDE, LOCK, PrivateFolder, sweep

HOLDS = (
    "import sys, time\nfrom grader.bridge.private_folder import PrivateFolder\n"
    "folder = PrivateFolder()\n(folder.path / 'suite.py').write_text('secret')\nprint(folder.path.parent, flush=True)\ntime.sleep(60)\n"
)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    """The system's folder for temporary files, for this test alone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def holder() -> tuple[subprocess.Popen[str], Path]:
    """A process with a private folder, and that folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_nobody_else_may_enter_and_nothing_is_left(place):
    with PrivateFolder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        assert folder.stat().st_uid == os.geteuid()
        (folder / "suite.py").write_text("secret")
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_is_swept_by_the_next(place):
    process, folder = holder()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / INSIDE / "suite.py").exists()
    assert sweep() == [folder] and list(place.iterdir()) == []


def test_what_a_living_process_uses_is_never_swept(place):
    process, folder = holder()
    try:
        assert sweep() == [] and (folder / INSIDE / "suite.py").exists()
    finally:
        process.kill()
        process.wait()


def test_ones_own_folder_is_in_use_too(place):
    with PrivateFolder() as folder:
        assert sweep() == [] and folder.exists()


def test_a_child_that_was_forked_does_not_keep_a_folder_alive(place):
    """The template is such a child, and outlives a judge that was killed by a moment; it closes what it did not ask for."""
    script = HOLDS.replace(
        "time.sleep(60)\n",
        "import os\nif os.fork() == 0:\n    os.closerange(3, 4096); time.sleep(30); os._exit(0)\ntime.sleep(60)\n",
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0)
    folder = Path(process.stdout.readline().strip())
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    try:
        assert sweep() == [folder]
    finally:
        os.killpg(process.pid, signal.SIGKILL)


def made_by_hand(path: Path, mode: int = 0o700, lock: bool = True) -> Path:
    (path / INSIDE).mkdir(parents=True)
    (path / INSIDE / "work").write_text("work")
    if lock:
        (path / LOCK).write_text("")
    path.chmod(mode)
    return path


def test_a_folder_that_only_has_such_a_name_is_left_alone(place):
    mine = made_by_hand(place / "grade-homework", lock=False)
    assert sweep() == [] and (mine / INSIDE / "work").exists()


def test_a_folder_of_another_name_is_left_alone(place):
    mine = made_by_hand(place / "homework")
    assert sweep() == [] and mine.exists()


def test_a_folder_that_others_may_enter_is_none_of_ours(place):
    mine = made_by_hand(place / "grade-open", mode=0o755)
    assert sweep() == [] and mine.exists()


def test_a_link_is_not_followed(place):
    target = made_by_hand(place / "elsewhere")
    (place / "grade-link").symlink_to(target)
    assert sweep() == [] and (target / INSIDE / "work").exists()


def test_a_lock_that_is_a_link_or_no_file_is_left_alone(place):
    (place / "target").write_text("")
    linked = made_by_hand(place / "grade-linked", lock=False)
    (linked / LOCK).symlink_to(place / "target")
    piped = made_by_hand(place / "grade-piped", lock=False)
    os.mkfifo(piped / LOCK)
    foldered = made_by_hand(place / "grade-foldered", lock=False)
    (foldered / LOCK).mkdir()
    assert sweep() == [] and linked.exists() and piped.exists() and foldered.exists()


def test_links_inside_of_what_is_swept_lead_nowhere(place):
    (place / "precious").mkdir()
    (place / "precious" / "work").write_text("work")
    left = made_by_hand(place / "grade-left")
    (left / INSIDE / "out").symlink_to(place / "precious")
    assert sweep() == [left] and (place / "precious" / "work").exists()


def test_another_users_folder_is_left_alone(place, monkeypatch):
    theirs = made_by_hand(place / "grade-theirs")
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert sweep() == [] and (theirs / INSIDE / "work").exists()


def test_folders_are_made_while_others_sweep(place):
    """A sweep between the birth of a folder and its lock must cost nobody theirs."""
    stop = threading.Event()

    def sweep_on() -> None:
        while not stop.is_set():
            sweep()

    sweepers = [threading.Thread(target=sweep_on) for _ in range(2)]
    for thread in sweepers:
        thread.start()
    try:
        for _ in range(300):
            with PrivateFolder() as folder:
                (folder / "suite.py").write_text("secret")
                assert (folder / "suite.py").read_text() == "secret"
    finally:
        stop.set()
        for thread in sweepers:
            thread.join()
    sweep()
    assert list(place.iterdir()) == []


def test_a_tree_too_deep_for_pythons_stack_is_removed_too(place):
    folder = PrivateFolder()
    script = "import os\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')\nopen('f', 'w').close()\n"
    subprocess.run([sys.executable, "-c", script], cwd=folder.path, check=True)
    folder.remove()
    assert list(place.iterdir()) == []


def test_a_folder_that_its_maker_may_not_list_is_removed_too(monkeypatch):
    top = Path(tempfile.mkdtemp(dir="/tmp"))
    top.chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(top))
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)  # for whom a folder's rights count
        folder = PrivateFolder()
        for name in ("a", "a/b"):
            (folder.path / name).mkdir(mode=0o300)
            (folder.path / name / "work").write_text("work")
        folder.remove()
        os._exit(0)
    os.waitpid(child, 0)
    left = list(top.iterdir())
    subprocess.run(["rm", "-rf", str(top)], check=True)
    assert left == []


@pytest.mark.slow
def test_a_grading_that_is_killed_leaves_suites_until_the_next_one(place, handout):
    """`kill -9` in the midst of a check: the suites lie there, and are gone when the next grading has begun."""
    file = place / "slow.py"
    file.write_text(
        "import torch\nfrom torch import nn\nclass CustomReLU(nn.Module):\n    def forward(self, x):\n        while True: pass\n"
    )
    command = [sys.executable, "-m", "grader.cli", "ex03"]
    process = subprocess.Popen([*command, str(file)], cwd=handout, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (left := list(place.glob(f"grade-*/{INSIDE}/ex03_stateless_layer/test_hidden.py"))):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert left[0].exists() and stat.S_IMODE(left[0].parents[2].stat().st_mode) == 0o700
    subprocess.run([*command], cwd=handout, stdout=subprocess.DEVNULL, check=False)
    assert list(place.glob("grade-*")) == []
