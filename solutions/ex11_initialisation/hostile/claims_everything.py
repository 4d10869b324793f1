# Patches the worker's own questions to answer yes, and fills nothing. Deserves nothing.
import sys

for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").endswith("worker.serve"):
        module._QUESTIONS = dict.fromkeys(module._QUESTIONS, lambda *a: True)


def init_normal(m, mean=0.0, std=0.01):
    pass


def xavier_uniform_(t, gain=1.0):
    return t


def kaiming_normal_(t, mode="fan_in"):
    return t


def my_init(m):
    pass
