"""A teacher sees at a glance how it went; whatever a student wrote stays text; nothing overlaps, sticks out or is empty."""

import base64
import hashlib
import html
import re
import zlib
from datetime import datetime, timedelta

import msgspec
import pytest
from conftest import ROOT
from made_up_class import EXERCISES, fill, made_up_course

from grader.gradebook.book import Gradebook, open_gradebook
from grader.gradebook.standing import Standing, class_view
from grader.model import (
    Cell,
    CheckResult,
    CriterionScore,
    Failure,
    Judgement,
    LoadError,
    Student,
    Submission,
    Text,
)
from grader.report.class_figures import gather, share_of
from grader.report.class_page import class_page, percent

HOSTILE = "</style><script>alert(1)</script>\" onload='x'><svg/onload=alert(1)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def course():
    return made_up_course(ROOT)


@pytest.fixture(scope="module")
def made_up(course, tmp_path_factory):
    path = tmp_path_factory.mktemp("class") / "book.db"
    with open_gradebook(path) as book:
        fill(book, course)
    return path


def page_of(path, course, language="en", **options):
    with open_gradebook(path, writing=False) as book:
        return class_page(book, class_view(book, course.rules()), course, language, **options)


def words(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("</style>")[2]).split())


def submission(student, exercise, text="x = 1\n", received_at="2026-03-02T12:00:00+00:00"):
    digest = hashlib.sha256(f"{student}{exercise}{text}".encode()).hexdigest()
    return Submission(exercise, f"{student}/{exercise}.py", (Cell("ex.py", text),), digest, student, received_at)


def judgement_of(one, **changes):
    plain = Judgement(one.exercise, one.file, one.sha256, None, (), 2.0, 0.0, 5, (), (), 1, "d", {})
    return msgspec.structs.replace(plain, **changes)


def copy_of(one, student):
    return msgspec.structs.replace(one, student=student, file=one.file.replace(one.student, student))


def small(tmp_path, *pairs, students=()):
    """A gradebook of submissions with their judgements, or None for those that have none."""
    path = tmp_path / "small.db"
    with open_gradebook(path) as book:
        book.add_students(list(students))
        for one, judgement in pairs:
            book.add_submissions([one])
            if judgement is not None:
                book.add_judgement(judgement)
    return path


def test_the_page_tells_how_it_went_in_the_figures_of_the_gradebook(course, made_up):
    with open_gradebook(made_up, writing=False) as book:
        view = class_view(book, course.rules())
        figures = gather(book, view, course, "en")
    scored = [[x for x in view.of_student(s.id) if x.last is not None and x.last.score is not None] for s in view.students]
    shares = [sum(x.points for x in of) / sum(x.max_score for x in of) for of in scored if of]
    assert figures.mean == pytest.approx(sum(shares) / len(shares)) and any(len(of) < len(EXERCISES) for of in scored)
    assert sum(b.count for b in figures.bins) == len(shares)
    text = words(page_of(made_up, course))
    assert f"the mean is {' '.join(percent(figures.mean).split())}" in text
    dearest = next(m for m in figures.mistakes if m.kind == "mistake")
    assert f"{len(dearest.students)} students {float(dearest.points):g} points lost" in text
    for exercise in figures.exercises:
        points = [s.points for s in view.of_exercise(exercise.id) if s.points is not None]
        assert sum(b.count for b in exercise.bins) == len(points) and exercise.full == sum(
            p == exercise.max_score for p in points
        )


def test_all_points_that_the_class_lost_are_in_the_groups(course, made_up):
    with open_gradebook(made_up, writing=False) as book:
        view = class_view(book, course.rules())
        figures = gather(book, view, course, "en")
        last = [book.judgement(s.last.judgement) for s in view.standings.values() if s.last is not None]
    lost = sum(j.max_score - j.score - j.pending_points for j in last if j.score is not None)
    assert float(sum(m.points for m in figures.mistakes)) == pytest.approx(lost)


def test_each_judgement_is_read_once_and_only_those_that_count(course, made_up, monkeypatch):
    read = []
    honest = Gradebook.judgement
    monkeypatch.setattr(Gradebook, "judgement", lambda self, number: read.append(number) or honest(self, number))
    with open_gradebook(made_up, writing=False) as book:
        view = class_view(book, course.rules())
        gather(book, view, course, "en")
    assert sorted(read) == sorted(s.last.judgement for s in view.standings.values() if s.last is not None)


