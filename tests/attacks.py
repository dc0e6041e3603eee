"""Attacks by hand, in some minutes: what was tried and what held. `cd tests && python attacks.py [SIGNALS] [SEEDS]`."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from random import Random

import numpy as np
from fuzz import DOCUMENTED, KINDS, faults, many

BACKPROP = [sys.executable, "-m", "backprop_cli"]
SECONDS, MEGABYTES = 6, 1024
_GATES = "gate g0(x) = x + 1; " + "; ".join(f"gate g{k}(x) = g{k - 1}(x) + g{k - 1}(x)" for k in range(1, 21))
# Short texts that were slow, large, or a fault.
LINES = [
    ["check", "gelu(gelu(gelu(gelu(gelu(gelu(a*b*c*d*g*h))))))", "a=1", "b=1", "c=1", "d=1", "g=1", "h=1"],
    ["check", "sum(W^2)", "W=(50,50)"], ["jacobian", "cumsum(x)", "x=ones(9000)", "-q"],
    ["eval", "x", "x=arange(30000000)", "--json"], ["eval", f"{_GATES}; g20(x)", "x=1"],
    ["eval", "sum(x)+sum(y)", "x=arange(9000000)", "y=arange(9000000)"],
    ["check", "log(x-100)*sqrt(-x)", "--points", "100000"], ["eval", "x", "x=@/dev/zero:a.csv"],
    ["eval", "@/dev/zero"], ["eval", "trace(inv(x))", "x=randn(1500,1500)", "-q"],
    ["grad", "lgamma(x)", "x=-2.457024738220801"], ["eval", "y=;-y"], ["eval", "arange(2, step=0.5)"],
    ["eval", "for i in range(2) { " * 13 + "x = x+1" + " }" * 13 + "; x", "x=1"],
    ["eval", "for t in range(10000) { x = x*0.5 + 1 }; x", "x=1"],
    ["eval", "∑ " * 5000 + "x_i", "x=[1,2]"], ["check", "exp(-x^2/0)"],
]  # fmt: skip


# Small files that were slow, large, or a fault, and the command lines that read them.
FILES = {
    "fence.md": "```" + " " * 3000 + "x\n", "blank.md": "\n" * 40_000, "bracket.toml": "[" + " " * 3000 + "\n",
    "dotted.toml": ".".join(["a"] * 20_000) + " = 1\n", "large.toml": "[[case]]\nprogram = 'x'\nvalue = 1.5e400\n",
    "deep.json": "[" * 50_000, "twice.json": '{"x": 1, "x": 2}', "quotes.csv": '"' * 60_000,
    "defs.py": "".join(f"def f{k}(x): return x\n" for k in range(400)),
}  # fmt: skip
OF_FILES = [
    ["check", "fence.md"], ["check", "blank.md"], ["check", "bracket.toml"], ["check", "dotted.toml"],
    ["check", "large.toml"], ["eval", "x", "--vars", "dotted.toml"], ["eval", "x", "--vars", "deep.json"],
    ["eval", "x", "--vars", "twice.json"], ["eval", "sum(x)", "x=@quotes.csv:x"],
    ["eval", "sum(x)", "--vars", "zeros.npz"],
    ["eval", "sum(x)", "x=@sparse.csv:a"], ["eval", "@sparse.csv"], ["eval", "x", "--each", "sparse.csv"],
    ["eval", "@defs.py", "x=1"], ["eval", "x", "x=@/dev/zero:a.csv"],
]  # fmt: skip
# Where the output goes, and the status that is due; a shell runs it.
STREAMS = [
    ('"$@" eval x "x=arange(40000)" --json > /dev/full', 6), ('"$@" grad "x*y" x=1 y=2 --json > /dev/full', 6),
    ('set -o pipefail; "$@" eval x "x=arange(40000)" --json | head -1 > /dev/null', 141),
    ('ulimit -f 64; "$@" eval x "x=arange(40000)" --json > big', 6),
    ('echo kept > both; "$@" eval x x=1 -q -o /dev/fd/3 3>> both; [ "$(head -1 both)" = kept ]', 0),
    ('"$@" eval x x=1 -q -o /dev/stdout > out; [ "$(cat out)" = 1 ]', 0),
    ("""printf '[[case]]\\nname = "##[stop-commands]t"\\nprogram = "x"\\nbindings = {x = 1}\\nvalue = 2\\n' > s.toml
    "$@" check s.toml --format github | grep -q '##\\[' ; [ $? = 1 ]""", 0),
]  # fmt: skip


def streams() -> tuple[int, int]:
    """Outputs that end early: a status that says so; what is behind a redirection stays; no command for the runner."""
    held = 0
    with tempfile.TemporaryDirectory() as folder:
        for script, status in STREAMS:
            for unbuffered in ({}, {"PYTHONUNBUFFERED": "1"}):
                done = subprocess.run(
                    ["bash", "-c", script, "bash", *BACKPROP], cwd=folder, env=os.environ | unbuffered,
                    capture_output=True, check=False,
                )  # fmt: skip
                held += done.returncode == status and b"Traceback" not in done.stderr
                if done.returncode != status:
                    print(f"  {script[:60]}: status {done.returncode}, {done.stderr[:200]!r}")
    return 2 * len(STREAMS), held


def files() -> tuple[int, int]:
    """Small files, and files that only look small."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        np.savez_compressed(os.path.join(folder, "zeros.npz"), x=np.zeros(25_000_000))
        with open(os.path.join(folder, "sparse.csv"), "wb") as file:
            file.truncate(2 << 30)
        return lines(OF_FILES, folder)


