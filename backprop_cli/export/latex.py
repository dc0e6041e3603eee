"""A document of LaTeX: the forward and the backward lines as aligned equations."""

from __future__ import annotations

from backprop_cli.export.dialects import Dialect
from backprop_cli.export.expressions import Piece, Writer
from backprop_cli.export.staged import Line, Staged
from backprop_cli.graph import Value
from backprop_cli.language.program import BINDING_POWER
from backprop_cli.lean import Any, Mapping, Sequence
from backprop_cli.numeric.shapes import written
from backprop_cli.render.tex import END, preamble, tex_name, tex_number, tex_text, tex_value
from backprop_cli.render.tex_layout import AROUND
from backprop_cli.text import shortest

_ATOM = 9
_MOST_SHOWN = 36  # elements of an array
_SIGNS = {
    "+": " + ", "-": " - ", "*": r" \cdot ", "·": r" \cdot ", "juxtaposed": r"\,", "@": r"\,", "%": r" \bmod ",
    "==": " = ", "!=": r" \ne ", "<": " < ", "<=": r" \le ", ">": " > ", ">=": r" \ge ",
}  # fmt: skip
_FUNCTIONS = frozenset("exp log sin cos tan sinh cosh tanh max min det".split())  # noqa: SIM905  TeX has them
_CASES = r"\begin{{cases}}{1} & \text{{if }} {0} \\ {2} & \text{{otherwise}}\end{{cases}}"
_CONSTANTS = {"pi": r"\pi", "e": r"\mathrm{e}", "inf": r"\infty"}
_LATEX = Dialect("latex", "", "", frozenset(), {}, {})


class LatexWriter(Writer):
    """Every gate has words: its name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(_LATEX)
        self.names = names

    def number(self, text: str) -> Piece:
        """A literal; a power of ten is a product."""
        made = super().number(text)
        return Piece(tex_number(text), min(made.power, BINDING_POWER["*"]) if "e" in text else made.power)

    def name(self, text: str) -> Piece:
        """A name, or a constant; gradients are quotients."""
        return Piece(self.names.get(text) or _CONSTANTS.get(text) or tex_name(text))

    def operator(self, op: str, operands: Sequence[Piece]) -> Piece:
        """Fractions, superscripts, and signs between operands."""
        power = BINDING_POWER[op]
        if op == "negative":
            return Piece(f"-{operands[0].within(power)}", power)
        left, right = operands
        if op == "/":
            return Piece(rf"\frac{{{left.text}}}{{{right.text}}}", BINDING_POWER["*"])
        if op == "^":
            return Piece(f"{{{_bracketed(left, _ATOM)}}}^{{{right.text}}}", power)
        return Piece(f"{_bracketed(left, power)}{_SIGNS[op]}{_bracketed(right, power + 1)}", power)

    def call(self, name: str, operands: Sequence[Piece], named: Mapping[str, str]) -> Piece:
        """A function of its operands; what is given by name is a subscript, `keepdims` nothing to read."""
        shown = {key: text for key, text in named.items() if key != "keepdims"}
        if name == "where":
            return Piece(_CASES.format(*(piece.text for piece in operands)))
        if name in AROUND and not shown and len(operands) == 1:
            return Piece(operands[0].text.join(AROUND[name]))
        head = rf"\{name}" if name in _FUNCTIONS else rf"\operatorname{{{tex_text(name)}}}"
        under = ", ".join(rf"\mathrm{{{key}}}={text}" for key, text in shown.items())
        inside = ", ".join(piece.text for piece in operands)
        return Piece(f"{head}{f'_{{{under}}}' if under else ''}\\left({inside}\\right)", BINDING_POWER["^"])

    def around(self, op: str, args: Any, pieces: list[Piece]) -> Piece:
        """Brackets: literals, indices, transposes."""
        if op == "array":
            return Piece(tex_value(f"[{', '.join(pieces[row].text for row in args)}]"))
        if op == "transpose":
            return Piece(f"{{{_bracketed(pieces[args[0]], _ATOM)}}}^{{\\top}}", BINDING_POWER["^"])
        return Piece(f"{{{_bracketed(pieces[args.operand], _ATOM)}}}_{{{self._items(args, pieces)}}}")


def _bracketed(piece: Piece, power: int) -> str:
    return piece.text if piece.power >= power else rf"\left({piece.text}\right)"


def latex(program: Staged) -> str:
    """The text of the document; with an example it ends with the numbers."""
    prefix = program.prefix
    output = tex_name(program.output)
    shown = {called: tex_name(name) for name, called in program.inputs.items()}
    plain = {line.name: tex_name(line.name) for line in program.forward} | shown | {program.value: output}
    slopes = {prefix + name: _slope(output, text) for name, text in plain.items()}
    writer = LatexWriter({**slopes, **plain})

    def said(comment: str) -> str:
        through = comment.removeprefix("through ")
        if through == comment:
            return rf" && \text{{{tex_text(comment)}}}" if comment else ""
        return r" && \text{through }" + ", ".join(writer.name(name).text for name in through.split(", "))

    def equations(lines: list[Line]) -> str:
        rows = []
        for line in lines:
            left = writer.name(line.name).text
            right = program.translated(line, writer.expression, "latex")
            rows.append(f"{left} &= {right}{said(line.comment)}")
        body = " \\\\\n".join(rows)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"

    made = [
        preamble(r"\allowdisplaybreaks"), rf"\texttt{{{tex_text(program.title)}}}", "",
        *([tex_text(program.shapes), ""] if program.shapes else []),
        "Forward:", equations(program.forward) if program.forward else "",
        "Backward, by the chain rule:", equations(program.backward),
        *(_numbers(program, output, slopes) if program.example is not None else []),
    ]  # fmt: skip
    return "\n".join(made) + END


def _slope(output: str, name: str) -> str:
    return rf"\frac{{\partial {output}}}{{\partial {name}}}"


def _numbers(program: Staged, output: str, slopes: Mapping[str, str]) -> list[str]:
    example = program.example
    assert example is not None
    given = [f"{tex_name(name)} &= {_number(example.given[name])}" for name in program.inputs]
    found = [f"{output} &= {_number(example.value)}"]
    found += [
        f"{slopes.get(called, called)} &= {_number(example.gradients[name])}"
        for name, called in program.gradients.items()
    ]
    body = " \\\\\n".join([*given, *found])
    return ["In numbers:", f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"]


def _number(number: Value) -> str:
    if hasattr(number, "tolist") and number.size > _MOST_SHOWN:
        return rf"\text{{an array of shape }} {written(number.shape)}"
    return tex_value(shortest(number).replace(",", ", "))
