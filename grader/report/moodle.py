"""The grading worksheet that Moodle exported for an assignment, with grades and comments filled in.

Moodle titles its columns in the language of whoever exports, and silently passes over grades out of range.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from grader.course.paths import short_name
from grader.errors import UsageError
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView, Standing
from grader.locale import filled, mark
from grader.report.brief import brief, is_brief
from grader.report.final import LeftOut, Written, final_points, left_out
from grader.report.matching import Person, match
from grader.report.sheet import Sheet, has_decimal_commas, number, written

# English and Chinese titles, those of older versions among them.
TITLES: Mapping[str, tuple[str, ...]] = {
    "identifier": ("identifier", "标识符", "标识"),
    "name": ("full name", "fullname", "全名", "姓名"),
    "email": ("email address", "email", "电子邮件地址", "电子邮件", "email地址", "邮箱"),
    "number": ("id number", "学号", "编号", "id号"),
    "username": ("username", "用户名"),
    "grade": ("grade", "成绩"),
    "maximum": ("maximum grade", "最高分", "最高成绩"),
    "scale": ("scale", "量表", "等级"),
    "changeable": ("grade can be changed", "允许更改成绩", "成绩可以更改", "可以更改成绩"),
    "comments": ("feedback comments", "反馈评论", "反馈意见", "评语"),
}
NO = ("no", "否", "不")
HOW = "In Moodle: the assignment, Submissions, Download grading worksheet; give that file as it is."


def fill(sheet: Sheet, book: Gradebook, view: ClassView, exercise: str, language: str) -> tuple[bytes, Written]:
    """Return the worksheet with final points as grades, and a short comment where there is a column for comments.

    A comment that a person wrote stays. Judgements are read one at a time.
    """
    places, remarks = _places(sheet)
    matches = match(_people(sheet, places), view.students)
    rows = range(1, len(sheet.rows))
    commas = has_decimal_commas(
        sheet.value(row, places[name]) for row in rows for name in ("grade", "maximum") if name in places
    )
    cells: dict[tuple[int, int], str] = {}
    count = 0
    notes: list[LeftOut] = []
    for row, student in matches.students.items():
        standing = view.standings[student, exercise]
        points = final_points(standing)
        if why := _untouchable(sheet, places, row, points):
            notes.append(left_out(standing, why))
        elif points is None:
            notes.append(left_out(standing))
        else:
            count += 1
            if number(sheet.value(row, places["grade"])) != round(points, 2):
                cells[row, places["grade"]] = written(points, commas)
            if "comments" in places and len(sheet.rows[row]) > places["comments"]:
                notes += _comment(sheet, cells, (row, places["comments"]), book, standing, language)
    remarks += _other_maximum(sheet, places, view.of_exercise(exercise))
    return sheet.filled(cells), Written(count, "points", (*notes, *matches.left_out), tuple(remarks))


def _places(sheet: Sheet) -> tuple[dict[str, int], list[str]]:
    """Return the columns by what they hold, by their titles or else by what is in them."""
    places: dict[str, int] = {}
    for index, title in enumerate(sheet.header):
        what = next((name for name, titles in TITLES.items() if title.casefold() in titles), None)
        if what in places:
            raise UsageError(f"{sheet.shown} has two columns {title}.", HOW)
        if what is not None:
            places[what] = index
    if "scale" in places and "maximum" not in places:
        raise UsageError(f"{sheet.shown}: this assignment is graded with a scale, not with points.",
                         "In Moodle, set its grade to Point.")  # fmt: skip
    if "identifier" in places and "grade" in places:
        return places, []
    places = _by_shape(sheet)
    titles = {what: sheet.header[index] for what, index in places.items()}
    taken = mark(
        "the titles are in a language that is not known here: {identifier} is taken for the identifier, {grade} for the grade"
    )
    return places, [filled(taken, identifier=titles["identifier"], grade=titles["grade"])]


def _by_shape(sheet: Sheet) -> dict[str, int]:
    """Find the columns by their order and what is in them: the grade stands left of the one number that all rows share."""
    columns = list(zip(*([cell.strip() for cell in row] for row in sheet.rows[1:]), strict=False))
    same = [
        index
        for index, texts in enumerate(columns)
        if index > 1
        and len(set(texts)) == 1
        and (number(texts[0]) or 0) > 0
        and all(not text or number(text) is not None for text in columns[index - 1])
    ]
    if not columns or len(same) != 1 or not all(re.fullmatch(r"\D*\d+", text) for text in columns[0]):
        shown = ", ".join(sheet.header)
        raise UsageError(f"{sheet.shown} is no grading worksheet of Moodle that is understood here; its columns: {shown}.",
                         f"{HOW} English and Chinese are understood.")  # fmt: skip
    places = {"identifier": 0, "name": 1, "grade": same[0] - 1, "maximum": same[0]}
    email = next((i for i, texts in enumerate(columns) if all("@" in text for text in texts)), None)
    return places if email is None else {**places, "email": email}


def _people(sheet: Sheet, places: Mapping[str, int]) -> list[Person]:
    people = []
    for row in range(1, len(sheet.rows)):
        identifier = re.search(r"\d+$", sheet.value(row, places["identifier"]))
        if identifier is None and not any(text.strip() for text in sheet.rows[row]):
            continue
        others = (sheet.value(row, places.get(name)) for name in ("number", "username", "email"))
        keys = (identifier[0] if identifier else "", *others)
        people.append(Person(row, keys, sheet.value(row, places.get("name"))))
    return people


def _untouchable(sheet: Sheet, places: Mapping[str, int], row: int, points: float | None) -> str:
    most = number(sheet.value(row, places.get("maximum")))
    if places["grade"] >= len(sheet.rows[row]):
        return mark("its row in the sheet is too short")
    if sheet.value(row, places.get("changeable")).casefold() in NO:
        return mark("Moodle says that this grade cannot be changed")
    if points is not None and most is not None and points > most:
        return filled(mark("{points} is more than the {most} that Moodle takes"), points=f"{points:g}", most=f"{most:g}")
    return ""


def _comment(
    sheet: Sheet,
    cells: dict[tuple[int, int], str],
    place: tuple[int, int],
    book: Gradebook,
    standing: Standing,
    language: str,
) -> list[LeftOut]:
    """Write a comment, as HTML, which is how Moodle reads it; one that a person wrote stays, and that is noted."""
    now = sheet.value(*place)
    if now and not is_brief(now, standing.exercise):
        return [left_out(standing, mark("has a comment that somebody wrote, which stays; the grade is written"))]
    if standing.last is not None and standing.last.judgement is not None:
        lines = brief(book.judgement(standing.last.judgement), standing, language)
        # PHP reads CSV with a backslash as escape before a quote: neither of the two is in a comment as itself.
        text = "<br>".join(html.escape(line).replace("\\", "&#92;") for line in lines)
        if text != now:
            cells[place] = text
    return []


def _other_maximum(sheet: Sheet, places: Mapping[str, int], standings: list[Standing]) -> list[str]:
    most = {number(sheet.value(row, places.get("maximum"))) for row in range(1, len(sheet.rows))} - {None}
    if not standings or not most or most == {float(standings[0].max_score)}:
        return []
    shown = ", ".join(f"{m:g}" for m in sorted(m for m in most if m is not None))
    name = short_name(standings[0].exercise)
    other = mark("{exercise} has {most} points in Moodle and {ours} here: nothing was scaled")
    return [filled(other, exercise=name, most=shown, ours=f"{standings[0].max_score:g}")]
