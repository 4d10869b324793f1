"""A secret leaves the environment before any child starts: nobody finds it there any more."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, subprocess
from grader.bridge import secret
secret.take()
assert secret.key() == "top-secret-key" and "GRADE_KEY" not in os.environ
print(open("/proc/self/environ", "rb").read())
print(subprocess.run(["env"], capture_output=True).stdout)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_a_taken_secret_is_in_no_environment_not_even_in_the_one_that_proc_shows():
    environment = {"PATH": "/usr/bin:/bin", "GRADE_KEY": "top-secret-key", "OTHER": "kept", "PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "top-secret-key" not in run.stdout and run.stdout.count("OTHER=kept") == 2
