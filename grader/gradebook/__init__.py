"""The history of a class in one SQLite file: what was handed in, what was judged, what a person changed. It only grows."""
