"""PNG and PDF of figures, and a file for each step."""

import builtins
import re
import struct

import pytest
from conftest import backprop

SEED = ["(x+y)*z", "x=-2", "y=5", "z=-4"]


def needs_cairo():
    try:
        return pytest.importorskip("cairosvg", reason="CairoSVG is not installed: pip install '.[figures]'")
    except OSError:
        pytest.skip("cairo is not installed")


def without(monkeypatch, error):
    """Importing CairoSVG fails so."""
    whole = builtins.__import__

    def importing(name, *args, **more):
        if name == "cairosvg":
            raise error
        return whole(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", importing)


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_png_has_scale_pixels_to_one_of_the_svg(tmp_path, scale):
    needs_cairo()
    svg = backprop("graph", *SEED, "--format", "svg").out
    width, height = map(int, re.search(r'width="(\d+)" height="(\d+)"', svg).groups())
    path = tmp_path / "a.png"
    assert backprop("graph", *SEED, "-o", str(path), "--scale", str(scale)).status == 0
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (width * scale, height * scale)
    if scale == 2:
        backprop("graph", *SEED, "-o", str(tmp_path / "b.png"))
        assert (tmp_path / "b.png").read_bytes() == data


def test_themes_differ_and_a_pdf_is_one(tmp_path):
    needs_cairo()
    for name in ("light", "dark", "auto"):
        assert backprop("graph", *SEED, "-o", str(tmp_path / f"{name}.png"), "--theme", name).status == 0
    light, dark, auto = ((tmp_path / f"{name}.png").read_bytes() for name in ("light", "dark", "auto"))
    assert light != dark and light == auto
    assert backprop("graph", *SEED, "-o", str(tmp_path / "a.pdf")).status == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


MISSING = [
    (ImportError("no"), "CairoSVG is not installed", "pip install 'backprop-cli[figures]'"),
    (OSError("no library called cairo"), "the cairo library is not installed", "apt install libcairo2"),
]


@pytest.mark.parametrize(("error", "message", "help_"), MISSING)
@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_what_is_missing_is_named(tmp_path, monkeypatch, error, message, help_, ending):
    without(monkeypatch, error)
    ran = backprop("graph", *SEED, "-o", str(tmp_path / f"a.{ending}"))
    assert ran.status == 3 and ran.err.startswith(f"error[F607]: {message}, ") and help_ in ran.err
    assert not list(tmp_path.iterdir())


def test_too_many_pixels_are_refused(tmp_path):
    program = "+".join(f"x{k}" for k in range(400))
    values = [f"x{k}=1" for k in range(400)]
    ran = backprop("graph", program, *values, "--most", "2000", "-o", str(tmp_path / "a.png"))
    assert ran.status == 5 and "error[L701]" in ran.err and "pixels" in ran.err


def test_every_step_is_a_file(tmp_path):
    assert backprop("graph", *SEED, "--frames", "-o", str(tmp_path / "a.svg")).status == 0
    steps = [("forward", 0), ("forward", 1), ("forward", 2), ("backward", 1), ("backward", 2), ("backward", 3)]
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [f"a-{k:02}.svg" for k in range(6)]
    for file, (phase, step) in zip(files, steps, strict=True):
        shown = backprop("graph", *SEED, "--format", "svg", "--phase", phase, "--step", str(step)).out
        assert file.read_text(encoding="utf-8") == shown


def test_the_steps_of_one_pass_of_a_part(tmp_path):
    ran = backprop("graph", *SEED, "--frames", "--phase", "backward", "--depth", "1", "-o", str(tmp_path / "a.dot"))
    assert ran.status == 0 and [file.name for file in sorted(tmp_path.iterdir())] == ["a-00.dot", "a-01.dot"]


REFUSED = [
    (["--frames"], "`--frames` writes a file for each step"),
    (["--frames", "-o", "-"], "`--frames` writes a file for each step"),
    (["--frames", "--step", "1", "-o", "a.svg"], "`--frames` writes every step"),
    (["--frames", "-o", "a.html"], "`--frames` writes a file for each step"),
]


@pytest.mark.parametrize(("more", "message"), REFUSED)
def test_frames_that_cannot_be(tmp_path, monkeypatch, more, message):
    monkeypatch.chdir(tmp_path)
    ran = backprop("graph", *SEED, *more)
    assert ran.status == 2 and message in ran.err and not list(tmp_path.iterdir())


def test_the_steps_as_tikz_are_one_file(tmp_path):
    """Each step's drawing is that of `--step`, inside of the `\\only` of its number."""
    assert backprop("graph", *SEED, "--frames", "-o", str(tmp_path / "a.tex"), "--format", "tikz").status == 0
    (file,) = tmp_path.iterdir()
    text = file.read_text(encoding="utf-8")
    assert file.name == "a.tex" and re.findall(r"\\only<(\d+)>", text) == ["1", "2", "3", "4", "5", "6"]
    shown = backprop("graph", *SEED, "--format", "tikz", "--phase", "backward", "--step", "2").out
    (box,) = set(re.findall(r"\\useasboundingbox.*\n", text))
    body = shown[shown.index(box) + len(box) : shown.index(r"\end{tikzpicture}")]
    assert f"\\only<5>{{%\n{body}}}" in text
    assert r"\useasboundingbox" not in backprop("graph", *SEED, "--format", "tikz").out


LOOKS = [
    ("dot", 'fontcolor="#5b6675"'), ("mermaid", "classDef constant color:#5b6675"), ("tikz", "leaf, text=black!60"),
]  # fmt: skip


@pytest.mark.parametrize(("format_", "look"), LOOKS)
def test_constants_do_not_look_like_inputs(format_, look):
    both = backprop("graph", "q = max(2, x); f = q*2 + hypot(q, 2)", "x=3", "--format", format_).out
    inputs = backprop("graph", "x*y", "x=3", "y=2", "--format", format_).out
    assert look in both and look not in inputs
