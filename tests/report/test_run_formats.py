"""What a run in CI leaves behind reads right to whom it is for, and nothing that a student wrote does anything there."""

import json
import re

import jsonschema
import junitparser
import msgspec
import pytest
from actions_runner import commands_of
from markdown_it import MarkdownIt
from strangers import BROKEN, EX03, EX04, HOSTILE, SECRET, judgement
from test_exports import follows_the_rules, golden

from grader.cli.ci_reports import log_text
from grader.errors import UsageError
from grader.model import Cell, CheckResult, CriterionScore, Failure, Note, Text
from grader.report import classroom50, gradescope
from grader.report.github import bracketed, commands, outputs, tame
from grader.report.gitlab import code_quality
from grader.report.junit import run_junit
from grader.report.run import Graded, LeftOut, Run, findings
from grader.report.run_json import run_json
from grader.report.run_markdown import run_markdown

SOURCE = "import torch\n\n\nclass CustomReLU:\n    pass\n\n\nclass Évil:\n    pass\n\n\n    raise Évil('=1+1')\n"
PATH = f"exercises/{EX03}/ex03.py"
EVIL = [
    HOSTILE, "::error::x", "\n::error::x", "\r::error::x", "%0A::error::x", "##[error]x", "x ##[add-mask]y", "##vso[task.complete]x",
    "::stop-commands::x", "]]>", "</summary><script>alert(1)</script>", "```\n# out\n", "~~~", "![x](http://evil/x.png)",
    "[a](javascript:alert(1))", "| a | b |", "@everyone", "<!-- ", "\x1b[2J\x1b[0Ksection_start:1:x", "\u2028::error::x", "\x85::error::x",
    "EOF\npassed=true", "$(id)", "${{ secrets.GRADE_KEY }}", "\ud800", "\x00",
]  # fmt: skip
TITLE = Text("A layer without parameters.", "没有参数的层。")


SCRIPT = (Cell("ex03.py", SOURCE),)


def graded(exercise, score, path=PATH, cells=SCRIPT, edited=(), **changes):
    return Graded(judgement("ada", exercise, score, **changes), exercise[:4], "A title", path, cells, edited)


@pytest.fixture
def run():
    return Run(
        (
            graded(
                EX03, 4.5, edited=(f"exercises/{EX03}/test_visible.py",), notes=(Note("passed_over", "ex03.py:1", "no 'x'"),)
            ),
            graded(EX04, 0.0, f"exercises/{EX04}/ex04.ipynb", load_error=BROKEN, checks=()),
        ),
        (LeftOut("exercises/ex01_linear_forward/ex01.py", "it is a link"),),
        ("All exercises are graded.",),
    )


def evil_run(word):
    checks = (
        CheckResult("a", Text(word), "values", False, "visible", "run_time_error", hint=Text(word), example=word, output=word,
                    failure=Failure("raised", name=word, builtin="ValueError", text=word)),
        CheckResult("b", Text("B"), "values", False, "visible", "wrong_answer",
                    failure=Failure("values", Text(word), expected=word, got=word, where="1/2@0")),
    )  # fmt: skip
    notes = (Note("output", "", word), Note("passed_over", word, word))
    one = graded(EX03, 1.0, f"a/{word}.py", (Cell("ex03.py", word),), (f"b/{word}",), checks=checks, notes=notes)
    return Run((one,), (LeftOut(word, word),), (word,))


# ---- golden --------------------------------------------------------------------------------------------------------------


def test_the_reports_are_those_that_were_looked_at(run):
    golden("run-github.txt", ("\n".join(commands(run)) + "\n").encode())
    golden("run-summary.md", run_markdown(run).encode())
    golden("run-gitlab.json", code_quality(run))
    golden("run-junit.xml", run_junit(run))
    golden("run-gradescope.json", gradescope.as_json(gradescope.run_results(run)))
    golden("run.json", run_json(run))
    golden(
        "run-classroom50.json", classroom50.result(run, CLASSROOM, "2026-03-01T12:00:00+00:00", "2026-03-02T12:00:00+00:00")
    )
    golden("run-log.txt", (tame(log_text(run)) + "\n").encode())


