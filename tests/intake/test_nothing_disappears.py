"""Whatever a source holds, each of its files is a submission or named as none, once; and nobody's files become another's."""

import io
import tarfile
import tempfile
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_sources import STARTER, course, read

from grader.errors import UsageError
from grader.intake.files import unpacked_name
from grader.intake.handed_in import Intake
from grader.intake.names import printable
from grader.intake.sources import _KINDS

WORDS = st.sampled_from([
    "ada", "bob", "Ada", "ex03.py", "ex03.ipynb", "ex04.py", "EX03.PY", "ex03-1.py", "my_ex03.py", "answer.py", "notes.txt", ".hidden.py",
    "ex03", "submitted", ".git", "__pycache__", "__MACOSX", "timestamp.txt", "submission_metadata.yml", "submission_1", "HEAD", "config",
    "objects", "assignment_1_export", "lovelaceada_1_2_ex03.py", "evee_1_2_3_ex03.py", "lovelaceada_LATE_3_4_x.py", "anon_ab_5_ex04.py",
    "a_1_text.html", "Ada L_7_assignsubmission_file_", "Bob_8_assignsubmission_file_ex03.py", "Ada L_7_assignsubmission_onlinetext_",
    "ex03-ada", "ex03-bob", "a\x1b[31m", "b\nc", "d\udc80e", "back\\slash", "con", "e\u0301.py", "\u00e9.py", "张三", "x.rar", "x.zip",
])  # fmt: skip
TEXTS = st.sampled_from(["x = 1", STARTER, "", "{}", "submission_1:\n  :submitters:\n  - :sid: 1\n", "gitdir: ../bob/.git"])
NAMES = st.lists(WORDS, min_size=1, max_size=4).map("/".join)
TREES = st.dictionaries(NAMES, TEXTS, max_size=12)
KINDS = st.sampled_from([None, *sorted(_KINDS)])
ONLY = st.sampled_from([(), ("ex03",), ("ex03", "ex04")])
LIMITS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


def check_accounted(files: list[str], intake: Intake) -> None:
    """Each file is told once: as a submission, by its name, or within a folder that is told as one."""
    told = Counter({s.file for s in intake.submissions})
    told.update(s.file for s in intake.skipped)
    for file in files:
        over = [folder.as_posix() for folder in (PurePosixPath(file), *PurePosixPath(file).parents)]
        ends = {file, *over} - {"."}
        found = sum(count for name, count in told.items() if name in {printable(end) for end in ends})
        assert found == 1, (file, found, told)


def stripped(files, intake):
    """Return names as they are told: without the top folder, where one was left out."""
    top = intake.kind.rpartition(", in ")[2].removesuffix("/") if ", in " in intake.kind else ""
    return [f.partition("/")[2] if top and printable(f.partition("/")[0]) == top else f for f in files]


@LIMITS
@given(tree=TREES, kind=KINDS, only=ONLY)
def test_each_file_of_a_folder_is_told_once(tree, kind, only):
    course()
    with tempfile.TemporaryDirectory() as folder:
        written = []
        for name, text in tree.items():
            path = Path(folder, "class", name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("x") as file:
                    file.write(text)
            except OSError:  # a file where another name has a folder
                continue
            written.append(name)
        Path(folder, "class").mkdir(exist_ok=True)
        intake = tolerant(Path(folder, "class"), kind, only)
        if intake is not None:
            check_accounted(stripped(written, intake), intake)


def pack_zip(tree):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in tree.items():
            archive.writestr(name.encode("utf-8", "replace").decode(), content)
    return data.getvalue()


def pack_tar(tree):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, content in tree.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


PACKED = st.dictionaries(
    NAMES,
    st.one_of(TEXTS.map(str.encode), st.dictionaries(NAMES, TEXTS.map(str.encode), min_size=1, max_size=3)),
    min_size=1,
    max_size=10,
)


@LIMITS
@given(
    tree=PACKED, kind=KINDS, only=ONLY, pack=st.sampled_from([pack_zip, pack_tar]), suffix=st.sampled_from([".zip", ".tar.gz"])
)
def test_each_file_of_an_archive_is_told_once(tree, kind, only, pack, suffix):
    flat = {}
    for name, content in tree.items():
        if isinstance(content, dict):
            flat[f"{name}{suffix}"] = (pack_zip if suffix == ".zip" else pack_tar)(content)
        else:
            flat[name] = content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "packed.bin")
        path.write_bytes(pack(flat))
        intake = tolerant(path, kind, only)
        if intake is None:
            return
        told = {s.file for s in intake.submissions} | {s.file for s in intake.skipped}
        names = [n.encode("utf-8", "replace").decode() for n in flat] if pack is pack_zip else list(flat)
        for name in stripped(names, intake):
            if unpacked_name(name) != name and intake.kind.endswith(f", in {printable(unpacked_name(name))}/"):
                continue  # all that is told came out of it
            assert any(is_told(name, t) for t in told), (name, told)


def is_told(name, told):
    """Whether a name is told, within a folder that is, or, of an archive, by a file that came out of it."""
    name = printable(name)
    if name == told or name.startswith(f"{told}/"):
        return True
    stem = name.removesuffix(".zip").removesuffix(".tar.gz")
    return stem != name and told.startswith((f"{stem}/", f"{name}/"))


def tolerant(source, kind, only):
    try:
        return read(source, kind, only)
    except UsageError as error:  # a list of Gradescope's that is none is the caller's to mend
        assert "submission_metadata.yml" in error.message or "archive" in error.message
        return None


@LIMITS
@given(trees=st.dictionaries(st.sampled_from(["ada", "bob", "cyd", "dan"]), TREES, min_size=3))
def test_a_students_files_are_theirs_whatever_they_are_called(trees):
    with tempfile.TemporaryDirectory() as folder:
        for student, tree in trees.items():
            for name, text in tree.items():
                path = Path(folder, student, name)
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text)
                except OSError:
                    continue
        for s in read(Path(folder)).submissions:
            assert s.file.split("/")[0] == s.student and not s.together
