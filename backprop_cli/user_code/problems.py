"""Why a file cannot be examined, as errors that point at its lines."""

from __future__ import annotations

import ast

from backprop_cli.errors import BackpropError, Diagnostic, nearest, shorten
from backprop_cli.lean import TYPE_CHECKING, Any, Sequence
from backprop_cli.user_code.findings import Failure
from backprop_cli.user_code.names import holds_gradients, is_a_loss, readings
from backprop_cli.user_code.script import Script, label
from backprop_cli.user_code.targets import named

if TYPE_CHECKING:  # which need NumPy
    from backprop_cli.user_code.functions import Pair
    from backprop_cli.user_code.instrument import Site
    from backprop_cli.user_code.recorder import Recorder
    from backprop_cli.user_code.trace import Claim, LossEvent

_NAMES = 4
_NAME_IT = "assign the number that is differentiated to `loss`, or name it with `--loss NAME`"


def no_python(script: Script, error: Exception) -> BackpropError:
    """The file cannot be parsed."""
    line = getattr(error, "lineno", None) or 0
    told = getattr(error, "msg", None) or str(error) or "it is nested too deeply"
    where = f" ({script.where(line)})" if script.cells and line else ""
    message = f"`{shorten(script.path)}` is not Python: {told}{where}"
    return BackpropError(Diagnostic("F603", message, label(script, line)))


def failed(script: Script, failure: Failure) -> BackpropError:
    """The file raises an exception before a gradient could be judged."""
    told = f": {failure.message}" if failure.message else ""
    failure = failure._replace(line=script.shown(failure.line) or 0)
    where = f" in {script.where(failure.line)}" if script.cells else ""
    message = f"`{shorten(script.path)}` raises {failure.kind}{where}{shorten(told, 200)}"
    help_ = f"`python {shorten(script.path)}` should end without an exception; it runs in the current directory"
    if script.cells:
        help_ = "the code cells are run from the first to the last, in the current directory"
    if failure.kind == "ModuleNotFoundError":
        help_ = "install the module where `backprop` is installed"
    return BackpropError(Diagnostic("F606", message, label(script, failure.line), help_))


def endless(script: Script, line: int, most: int) -> BackpropError:
    """The file goes through a loop again and again."""
    line = script.shown(line) or 0
    message = f"`{shorten(script.path)}` goes more than {most:,} times through loops that need not end"
    help_ = "let the loop end, as a `for` loop does; `--max-turns` allows more"
    return BackpropError(Diagnostic("L701", message, label(script, line), help_))


def no_loss(
    script: Script, recorder: Recorder, arrays: Sequence[tuple[str, int, tuple[int, ...]]], late: str
) -> BackpropError:
    """No number was assigned that could be the loss; of `arrays` with such a name a sum or a mean may be, and `late`
    is assigned after the gradients.
    """
    path, wanted = shorten(script.path), recorder.loss
    if arrays and not late:
        name, line, shape = arrays[0]
        message = f"`{name}` has the shape {shape}, and a gradient is that of one number"
        help_ = f"assign its sum or its mean, as in `total = {name}.sum()`, and name it: `--loss total`"
        return BackpropError(Diagnostic("V314", message, label(script, line), help_))
    events = [event for event in recorder.losses if not isinstance(event.value, int)]
    numbers = list(dict.fromkeys(event.name for event in events if not readings(event.name)))
    numbers = [name for name in numbers if name not in recorder.constant]
    if late:
        message = f"`{shorten(late)}` is assigned after the gradients in `{path}`"
        help_ = "the gradients of a loss come after it: compute it before them"
        return BackpropError(Diagnostic("N216", message, (), help_))
    if wanted:
        near = nearest(wanted, numbers) or numbers[-1:]
        message = f"no number is assigned to `{shorten(wanted)}` in `{path}`"
        help_ = f"`--loss {near[0]}` names one that is" if near else "`--loss` names a variable that holds a number"
        return BackpropError(Diagnostic("N216", message, (), help_))
    if method := _not_called(script, recorder):
        return BackpropError(Diagnostic("N216", f"no loss was found in `{path}`", (), method))
    help_ = _NAME_IT
    if numbers:
        help_ += f", such as {', '.join(f'`{name}`' for name in numbers[-_NAMES:])}"
    help_ += _or_functions(script)
    return BackpropError(Diagnostic("N216", f"no loss was found in `{path}`", (), help_))