def test_nothing_that_a_hidden_check_drew_is_in_any_report(run):
    texts = [*commands(run), run_markdown(run), code_quality(run).decode(), run_junit(run).decode(), run_json(run).decode(),
             log_text(run), json.dumps(gradescope.run_results(run))]  # fmt: skip
    assert not any(SECRET in text for text in texts)


# ---- GitHub --------------------------------------------------------------------------------------------------------------


def test_annotations_say_what_failed_at_the_line_where_it_did_and_the_gravest_comes_first(run):
    found = commands_of("\n".join(commands(run)))
    assert [(kind, about.get("file"), about.get("line")) for kind, about, _ in found] == [
        ("error", f"exercises/{EX04}/ex04.ipynb", None),
        ("error", "exercises/ex01_linear_forward/ex01.py", None),
        ("error", PATH, "12"),
        ("error", PATH, None),
        ("warning", PATH, "1"),
        ("warning", f"exercises/{EX03}/test_visible.py", None),
        ("notice", None, None),
    ]
    assert "Your code raised Évil" in found[2][2] and found[2][1]["title"] == "ex03: Title of hostile"


@pytest.mark.parametrize("word", EVIL)
def test_no_text_of_a_student_is_a_command(word):
    run = evil_run(word)
    log = "\n".join([bracketed(log_text(run)), *commands(run)])
    found = commands_of(log)
    assert [kind for kind, _, _ in found] == ["error"] * 3 + ["warning"] * 2 + ["notice"]
    assert all(set(about) <= {"file", "line", "title"} for _, about, _ in found)
    alone = tame(log_text(run))  # what knows no brackets finds nothing, either
    assert commands_of(alone) == [] and "##vso[" not in alone and "\x1b" not in log
    log.encode()


def test_no_more_annotations_than_github_shows_and_the_rest_is_counted():
    checks = tuple(
        CheckResult(f"c{n}", Text(f"C{n}"), "values", n == 20, "visible", "wrong_answer", failure=Failure("constant"))
        for n in range(25)
    )
    found = commands_of("\n".join(commands(Run((graded(EX03, 0.0, checks=checks),)))))
    assert [kind for kind, _, _ in found] == ["error"] * 10 + ["notice"]
    assert found[0][1]["title"] == "ex03: C20" and "15 more" in found[-1][2]


def test_outputs_are_numbers_between_lines_that_nobody_can_guess(run):
    first, second = outputs(run), outputs(run)
    assert first != second
    delimiter = re.match(r"score<<(grade_[0-9a-f]{32})\n", first)[1]
    values = {"score": "4.5", "max-score": "14", "pending-points": "0", "passed": "false"}
    assert first.replace(delimiter, "D") == "".join(f"{name}<<D\n{value}\nD\n" for name, value in values.items())
    assert "score<<D\n\nD" in re.sub("grade_[0-9a-f]+", "D", outputs(Run((graded(EX03, None),))))
    waiting = Run((graded(EX03, 3.0, pending_points=2.5), graded(EX04, 8.0, pending_points=1.0)))
    assert "pending-points<<D\n3.5\nD" in re.sub("grade_[0-9a-f]+", "D", outputs(waiting))


@pytest.mark.parametrize("word", EVIL)
def test_no_text_of_a_student_breaks_out_of_the_summary(word):
    text = run_markdown(evil_run(word))
    text.encode()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    flat = [inner for token in tokens for inner in (token, *(token.children or ()))]
    assert not {t.type for t in flat} & {"html_block", "html_inline", "link_open", "image", "hr", "blockquote_open"}
    assert sum(t.type == "table_open" for t in flat) == 1
    headings = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert len(headings) == 6 and headings[0].startswith("Score: 1 of 6")
    outside = [t.content for t in flat if t.type == "text"]
    assert not any("http://" in piece or "@everyone" in piece for piece in outside)  # only ever as code


def test_a_summary_is_never_longer_than_github_takes_and_says_what_it_leaves_out():
    output = "\n".join("x" * 400 for _ in range(24))
    checks = tuple(
        CheckResult(
            f"c{n}", Text(f"C{n}"), "values", False, "visible", "wrong_answer", failure=Failure("constant"), output=output
        )
        for n in range(20)
    )
    text = run_markdown(Run(tuple(graded(EX03, 0.0, checks=checks) for _ in range(14))))
    assert 500_000 < len(text.encode()) <= 1 << 20 and text.endswith("`grade EXERCISE` shows it.\n")
    assert len(run_markdown(Run((graded(EX03, 0.0, checks=checks),)), 2000).encode()) <= 2000