def lines(listed: list[list[str]] = LINES, folder: str | None = None) -> tuple[int, int]:
    """Each command line in a process of its own: a documented status, within the limits."""
    held = 0
    for words in listed:
        began = time.monotonic()
        process = subprocess.Popen([*BACKPROP, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        told = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds, size = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        fine = process.returncode in DOCUMENTED and b"Traceback" not in told and seconds < SECONDS and size < MEGABYTES
        held += fine
        if not fine:
            print(f"  {words[:2]}: status {process.returncode}, {seconds:.1f} s of the processor, {size:.0f} MB, "
                  f"{time.monotonic() - began:.1f} s")  # fmt: skip
    return len(listed), held


def signals(count: int) -> tuple[int, int, int]:
    """Signals at random moments of a run with `-o`: old or new file whole, nothing beside it after the next run.

    Also how many tracebacks there were: Python's own start, before ours, shows one for Ctrl-C.
    """
    draw, held, tracebacks = Random(0), 0, 0
    words = ["eval", "x", "x=arange(40000)", "--json", "-o", "out.json"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*BACKPROP, *words], cwd=folder, check=True)
        with open(os.path.join(folder, "out.json"), "rb") as file:
            whole = file.read()
        for _ in range(count):
            process = subprocess.Popen([*BACKPROP, *words], cwd=folder, stderr=subprocess.PIPE)
            time.sleep(draw.uniform(0, 0.8))
            process.send_signal(draw.choice([signal.SIGINT, signal.SIGTERM, signal.SIGKILL]))
            _, told = process.communicate()
            tracebacks += b"Traceback" in told
            with open(os.path.join(folder, "out.json"), "rb") as file:
                held += file.read() == whole
        subprocess.run([*BACKPROP, *words], cwd=folder, check=True)
        assert os.listdir(folder) == ["out.json"], os.listdir(folder)
    return count, held, tracebacks


def main(count: int = 100, seeds: int = 2000) -> None:
    """Print the table."""
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    rows = [("short texts: 6 s of the processor, 1 GiB", *lines()), ("small files: the same", *files())]
    rows.append(("outputs that end early, redirections, annotations", *streams()))
    tried, held, tracebacks = signals(count)
    rows.append((f"signals while `-o` is written ({tracebacks} tracebacks of Python's start)", tried, held))
    for kind in KINDS:
        outcomes = list(many(kind, seeds))
        rows.append((f"random {kind}: no status 70, no traceback", seeds, seeds - len(faults(outcomes))))
    print("| attack | tried | held |\n|---|---|---|")
    for row in rows:
        print(f"| {row[0]} | {row[1]:,} | {row[2]:,} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
