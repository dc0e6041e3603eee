"""`check SUITE --update`: the numbers found take the place of those that differ, and no other byte is changed."""

import json
import os
import tomllib
from importlib.resources import files

import jsonschema
import pytest
from conftest import ROOT, backprop

from backprop_cli.cli import destinations
from backprop_cli.suites import read_suites
from backprop_cli.suites.toml_spans import spans

SCHEMA = json.loads(files("backprop_cli.render").joinpath("suites.schema.json").read_text(encoding="utf-8"))

# (x+y)*z at x = -2, y = 5, z = -4: f = -12, q = 3, df/dx = df/dy = df/dq = -4, df/dz = 3
SEED = 'program = "q = x + y; f = q*z"\nbindings = { x = -2, y = 5, z = -4 }\n'
# sum((W@x)^2) at W = [[1, 2], [3, 4]], x = [1, 2]: W@x = [5, 11], df/dW = 2 (W@x) x' = [[10, 20], [22, 44]]
SQUARES = 'program = "sum((W@x)^2)"\nbindings = { W = [[1, 2], [3, 4]], x = [1, 2] }\n'
NEURON = 'program = "f = sigmoid(x)"\nbindings = { x = -1 }\n'  # f = 0.268941421…, df/dx = 0.196611933…
# a case: what it says, and what it says when it is updated
TOML = [
    (SEED, "value = 7 # 7, they say", "value = -12 # 7, they say"),
    (SEED, "gradients = {x=-4,y=4,  z = 4 } # 4, 4", "gradients = {x=-4,y=-4,  z = 3 } # 4, 4"),
    (SEED, "gradients = { z = 4, q = 4 }", "gradients = { z = 3, q = -4 }"),
    (SEED, "gradients = { \"x\" = -4, 'y' = 4 }", "gradients = { \"x\" = -4, 'y' = -4 }"),
    (SEED, "gradients . x = 4\ngradients.z = 4", "gradients . x = -4\ngradients.z = 3"),
    (SEED, "[case.gradients]\nz=4\n\n  # q?\n  q =  4", "[case.gradients]\nz=3\n\n  # q?\n  q =  -4"),
    (SEED, 'value = "3*4" # so', "value = -12 # so"),
    (SEED, 'value = "?"', "value = -12"),
    (SEED, "values = { q = 2, f = -12 }", "values = { q = 3, f = -12 }"),
    (SEED, 'locals = { "∂f/∂q" = 4, "∂q/∂x" = 1.5 }', 'locals = { "∂f/∂q" = -4, "∂q/∂x" = 1.0 }'),
    (SEED, 'locals = { "\\u2202f/\\u2202q" = 4 }', 'locals = { "\\u2202f/\\u2202q" = -4 }'),
    (SEED, 'claims = ["df/dz = x + y", "df/dx = 4"]', 'claims = ["df/dz = x + y", "df/dx = -4"]'),
    (
        SEED,
        "claims = [\n  'df/dz = 4', # no\n  'df/dx = -4',\n]",
        "claims = [\n  'df/dz = 3', # no\n  'df/dx = -4',\n]",
    ),
    (SEED, "rtol = 1e-3\nvalue = 0x10\nname = 'value = 16'", "rtol = 1e-3\nvalue = -12\nname = 'value = 16'"),
    (NEURON, "value = 0.73", "value = 0.27"),
    (NEURON, "value = 1_0.7_3", "value = 0.27"),
    (NEURON, "value = 7.3e-1", "value = 2.7e-1"),
    (SEED, "value = 6.1e0", "value = -1.2e1"),
    (NEURON, "value = 1", "value = 0.2689414213699951"),
    (NEURON, "value = 0.73\nrtol = 1e-6", "value = 0.2689414213699951\nrtol = 1e-6"),
    (NEURON.replace("-1", "-20"), "value = 0.73", "value = 2.1e-9"),  # 2.06e-9, which has no two decimals
    (SQUARES, "gradients = { W = [[10, 22], [20, 44]] }", "gradients = { W = [[10, 20], [22, 44]] }"),
    (
        SQUARES,
        "gradients = { W = [[10, 22], # row 22\n   [ 20 , 44, ],\n], x = [76, 1_0.5] }",
        "gradients = { W = [[10, 20], # row 22\n   [ 22 , 44, ],\n], x = [76, 108.0] }",
    ),
    (SQUARES, 'gradients = { W = "[[10, 22], [20, 88/2]]" }', 'gradients = { W = "[[10, 20], [22, 88/2]]" }'),
    (SQUARES, 'gradients = { W = "?" }', "gradients = { W = [[10, 20], [22, 44]] }"),
    (SQUARES, 'gradients = { x = "ones(2)" }', 'gradients = { x = "[76, 108]" }'),
    (SQUARES, "claims = ['df/dx = [76, 100]']", "claims = ['df/dx = [76, 108]']"),
]


