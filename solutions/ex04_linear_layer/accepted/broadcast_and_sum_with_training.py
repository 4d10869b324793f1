import torch
from torch import nn


class CustomLinear(nn.Module):
    def __init__(self, input_dim, output_dim, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(output_dim, input_dim) / input_dim**0.5)
        self.has_bias = bias
        if self.has_bias:
            self.bias = nn.Parameter(torch.randn(output_dim))

    def forward(self, x):
        y = (x.unsqueeze(-2) * self.weight).sum(-1)
        if self.has_bias:
            y = y + self.bias
        return y


if __name__ == "__main__":
    net = CustomLinear(4, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(10):
        loss = net(torch.randn(8, 4)).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
