"""An autograder for PyTorch exercises: the judge and the student's code never share a process."""

__version__ = "0.1.0"
