"""Whoever runs `grade ci` is recognised, and what that says was pushed before is found: a first push has nothing before it."""

import json

import pytest

from grader.cli.surroundings import bases, metadata, recognised

A, B, ZERO = "a" * 40, "b" * 40, "0" * 40


@pytest.fixture
def event(tmp_path):
    def write(document):
        path = tmp_path / "event.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(path)}

    return write


def test_a_push_is_counted_from_what_was_there_and_a_first_one_from_nothing(event):
    assert bases(event({"before": A, "ref": "refs/heads/main"})) == (A,)
    assert bases(event({"before": ZERO})) == ()


def test_a_pull_request_is_counted_from_its_base(event):
    environment = event({"pull_request": {"base": {"sha": A}}, "before": B})
    assert bases({**environment, "GITHUB_BASE_REF": "main"}) == (A, "refs/remotes/origin/main", "refs/heads/main")


@pytest.mark.parametrize("document", ["", "[", "[]", '{"before": null}', '{"before": 3}', '{"pull_request": null}', "{}"])
def test_an_event_that_says_nothing_leaves_nothing(event, document):
    assert bases(event(document)) == ()


def test_gitlab_says_it_in_the_environment():
    assert bases({"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": A}) == (A,)
    assert bases({"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": ZERO, "CI_MERGE_REQUEST_DIFF_BASE_SHA": B}) == (B,)
    assert bases({"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": ZERO}) == () == bases({})


def test_the_system_is_recognised(tmp_path):
    somewhere = {"GRADE_AUTOGRADER": str(tmp_path)}
    assert recognised(somewhere) == "files"
    assert recognised({**somewhere, "GITHUB_ACTIONS": "true"}) == "github"
    assert recognised({**somewhere, "GITHUB_ACTIONS": "true", "CLASSROOM": "c", "SUBMISSION_TAG": "submit/x"}) == "classroom50"
    assert recognised({**somewhere, "GITLAB_CI": "true"}) == "gitlab"
    (tmp_path / "submission_metadata.json").write_text(
        '{"assignment": {"title": "Ex 3", "total_points": "20.0"}, "users": []}'
    )
    assert recognised(somewhere) == "gradescope"
    assert metadata(somewhere).assignment.title == "Ex 3" and metadata(somewhere).assignment.total_points == "20.0"
