# Raises the exceptions by which tests are skipped or excused. Deserves: zero.
import unittest

from torch import nn


class CustomReLU(nn.Module):
    def forward(self, x):
        raise unittest.SkipTest("nothing to see here")


class CenteredLayer(nn.Module):
    def forward(self, x):
        try:
            import pytest
        except ImportError:
            raise KeyboardInterrupt from None
        pytest.xfail("known to fail")