# ---- GitLab and JUnit ----------------------------------------------------------------------------------------------------

CODE_QUALITY = {  # what GitLab's documentation asks of each issue
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!/)(?!\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@pytest.mark.parametrize("word", ["", *EVIL])
def test_code_quality_is_what_gitlab_asks_for(word, run):
    content = code_quality(evil_run(word) if word else run)
    assert not content.startswith(b"\xef\xbb\xbf")
    issues = json.loads(content)
    jsonschema.validate(issues, CODE_QUALITY)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_a_fingerprint_stays_when_lines_move(run):
    moved = Run(tuple(Graded(g.judgement, g.short, g.title, g.path, (Cell("ex03.py", "\n" * 5 + SOURCE),), g.edited) for g in run.graded), run.left_out)  # fmt: skip
    assert [i["fingerprint"] for i in json.loads(code_quality(moved))] == [
        i["fingerprint"] for i in json.loads(code_quality(run))
    ]


@pytest.mark.parametrize("word", ["", *EVIL])
def test_junit_is_read_by_a_parser_that_we_did_not_write(word, run):
    read = junitparser.JUnitXml.fromstring(run_junit(evil_run(word) if word else run))
    suites = list(read)
    assert len(suites) == (2 if word else 3)
    failures = [case for suite in suites for case in suite if any(isinstance(r, junitparser.Failure) for r in case.result)]
    assert len(failures) == (3 if word else 4)


# ---- Gradescope ----------------------------------------------------------------------------------------------------------


def test_gradescope_adds_up_and_numbers_the_tests_of_several_exercises(run):
    document = gradescope.run_results(run)
    points = [test["score"] for test in document["tests"] if "score" in test]
    assert document["score"] == 4.5 and sum(points) == 4.5 and isinstance(document["execution_time"], float)
    assert document["tests"][0]["number"] == "1.1" and document["tests"][0]["name"] == "ex03: Shapes"
    assert all(test["visibility"] == "visible" for test in document["tests"])  # or the total would be hidden


def test_an_exercise_without_a_score_gives_no_zero_on_gradescope():
    document = gradescope.run_results(Run((graded(EX03, 4.5), graded(EX04, None, fault="x"))))
    assert "score" not in document and not any("score" in test for test in document["tests"])


def test_where_no_answer_was_handed_in_gradescope_says_how_to():
    document = gradescope.run_results(Run((), (), ("nothing",)))
    assert document["score"] == 0 and document["tests"] == [] and "ex03.py" in document["output"]


STYLE = CriterionScore("style", Text("Style", "风格"), 0.0, 2.0, 2, by="hand")
DONE = CriterionScore("shapes", Text("Shapes", "形状"), 1.5, 0.0, 2)
HALF = CriterionScore("values", Text("Values", "数值"), 1.5, 2.5, 4, hidden=2.5)


def waiting(*criteria, **changes):
    """A run of an exercise with these criteria, some of whose points are still to come."""
    pending = sum(c.pending for c in criteria)
    return graded(EX03, sum(c.points for c in criteria), criteria=criteria, pending_points=pending, **changes)


@pytest.mark.parametrize("language, first", [("en", "This score is not final"), ("zh", "这还不是最终得分")])
def test_a_score_without_the_points_that_a_person_gives_says_so_before_anything_else_on_gradescope(language, first):
    run = Run((waiting(DONE, STYLE), graded(EX04, 7.0)), (), ("A note.",), language)
    document = gradescope.run_results(run)
    follows_the_rules(document)
    assert document["score"] == 8.5 and document["output"].startswith(first)
    assert "2" in document["output"].splitlines()[0] and "14" in document["output"].splitlines()[0]
    style = next(test for test in document["tests"] if test["extra_data"] == {"criterion": "style"})
    assert not {"score", "max_score", "status"} & set(style) and "2" in style["output"]
    assert next(test for test in document["tests"] if test["extra_data"] == {"criterion": "shapes"})["status"] == "failed"


def test_where_hidden_checks_were_not_run_gradescope_gets_no_score_of_anything():
    for run in (Run((waiting(DONE, HALF, checks=UNRUN),)), Run((graded(EX04, 8.0), waiting(HALF, STYLE, checks=UNRUN)))):
        document = gradescope.run_results(run)
        follows_the_rules(document)
        assert "score" not in document and not any("score" in test for test in document["tests"])
        assert document["output"].startswith("There is no score: what was not run here can still add up to 2.5 points.")
        values = next(test for test in reversed(document["tests"]) if test["extra_data"] == {"criterion": "values"})
        assert "status" not in values and "2.5 more points" in values["output"]


def test_a_score_with_nothing_to_come_has_no_such_words(run):
    document = gradescope.run_results(run)
    assert document["output"].startswith("All exercises are graded.")
    assert all({"score", "max_score", "status"} <= set(t) for t in document["tests"] if "criterion" in t["extra_data"])


# ---- Classroom 50 --------------------------------------------------------------------------------------------------------

CLASSROOM = {
    "CLASSROOM": "dl", "ASSIGNMENT": "ex03", "ASSIGNMENT_TYPE": "individual", "OWNER": "ada", "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/2026-03-01T12-00-00Z-abc1234", "COMMIT_URL": "https://github.com/o/r/commit/abc",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/x", "REVIEW_URL": "https://github.com/o/r/compare/a...b",
    "GITHUB_ACTOR": "ada", "GITHUB_ACTOR_ID": "12",
}  # fmt: skip
# What Classroom 50 takes, in words of our own, from github.com/foundation50/classroom50: `schemas/result-v1.schema.json` says
# which keys there are and what they hold; `validate_result` in its runner.py and collect_scores.py says what no schema can: whose
# a result is, of which mode, and no score above its most. The runner takes the very mode that it was started for and no other;
# `team` is in its code and its guide, and not yet in every copy of the schema.
TEXTS = {"classroom", "assignment", "owner", "commit", "release", "review"}
MUST = {*TEXTS, "schema", "assignment_type", "submission", "datetime", "score", "max-score", "tests"}
MAY = {"graded_at", "submitted_by"}
MODES = ("individual", "group", "team")
WHEN = ("2026-03-01T12:00:00+00:00", "2026-03-02T12:00:00+00:00")


def is_text(value):
    return isinstance(value, str) and value != ""


def is_count(value):
    return type(value) is int and value >= 0


def are_points(about):
    return is_count(about["score"]) and is_count(about["max-score"]) and about["score"] <= about["max-score"]


def is_test(test):
    return is_text(test["test-name"]) and isinstance(test["passed"], bool) and are_points(test)


def is_pusher(about):
    return set(about) <= {"username", "id"} and is_text(about["username"]) and type(about.get("id")) in (int, type(None))


def refused(document, environment=None):
    """The names of Classroom 50's rules that a result breaks."""
    its = environment or CLASSROOM
    moments = [document["datetime"], *([document["graded_at"]] if "graded_at" in document else [])]
    rules = {
        "keys": set(document) >= MUST and set(document) <= MUST | MAY,
        "schema": document.get("schema") == "classroom50/result/v1",
        "texts": all(is_text(document.get(name)) for name in TEXTS),
        "whose": [document.get(n) for n in ("classroom", "assignment", "owner")] == [its["CLASSROOM"], its["ASSIGNMENT"], its["OWNER"]],
        "mode": document.get("assignment_type") == its["ASSIGNMENT_TYPE"],
        "tag": document["submission"].startswith("submit/"),
        "moments": all(re.fullmatch(r"\d{4}(-\d\d){2}T([01]\d|2[0-3])(:[0-5]\d){2}Z", moment) for moment in moments),
        "points": are_points(document),
        "tests": all(is_test(test) for test in document["tests"]),
        "pusher": is_pusher(document["submitted_by"]) if "submitted_by" in document else True,
    }  # fmt: skip
    return [name for name, holds in rules.items() if not holds]


def result_of(run, **environment):
    return json.loads(classroom50.result(run, {**CLASSROOM, **environment}, *WHEN))


def test_classroom50_gets_whole_numbers_twice_the_points_and_says_so(run):
    document = result_of(run)
    assert refused(document) == []
    assert (document["score"], document["max-score"]) == (9, 28)
    assert sum(test["score"] for test in document["tests"]) == 9
    assert "3.5 of 5 points; doubled" in document["tests"][1]["message"]
    assert (document["datetime"], document["graded_at"]) == ("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z")


@pytest.mark.parametrize("mode", MODES)
def test_classroom50_gets_the_mode_that_its_runner_was_started_for(run, mode):
    assert refused(result_of(run, ASSIGNMENT_TYPE=mode), {**CLASSROOM, "ASSIGNMENT_TYPE": mode}) == []
    assert result_of(run, ASSIGNMENT_TYPE=f" {mode.upper()} ")["assignment_type"] == mode
    assert result_of(run, ASSIGNMENT_TYPE="")["assignment_type"] == "individual"


def test_a_mode_that_classroom50_does_not_know_is_told_and_not_passed_for_another(run):
    with pytest.raises(UsageError, match="ASSIGNMENT_TYPE is 'pair': Classroom 50 knows individual, group, team"):
        result_of(run, ASSIGNMENT_TYPE="pair")


@pytest.mark.parametrize("word", EVIL)
def test_classroom50s_rules_hold_whatever_a_student_wrote(word):
    assert refused(result_of(evil_run(word), GITHUB_ACTOR_ID="x")) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("keys", {"pending": True}), ("schema", {"schema": "classroom50/result/v2"}), ("texts", {"review": ""}),
        ("whose", {"owner": "bob"}), ("mode", {"assignment_type": "pair"}), ("tag", {"submission": "main"}),
        ("moments", {"graded_at": "2026-03-02 12:00:00"}), ("points", {"score": 29}), ("points", {"score": 4.5}),
        ("points", {"score": True}), ("pusher", {"submitted_by": {"username": "ada", "id": "7"}}),
        ("tests", {"tests": [{"test-name": "x", "passed": 1, "score": 0, "max-score": 1}]}),
    ],
)  # fmt: skip
def test_each_of_these_rules_can_be_broken(run, rule, changes):
    assert refused({**result_of(run), **changes}) == [rule]