def test_the_page_stands_alone_and_its_policy_allows_its_own_style_and_nothing_else(course, made_up):
    page = html.unescape(page_of(made_up, course))
    style = re.search("<style>(.*?)</style>", page, re.S)[1]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in page
    assert (
        "<script" not in page and " style=" not in page and "http" not in page.replace("http-equiv", "") and "url(" not in page
    )
    identities = re.findall(r' id="([^"]+)"', page)
    assert len(identities) == len(set(identities))
    assert all(f'id="{target}"' in page for target in re.findall(r'href="#([^"]+)"', page))


def test_what_students_and_their_files_are_called_stays_text(course, tmp_path):
    exercise = course.find("ex01").id
    one = submission(HOSTILE, exercise)
    broken = judgement_of(one, score=0.0, load_error=LoadError("ex.py", 1, 1, HOSTILE, HOSTILE))
    page = page_of(small(tmp_path, (one, broken), students=[Student(HOSTILE, HOSTILE + "x")]), course)
    assert "<script" not in page and "<svg/" not in page and "49" not in words(page) and page.count("</style>") == 1
    assert "&lt;script&gt;" in page


def test_students_are_linked_where_their_pages_are_told(course, made_up):
    assert '<a href="students/s2026001.html">s2026001</a>' in page_of(
        made_up, course, links={"s2026001": "students/s2026001.html"}
    )


def test_a_class_that_has_handed_in_nothing_has_a_page(course, tmp_path):
    assert "Nobody has handed in anything yet." in page_of(small(tmp_path, students=[Student("ada")]), course)


def test_what_needs_a_persons_eye_is_named(course, tmp_path):
    ex01, ex03 = course.find("ex01").id, course.find("ex03").id
    unjudged, unscored, broken = submission("ada", ex01), submission("bob", ex01), submission("cyd", ex01)
    longer = "\n".join(f"a{n} = {n}" for n in range(40))
    alike = [submission(s, ex03, longer.replace("a", s)) for s in ("dan", "eve")]
    path = small(
        tmp_path,
        (unjudged, None),
        (unscored, judgement_of(unscored, score=None, fault="the disk was full")),
        (broken, judgement_of(broken, score=0.0, load_error=LoadError("ex.py", 3, 1, "", "unexpected indent"))),
        *((one, judgement_of(one)) for one in alike),
    )
    text = words(page_of(path, course))
    for part in (
        "Not judged yet 1 ex01 ada",
        "ex01 bob the disk was full",
        "ex01 cyd unexpected indent",
        "ex03 dan · eve 40 lines",
    ):
        assert part in text, part
    assert re.search("Who has handed in nothing 5 .* ex01 dan eve ex03 ada bob cyd", text)
    assert "too few" in text


def test_files_that_are_one_and_files_that_are_alike_are_listed_once_and_counted_at_the_top(course, tmp_path):
    ex01, ex03 = course.find("ex01").id, course.find("ex03").id
    longer = "\n".join(f"a{n} = {n}" for n in range(40))
    handed = [
        submission("ada", ex01), copy_of(submission("ada", ex01), "bob"), submission("cyd", ex01, "x = 2\n"),
        submission("ada", ex03, longer), copy_of(submission("ada", ex03, longer), "bob"),
        submission("cyd", ex03, longer.replace("a", "b")),
    ]  # fmt: skip
    path = small(tmp_path, *((one, judgement_of(one)) for one in handed))
    text = words(page_of(path, course))
    assert "to look at 2 " in text and "Look at these side by side 2 " in text and "proves nothing" in text
    assert "ex01 ada · bob the same file" in text
    assert "ex03 ada · bob · cyd 40 lines of their own · the same file: ada , bob" in text
    assert "ex01 ada · bob 同一个文件" in words(page_of(path, course, "zh"))


