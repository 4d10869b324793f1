"""Where submissions come from: folders of a class, and whose each file is. Identity is read from where a file lies."""