def test_a_score_with_points_still_to_come_is_never_classroom50s_final_one():
    """It has no place to say so: 3 of 6 with 3 to come would be a 3 in the teacher's gradebook."""
    hidden = CheckResult("h", Text("Hidden"), "values", False, "hidden", "not_run")
    waiting = Run((graded(EX03, 3.0, pending_points=3.0, checks=(hidden,)), graded(EX04, 8.0)))
    with pytest.raises(UsageError, match=r"points are still to come \(ex03: 3\)") as caught:
        result_of(waiting)
    assert "GRADE_KEY" in caught.value.hint and "--submission DIR" in caught.value.hint
    by_hand = Run((graded(EX03, 3.0, pending_points=1.0, checks=()),))
    with pytest.raises(UsageError, match="still to come") as caught:
        result_of(by_hand)
    assert "grade batch" in caught.value.hint and "GRADE_KEY" not in caught.value.hint


def test_hidden_checks_that_were_not_run_and_can_add_nothing_leave_a_score_final():
    hidden = CheckResult("h", Text("Hidden"), "values", False, "hidden", "not_run")
    assert refused(result_of(Run((graded(EX03, 0.0, checks=(hidden,)),)))) == []


def test_classroom50_gets_no_file_where_there_is_no_score_and_its_runner_is_asked_for():
    assert classroom50.result(Run((graded(EX03, None),)), CLASSROOM, *WHEN) is None
    with pytest.raises(UsageError, match="SUBMISSION_TAG is not set"):
        classroom50.result(Run((graded(EX03, 1.0),)), {**CLASSROOM, "SUBMISSION_TAG": ""}, *WHEN)