def _not_called(script: Script, recorder: Recorder) -> str:
    """What to add where a method that is never called has a loss and gradients of it; empty where there is none."""
    for node in ast.parse(script.text).body:
        methods = [one for one in getattr(node, "body", ()) if isinstance(one, ast.FunctionDef)]
        if not isinstance(node, ast.ClassDef) or any(
            one.function in {it.name for it in methods} for one in _ran(recorder)
        ):
            continue
        for one in methods:
            names = [named(target) for it in ast.walk(one) if isinstance(it, ast.Assign | ast.AugAssign)
                     for target in (it.targets if isinstance(it, ast.Assign) else [it.target])]  # fmt: skip
            loss = next((name for name, _ in names if is_a_loss(name)), "")
            if loss and any(readings(name) or holds_gradients(base) for name, base in names):
                made = next((it for it in methods if it.name == "__init__"), None)
                of = f"net = {node.name}({_arguments(made) if made else ''})"
                call = f"net.{one.name}({_arguments(one, optional=True)})"
                return (f"`{node.name}.{one.name}` computes `{loss}`, and nothing calls it: add `{of}` and `{call}`, "
                        "with values for what is in the brackets")  # fmt: skip
    return ""


def _ran(recorder: Recorder) -> list[Site]:
    """The sites that the run came by."""
    return [recorder.sites[number] for number in recorder.visited]


def _arguments(function: ast.FunctionDef, *, optional: bool = False) -> str:
    """Its parameters after `self`, without those that need no value unless `optional`."""
    listed = [*function.args.posonlyargs, *function.args.args]
    needed = listed if optional else listed[: len(listed) - len(function.args.defaults)]
    return ", ".join(one.arg for one in needed[1:])


def not_reached(script: Script, event: LossEvent) -> BackpropError:
    """The number that was named is changed by none of the variables."""
    message = f"no variable that has a gradient changes `{shorten(event.name)}`"
    help_ = "`--loss` names the number that the gradients are those of"
    return BackpropError(Diagnostic("N216", message, label(script, event.line), help_))


def none_of_a_guess(script: Script, name: str, line: int) -> BackpropError:
    """Nothing is called a loss, and no gradient is that of the number that might be it."""
    message = f"it cannot be told what is differentiated: no gradient is that of `{shorten(name)}`"
    return BackpropError(Diagnostic("N216", message, label(script, line), _NAME_IT + _or_functions(script)))


def _or_functions(script: Script) -> str:
    """How to name the functions of a file that answer a number and its gradient, where it may have these."""
    several = sum(line.startswith("def ") for line in script.text.split("\n")) > 1
    return "; `--forward F --backward DF` name functions that answer it and its gradient" if several else ""


def not_matched(script: Script, claim: Claim, output: str) -> BackpropError:
    """A gradient is given, and no output has the rest of its name."""
    message = f"`{shorten(claim.text)}` is given, and nothing that is computed has the rest of its name"
    help_ = f"`{claim.text}` is the gradient by `{readings(claim.name)[0].by}`: an output must have that name"
    if output:
        total = f"loss = np.sum({output}*{claim.text})"
        help_ = f"if it is the gradient by `{output}`: assign `{total}` before those that are computed"
    return BackpropError(Diagnostic("N216", message, label(script, claim.lines[-1]), help_))


def several_given(script: Script, pairs: Sequence[tuple[str, Claim]]) -> BackpropError:
    """Gradients of several outputs, of which one may be a mistake."""
    listed = ", ".join(f"`{claim.text}`" for _, claim in pairs)
    terms = " + ".join(f"np.sum({by}*{claim.text})" for by, claim in pairs)
    message = f"it cannot be told which of {listed} are given, and which are computed from those"
    help_ = f"assign the loss before the gradients; if all of them are given: `loss = {terms}`"
    return BackpropError(Diagnostic("N216", message, label(script, pairs[-1][1].lines[-1]), help_))


def no_values(script: Script, pair: Pair, inputs: str) -> BackpropError:
    """It is not known what the values that a function returns are the gradients of."""
    message = f"it cannot be told of which of {inputs} the gradients are that `{pair.last.name}` returns"
    name = inputs.split("`")[1] if "`" in inputs else "x"
    help_ = f"give them names, as in `d{name} = …` and `return d{name}`"
    return BackpropError(Diagnostic("N217", message, label(script, pair.answer), help_))


def no_outputs(pair: Pair, names: Sequence[str]) -> BackpropError:
    """It is not known by which outputs the gradients are that arrive."""
    listed = ", ".join(f"`{name}`" for name in names)
    message = f"it cannot be told by which of the outputs of `{pair.forward.name}` {listed} are the gradients"
    outputs = ", ".join(name.removeprefix("d").strip("_") or "out" for name in names)
    help_ = f"`{pair.forward.name}` must return them by their names, as in `return {outputs}, cache`"
    return BackpropError(Diagnostic("N216", message, (), help_))


def no_gradient(script: Script, recorder: Recorder) -> BackpropError:
    """No array was assigned to a name that is a gradient's."""
    claims: list[Any] = [claim for claim in recorder.claims if not claim.text.startswith("data")]
    help_ = "a gradient has the name of its variable: `dW1`, `grad_W1`, `grads['W1']`, `self.dW` of `W1` and `self.W`"
    if claims:
        names = ", ".join(f"`{claim.text}`" for claim in claims[:_NAMES])
        help_ = f"the loss is computed from no variable whose name fits {names}; {help_}"
    return BackpropError(Diagnostic("N217", f"no gradient was found in `{shorten(script.path)}`", (), help_))
