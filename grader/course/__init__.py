"""Reads a course: its folders, its exercises, its submissions, and the pack that the judge runs.

`paths.py` alone knows the names of folders.
"""
