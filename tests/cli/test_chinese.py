"""The commands for a class leave nothing in English where Chinese is asked for, but names, files and ids."""

import hashlib
import re

import pytest
from conftest import ROOT, answer

from grader.cli.adjust import Wanted as Adjust
from grader.cli.adjust import adjust_points
from grader.cli.batch import Wanted as Batch
from grader.cli.batch import _show_standing, grade_class
from grader.cli.book import show_book
from grader.cli.class_progress import _running, _span
from grader.cli.class_summary import show_summary
from grader.cli.export import Wanted as Export
from grader.cli.export import export_points
from grader.cli.options import Settings
from grader.cli.reports import Wanted as Reports
from grader.cli.reports import write_reports
from grader.course.exercise import Course
from grader.gradebook.book import open_gradebook
from grader.locale import filled, mark, retold, speaker
from grader.model import Cell, CheckResult, CriterionScore, Failure, Judgement, LoadError, Student, Submission, Text

EX03, EX04 = "ex03_stateless_layer", "ex04_linear_layer"
ZH = Settings("zh", "teacher", False)
SAY = speaker("zh")
# The class of this file, and what a Chinese teacher, too, writes in Latin letters.
KNOWN = set("ada bob cyd dan eve fay gus Canvas Moodle Gradescope nbgrader Windows MiB zip tar UTC id".split())
NAMES = re.compile(
    r"`grade [a-z]+`|--from (canvas|moodle|nbgrader)|--[a-z-]+"  # commands and options
    r"|[A-Za-z0-9_./()-]*[./_0-9][A-Za-z0-9_./()-]*",  # what has a dot, a slash or a digit in it names a file or an exercise
)