def test_what_is_missing_has_no_score_or_is_pending_counts_as_nothing_earned_nowhere(course, tmp_path):
    ex01, ex03 = course.find("ex01"), course.find("ex03")
    most = {e.id: course.configuration(e).max_score for e in (ex01, ex03)}
    full, half, unscored = submission("ada", ex01.id), submission("bob", ex01.id), submission("cyd", ex01.id)
    part = submission("bob", ex03.id)
    path = small(
        tmp_path,
        (full, judgement_of(full, score=float(most[ex01.id]))),
        (half, judgement_of(half, score=most[ex01.id] / 2)),
        (part, judgement_of(part, score=1.0, pending_points=most[ex03.id] - 1.0)),
        (unscored, judgement_of(unscored, score=None)),
        students=[Student("dan")],
    )
    bob = (most[ex01.id] / 2 + 1) / (most[ex01.id] + 1)
    with open_gradebook(path, writing=False) as book:
        figures = gather(book, class_view(book, course.rules()), course, "en")
    assert figures.shares == pytest.approx((1.0, bob)) and (figures.uncounted, figures.pending) == (2, 1)
    assert [exercise.share for exercise in figures.exercises] == pytest.approx([0.75, 1.0])
    text = words(page_of(path, course))
    assert (
        "What is missing is not counted, not even as zero. Points that are still pending are not counted (1 student)" in text
    )
    assert "Nothing to count yet: 2 students." in text and "Nobody has handed in" not in text


def test_what_is_missing_is_zero_where_the_course_says_so_and_the_page_says_that(tmp_path):
    course = made_up_course(ROOT)
    course.config = msgspec.structs.replace(course.config, missing_is_zero=True)
    ex01, ex03 = (course.find(word).id for word in ("ex01", "ex03"))
    one, other = submission("ada", ex01), submission("bob", ex03)
    most = {id: rules.max_score for id, rules in course.rules().exercises.items()}
    path = small(
        tmp_path, *((s, judgement_of(s, score=float(most[s.exercise]))) for s in (one, other)), students=[Student("cyd")]
    )
    with open_gradebook(path, writing=False) as book:
        figures = gather(book, class_view(book, course.rules()), course, "en")
    all_points = most[ex01] + most[ex03]
    assert figures.shares == pytest.approx((most[ex01] / all_points, most[ex03] / all_points, 0)) and figures.uncounted == 0
    assert "What is missing counts as zero, because course.toml says so." in words(page_of(path, course))


def test_an_exercise_without_points_counts_nowhere():
    attempt = submission("ada", "ex77_gone")
    assert share_of([]) is None and share_of([Standing("ada", attempt.exercise, 0, missing_is_zero=True)]) is None


def test_a_mistake_of_one_student_is_no_mistake_of_several(course, tmp_path):
    ex01 = course.find("ex01").id

    def failing(student, says):
        one = submission(student, ex01)
        check = CheckResult(
            "c", Text("it adds"), "a", True, "visible", "wrong_answer", Failure("said", Text(says)), seconds=0.1
        )
        criterion = CriterionScore("a", Text("adding"), 0.0, 0.0, 2)
        return one, judgement_of(one, score=0.0, checks=(check,), criteria=(criterion,))

    apart = small(tmp_path, failing("ada", "The bias is lost."), failing("bob", "The weight is lost."))
    text = words(page_of(apart, course))
    assert (
        "What to teach again No mistake was made by two students or more. Mistakes that only one student made: 2 · 4 points"
        in text
    )
    assert "ex01 ada The bias is lost. 2 points lost" in text and "The same mistake of several students" not in text
    together = small(tmp_path, failing("cyd", "The bias is lost."))
    text = words(page_of(together, course))
    assert "by the points that it cost the class. The bias is lost." in text and "2 students 4 points lost" in text
    assert "Mistakes that only one student made: 1 · 2 points lost ex01 bob" in text


def test_a_date_of_1980_makes_no_thousand_bars_and_is_told(course, tmp_path):
    ex01 = course.find("ex01").id
    days = ["1980-01-01", *(f"2025-12-{n}" for n in range(10, 32)), *(f"2026-01-{n}" for n in range(10, 28))]
    handed = [submission(f"s{n}", ex01, f"x = {n}\n", f"{day}T12:00:00+00:00") for n, day in enumerate(days)]
    assert "Not shown" not in page_of(small(tmp_path, *((one, judgement_of(one)) for one in handed[1:])), course)
    page = page_of(small(tmp_path, (handed[0], judgement_of(handed[0]))), course)
    text = words(page)
    assert len(page) < 100_000 and "Not shown: 1 submission, dated 1980-01-01: more than two years from the middle" in text
    plot = re.search(r'aria-labelledby="days-t.*?</svg>', page, re.S)[0]
    assert plot.count("<rect") == 8 and re.findall(">(2025|2026)<", plot) == ["2025", "2026"]