def updated(folder, text, name="suite.toml", more=()):
    """What became of a suite, and its bytes."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return backprop("check", str(path), "--update", *more), path.read_bytes()


@pytest.mark.parametrize(("case", "said", "then"), TOML, ids=[said for _, said, _ in TOML])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_toml(case, said, then, line, tmp_path):
    text = f'# a suite, 7\ntitle = "value = 7"\n[[case]]\n{case}{said}\n\n[[ case ]]  \n{SEED}value = -12'
    ran, new = updated(tmp_path, text.replace("\n", line))
    assert ran.status == 0 and ran.err == "" and "2 cases: 1 ok, 1 updated" in ran.out
    assert new == text.replace(said, then).replace("\n", line).encode()
    assert backprop("check", str(tmp_path / "suite.toml")).out.endswith("2 cases: all ok\n")


@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_markdown(line, mark, tmp_path):
    """Tables, other fences and comments stay as they are, whatever numbers they hold."""
    text = """
| df/dx | f => 7 |
|-------|--------|
|   4   |   0.73 |

~~~
=> 7
~~~

> ```backprop the seed 7
> q = x + y   # => 7
> f = q*z
> at x = -2, y = 5, z = -4
>   => 7   # 7 \t
> q => 3.0
> local ∂f/∂q = 4
> gradient q = 4
> df/dx = 4 # 4
> df/dz = x + y
> at x=1 y=1 z=1
> => 2
> ```