def english(text, *allowed):
    """Return the English words of a text that are no names, each with the line that it stands in."""
    words = ((word, line) for line in text.splitlines() for word in re.findall("[A-Za-z]{2,}", NAMES.sub(" ", line)))
    return [(word, line) for word, line in words if word not in KNOWN and word not in allowed]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder of one's own, with the course in it: what lies there has short names."""
    for name in ("exercises", "solutions"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shown(capsys):
    """What was printed, after a look at its words."""

    def look(*allowed):
        out = capsys.readouterr().out
        assert out and english(out, *allowed) == []
        return out

    return look


def hand_in(here, path, text=""):
    file = here / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def check(verdict, kind=""):
    return CheckResult("gate", Text("…", "…"), "values", True, "visible", verdict, Failure(kind) if kind else None)


# Who handed in what, with which score: each kind of standing is there.
JUDGED = [
    ("ada", EX03, 4.5, {}),
    ("bob", EX03, 3.0, {"pending_points": 2.0}),
    ("cyd", EX03, None, {"fault": "…"}),
    ("dan", EX03, 0.0, {"load_error": LoadError("ex03.py", 1, 5, "def <(", "…")}),
    ("eve", EX03, 5.0, {"checks": (check("memory_limit", "memory_limit"),)}),
    ("eve", EX04, 5.0, {"checks": (check("run_time_error", "died"),)}),
    ("bob", EX04, 5.0, {"checks": (check("output_limit", "output_limit"),)}),
    ("ada", EX04, 8.0, {}),
]
OWN = "".join(f"v{n} = {n}\n" for n in range(40))


def fill(here, *students):
    """Write a gradebook of all or some: gus' file is not judged, fay handed in nothing, dan and gus have the same file."""
    with open_gradebook(here / "gradebook.db") as book:
        book.add_students([Student("ada", "王小明"), *map(Student, ("bob", "cyd", "dan", "eve", "fay", "gus"))])
        handed_in = [(s, e) for s, e, _, _ in JUDGED] + [("gus", EX03), ("dan", EX04), ("gus", EX04)]
        submissions = [submission(*key) for key in handed_in if not students or key[0] in students]
        book.add_submissions(submissions)
        for student, exercise, score, changes in (one for one in JUDGED if not students or one[0] in students):
            handed = submission(student, exercise)
            scores = (CriterionScore("values", Text("…", "…"), score, 0.0, 6),)
            values = {"load_error": None, "pending_points": 0.0, "checks": (), **changes}
            book.add_judgement(Judgement(
                exercise=exercise, file=handed.file, sha256=handed.sha256, notes=(), score=score, max_score=6,
                criteria=scores, seed=7, suite_digest="", versions={}, **values,
            ))  # fmt: skip
    return submissions


def submission(student, exercise):
    same = exercise == EX04 and student in ("dan", "gus")
    source = "# the same\n" if same else f"# {student}\n{OWN if student in ('ada', 'bob') else student}\n"
    digest = hashlib.sha256(f"{exercise}{source}".encode()).hexdigest()
    return Submission(exercise, f"{student}/ex.py", (Cell("ex.py", source),), digest, student, "2026-03-01T12:00:00+00:00")


def test_the_words_are_looked_at_as_promised():
    assert english("未读取：ada/ex03.py：这是链接，--again 可重新评测") == []
    assert [word for word, _ in english("未读取：ada/ex03.py：it is a link")] == ["it", "is", "link"]


def test_a_filled_sentence_is_said_in_chinese_with_its_slots_as_they_are():
    text = filled(mark("{kind}, in {folder}/"), kind=filled(mark("a folder for each student")), folder="missing")
    assert text == "a folder for each student, in missing/" == retold(text, speaker("en"))
    assert retold(text, SAY) == "每个学生一个文件夹，位于 missing/"
    assert {type(retold(text, say)) for say in (str, SAY)} == {str}, "a plain one, which can be written as JSON"
    assert retold(mark("it is a link"), SAY) == "这是链接" and retold("", SAY) == ""


def test_batch_says_in_chinese_what_is_read_as_whose(here, shown):
    starter = (ROOT / "exercises" / EX03 / "ex03.py").read_text(encoding="utf-8")
    files = {"ada/ex03.py": answer("ex03"), "ada/my_ex03.py": "x = 1\n", "ada/ex04.py": "x = 1\n", "ada/.venv/x.py": "",
             "ada/.x": "", "bob/one.py": "x = 1", "bob/two.py": "x = 2", "cyd/ex03.py": starter, "x.py": "",
             "dan/ex03.py": "#" * (1 << 20) + "\n", "dan/x.rar": "", "dan/x.zip": "", **{f"eve/{n}.txt": "" for n in range(12)}}  # fmt: skip
    for name, text in files.items():
        hand_in(here, f"class/{name}", text)
    (here / "class" / "eve" / "ex03.py").symlink_to(here)
    hand_in(here, "roster.csv", "id\nfay\n")
    assert grade_class(ZH, Batch(("class",), (EX03,), roster="roster.csv", dry_run=True)) == 0
    out = shown("class", "empty", "file")  # of a zip that is empty, in the words of the library
    assert "class：每个学生一个文件夹；1 名学生的 1 份提交" in out and "不在名单上：ada" in out
    assert "大小超过 1 MiB" in out and "同一文件夹里另有名为 ex03 的文件" in out and "没有要求评 ex04" in out


EXPORT = """submission_1:
  :submitters:
  - :name: 王小明
    :sid: '1'
  - :name: 李华
    :sid: '2'
  :created_at: 2024-02-01 12:00:00.000000000 Z
  :history: [1]
submission_2: {}
submission_3: {}
"""


def test_batch_says_in_chinese_what_learning_systems_export(here, shown):
    for name in ("submission_1/ex03.py", "submission_2/ex03.py", "submission_4/ex03.py"):
        hand_in(here, f"gradescope/{name}", "x = 1\n")
    hand_in(here, "gradescope/submission_metadata.yml", EXPORT)
    for name in ("a_LATE_7_8_ex03.py", "a_7_9_ex04.py", "b_7_text.html", "a_7_link.html", "b_7_6_5_ex03.py", "x.py"):
        hand_in(here, f"canvas/{name}", "x = 1\n")
    for name in ("王_1_assignsubmission_file_/ex03.py", "王_1_assignsubmission_onlinetext/x.html", "x.py",
                 "李_2_assignfeedback_file_/x.py", "李_2_assignsubmission_file_/ex03.py"):  # fmt: skip
        hand_in(here, f"moodle/{name}", "x = 1\n")
    for name in ("submitted/ada/ex03/ex03.py", "submitted/ada/ex03/timestamp.txt", "submitted/x.py", "source/x.py"):
        hand_in(here, f"nbgrader/{name}", "x = 1\n")
    for name in ("hw-ada/.git/HEAD", "hw-bob/.git/HEAD", "hw-bob/ex03.py", "hw-cyd/HEAD", "hw-cyd/config", "hw-cyd/objects/x"):
        hand_in(here, f"clones/{name}", "x = 1\n")
    hand_in(here, "clones/x.py")
    for name in ("submitted/ada/ex03/ex03.py", "submitted/bob/ex03/ex03.py"):
        hand_in(here, f"lone/course/{name}", "x = 1\n")
    sources = ("gradescope", "canvas", "moodle", "nbgrader", "clones", "lone")
    assert grade_class(ZH, Batch(sources, dry_run=True)) == 0
    out = shown(*sources, "hw", "link", "text", "html", "submission", "course")
    assert "Gradescope 导出包；2 名学生的 2 份提交" in out and "与 2 共同提交" in out and "标为迟交" in out
    assert "学生名去掉了 hw-" in out and "--from nbgrader" in out


def test_the_summary_of_a_batch_is_in_chinese(here, shown):
    submissions = fill(here)
    with open_gradebook(here / "gradebook.db") as book:
        _show_standing(1, SAY)
        assert show_summary(Course.around(here), book, submissions, SAY)
    out = shown("gate")
    for words in (
        "1 个文件此前已评测",
        "没有分数：cyd",
        "无法加载：dan",
        "沙箱警报：eve",
        "尚未评测：",
        "文件相同",
        "请对照着看",
        "未提交，ex03：fay",
    ):
        assert words in out


def test_the_progress_of_a_batch_is_in_chinese(here):
    class Pool:
        def running(self):
            return [submission("ada", EX03), submission("bob", EX04)]

    assert _running(Pool(), SAY) == "ada 的 ex03、bob 的 ex04"
    assert [_span(seconds, SAY) for seconds in (7, 67, 3667)] == ["7 秒", "1 分 7 秒", "1 小时 1 分"]


@pytest.mark.slow
def test_a_class_is_graded_and_graded_again_in_chinese(grade, here):
    """Also what regrading asks, and that it has nothing more to do: whole, as a person meets it."""
    for student, text in (("ada", answer("ex03")), ("bob", "def <\n")):
        hand_in(here, f"class/{student}/ex03.py", text)
    fill(here, "ada", "gus")

    def run(*words):
        run = grade(*words, "--lang", "zh", cwd=here)
        assert run.returncode == 0, run.stderr
        assert run.stdout and english(run.stdout, "class", "invalid", "syntax", "torch") == []
        return run.stdout

    assert "已评测 2/2，用时" in run("batch", "class", "--book", "other.db")
    assert "没有需要重新评测的" in run("regrade", "--book", "other.db")
    asked = run("regrade", "-e", "ex03")
    for words in ("检查已改动", "尚未评测", "原分数", "的分数改变", "写入成绩册吗", "没有得到回答", "没有写入任何内容"):
        assert words in asked
    assert "已写入 2 次评测" in run("regrade", "-e", "ex03", "--yes")


def test_the_book_is_shown_in_chinese(here, shown):
    fill(here)
    assert show_book(ZH, "gradebook.db") == 0
    assert "ada (王小明)" in shown()


def test_a_correction_is_told_in_chinese(here, shown):
    fill(here)
    for student in ("ada", "cyd"):
        assert adjust_points(ZH, Adjust(student, "ex03", 1.0, "题目不清楚", "", None, "gradebook.db")) == 0
    out = shown()
    assert "ada，ex03：+1。现在：5.5±" in out


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,ex03 (1)\n    Points Possible,,,,,11\n"
    "一,bob,,,,\n二,eve,,,,EX\n三,dan,,,,\n四,cyd,,,,\n五,gus,,,,\n六,fay,,,,N/A\n七,8,,,,\n李华,ada,,,,\n王,ada,bob,,,\n王,dan,,,\n"
)
MOODLE = (
    "标识符,全名,学号,成绩,最高分,允许更改成绩,反馈评论\n"
    "参与者1,王小明,ada,,3,是,\n参与者2,二,bob,,3,否,\n参与者3,三,eve,,10,是,好\n参与者4,四,dan,,10,是,\n参与者5,五,dan,,10,是,\n参与者6,六,cyd\n"
)
FOREIGN = "Nummer,Person,Note,Skala\nTeilnehmer1,ada,1,6\nTeilnehmer2,bob,2,6\n"


