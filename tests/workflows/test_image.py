"""The image holds the grader, no course, and is nobody's root. No engine builds it here: its steps are run one by one."""

import json
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from docker.utils import exclude_paths
from dockerfile_parse import DockerfileParser
from environments import WITHOUT_TORCH, bare_environment, borrow

STEPS = [
    (step["instruction"], step["value"])
    for step in DockerfileParser(path=str(ROOT / "Dockerfile"), cache_content=True).structure
    if step["instruction"] != "COMMENT"
]
CONTEXT = exclude_paths(str(ROOT), (ROOT / ".dockerignore").read_text().split("\n"), "Dockerfile")


def values(instruction):
    return [value for name, value in STEPS if name == instruction]


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The folder that COPY fills, from what .dockerignore lets through."""
    folder = tmp_path_factory.mktemp("image")
    for value in values("COPY"):
        *sources, target = shlex.split(value)
        for source in sources:
            names = [name for name in CONTEXT if name == source or name.startswith(f"{source}/")]
            assert names, f"{source} is not in the context"
            for name in names:
                if (ROOT / name).is_file():
                    place = folder / target / (name if len(sources) > 1 else name.removeprefix(f"{source}/"))
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(ROOT / name, place)
    return folder


def test_the_base_is_slim_and_pinned():
    (base,) = values("FROM")
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base)


def test_nothing_of_a_course_a_class_or_a_history_is_sent_to_the_engine():
    allowed = {"pyproject.toml", "requirements.lock", "README.md", "LICENSE", "grader", "Dockerfile", ".dockerignore"}
    assert {name.split("/")[0] for name in CONTEXT} <= allowed
    assert not any("__pycache__" in name for name in CONTEXT)


def test_commands_run_as_a_user_who_is_not_root():
    names = [name for name, _ in STEPS]
    (user,) = values("USER")
    assert names.index("USER") < names.index("ENTRYPOINT") and names.index("USER") > max(
        i for i, name in enumerate(names) if name == "RUN"
    )
    assert any(re.search(rf"useradd --uid [1-9]\d+ .*{user}$", step) for step in values("RUN"))


def test_the_system_packages_are_debians():
    (step,) = [step for step in values("RUN") if "apt-get" in step]
    packages = re.search(r"--no-install-recommends ([a-z0-9 ]+) &&", step)[1].split()
    assert "libseccomp2" in packages and "git" in packages
    if shutil.which("apt-cache"):
        run = subprocess.run(["apt-get", "install", "--simulate", "--quiet", *packages], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr


@pytest.mark.slow
def test_the_copied_files_install_and_the_health_check_sees_every_wall_for_another_user(copied, tmp_path):
    """The step runs as it stands, in an environment of its own; then as user 10001 without any privilege."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-I", "-m", "venv", str(environment)], check=True)
    what_builds = [str(environment / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet", "hatchling"]
    subprocess.run(what_builds, check=True, capture_output=True)
    (step,) = [step for step in values("RUN") if "pip install" in step]
    variables = bare_environment(tmp_path / "home", environment / "bin")
    run = subprocess.run(["sh", "-ec", step], cwd=copied, env={**variables, **WITHOUT_TORCH}, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    borrow(environment)
    (health,) = values("HEALTHCHECK")
    (entry,) = values("ENTRYPOINT")
    (default,) = values("CMD")
    (tmp_path / "course").mkdir()
    for words in (json.loads(health.partition("CMD ")[2]), json.loads(entry) + json.loads(default)):
        run = subprocess.run(
            ["unshare", "--user", "--map-user=10001", "--map-group=10001", "--", "env", *words],
            cwd=tmp_path / "course", env=variables, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.13", "3.14"])
def test_every_pinned_library_has_a_wheel_for_the_image_s_python_and_the_newest(version, tmp_path):
    wanted = ["--python-version", version, "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64"]
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--quiet", "--only-binary", ":all:", *wanted]
    run = subprocess.run(
        [*pip, "--target", str(tmp_path), "--requirement", str(ROOT / "requirements.lock")], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