def test_months_are_called_by_their_years(course, tmp_path):
    ex01 = course.find("ex01").id
    handed = [
        submission(f"s{n}", ex01, f"x = {n}\n", f"{2024 + n // 12}-{n % 12 + 1:02}-05T12:00:00+00:00") for n in range(30)
    ]
    page = page_of(small(tmp_path, *((one, judgement_of(one)) for one in handed)), course)
    assert "Submissions by month" in page and ">2024-01</text>" in page and "<title>2025-06: 1</title>" in page
    assert "每月的提交数" in page_of(small(tmp_path), course, "zh")


def test_an_exercise_that_the_course_no_longer_has_and_times_that_nobody_knows_are_no_trouble(course, tmp_path):
    one = submission("ada", "ex77_gone", received_at="")
    text = words(page_of(small(tmp_path, (one, judgement_of(one))), course))
    assert "ex77" in text and "Nothing says when" in text


def test_late_submissions_are_counted_against_their_due_dates(course, made_up):
    with open_gradebook(made_up, writing=False) as book:
        view = class_view(book, course.rules())
        figures = gather(book, view, course, "en")
    for exercise in figures.exercises:
        due = exercise.due
        late = sum(s.days_late > 0 for s in view.of_exercise(exercise.id))
        assert due.one_day_late + due.later == late
        assert due.earlier + due.last_day + late + due.unknown == sum(
            s.last is not None for s in view.of_exercise(exercise.id)
        )
    assert [short for _, short in figures.dues] == [e.short for e in figures.exercises]


def test_the_page_is_the_same_each_time_and_chinese_where_it_is_asked_for(course, made_up):
    chinese = page_of(made_up, course, "zh")
    assert chinese == page_of(made_up, course, "zh") and '<html lang="zh-CN">' in chinese
    text = words(chinese)
    assert "需要再讲的内容" in text and "How this is counted" not in text


@pytest.mark.parametrize(
    ("share", "shown"), [(None, "–"), (0, "0"), (0.004, "<1"), (0.01, "1"), (0.746, "75"), (0.995, ">99"), (1, "100")]
)
def test_zero_and_a_hundred_percent_are_said_of_exactly_that(share, shown):
    assert percent(share).rstrip("%").strip() == shown


# ---- in a browser -----------------------------------------------------------------------------------------------------

BLOCKS = """
const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
const groups = ['body', 'main', 'section', '.halves', '.keys', '.mistakes', 'figure', 'tbody'];
return groups.flatMap(g => [...document.querySelectorAll(g)]).map(parent => [...parent.children]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0)
  .map(e => [e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30), ...box(e)]));
"""
EMPTY = """
const area = e => { const r = e.getBoundingClientRect(); return r.width * r.height; };
const plots = [...document.querySelectorAll('svg.plot, svg.spark')].filter(e => e.checkVisibility());
const marks = p => [...p.querySelectorAll('.mark, .dot')].filter(m => area(m) > 1 && getComputedStyle(m).fill != 'none');
return {plots: plots.length, empty: [
  ...plots.filter(p => area(p) < 1000 || marks(p).length == 0).map(p => p.outerHTML.slice(0, 80)),
  ...[...document.querySelectorAll('section, figure, table, .halves > *, summary')]
    .filter(e => e.checkVisibility() && (area(e) < 100 || !e.innerText.trim())).map(e => e.outerHTML.slice(0, 80))]};
"""
OUTSIDE = """
return [...document.querySelectorAll('svg.plot')].filter(e => e.checkVisibility()).flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text, .mark, .dot')].filter(e => { const r = e.getBoundingClientRect();
    return r.left < frame.left - 1 || r.right > frame.right + 1 || r.top < frame.top - 1 || r.bottom > frame.bottom + 1; })
    .map(e => svg.getAttribute('aria-labelledby') + ': ' + e.outerHTML.slice(0, 80)); });
"""