def test_exports_are_told_in_chinese(here, shown):
    fill(here)
    for kind in ("nbgrader", "gradescope", "csv", "json", "junit"):
        assert export_points(ZH, Export(kind, None, (), f"out.{kind}", "gradebook.db")) == 0
    assert "ex03，没有提交：fay" in shown()
    for kind, text in (("canvas", CANVAS), ("moodle", MOODLE), ("moodle", FOREIGN)):
        sheet = hand_in(here, "sheet.csv", text)
        exercises = () if kind == "canvas" else (EX03,)
        assert export_points(ZH, Export(kind, sheet.name, exercises, f"out.{kind}.csv", "gradebook.db")) == 0
    out = shown("Nummer", "Note")
    for words in ("没有 ex04 的列", "免交", "没有布置", "成绩册里没有这个人", "第 9 行", "没有换算", "上限 3 分", "不能更改", "评语",
                  "出现在 2 行里", "太短", "语言无法识别", "可能是"):  # fmt: skip
        assert words in out, words


def test_a_report_is_told_in_chinese(here, shown):
    with open_gradebook(here / "gradebook.db") as book:
        book.add_students([Student("ada"), Student("bob")])
    assert write_reports(ZH, Reports("pages", (), "gradebook.db")) == 0
    assert "2 名学生的报告已生成到 pages。请打开 pages/index.html。" in shown("pages")