# ---- lines ---------------------------------------------------------------------------------------------------------------


def test_a_finding_without_a_place_stands_at_the_definition_that_its_title_names():
    check = CheckResult("x", Text("CustomReLU keeps positive numbers."), "values", True, "visible", "wrong_answer",
                        failure=Failure("constant"))  # fmt: skip
    (finding,) = findings(Run((graded(EX03, 0.0, checks=(check,)),)))
    assert finding.line == 4
    notebook = graded(EX03, 0.0, "ex03.ipynb", (Cell("cell 1", SOURCE),), checks=(check,))
    assert findings(Run((notebook,)))[0].line == 0


@pytest.mark.parametrize(
    ("title", "names", "line"),
    [("Two new CustomReLUs differ.", (), 4), ("CustomReLU的输出正确。", (), 4), ("It keeps its digits.", ("CustomReLU",), 4),
     ("It keeps its digits.", ("CustomReLU", "CenteredLayer"), 0)],
)  # fmt: skip
def test_a_definition_is_found_by_its_plural_in_chinese_and_where_only_one_is_asked_for(title, names, line):
    check = CheckResult("x", Text(title), "values", True, "visible", "wrong_answer", failure=Failure("constant"))
    one = msgspec.structs.replace(graded(EX03, 0.0, checks=(check,)), names=names)
    assert findings(Run((one,)))[0].line == line


