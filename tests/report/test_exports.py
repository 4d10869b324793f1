"""What leaves the house: the same bytes whichever way a gradebook came about, harmless, and without what nobody may know."""

import csv
import io
import json
import math
import os
import re
import tracemalloc
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import junitparser
import msgspec
import pytest
from conftest import ROOT
from strangers import CHECKS, EX03, HOSTILE, SECRET, STUDENTS, judgement, make_class, sha

from grader.cli.export import Wanted, export_points
from grader.cli.options import Settings
from grader.errors import UsageError
from grader.gradebook.book import open_gradebook
from grader.gradebook.standing import class_view
from grader.model import ClassRules, ExerciseRules, Student, Submission
from grader.report import class_json, gradescope, harmless, junit

GOLDEN = Path(__file__).parent / "golden"
WRITE = "GRADE_WRITE_GOLDEN"  # set it, run, and look at what git shows


@pytest.fixture
def export(tmp_path, monkeypatch, capsys):
    """Export as the command line does; gives the text that it printed and the path that it wrote."""
    monkeypatch.chdir(ROOT)

    def run(kind, book, *exercises, sheet=None, output=None, language="en", audience="student"):
        target = tmp_path / (output or f"out-{kind}")
        wanted = Wanted(kind, None if sheet is None else str(sheet), exercises, str(target), str(book))
        assert export_points(Settings(language, audience, False), wanted) == 0
        return capsys.readouterr().out, target

    return run


@pytest.fixture
def book(tmp_path):
    return make_class(tmp_path / "book.db")


def golden(name, content):
    """Hold an export against the one that was looked at."""
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_bytes(content)
    assert content == path.read_bytes(), f"if this is meant: {WRITE}=1"


def all_bytes(path):
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in files}


@pytest.mark.parametrize("kind", ["nbgrader", "gradescope", "csv", "json", "junit"])
def test_an_export_is_the_same_whatever_the_order_of_judging_and_names_nothing_of_a_run(kind, tmp_path, export, book):
    other = make_class(tmp_path / "other.db", backwards=True)
    one, two = (all_bytes(export(kind, b, output=str(n))[1]) for n, b in enumerate((book, other)))
    assert one == two
    assert not any(b"wall_seconds" in content or b"1.25" in content for content in one.values())


@pytest.mark.parametrize(
    "kind, name", [("nbgrader", "nbgrader.csv"), ("csv", "points.csv"), ("json", "class.json"), ("junit", "junit.xml")]
)
def test_the_export_is_the_one_that_was_looked_at(kind, name, export, book):
    golden(name, export(kind, book)[1].read_bytes())


def test_results_for_gradescope_are_those_that_were_looked_at(export, book):
    out, folder = export("gradescope", book)
    golden("gradescope-index.csv", (folder / "index.csv").read_bytes())
    golden("gradescope-ada.json", (folder / "ex03" / "ada" / "results.json").read_bytes())
    assert "4 results written" in out or "5 results written" in out


# ---- what a stranger's text may not do -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u3000=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "＋1+1",
        "－cmd",
        "＠x",
        "-",
        "--1",
        "+1-2",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_defused(text):
    assert harmless.cell(text).startswith("'") and harmless.cell(text).replace("'", "") == text


def test_a_formula_behind_what_may_part_cells_elsewhere_is_defused_too():
    assert harmless.cell("Zoë; =cmd|x") == "Zoë;' =cmd|x" and harmless.cell("a\t-1+1\n@b") == "a\t'-1+1\n'@b"


@pytest.mark.parametrize("text", ["-1.5", "+2", "-1,5", "1e-3", "-3", "", "Ada", "a=b", "a-b", "王小明", "'=1", "3 - 2"])
def test_numbers_and_ordinary_text_stay(text):
    assert harmless.cell(text) == text


@pytest.mark.parametrize("kind", ["csv", "nbgrader"])
def test_no_cell_of_a_table_is_a_formula_to_a_reader_of_either_separator(kind, export, book):
    text = export(kind, book)[1].read_text(encoding="utf-8-sig")
    for delimiter in ",;" if kind == "csv" else ",":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                assert not re.match(r"[\s\u200b]*[=+@＝＋＠]", cell), cell


def test_names_of_files_are_valid_everywhere_and_never_leave_the_folder():
    words = [
        "ada",
        "Ada",
        "../../etc",
        "a/b",
        "a\\b",
        "con",
        "nul.txt",
        "..",
        ".",
        "",
        "x" * 300,
        "王小明",
        "e\u0301",
        "é",
        "a:b",
        " a ",
        "\x00",
        "\ud800",
    ]
    names = harmless.file_names(words)
    assert len({name.casefold() for name in names.values()}) == len(words)
    for name in names.values():
        assert name == name.strip(". ") and not re.search(r'[\\/:*?"<>|\x00-\x1f]', name) and 0 < len(name.encode()) <= 100
        assert not re.fullmatch(r"(con|nul)(\..*)?", name)
    assert names["王小明"] == "王小明" and names["x" * 300].startswith("xxx")


