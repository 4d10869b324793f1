"""The judge's end of the pipe: starting workers, asking them, and making their answers look like torch."""
