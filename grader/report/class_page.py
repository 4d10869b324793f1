"""The page of a class: how it went, what to teach again, what needs a person's eye; then the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import msgspec

from grader.course.exercise import Course
from grader.gradebook.book import Gradebook
from grader.gradebook.standing import ClassView
from grader.locale import Say, speaker
from grader.report.attention import KINDS
from grader.report.class_figures import ClassFigures, ExerciseFigures, gather
from grader.report.class_words import POINTS, SEPARATES, STUDENTS, SUBMISSIONS, words
from grader.report.distribution import quantile
from grader.report.item_analysis import CheckFigures
from grader.report.mistakes import Mistake
from grader.report.page import render_page
from grader.report.terminal import VERDICTS

STYLES = ("base.css", "class.css")
FIRST_MISTAKES = 8
FIRST_CHECKS = 6
SAYING = ("clearly", "a_little", "not_at_all", "backwards")


class NamedCheck(msgspec.Struct, frozen=True):
    """A check with the exercise that it belongs to."""

    exercise: ExerciseFigures
    check: CheckFigures


def class_page(book: Gradebook, view: ClassView, course: Course, language: str, links: Mapping[str, str] | None = None) -> str:
    """Return the page of a class, in `en` or `zh`. `links` has the addresses of students' own pages, by their ids."""
    figures = gather(book, view, course, language)
    say, t = speaker(language), words(language)
    return render_page(
        "class.html",
        STYLES,
        language,
        course=course.config.title.in_language(language),
        f=figures,
        by_id={exercise.id: exercise for exercise in figures.exercises},
        t=t,
        separates={key: say(word) for key, word in SEPARATES.items()},
        in_words=lambda text: text.in_language(language),
        students=_counting(STUDENTS, say),
        points=_counting(POINTS, say),
        percent=percent,
        links=dict(links or {}),
        lead=_lead(figures, t, language),
        counts=_counts(figures, t, say),
        mistakes=[m for m in _of_kind(figures, "mistake") if len(m.students) > 1],
        singles=[m for m in _of_kind(figures, "mistake") if len(m.students) == 1],
        unwritten=_of_kind(figures, "unwritten"),
        unloadable=_of_kind(figures, "unloadable"),
        first=FIRST_MISTAKES,
        concerns={kind: [c for c in figures.concerns if c.kind == kind] for kind in KINDS},
        bars=_bars(figures),
        outside=_outside(figures, t, say),
        plotted=_plotted(figures),
        lists=_lists(figures),
        first_checks=FIRST_CHECKS,
        saying=SAYING,
        verdicts=_verdicts(figures, t, say),
        time=(quantile(figures.seconds, 0.5), quantile(figures.seconds, 0.95)),
    )


def percent(share: float | None) -> str:
    """Return a share as people read it: 100 % and 0 % are said of exactly that."""
    if share is None:
        return "–"
    below, above = 0 < share < 0.01, 0.99 < share < 1
    shown = "<1" if below else ">99" if above else f"{100 * share:.0f}"
    return f"{shown}\N{NARROW NO-BREAK SPACE}%"


def _counting(forms: tuple[str, str], say: Say) -> Callable[[float | Fraction], str]:
    """Return the function that says a number of something, to one decimal."""

    def count(number: float | Fraction) -> str:
        shown = f"{round(float(number), 1):g}" if number < 100_000 else f"{float(number):.0f}"
        form = forms[0] if shown == "1" else forms[1]
        return say(form).format(count=shown)

    return count


def _of_kind(figures: ClassFigures, kind: str) -> list[Mistake]:
    return [m for m in figures.mistakes if m.kind == kind and m.points]


def _lead(figures: ClassFigures, t: dict[str, str], language: str) -> list[str]:
    """Return the few sentences that say how it went."""
    if figures.mean is None:
        return [t["nothing_scored"]]
    found = [t["half"].format(median=percent(figures.median), mean=percent(figures.mean))]
    known = [exercise for exercise in figures.exercises if exercise.share is not None]
    hardest = min(known, key=lambda e: e.share or 0.0, default=None)
    if hardest is not None and len(known) > 1:
        title = hardest.title.in_language(language)
        found.append(t["hardest"].format(short=hardest.short, title=title, share=percent(hardest.share)))
    return found


def _counts(figures: ClassFigures, t: dict[str, str], say: Say) -> str:
    """Return what of a student's is counted, and of how many nothing is."""
    students = _counting(STUDENTS, say)
    found = [t["counts_zero" if figures.missing_is_zero else "counts"]]
    if figures.pending:
        found.append(t["counts_pending"].format(students=students(figures.pending)))
    if figures.uncounted:
        found.append(t["counts_nobody"].format(students=students(figures.uncounted)))
    return " ".join(found)


def _bars(figures: ClassFigures) -> list[tuple[str, int, str, str]]:
    """Return the bars of submissions over time: name, number, what an axis calls it, and the year that begins there."""
    calendar = figures.calendar
    if calendar.step == "month":
        return [(month := day.isoformat()[:7], count, month, "") for day, count in calendar.bars]
    years = calendar.years()
    return [
        (day.isoformat(), count, day.isoformat()[5:], str(years.get(n, ""))) for n, (day, count) in enumerate(calendar.bars)
    ]


def _outside(figures: ClassFigures, t: dict[str, str], say: Say) -> str:
    """Return the sentence about submissions that are not on the calendar, "" where all are."""
    days = figures.calendar.outside
    if not days:
        return ""
    dates = " … ".join(day.isoformat() for day in sorted({days[0], days[-1]}))
    return t["outside"].format(submissions=_counting(SUBMISSIONS, say)(len(days)), dates=dates)


def _named(figures: ClassFigures) -> list[NamedCheck]:
    return [NamedCheck(exercise, check) for exercise in figures.exercises for check in exercise.checks]


def _plotted(figures: ClassFigures) -> list[NamedCheck]:
    """Return the checks that have a place in the plot: enough passed and failed them for a correlation to say something."""
    return [n for n in _named(figures) if n.check.separates in SAYING]


def _lists(figures: ClassFigures) -> dict[str, list[NamedCheck]]:
    """Return the checks that a teacher may want to know by name."""
    named = _named(figures)

    def saying(*words: str) -> list[NamedCheck]:
        return [n for n in named if n.check.separates in words]

    clearly = sorted(saying("clearly"), key=lambda n: -(n.check.discrimination or 0.0))
    return {
        "list_nobody": saying("nobody", "nearly_nobody"),
        "list_odd": saying("backwards"),
        "list_clearly": clearly,
        "list_everybody": saying("everybody"),
    }


def _verdicts(figures: ClassFigures, t: dict[str, str], say: Say) -> list[tuple[str, str, int]]:
    """Return each verdict that occurs, with its word and number, in the order in which verdicts are told."""
    named = {"accepted": t["accepted"], **{name: say(word) for name, word in VERDICTS.items()}}
    return [(name, word, figures.verdicts[name]) for name, word in named.items() if figures.verdicts.get(name)]
