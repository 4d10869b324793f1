"""The words of the page of a class."""

from __future__ import annotations

from grader.locale import mark, speaker

WORDS: dict[str, str] = {
    # ---- the head
    "page": mark("The class at a glance"),
    "nothing": mark("Nobody has handed in anything yet."),
    "nothing_scored": mark("Nothing that was handed in has points yet."),
    "half": mark("Half of the class has {median} or more of the points that count; the mean is {mean}."),
    "hardest": mark("The hardest exercise is {short} ({title}): {share} of its points on average."),
    "students": mark("students"),
    "submissions": mark("submissions"),
    "mean": mark("mean"),
    "median": mark("median"),
    "to_look_at": mark("to look at"),
    # ---- how did it go
    "how": mark("How did it go?"),
    "shares": mark("Students by share of the points that count"),
    "shares_axis": mark("percent of the points that count"),
    "counts": mark(
        "For each student, the exercises that they handed in and that have a score are counted. What is missing is not "
        "counted, not even as zero."
    ),
    "counts_zero": mark(
        "For each student, the exercises that have a score are counted. What is missing counts as zero, because course.toml "
        "says so."
    ),
    "counts_pending": mark("Points that are still pending are not counted ({students})."),
    "counts_nobody": mark("Nothing to count yet: {students}."),
    "exercises": mark("Exercise by exercise, of those who handed in and have a score"),
    "exercise": mark("exercise"),
    "of_points": mark("mean"),
    "spread": mark("spread"),
    "full_marks": mark("full marks"),
    "missing": mark("missing"),
    "weakest": mark("weakest part: {title}"),
    "missing_nothing": mark("What is missing is not counted, not even as zero."),
    # ---- what to teach again
    "teach": mark("What to teach again"),
    "teach_lead": mark("The same mistake of several students, by the points that it cost the class."),
    "teach_none": mark("No mistake was made by two students or more."),
    "none_lost": mark("No points were lost to any mistake."),
    "cost": mark("{points} lost"),
    "more_groups": mark("Smaller groups: {count}"),
    "singles": mark("Mistakes that only one student made: {count}"),
    "who": mark("who"),
    "failed_checks": mark("checks that it failed"),
    "unwritten": mark("Not written yet"),
    "unloadable": mark("Could not be loaded"),
    "not_written_lead": mark(
        "Points lost by what was not written, or is not Python: nothing to teach from, perhaps someone to ask."
    ),
    # ---- what needs a person's eye
    "eye": mark("What needs your eye"),
    "eye_none": mark("Nothing: all submissions have a score, could be loaded and kept to the rules of the cage."),
    "unjudged": mark("Not judged yet"),
    "unscored": mark("No score, by a fault of ours"),
    "alarm": mark("Alarms of the cage"),
    "alike": mark("Look at these side by side"),
    "alike_lead": mark(
        "Their files are the same: byte for byte, or once names, comments and layout are stripped, with at least 30 lines of "
        "their own. That alone proves nothing."
    ),
    "same_file": mark("the same file"),
    "own_lines": mark("{count} lines of their own"),
    "missing_who": mark("Who has handed in nothing"),
    "pending_who": mark("Points that a person has still to give, or checks that were not run"),
    "died": mark("it ended its process, or answered nonsense"),
    "time_limit": mark("a line outside its functions did not end in time"),
    "memory_limit": mark("it asked for more memory than it may have"),
    "output_limit": mark("it printed more than it may"),
    # ---- the checks
    "checks": mark("What the checks say"),
    "checks_lead": mark("Each dot is a check: how many pass it, and whether those who pass it are strong elsewhere."),
    "scatter": mark("Checks by share that passed and by discrimination"),
    "scatter_x": mark("percent that passed"),
    "scatter_y": mark("discrimination"),
    "too_few_lead": mark("There are too few students, or too few who failed, to say which checks separate strong from weak."),
    "list_nobody": mark("Nobody passes"),
    "list_everybody": mark("Everybody passes"),
    "list_clearly": mark("Separate strong from weak most clearly"),
    "list_odd": mark("Weak students pass these more often: look at the check"),
    "and_more": mark("and {count} more, in the tables below"),
    # ---- one exercise
    "details": mark("Each exercise"),
    "points_of": mark("Students by points: {short}"),
    "points_axis": mark("points earned"),
    "criterion": mark("criterion"),
    "check": mark("check"),
    "passed": mark("passed"),
    "separates": mark("strong from weak"),
    "of": mark("{count} of {total}"),
    "not_tried": mark("{count} did not get to it"),
    "gate": mark("gate"),
    "hidden": mark("hidden"),
    "by_hand": mark("by hand"),
    "numbers": mark("The numbers"),
    "day": mark("day"),
    "week": mark("week of"),
    "month": mark("month"),
    # ---- when
    "when": mark("Submissions over time"),
    "by_day": mark("Submissions by day"),
    "by_week": mark("Submissions by week"),
    "by_month": mark("Submissions by month"),
    "outside": mark(
        "Not shown: {submissions}, dated {dates}: more than two years from the middle one. A zip that knows no dates says "
        "1980."
    ),
    "zone": mark("Days in {zone}. Triangles mark due dates."),
    "zone_only": mark("Days in {zone}."),
    "no_times": mark("Nothing says when the submissions came in."),
    "due": mark("due"),
    "earlier": mark("earlier"),
    "last_day": mark("last 24 hours"),
    "one_day_late": mark("one day late"),
    "later": mark("later"),
    "unknown": mark("time unknown"),
    # ---- verdicts and time
    "verdicts": mark("Verdicts"),
    "verdicts_plot": mark("Checks by verdict"),
    "accepted": mark("passed"),
    "time": mark("Time to judge"),
    "time_plot": mark("Submissions by seconds of judging"),
    "time_axis": mark("seconds"),
    "time_text": mark("Half of the submissions took {median} s or less, 95 % took {most} s or less."),
    # ---- the foot
    "counted": mark("How this is counted"),
    "foot_counts": mark("Of a student's submissions to an exercise the last one counts."),
    "foot_points": mark(
        "Points are those that count: after corrections, after what lateness takes, with points given by hand. The mean of a "
        "criterion is what was earned, before lateness and corrections."
    ),
    "foot_cost": mark(
        "Cost of a mistake: the points that a criterion lost are shared evenly among its checks that failed, before lateness "
        "and corrections. A check that was not tried because its gate failed costs nothing: the gate does. So the costs of "
        "all groups add up to all points that were lost."
    ),
    "foot_groups": mark(
        "One mistake: the same diagnosis, the same sentence of the check's author, or the same explained error within an "
        "exercise; otherwise the same kind of failure in the same check."
    ),
    "foot_difficulty": mark(
        "Passed: the share of those who got to the check (its gate passed, the file could be loaded). Test theory calls it "
        "the difficulty of an item."
    ),
    "foot_discrimination": mark(
        "Strong from weak: the corrected item-total correlation, which is the point-biserial correlation between passing the "
        "check and the share of points that a student earned with everything but the check's own criterion. From 0.3 on we "
        "say clearly, from 0.1 on a little. It is said where at least 20 students tried, and at least 4 of them passed and "
        "4 failed; with 20 students it is still uncertain by about 0.2."
    ),
}
SEPARATES: dict[str, str] = {
    "too_few": mark("too few to say"),
    "nobody": mark("nobody passes"),
    "nearly_nobody": mark("nearly nobody passes"),
    "everybody": mark("everybody passes"),
    "nearly_everybody": mark("nearly everybody passes"),
    "clearly": mark("clearly"),
    "a_little": mark("a little"),
    "not_at_all": mark("not at all"),
    "backwards": mark("backwards"),
}
STUDENTS = (mark("1 student"), mark("{count} students"))
SUBMISSIONS = (mark("1 submission"), mark("{count} submissions"))
POINTS = (mark("1 point"), mark("{count} points"))


def words(language: str) -> dict[str, str]:
    """Return the words by their keys, in `en` or `zh`."""
    say = speaker(language)
    return {key: say(word) for key, word in WORDS.items()}