@pytest.mark.parametrize("kind", ["gradescope", "junit", "csv", "nbgrader"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_that_a_hidden_check_drew_is_in_an_export_that_students_may_see(kind, language, export, book):
    for content in all_bytes(export(kind, book, language=language)[1]).values():
        assert SECRET.encode() not in content


def test_a_teachers_json_has_it(export, book):
    document = json.loads(export("json", book)[1].read_bytes())
    assert document["schema"] == class_json.SCHEMA
    ada = next(s for s in document["standings"] if (s["student"], s["exercise"]) == ("ada", EX03))
    assert ada["points"] == 5.25 and ada["corrections"] == [{"points": 0.75, "because": "the statement\nwas unclear"}]
    assert SECRET in json.dumps(ada["judgement"]["checks"])
    states = {s["student"]: s["state"] for s in document["standings"] if s["exercise"] == EX03}
    assert states == {"ada": "scored", "20002": "scored", "1234": "pending", "eve": "unscored", "../../etc": "scored",
                      "fay": "missing", "gus": "unscored"}  # fmt: skip


# ---- Gradescope ------------------------------------------------------------------------------------------------------------

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
TOP = {"score": float, "execution_time": float, "output": str, "output_format": FORMATS, "test_output_format": FORMATS,
       "test_name_format": FORMATS, "visibility": VISIBILITIES, "stdout_visibility": VISIBILITIES, "extra_data": dict,
       "tests": list, "leaderboard": list}  # fmt: skip
TEST = {"score": float, "max_score": int, "status": {"passed", "failed"}, "name": str, "name_format": FORMATS, "number": str,
        "output": str, "output_format": FORMATS, "tags": list, "visibility": VISIBILITIES, "extra_data": dict}  # fmt: skip


def follows_the_rules(document):
    """What Gradescope says of results.json, as its documentation has it."""
    for rules, value in [(TOP, document), *((TEST, test) for test in document["tests"])]:
        for key, found in value.items():
            rule = rules[key]
            assert found in rule if isinstance(rule, set) else isinstance(found, rule | int if rule is float else rule), (
                key,
                found,
            )
            assert not isinstance(found, float) or math.isfinite(found)
    assert not any(test["visibility"] == "hidden" for test in document["tests"])  # or the total would be, too


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("score", [0.0, 4.5, 6.0])
def test_results_follow_gradescopes_rules_and_no_test_hides_the_total(score, language):
    document = gradescope.results(judgement("ada", EX03, score), language)
    follows_the_rules(document)
    text = gradescope.as_json(document).decode()
    assert json.loads(text, parse_constant=pytest.fail) == document
    assert document["score"] == score == sum(test.get("score", 0.0) for test in document["tests"])
    assert SECRET not in text and "\x00" not in text and "\\u0000" not in text and "\\u001b" not in text
    assert {t["number"] for t in document["tests"]} == {"1", "2", "2.1", "2.2", "2.3", "2.4"}


def test_an_unscored_judgement_has_no_score_for_gradescope_anywhere():
    document = gradescope.results(judgement("eve", EX03, None), "en")
    assert "score" not in document and not any("score" in test or "status" in test for test in document["tests"][:2])


def test_a_score_that_is_no_finite_number_never_leaves(export, book):
    with open_gradebook(book) as opened:
        opened.add_adjustment("ada", EX03, math.inf, "a slip of the keyboard")
    out, folder = export("gradescope", book)
    assert "ex03, the points are no finite number: ada" in out and not (folder / "ex03" / "ada").exists()
    assert b"inf" not in export("csv", book)[1].read_bytes()


def test_each_submission_has_its_results_where_the_index_says(export, book):
    _, folder = export("gradescope", book)
    rows = list(csv.DictReader((folder / "index.csv").open(newline="")))
    assert [(r["student"], r["exercise"], float(r["score"])) for r in rows] == [
        ("../../etc", "ex03", 0.0), ("20002", "ex03", 6.0), ("ada", "ex03", 5.25), ("1234", "ex04", 7.25), ("ada", "ex04", 8.0),
    ]  # fmt: skip
    for row in rows:
        document = json.loads((folder / row["path"]).read_bytes())
        follows_the_rules(document)
        assert document["score"] == float(row["score"])
    assert "Corrected by a person: +0.75." in json.loads((folder / "ex03/ada/results.json").read_bytes())["output"]


def test_a_folder_with_something_in_it_is_not_written_into(export, book, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("all of it")
    with pytest.raises(UsageError, match="is there already"):
        export("gradescope", book, output="mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "all of it" and len(list(tmp_path.glob(".*"))) == 0


# ---- JUnit -----------------------------------------------------------------------------------------------------------------

# What Jenkins' schema (junit-10.xsd) allows: attributes, and those that must be there.
ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
                  {"name", "tests", "failures", "errors"}, {"testsuite", "properties", "testcase", "system-out", "system-err"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("audience", ["student", "teacher"])
def test_junit_is_what_jenkins_schema_allows(audience, export, book):
    root = ElementTree.parse(export("junit", book, audience=audience)[1]).getroot()
    for element in root.iter():
        allowed, required, children = ALLOWED[element.tag]
        assert required <= set(element.attrib) <= allowed and {child.tag for child in element} <= children
    for suite in root:
        names = [(case.get("classname"), case.get("name")) for case in suite.iter("testcase")]
        assert len(names) == len(set(names)) == int(suite.get("tests"))
    assert (SECRET in ElementTree.tostring(root, "unicode")) == (audience == "teacher")


def test_junitparser_reads_it_and_counts_the_same(export, book):
    out, path = export("junit", book)
    suites = {suite.name: suite for suite in junitparser.JUnitXml.fromfile(str(path))}
    ada = suites["ex03.ada"]
    assert {p.name: p.value for p in ada.properties()}["points"] == "5.25"
    assert (ada.tests, ada.failures, ada.errors, ada.skipped) == (5, 2, 0, 1)
    counted = [0, 0, 0]
    for case in ada:
        for result in case.result:
            counted[[junitparser.Failure, junitparser.Error, junitparser.Skipped].index(type(result))] += 1
    assert counted == [2, 0, 1]
    assert suites["ex03.../../etc"].failures == 1  # it could not be loaded: that is no success
    assert suites["ex03.eve"].errors == 1
    assert "ex03, handed in nothing: fay" in out and "ex03, not judged yet: gus" in out


def test_characters_that_xml_forbids_are_left_out():
    assert harmless.legal(HOSTILE + "\ud800") == '=1+1 ]]> <b>&amp;\\" [0m\n::error::x'
    assert harmless.legal("a\ufffe\uffff\x0b\x7f王\U0001f600") == "a\x7f王\U0001f600"


# ---- the rest --------------------------------------------------------------------------------------------------------------


def test_nbgraders_table_leaves_out_what_is_not_final(export, book):
    out, path = export("nbgrader", book)
    rows = list(csv.DictReader(path.open(newline="", encoding="utf-8")))
    assert [(r["assignment"], r["student_id"], r["score"]) for r in rows] == [
        ("ex03", "ada", "5.25"), ("ex03", "20002", "6.0"), ("ex03", "../../etc", "0.0"), ("ex04", "ada", "8.0"), ("ex04", "1234", "7.25"),
    ]  # fmt: skip
    assert rows[2]["last_name"] == "Zoë" and rows[0]["first_name"] == "Ada Lovelace"
    assert "ex03, points still to come (2): 1234" in out and "ex03, without a score: eve" in out


def test_only_the_exercises_that_are_asked_for_are_written(export, book):
    rows = csv.DictReader(io.StringIO(export("csv", book, "ex4")[1].read_text(encoding="utf-8-sig"), newline=""))
    assert {row["exercise"] for row in rows} == {"ex04"}
    with pytest.raises(UsageError, match="Nobody has handed in ex05"):
        export("csv", book, "ex05")


def test_what_is_there_stays_whole_when_an_export_breaks(export, book, tmp_path, monkeypatch):
    target = tmp_path / "points.csv"
    target.write_text("of yesterday")
    monkeypatch.setattr("grader.report.csv._row", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export("csv", book, output="points.csv")
    assert target.read_text() == "of yesterday" and list(tmp_path.glob(".*")) == []


def test_the_gradebook_itself_is_never_the_output(export, book):
    with pytest.raises(UsageError, match="is the gradebook"):
        export("csv", book, output="book.db")


@pytest.mark.parametrize("kind", ["json", "junit"])
def test_memory_stays_flat_over_thousands_of_judgements(kind, tmp_path):
    """Judgements of some 40 kB each: ten times as many take no more memory than the view over them."""
    big = tuple(msgspec.structs.replace(c, id=f"{c.id}{n}", output="x" * 2000) for n in range(5) for c in CHECKS)

    def peak(number):
        path = tmp_path / f"{number}.db"
        with open_gradebook(path) as book:
            for n in range(number):
                name = f"s{n:04}"
                book.add_submissions([Submission(EX03, "f.py", (), sha(f"{name} {EX03}"), name, "2026-03-01T12:00:00+00:00")])
                book.add_judgement(judgement(name, EX03, 4.5, checks=big))
            view = class_view(book, ClassRules({EX03: ExerciseRules(6)}))
            with open(os.devnull, "w", encoding="utf-8", errors="replace") as out:
                tracemalloc.start()
                if kind == "json":
                    class_json.write(out, book, view, (EX03,), "en")
                else:
                    junit.write(out, book, view, (EX03,), "teacher", "en")
                most = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
        return most

    assert peak(200) < 1.5 * peak(20) + 200_000


def test_students_without_a_name_are_written_by_their_id(tmp_path, export):
    path = tmp_path / "nameless.db"
    with open_gradebook(path) as book:
        book.add_submissions([Submission(EX03, "f.py", (), sha(f"x {EX03}"), "x")])
        book.add_judgement(judgement("x", EX03, 4.5))
    assert '"x","","","","ex03","scored",4.5,6' in export("csv", path)[1].read_text(encoding="utf-8-sig")
    assert Student("x") not in STUDENTS
