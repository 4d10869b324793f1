"""ex07 · A block of your own (自定义块)

Build a block from two linear layers with a ReLU between them. Then run `grade ex07`.
"""

import torch
from torch import Tensor, nn


class CustomBlock(nn.Module):
    """fc1, then ReLU, then fc2. No activation at the end.

    fc1 is nn.Linear(in_features, hidden), fc2 is nn.Linear(hidden, out_features).
    """

    def __init__(self, in_features: int = 4, hidden: int = 5, out_features: int = 3) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.fc1 = nn.Linear(in_features, hidden)
        self.fc2 = nn.Linear(hidden, out_features)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """x (..., in_features) -> (..., out_features)"""
        # BEGIN SOLUTION
        return self.fc2(torch.relu(self.fc1(x)))
        # END SOLUTION