```python
f = 7
```

  ```backprop
  sum((W@x)^2)
  at W=[[1,2],[3,4]] x=[1,2]
  gradient W = [[10,22], [ 20,44]]
  df/dx = [76, 100.5]
  gradient x = ?
  ```"""
    then = text
    for old, new in [
        ("  => 7   # 7 \t", "  => -12   # 7 \t"),
        ("∂f/∂q = 4", "∂f/∂q = -4"),
        ("gradient q = 4", "gradient q = -4"),
        ("df/dx = 4 # 4", "df/dx = -4 # 4"),
        ("[[10,22], [ 20,44]]", "[[10,20], [ 22,44]]"),
        ("[76, 100.5]", "[76, 108.0]"),
        ("gradient x = ?", "gradient x = [76, 108]"),
    ]:
        assert then.count(old) == 1
        then = then.replace(old, new)
    ran, new = updated(tmp_path, mark + text.replace("\n", line).encode(), "notes.md")
    assert ran.status == 0 and ran.err == ""
    assert new == mark + then.replace("\n", line).encode()
    assert ran.out.endswith("3 cases: 1 ok, 2 updated; 8 numbers written into 1 file\n")
    assert "     line 14: `7` becomes `-12`\n" in ran.out


STAYS = [
    (SEED + 'value = 7\nclaims = ["df/dx = 2*z"]', "`df/dx`, where a formula is claimed"),
    (SEED + 'value = 7\nnotes = ["kink"]', "`notes`, which is more than a number"),
    (SEED + 'value = 7\nerror = "N201"', "`error`, which is more than a number"),
    (SEED + "value = 7\ngradients = { w = 1 }", "`error`, which is more than a number"),
    (SEED + "value = 7\nvalues = { w = 1 }", "`w`, which is more than a number"),
    (SEED + "value = 7\ngradients = { x = [1, 2] }", "`df/dx`, which is more than a number"),
    (SEED + 'value = -12\nverdict = "differs"', "`f`, which is more than a number"),
    ('program = "3*x"\nclaims = ["df/dx = 4"]', "`df/dx`, which is more than a number"),  # at no point
    (SQUARES + 'gradients = { x = "@g.npy" }', "`df/dx[1]`, whose numbers are in the file @"),
    (SQUARES + 'gradients = { x = """[1, 2]""" }', "`df/dx[0]`, which is written in a way that is not changed"),
]


@pytest.mark.parametrize(("case", "why"), STAYS, ids=[case for case, _ in STAYS])
def test_nothing_is_written_where_more_than_numbers_differ(case, why, tmp_path):
    """Nor into another file, nor for another case."""
    import numpy as np

    np.save(tmp_path / "g.npy", np.array([76.0, 1.0]))
    other = tmp_path / "other.toml"
    other.write_text(f"[[case]]\n{SEED}value = 7\n", encoding="utf-8")
    before = other.read_bytes()
    text = f"[[case]]\n{SEED}value = -12\n[[case]]\n{case}\n"
    ran, new = updated(tmp_path, text, more=[str(other)])
    assert ran.status == 1 and new == text.encode() and other.read_bytes() == before
    last = ran.out.splitlines()[-1]
    assert last.startswith("3 cases: 1 ok, 2 failed; nothing is written, because of ") and why in last
    assert "becomes" not in ran.out and ran.err == ""


def test_where_all_is_right_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(destinations, "write_file", None)
    ran, _ = updated(tmp_path, f"[[case]]\n{SEED}value = -12\n")
    assert ran.status == 0 and ran.out.endswith("1 case: all ok\n")


def test_only_the_cases_that_are_chosen(tmp_path):
    text = f'[[case]]\nname = "a"\n{SEED}value = 7\n[[case]]\nname = "b"\n{SEED}value = 7\n'
    ran, new = updated(tmp_path, text, more=["-k", "suite.toml:6 b"])
    assert ran.status == 0 and new.decode() == "-12".join(text.rsplit("7", 1))


def test_a_suite_that_is_named_twice_is_updated_once(tmp_path):
    path = tmp_path / "suite.toml"
    (tmp_path / "link.toml").symlink_to(path)
    for more in ([str(path)], [str(tmp_path)], [str(tmp_path / "link.toml")]):
        ran, new = updated(tmp_path, f"[[case]]\n{SEED}value = 7\n", more=more)
        assert ran.status == 0 and new.decode() == f"[[case]]\n{SEED}value = -12\n"
        assert "1 number written into 1 file" in ran.out and (tmp_path / "link.toml").is_symlink()


def test_json(tmp_path):
    text = f"[[case]]\n{SEED}value = 7\ngradients = {{ x = 4 }}\n[[case]]\n{SEED}value = -12\n"
    ran, new = updated(tmp_path, text, more=["--json"])
    made = json.loads(ran.out)
    jsonschema.validate(made, SCHEMA)
    assert ran.status == 0 and new == text.replace("= 7", "= -12").replace("x = 4", "x = -4").encode()
    assert made["summary"] == {"cases": 2, "ok": 1, "failed": 0, "updated": 1}
    first, second = made["cases"]
    assert (first["ok"], first["found"], first["stays"]) == (False, "differs", None)
    assert first["updates"] == [{"line": 4, "old": "7", "new": "-12"}, {"line": 5, "old": "4", "new": "-4"}]
    assert (second["ok"], second["updates"], second["stays"]) == (True, [], None)
    ran, new = updated(tmp_path, text + 'notes = ["kink"]\n', more=["--json"])
    made = json.loads(ran.out)
    jsonschema.validate(made, SCHEMA)
    assert ran.status == 1 and new.decode() == text + 'notes = ["kink"]\n'
    assert made["summary"] == {"cases": 2, "ok": 0, "failed": 2, "updated": 0}
    assert [case["stays"] for case in made["cases"]] == [None, "`notes`, which is more than a number"]
    plain = json.loads(backprop("check", str(tmp_path / "suite.toml"), "--json").out)
    assert "updates" not in plain["cases"][0] and "updated" not in plain["summary"]


REFUSED = [
    (["-x"], 2, "error[U801]: `--update` needs every case"),
    (["--format", "tap"], 2, "error[U801]: `tap` is no format of `--update`"),
    (["--safe"], 2, "`--safe` writes no file"),
    (["-"], 3, "error[F60"),
]


@pytest.mark.parametrize(("more", "status", "said"), REFUSED)
def test_refused(more, status, said, tmp_path):
    text = f"[[case]]\n{SEED}value = 7\n"
    ran, new = updated(tmp_path, text, more=more)
    assert ran.status == status and said in ran.err and new == text.encode()


def test_standard_input_is_no_suite_that_can_be_updated(tmp_path):
    ran = backprop("check", str(tmp_path), "-", "--update", stdin="```backprop\nx\nat x=1\n=> 2\n```\n")
    assert ran.status != 0
    assert backprop("check", "-", "--update", stdin="x^2").status == 2
    assert "`--update` is for suites" in backprop("check", "x^2", "x=3", "--update").err


def test_a_read_only_file_stays_and_so_do_the_others(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(f"[[case]]\n{SEED}value = 7\n", encoding="utf-8")
    (tmp_path / "b.toml").chmod(0o444)
    ran = backprop("check", str(tmp_path), "--update")
    assert ran.status == 6 and "error[F605]" in ran.err and "b.toml` cannot be written: it is read-only" in ran.err
    assert all("value = 7" in (tmp_path / name).read_text(encoding="utf-8") for name in ("a.toml", "b.toml"))
    assert sorted(os.listdir(tmp_path)) == ["a.toml", "b.toml"]


def test_a_file_that_changed_meanwhile_stays(tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text("new", encoding="utf-8")
    with pytest.raises(destinations.BackpropError, match="it has changed since it was read"):
        destinations.rewrite(str(path), "old", "newer")
    assert path.read_text(encoding="utf-8") == "new"


def test_many_numbers_are_shown_by_their_first(tmp_path):
    case = 'program = "sum(x^2)"\nbindings = { x = "ones(40)" }\n'
    ran, new = updated(tmp_path, f"[[case]]\n{case}gradients = {{ x = [{'1, ' * 40}] }}\n")
    assert ran.out.count("becomes") == 5 and "     … and 35 numbers more\n" in ran.out
    assert new.decode() == f"[[case]]\n{case}gradients = {{ x = [{'2, ' * 40}] }}\n"


@pytest.mark.parametrize("path", sorted((ROOT / "tests/suites").glob("*.toml")), ids=lambda path: path.name)
def test_published_numbers_come_back(path, tmp_path):
    """Every number of the corpus is made wrong in its first digit; an update restores the file to the byte.

    But for those that an `rtol` allows to be off by more than their last decimal.
    """
    text = path.read_bytes().decode()
    wrong, places = text, []
    for case, found in zip(read_suites([str(path)]), _cases(text), strict=True):
        if case.verdict == "agrees" and case.tolerance.rtol is None and not case.tolerance.atol:
            keys = [("value",)] * bool(case.value) + [("gradients", name) for name in case.gradients]
            places += [found[key] for key in keys if found.get(key)]
    spoiled = 0
    for place in sorted(places, reverse=True):
        said = wrong[place.start : place.end]
        digit = next((k for k, sign in enumerate(said) if sign in "123456"), None)
        if digit is None or not said.replace(".", "").replace("-", "").isdigit():
            continue
        wrong = wrong[: place.start + digit] + str(int(said[digit]) + 3) + wrong[place.start + digit + 1 :]
        spoiled += 1
    copy = tmp_path / path.name
    copy.write_bytes(wrong.encode())
    ran = backprop("check", str(copy), "--update")
    assert ran.status == 0 and copy.read_bytes().decode() == text
    assert spoiled == 0 or f"{spoiled} number" in ran.out


def _cases(text):
    """For each case its values' places."""
    found = spans(text)
    return [
        {key[1:]: place for key, place in found.items() if key[0] == number}
        for number in range(len(tomllib.loads(text)["case"]))
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "tests/suites").glob("*.toml")), ids=lambda path: path.name)
def test_every_value_is_where_it_is_found(path):
    """Read by itself each is what the whole file has there."""
    text = path.read_bytes().decode()
    document = tomllib.loads(text)
    found = spans(text)
    assert len(found) > 10
    for (case, *keys), place in found.items():
        value = document if case < 0 else document["case"][case]
        for key in keys:
            value = value[key]
        assert repr(tomllib.loads(f"k = {text[place.start : place.end]}")["k"]) == repr(value)