def overlapping(boxes, slack):
    """Pairs of boxes that share more than `slack` pixels both ways: by their tops, so that only neighbours are compared."""
    found, open_boxes = [], []
    for what, left, top, right, bottom in sorted(boxes, key=lambda b: b[2]):
        open_boxes = [b for b in open_boxes if b[4] > top + slack]
        found += [(b[0], what) for b in open_boxes if min(b[3], right) - max(b[1], left) > slack]
        open_boxes.append((what, left, top, right, bottom))
    return found


def test_boxes_that_overlap_are_found():
    apart = [("a", 0, 0, 10, 10), ("b", 10, 0, 20, 10), ("c", 0, 10, 20, 20)]
    assert overlapping(apart, slack=1) == []
    assert overlapping([*apart, ("d", 5, 15, 8, 30)], slack=1) == [("c", "d")]


def colours(png):
    """How many different bytes a picture's filtered rows hold: a blank one has next to none."""
    data = png.read_bytes()
    parts, at = b"", 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        parts += data[at + 8 : at + 8 + size] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    return len(set(zlib.decompress(parts)))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [400, 1400])
def test_in_a_browser_nothing_overlaps_sticks_out_or_is_empty_in_light_and_dark(
    browser, course, made_up, tmp_path, width, language
):
    file = tmp_path / "class.html"
    file.write_text(page_of(made_up, course, language), encoding="utf-8")
    grounds = []
    for dark in (False, True):
        browser.open(file, width, dark=dark)
        grounds.append(
            sum(map(int, re.findall(r"\d+", browser.run("return getComputedStyle(document.body).backgroundColor"))))
        )
        for opened in (False, True):
            browser.run("document.querySelectorAll('details').forEach(d => d.open = d.open || arguments[0])", opened)
            assert browser.sticks_out() == 0
            texts = [(t["what"], t["left"], t["top"], t["right"], t["bottom"]) for t in browser.texts()]
            assert len(texts) > 100 and overlapping(texts, slack=4) == []
            for siblings in browser.run(BLOCKS):
                assert overlapping([tuple(box) for box in siblings], slack=1) == []
            seen = browser.run(EMPTY)
            assert seen["empty"] == [] and seen["plots"] >= (14 if opened else 9)
            assert browser.run(OUTSIDE) == []
            if not opened:
                assert colours(browser.picture(tmp_path / f"{dark}.png")) > 100
        assert browser.complaints() == []
    assert grounds[0] > 600 and grounds[1] < 200


@pytest.mark.slow
@pytest.mark.parametrize("width", [400, 1400])
def test_in_a_browser_a_small_class_and_a_hostile_one_have_whole_pages(browser, course, tmp_path, width):
    name = HOSTILE + "x" * 300
    one = submission(name, course.find("ex01").id)
    path = small(tmp_path, (one, judgement_of(one)), students=[Student(name, "名" * 200)])
    file = tmp_path / "class.html"
    file.write_text(page_of(path, course), encoding="utf-8")
    browser.open(file, width)
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.sticks_out() == 0 and browser.run(EMPTY)["empty"] == [] and browser.complaints() == []
    assert browser.run("return document.scripts.length") == 0
    assert all(a["left"] >= 0 and a["right"] <= width for a in browser.texts() if not a["scrolls"])


@pytest.mark.slow
@pytest.mark.parametrize("first", ["2025-12-18", "2025-12-30", "2025-11-25"])
@pytest.mark.parametrize("span", [2, 40, 400, 700])
def test_in_a_browser_the_labels_of_years_and_months_have_room(browser, course, tmp_path, first, span):
    ex01, start = course.find("ex01").id, datetime.fromisoformat(f"{first}T12:00:00+00:00")
    whens = [
        "1980-01-01T00:00:00+00:00",
        *((start + timedelta(days=n)).isoformat() for n in (0, 1, span // 2, span - 1, span)),
    ]
    handed = [submission(f"s{n}", ex01, f"x = {n % 2}\n", when) for n, when in enumerate(whens)]
    file = tmp_path / "class.html"
    file.write_text(page_of(small(tmp_path, *((one, judgement_of(one)) for one in handed)), course), encoding="utf-8")
    browser.open(file, 400)
    assert browser.sticks_out() == 0 and browser.run(OUTSIDE) == [] and browser.complaints() == []
    texts = [(t["what"], t["left"], t["top"], t["right"], t["bottom"]) for t in browser.texts()]
    assert overlapping(texts, slack=2) == []
