"""The rows of a device in PyTorch: the same models, batches, dtypes and shapes, as written (eager) and by torch.compile (compiled).

Prints lines of JSON: {"note": version}, then {"bench": row, "engine": "eager" | "compiled", "ms": median}. Models bring each batch to the device from
page-locked memory and read the loss in every step; operations are waited for in groups.
"""
import argparse
import json
import re
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--only", default=".")
parser.add_argument("--small", action="store_true")
options = parser.parse_args()

has_device = torch.cuda.is_available()
if not has_device and not options.small:
    print(json.dumps({"note": f"PyTorch {torch.__version__} finds no CUDA device, and was not measured."}), flush=True)
    sys.exit()
device = torch.device("cuda" if has_device else "cpu")
name = torch.cuda.get_device_name() if has_device else "the processor"
print(json.dumps({"note": f"PyTorch {torch.__version__} on {name}; float32 products without TF32."}), flush=True)
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True
torch.manual_seed(1)

SAMPLES = 6000
TOGETHER = 20
SECONDS = 0.0 if options.small else 3.0
FEWEST = 1 if options.small else 15


def size(full, small):
    return small if options.small else full


def wait():
    if has_device:
        torch.cuda.synchronize()


def measure(call, together):
    """The median milliseconds of a call, after a second of warming up."""
    begin = time.perf_counter()
    while True:
        call()
        if time.perf_counter() - begin >= min(SECONDS, 1.0):
            break
    wait()
    times, begin = [], time.perf_counter()
    while len(times) < FEWEST or time.perf_counter() - begin < SECONDS:
        start = time.perf_counter()
        for _ in range(together):
            call()
        wait()
        times.append((time.perf_counter() - start) / together)
    return statistics.median(times) * 1e3


def report(row, make):
    """Measures what make(compile) gives, with and without compiling."""
    if not re.search(options.only, row):
        return
    engines = ["eager"] + (["compiled"] if hasattr(torch, "compile") else [])
    for engine in engines:
        try:
            call, together = make(torch.compile if engine == "compiled" else lambda f: f)
            print(json.dumps({"bench": row, "engine": engine, "ms": measure(call, together)}), flush=True)
        except Exception as error:  # a row that fails must not hide the others
            print(f"{row} ({engine}): {error}", file=sys.stderr, flush=True)


def page_locked(tensor):
    return tensor.pin_memory() if has_device else tensor


def training(row, build, optimizer, loss, x, y, batch):
    def make(compile):
        model = build()
        for parameter in model.parameters():
            nn.init.xavier_uniform_(parameter) if parameter.dim() > 1 else nn.init.zeros_(parameter)
        model = model.to(device)
        rule = optimizer(model.parameters())
        forward = compile(lambda a, b: loss(model(a), b))
        xs, ys = page_locked(x), page_locked(y)
        state = {"next": 0}

        def step():
            start = state["next"] * batch
            state["next"] = (state["next"] + 1) % (len(xs) // batch)
            a = xs[start:start + batch].to(device, non_blocking=True)
            b = ys[start:start + batch].to(device, non_blocking=True)
            rule.zero_grad(set_to_none=True)
            value = forward(a, b)
            value.backward()
            rule.step()
            return value.item()

        return step, 1

    report(row + ".train", make)


def images(flat):
    x = torch.rand(SAMPLES, 784)
    return (x if flat else x.view(SAMPLES, 1, 28, 28)), torch.randint(0, 10, (SAMPLES,))


def perceptron():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(.2), nn.Linear(512, 512), nn.ReLU(), nn.Dropout(.2), nn.Linear(512, 10))


def lenet():
    return nn.Sequential(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Tanh(), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Tanh(), nn.Flatten(), nn.Linear(800, 500), nn.Tanh(),
                         nn.Linear(500, 10))


def convolutional():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(.25), nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(),
                         nn.Dropout(.5), nn.Linear(128, 10))


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.out = nn.Embedding(20000, 128), nn.LSTM(128, 128, batch_first=True), nn.Linear(128, 1)

    def forward(self, x):
        return self.out(self.lstm(self.embedding(x))[0][:, -1]).squeeze(1)


training("mlp_keras_b128", perceptron, lambda p: torch.optim.RMSprop(p, lr=.001, alpha=.9, eps=1e-7), F.cross_entropy, *images(True), size(128, 2))
for count in (128, 500):
    training(f"lenet_b{count}", lenet, lambda p: torch.optim.SGD(p, lr=.1), F.cross_entropy, *images(False), size(count, 1))
training("cnn_keras_b128", convolutional, lambda p: torch.optim.Adadelta(p, lr=1.0, rho=.95, eps=1e-7), F.cross_entropy, *images(False), size(128, 1))
words, steps = size(32, 1), size(80, 2)
training("lstm_imdb_b32", Sentiment, lambda p: torch.optim.Adam(p, lr=.001, eps=1e-7), F.binary_cross_entropy_with_logits,
         torch.randint(0, 20000, (words * 20, steps)), torch.randint(0, 2, (words * 20,)).float(), words)


def operation(row, shapes, of):
    def make(compile):
        values, function = [torch.rand(*shape, device=device) for shape in shapes], compile(of)

        @torch.no_grad()
        def call():
            function(*values)

        return call, TOGETHER

    report(row, make)


for n in [32] if options.small else [512, 1024, 2048, 4096, 8192]:
    operation(f"matmul_{n}", [(n, n), (n, n)], lambda a, b: a @ b)
elements, side = size(10_000_000, 1000), size(4096, 64)
operation("launch", [(1,)], lambda x: x * 2 + 1)
operation("copy", [(elements,)], lambda x: x.clone())
operation("ew_chain_1e7", [(elements,)] * 4, lambda a, b, c, d: torch.tanh(a * b + c) * torch.sigmoid(d))
operation("softmax_128x1000", [(size(128, 8), size(1000, 50))], lambda x: torch.softmax(x, 1))
operation("softmax_4096x4096", [(side, side)], lambda x: torch.softmax(x, 1))
for row, of in (("sum_ax0", lambda x: x.sum(0)), ("max_ax0", lambda x: x.amax(0)), ("sum_ax1", lambda x: x.sum(1)), ("max_ax1", lambda x: x.amax(1)),
                ("sum_all", lambda x: x.sum()), ("max_all", lambda x: x.amax())):
    operation(f"red_{row}_4096", [(side, side)], of)
