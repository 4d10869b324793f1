"""The trusted end: runs the suites, holds the expected values, decides verdicts and points."""
