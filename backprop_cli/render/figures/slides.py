r"""The steps of a figure as one document of beamer: a slide on which `\only<k>` shows the k-th."""

from __future__ import annotations

import re

from backprop_cli.lean import Iterator, Sequence

_BOX = re.compile(r"\\useasboundingbox \(0,(-?[\d.]+)\) rectangle \(([\d.]+),([\d.]+)\);\n")
_WIDE, _HIGH = 425.0, 225.0  # points of a slide of 16 by 9 that a figure may take
_POINTS = 0.75  # to a pixel


def slides(steps: Sequence[str]) -> Iterator[str]:
    """The document, from the TikZ documents of all steps, which are laid out alike."""
    first = steps[0]
    before, options = first.split(r"\begin{document}", 1)[0], first.split(r"\begin{tikzpicture}[", 1)[1]
    colors = "".join(line for line in before.splitlines(keepends=True) if line.startswith(r"\definecolor"))
    box = _BOX.search(first)
    assert box is not None
    top, width, bottom = map(float, box.groups())
    scale = min(1.0, _WIDE / (_POINTS * width), _HIGH / (_POINTS * (bottom - top)))
    yield "\\documentclass[aspectratio=169]{beamer}\n\\usepackage{amsmath}\n\\usepackage{tikz}\n"
    yield f"{colors}\\setbeamertemplate{{navigation symbols}}{{}}\n"
    yield "\\setbeamersize{text margin left=4mm, text margin right=4mm}\n"
    yield "\\begin{document}\n\\begin{frame}\n\\centering\n"
    yield f"\\begin{{tikzpicture}}[\n  scale={scale:.3g}, transform shape,\n"
    yield options.partition("\n]\n")[0].lstrip("\n") + f"\n]\n{box[0]}"
    for number, step in enumerate(steps, 1):
        yield f"\\only<{number}>{{%\n{_BOX.sub('', _body(step))}}}\n"
    yield "\\end{tikzpicture}\n\\end{frame}\n\\end{document}\n"


def _body(document: str) -> str:
    """What is drawn in the picture of a document."""
    return document.split("\n]\n", 1)[1].split(r"\end{tikzpicture}", 1)[0]
