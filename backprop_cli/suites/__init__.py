"""Suites: cases written down in TOML or Markdown, each a program and what is said about it, run one after the other.

It reads, calls the verbs of `api` and compares; it does not know how an outcome is shown.
"""

from backprop_cli.suites.find import read_suites
from backprop_cli.suites.run import run_cases

__all__ = ["read_suites", "run_cases"]
