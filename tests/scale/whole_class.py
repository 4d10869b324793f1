"""A whole class, made up, graded, killed and accounted for: the proofs that take hours, one after another.

`python tests/scale/whole_class.py all --folder FOLDER` does everything; each step can be run alone, can be stopped with
Ctrl-C or killed, and goes on where it was. What was found is printed, and kept in FOLDER/found.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import accounts
import kills
import memory
import runs
import speed

from grader.author.made_up import Manifest, make_class, read_manifest
from grader.course.exercise import Course

SLOW = frozenset({"never_returns", "floods_standard_output"})  # they meet time limits: such a judgement is never used again


class Scale:
    """One folder with a class, its gradebooks, and what was found."""

    def __init__(self, words: argparse.Namespace) -> None:
        self.words = words
        self.folder: Path = words.folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """Print with the time since the start."""
        print(f"{time.monotonic() - self._start:7.0f} s  {text}", flush=True)

    def note(self, name: str, what: Any) -> None:
        """Keep what was found."""
        file = self.folder / "found.json"
        found = json.loads(file.read_text()) if file.is_file() else {}
        file.write_text(json.dumps({**found, name: what}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def the_class(self, name: str, students: int, exercises: int, **how: Any) -> tuple[Path, Manifest]:
        """Make a class unless it is there; return where it was handed in."""
        folder = self.folder / name
        if not (folder / "manifest.json").is_file():
            self.say(f"making {students} x {exercises} in {folder}")
            course = Course.around(runs.ROOT)
            make_class(course, folder, students, course.exercises[:exercises], self.words.seed, **how)
        manifest = read_manifest(folder)
        return folder / manifest.top, manifest

    def whole(self) -> tuple[Path, Manifest, Path]:
        """The large class, and its gradebook."""
        top, manifest = self.the_class("class", self.words.students, self.words.exercises)
        return top, manifest, self.folder / "class.db"

    # ---- the steps -----------------------------------------------------------------------------------------------------

    def make(self) -> list[str]:
        """Make the large class."""
        _, manifest, _ = self.whole()
        kinds = Counter(made.kind for made in manifest.files)
        self.say(f"{len(manifest.students)} students, {len(manifest.files)} files: {dict(kinds)}")
        self.note("class", {"students": len(manifest.students), "files": len(manifest.files), **kinds})
        return []

    def grade(self) -> list[str]:
        """Grade it, watching memory; once killed on the way, where --kill-at says so."""
        top, _, book = self.whole()
        log, samples = self.folder / "class.log", self.folder / "memory.jsonl"
        killed = self.folder / "killed-once"
        before = runs.count(book)
        start = time.monotonic()
        process = runs.begin(*runs.batch(top, book, "--jobs", str(self.words.jobs)), log=log)
        try:
            if self.words.kill_at and not killed.exists():
                self._kill_at(process, book, killed)
                return self.grade()
            memory.watch(process, book, samples, self.say)
        except KeyboardInterrupt:
            runs.kill(process, whole_group=True)
            raise
        seconds, made = time.monotonic() - start, runs.count(book) - before
        if process.wait() not in (0, 70):
            return [f"the batch ended with {process.returncode}: see {log}"]
        if made:
            self.say(f"{made} judged in {seconds:.0f} s, {made / seconds:.2f} a second, --jobs {self.words.jobs}")
            self.note("grade", {"judged": made, "seconds": round(seconds), "jobs": self.words.jobs})
        for line in memory.table(samples):
            self.say(line)
        self.note("memory", memory.table(samples))
        return kills.doubled(book)

    def _kill_at(self, process: Any, book: Path, killed: Path) -> None:
        while process.poll() is None and runs.count(book) < self.words.kill_at:
            time.sleep(0.2)
        at_the_kill = runs.judged(book)
        runs.kill(process, whole_group=True)
        runs.survivors(process.pid)
        lost = at_the_kill - runs.judged(book)
        killed.write_text(f"{len(at_the_kill)} judged, {len(lost)} lost\n")
        self.say(f"killed with {len(at_the_kill)} judged: {len(lost)} lost; it goes on")
        self.note("killed once over the whole", {"judged": len(at_the_kill), "lost": len(lost)})

    def account(self) -> list[str]:
        """Every file is a submission, or named with the reason why it is none."""
        top, manifest, book = self.whole()
        printed = runs.grade(*runs.batch(top, book, "--dry-run"))  # which names each file that is left out
        faults = accounts.unaccounted(manifest, printed, book)
        read = sum(made.read for made in manifest.files)
        self.say(
            f"{len(manifest.files)} files: {read} submissions, {len(manifest.files) - read} others; {len(faults)} unaccounted for"
        )
        self.note("account", {"files": len(manifest.files), "submissions": read, "unaccounted": faults})
        return faults

    def sample(self) -> list[str]:
        """A stratified sample of judgements is what grading those files alone gives."""
        top, manifest, book = self.whole()
        drawn = accounts.sample(book, manifest, self.words.sample, self.words.seed)
        faults = accounts.compare(top, book, drawn, self.say)
        step = max(1, len(drawn) // max(1, self.words.commands))
        by_command = drawn[::step][: self.words.commands]
        faults += accounts.compare_with_commands(top, book, by_command, self.say)
        self.say(f"{len(drawn)} judged once more, {len(by_command)} by the command line: {len(faults)} differences")
        self.note("sample", {"judgements": len(drawn), "by command": len(by_command), "differences": faults})
        return faults

    def kills(self) -> list[str]:
        """A small class, killed again and again; with other jobs; and as an archive: always the same bytes in the end."""
        top, _ = self.the_class("killed", 30, 3, avoid=SLOW)
        wanted = kills.undisturbed(top, self.folder / "undisturbed.db", 2)
        self.say(f"undisturbed: {', '.join(sorted(wanted))}")
        faults = []
        archive, _ = self.the_class("killed-zip", 30, 3, avoid=SLOW, layout="zip")
        for name, source, jobs in (("one-job", top, 1), ("archive", archive, 2)):
            other = kills.undisturbed(source, self.folder / f"{name}.db", jobs)
            faults += [f"{name}: {what} is another one" for what in runs.differences(wanted, other)]
            self.say(f"{name}: {len(faults)} differences so far")
        for old in self.folder.glob("killed-*.db*"):
            old.unlink()
        campaign = kills.Kills(top, self.folder, wanted, self.words.seed, self.say)
        faults += campaign.run(self.words.kills, 2)
        self.say(f"{self.words.kills} kills ({dict(campaign.moments)}), {campaign.books} gradebooks: {len(faults)} faults")
        self.note("kills", {"kills": self.words.kills, **campaign.moments, "books": campaign.books, "faults": faults})
        return faults

    def speed(self) -> list[str]:
        """Judgements a second, beside plain pytest."""
        top, manifest, _ = self.whole()
        words, folder = self.words, self.folder / "speed"
        found = speed.measure(
            top,
            manifest,
            folder,
            each=words.each,
            pytest_each=words.pytest_each,
            rounds=words.rounds,
            seed=words.seed,
            say=self.say,
        )
        self.note("speed", {name: [round(value, 3) for value in values] for name, values in found.items()})
        return []


STEPS = ("make", "grade", "account", "sample", "kills", "speed")


def main() -> int:
    """Do the steps that were asked for; return 1 where anything was not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="+", choices=[*STEPS, "all"])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/grade-whole-class"))
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--exercises", type=int, default=14)
    parser.add_argument("--seed", type=int, default=20250503)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kill-at", type=int, default=0, help="kill the whole batch once, when so many are judged")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--commands", type=int, default=20, help="how many of the sample by the real command line")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--each", type=int, default=90, help="files an exercise for the batch's speed")
    parser.add_argument("--pytest-each", type=int, default=6, help="files an exercise for pytest's speed")
    parser.add_argument("--rounds", type=int, default=3, help="in so many rounds, the batch and pytest in turn")
    scale = Scale(parser.parse_args())
    faults: list[str] = []
    for step in STEPS if "all" in scale.words.steps else scale.words.steps:
        scale.say(f"== {step}: {getattr(Scale, step).__doc__}")
        faults += [f"{step}: {fault}" for fault in getattr(scale, step)()]
    for fault in faults:
        scale.say(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
