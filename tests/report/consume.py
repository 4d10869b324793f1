"""Runs in an environment of its own, where other people's programs are: hands them our exports, tells what they read."""

import importlib.util
import io
import json
import sys
import types
from contextlib import redirect_stdout
from pathlib import Path


def nbgraders_own_table(wanted, folder):
    """Build nbgrader's gradebook through its own API, and let its own plugin export it."""
    # Its package imports Jupyter's servers at once; what is asked here does not need them.
    package = types.ModuleType("nbgrader")
    package.__path__ = list(importlib.util.find_spec("nbgrader").submodule_search_locations)
    sys.modules["nbgrader"] = package
    from nbgrader import api
    from nbgrader.plugins.export import CsvExportPlugin

    api.get_alembic_version = lambda: "unknown"  # a stamp for later migrations: asking for it imports the package, too
    with api.Gradebook(f"sqlite:///{folder / 'nbgrader.db'}") as gradebook:
        for name, about in wanted["assignments"].items():
            gradebook.add_assignment(name, duedate=about["duedate"])
            gradebook.add_notebook("nb", name)
            gradebook.add_grade_cell("cell", "nb", name, max_score=about["max_score"], cell_type="code")
        for identity, about in wanted["students"].items():
            gradebook.add_student(identity, **about)
        for assignment, student, timestamp, raw, penalty in wanted["submissions"]:
            submission = gradebook.add_submission(assignment, student, timestamp=timestamp)
            (notebook,) = submission.notebooks
            notebook.late_submission_penalty = penalty
            (grade,) = notebook.grades
            grade.manual_score = raw
            gradebook.db.commit()
        CsvExportPlugin(to=str(folder / "theirs.csv")).export(gradebook)


def canvas_scores(sheet):
    """Return the scores that finalgrade reads from a gradebook sheet, by student and assignment."""
    from finalgrade.canvas.read import read_canvas

    scores = read_canvas(sheet)["df_score"]
    return {str(student): {name: None if value != value else float(value) for name, value in row.items()}
            for student, row in scores.to_dict("index").items()}  # fmt: skip


def gradescope_lines(results):
    """Return what a local runner of Gradescope's autograders shows of a results.json."""
    from gslocal.results import format_results

    shown = io.StringIO()
    with redirect_stdout(shown):
        format_results(Path(results))
    return shown.getvalue()


def table(path):
    """Return a CSV as pandas reads it."""
    import pandas

    return json.loads(pandas.read_csv(path, dtype={"student": str}).to_json(orient="records"))


folder = Path(sys.argv[1])
nbgraders_own_table(json.loads((folder / "wanted.json").read_text()), folder)
told = {
    "canvas": canvas_scores(folder / "canvas.csv"),
    "gradescope": gradescope_lines(folder / "results.json"),
    "table": table(folder / "points.csv"),
}
(folder / "told.json").write_text(json.dumps(told))
