from torch import nn, stack, zeros_like


class CustomReLU(nn.Module):
    def forward(self, inputs):
        both = stack((inputs, zeros_like(inputs)))
        return both.max(dim=0).values


class CenteredLayer(nn.Module):
    def forward(self, inputs):
        mean = inputs.mean().expand_as(inputs)
        return inputs - mean
