"""An autograder for PyTorch exercises: the judge and the student's code never share a process."""

import warnings

__version__ = "0.1.0"

# Said by torch wherever NumPy is absent: torch can do without, and so can a beginner. Here, for all imports come after it.
warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