def test_that_an_exercise_has_no_score_is_an_error_of_the_run():
    (command, *_) = commands(Run((graded(EX03, None, checks=()),)))
    ((kind, about, message),) = commands_of(command)
    assert (
        kind == "error" and about == {"title": "ex03"} and message.startswith("Not scored: something went wrong on our side")
    )


UNRUN = tuple(CheckResult(c, Text(c), "values", False, "hidden", "not_run") for c in "ab")
UNTRIED = tuple(CheckResult(c, Text(c), "values", False, "hidden", "skipped", Failure("unloadable")) for c in "ab")
GATED = tuple(CheckResult(c, Text(c), "values", False, "hidden", "skipped", Failure("gate")) for c in "ab")
UNWRITTEN = CheckResult("a", Text("a"), "values", True, "hidden", "missing", Failure("stub", name="f"))
RAN = CheckResult("b", Text("b"), "values", False, "hidden", "accepted")


@pytest.mark.parametrize(
    ("pending", "changes", "words"),
    [
        (0.0, {}, "; they were run here."),
        (2.5, {"checks": UNRUN}, "; they were not run here."),
        (1.5, {"checks": UNRUN}, "; they were not run here, and can still add up to 1.5."),
        (0.0, {"checks": UNRUN}, "; they were not run here."),  # what they could add is lost to a visible check
        (0.0, {"checks": GATED}, "; none could be run: what they need is missing or wrong."),
        (0.0, {"checks": (UNWRITTEN, GATED[1])}, "; none could be run: what they need is missing or wrong."),
        (0.0, {"checks": (GATED[0], RAN)}, "; they were run here."),
        (0.0, {"checks": UNTRIED, "load_error": BROKEN}, "; none was run: your file could not be loaded."),
        (0.0, {"checks": UNRUN, "load_error": BROKEN}, "; none was run: your file could not be loaded."),
    ],
)
def test_one_sentence_says_how_many_points_hang_on_hidden_checks_and_whether_they_were_run(pending, changes, words):
    hand = CriterionScore("report", Text("Report"), 0.0, 4.0, 4, by="hand")  # its points are pending, too, and not of checks
    criteria = (CriterionScore("values", Text("Values"), 1.0, pending, 6, hidden=2.5), hand)
    run = Run((graded(EX03, 1.0, criteria=criteria, **changes),))
    for text in (run_markdown(run).replace("\\", ""), log_text(run), gradescope.run_results(run)["output"]):
        assert f"2.5 of the 6 points hang on 2 hidden checks{words}" in text and text.count("hidden checks") == 1


def test_nothing_is_said_of_hidden_checks_where_there_are_none():
    check = CheckResult("a", Text("A"), "values", False, "visible", "accepted")
    assert "hang on" not in log_text(Run((graded(EX03, 6.0, checks=(check,)),)))


# ---- the outline ---------------------------------------------------------------------------------------------------------


def test_a_failed_check_stands_below_its_criterion_and_that_below_its_exercise(run):
    tokens = MarkdownIt("commonmark").enable("table").parse(run_markdown(run))
    outline = [(t.tag, tokens[n + 1].content) for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert [tag for tag, _ in outline] == ["h2", "h3", "h4", "h4", "h5", "h5", "h3"]
    assert outline[4][1].startswith("✗ Title of hostile")


@pytest.mark.parametrize("notes", [(), ("A note.",)])
@pytest.mark.parametrize("left_out", [(), (LeftOut("a.py", "it is a link"),)])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_no_two_blank_lines_follow_each_other_in_a_summary(run, notes, left_out, count):
    text = run_markdown(Run(run.graded[:count], left_out, notes))
    assert "\n\n\n" not in text and not text.endswith("\n\n\n") and text.startswith("## ")
