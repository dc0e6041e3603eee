"""What other notations cost those who do not use them, and how loops grow: CPU time as ratios.

    python benchmarks/notations.py [--repeat 5]

The fastest of several runs in turn, with the garbage collector off. Exit status 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from time import process_time

from backprop_cli import grad
from backprop_cli.errors import Source
from backprop_cli.language.parser import parse, parse_tokens
from backprop_cli.language.tokens import tokenize

MOST_FOR_PLAIN = 1.1  # times the parser alone
MOST_GROWTH = 13.0  # times the time for ten times the steps
STATEMENTS = 20_000
NAMES = ("x", "y", "z")


def chain(step: str) -> str:
    """Statements, each over the one before."""
    return "a0 = z\n" + "\n".join(step.format(k, k + 1) for k in range(STATEMENTS))


PLAIN = chain("a{1} = a{0}*x + tanh(y)")
TYPED = chain("a{1} = a{0}*x + np.tanh(y)")
LOOP = "h = x\nfor t in range({}) {{ h = tanh(w*h + x) }}\nh"


def parser_alone() -> None:
    """The parser, which knows our notation only."""
    parse_tokens(Source("plain", PLAIN), tokenize(PLAIN), NAMES)


def read(text: str) -> Callable[[], None]:
    """The text as it is read in anybody's notation."""
    return lambda: parse(Source("text", text), NAMES) and None


def loop(steps: int) -> Callable[[], None]:
    """A loop read and differentiated."""
    return lambda: grad(LOOP.format(steps), {"x": 0.5, "w": 0.9}, check=False) and None


RUNS = {
    "a plain text, the parser alone": parser_alone,
    "the same, in anybody's notation": read(PLAIN),
    "the same with `np.` before each gate": read(TYPED),
    "a loop of 10³ steps, with gradients": loop(1_000),
    "a loop of 10⁴ steps, with gradients": loop(10_000),
}


def main() -> int:
    """Measure, print, compare with the bounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    best = dict.fromkeys(RUNS, float("inf"))
    for _ in range(repeat + 1):  # the first warms up, and counts as any
        for name, run in RUNS.items():
            gc.collect()
            gc.disable()
            begin = process_time()
            run()
            best[name] = min(best[name], process_time() - begin)
            gc.enable()
    for name, seconds in best.items():
        print(f"{name:40} {seconds * 1000:9.1f} ms")
    alone, plain, typed, short, long_ = best.values()
    print(f"plain / alone: {plain / alone:.2f}, at most {MOST_FOR_PLAIN}; with `np.`: {typed / alone:.2f}")
    print(f"10⁴ / 10³ steps: {long_ / short:.1f}, at most {MOST_GROWTH}")
    return int(plain > MOST_FOR_PLAIN * alone or long_ > MOST_GROWTH * short)


if __name__ == "__main__":
    raise SystemExit(main())
