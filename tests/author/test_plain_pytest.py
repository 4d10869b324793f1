"""Suites run under plain pytest, for whoever writes them."""

import subprocess
import sys

import pytest
from conftest import ROOT


def run(*words):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("option", [[], ["--in-process"]])
def test_the_reference_passes(option):
    result = run("solutions/ex04_linear_layer", "exercises/ex04_linear_layer", *option)
    assert result.returncode == 0, result.stdout[-3000:]
    assert "passed" in result.stdout


@pytest.mark.parametrize("option", [[], ["--in-process"]])
def test_a_wrong_answer_fails_with_pytests_own_words(option):
    file = "solutions/ex04_linear_layer/wrong_answer/relu_inside.py"
    result = run("exercises/ex04_linear_layer", "--answer", file, *option)
    assert result.returncode == 1 and "test_affine" in result.stdout


def test_a_stub_fails_and_does_not_crash():
    result = run("exercises/ex04_linear_layer", "--answer", "exercises/ex04_linear_layer/ex04.py")
    assert result.returncode == 1 and "INTERNALERROR" not in result.stdout
