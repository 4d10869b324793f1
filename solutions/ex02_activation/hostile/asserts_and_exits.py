# Raises SystemExit(0) from relu and AssertionError from fuse_linear. Deserves nothing.
import sys


def relu(x):
    sys.exit(0)


def fuse_linear(w1, b1, w2, b2):
    raise AssertionError
