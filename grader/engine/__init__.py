"""Where submissions are judged, and how many at a time: one interface, which knows no torch."""
