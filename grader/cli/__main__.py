"""`python -m grader.cli`: the same as `grade`."""

from grader.cli.main import main

main()
