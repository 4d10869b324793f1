"""A made-up class: every file another one and none another answer, all kinds of hand-ins among them, and each accounted for."""

import ast
import hashlib
import random
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

from grader.author.made_up import Shares, make_class, read_manifest
from grader.author.material import Material
from grader.author.noise import another, words_of
from grader.course.exercise import Course
from grader.course.paths import CoursePaths
from grader.course.starter import is_untouched
from grader.errors import UsageError
from grader.intake.sources import read_source

LAYOUTS = ("folders", "zip", "nbgrader", "canvas", "moodle", "gradescope")
COURSE = Course.around(ROOT)


def small(folder, seed=1, layout="folders", **more):
    return make_class(COURSE, folder, 24, COURSE.exercises[2:5], seed, layout=layout, **more)


def untouched(exercise, file):
    return is_untouched(file, exercise.script.read_text(encoding="utf-8"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read_as_what_was_handed_in(layout, tmp_path):
    manifest = small(tmp_path, layout=layout)
    intakes = [read_source(COURSE, tmp_path / source, untouched) for source in manifest.sources]
    read = Counter((s.student, s.exercise, s.sha256) for intake in intakes for s in intake.submissions)
    wanted = Counter((manifest.known_as.get(m.student, m.student), m.exercise, m.sha256) for m in manifest.files if m.read)
    assert read == wanted
    named = {skipped.file for intake in intakes for skipped in intake.skipped}
    others = {
        m.path.partition("/")[2] if layout == "gradescope" else m.path
        for m in manifest.files
        if not m.read and m.kind != "metadata"
    }
    assert all(named & {path, *map(str, Path(path).parents)} for path in others)


def test_a_group_of_gradescopes_is_one_submission_of_each_member(tmp_path):
    manifest = small(tmp_path, layout="gradescope", shares=Shares(group=0.2))
    together = {m.path for m in manifest.files if m.together}
    intakes = [read_source(COURSE, tmp_path / source, untouched) for source in manifest.sources]
    groups = [s for intake in intakes for s in intake.submissions if s.together]
    assert together and len(groups) == sum(m.kind == "group" for m in manifest.files)


def test_a_seed_makes_the_same_class_and_another_seed_another(tmp_path):
    first, again, other = (small(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert first == again != other
    for made in first.files:
        assert (tmp_path / "a" / first.top / made.path).read_bytes() == (tmp_path / "b" / again.top / made.path).read_bytes()
    assert read_manifest(tmp_path / "a") == first


def test_there_are_files_of_every_kind_and_no_two_answers_are_alike(tmp_path):
    manifest = small(tmp_path)
    kinds = Counter(m.kind for m in manifest.files)
    assert {"answer", "hostile", "broken", "untouched", "duplicate", "group", "stray"} <= kinds.keys()
    assert any(m.late for m in manifest.files) and any(m.read and not m.counts for m in manifest.files)
    handed_in = {m.student for m in manifest.files}
    assert any(student.id not in handed_in for student in manifest.students)
    for made in manifest.files:
        assert hashlib.sha256((tmp_path / manifest.top / made.path).read_bytes()).hexdigest() == made.sha256
    own = [m.sha256 for m in manifest.files if m.kind in ("answer", "hostile")]
    assert len(own) == len(set(own))
    assert any(not student.name.isascii() for student in manifest.students)


def test_without_solutions_nobody_is_made_up(course_copy, tmp_path):
    import shutil

    shutil.rmtree(course_copy / "solutions")
    course = Course(CoursePaths(course_copy))
    with pytest.raises(UsageError, match="solutions/"):
        make_class(course, tmp_path / "class", 3, course.exercises[:1], 1)


def test_noise_renames_what_is_a_files_own_and_nothing_else():
    source = (
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self, size):\n        super().__init__()\n"
        "        self.weight = nn.Parameter(torch.zeros(size))\n        self.mine_alone = size\n\n"
        "    def forward(self, x):\n        y = x * self.weight\n        total = sum(v for v in y)\n        return y + total + self.mine_alone\n"
    )
    seen = {another(source, random.Random(seed), words_of("Net size weight")) for seed in range(60)}
    assert len(seen) > 50
    for text in seen:
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
        assert {"x", "size", "self", "sum", "torch", "nn"} <= names and {"weight", "Parameter"} <= attributes
    assert any("mine_alone" not in words_of(text) for text in seen) and any("total" not in words_of(text) for text in seen)


def test_every_known_answer_is_still_python_after_noise():
    for exercise in COURSE.exercises:
        material = Material.of(COURSE, exercise, frozenset())
        for answer in (*material.right, *material.wrong):
            before = ast.parse(answer.text)
            after = ast.parse(another(answer.text, random.Random(answer.source), material.words))
            assert sorted(map(name_of, after.body)) == sorted(map(name_of, before.body)), answer.source


def name_of(statement):
    return getattr(statement, "name", type(statement).__name__)


@pytest.mark.slow
@pytest.mark.parametrize("word", ["ex03", "ex08", "ex12"])
def test_noise_changes_no_verdict(judge_source, word):
    material = Material.of(COURSE, COURSE.find(word), frozenset())
    rng = random.Random(word)
    answers = [*rng.sample(material.right, 4), *rng.sample(material.wrong, 6), material.hostile[0]]
    texts = [another(a.text, rng, material.words, gently=a.kind == "hostile") for a in answers]
    judged = judge_source(word, *(a.text for a in answers), *texts)
    verdicts = [(j.score, [(c.id, c.verdict) for c in j.checks]) for j in judged]
    for answer, before, after in zip(answers, verdicts[: len(answers)], verdicts[len(answers) :], strict=True):
        assert before == after, answer.source
