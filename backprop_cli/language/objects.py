"""Objects that are called: `nn.ReLU()(x)`, `criterion = nn.MSELoss()` and then `criterion(x, y)`; and losses."""

from __future__ import annotations

from backprop_cli.errors import nearest
from backprop_cli.language.code_operands import Operands
from backprop_cli.language.library_losses import CLASSES_OF_KERAS, SLOPES_OF_KERAS
from backprop_cli.language.losses import LOSS_OF_CLASS, LOSSES, loss_called
from backprop_cli.language.rewriting import Rewriter
from backprop_cli.language.spellings import CLASSES, KEYWORDS, PARAMETRIC, WITHOUT_GATE

_ENDS = ("", "\n", ";")


class Objects(Operands):
    """The edits that make calls of objects, and of losses, ours."""

    def loss(self, name: str, head: tuple[int, int], bracket: int, made: int = -1) -> bool:
        """A loss that is called, or an object of its class that the bracket `made` made: whether it is read."""
        shapes = [self.shape(*item) for item in self.edits.arguments(bracket)[:2]]
        chances = len(shapes) == 2 and shapes[0] == shapes[1] != ()
        return name in LOSSES and loss_called(self.edits, name, head, bracket, made, chances=chances)

    def object_called(self, class_: str, made: int, head: tuple[int, int], bracket: int) -> None:
        """`nn.ReLU()(x)`, `criterion(x, y)`: the function that an object of the class is."""
        self.edits.calls.add(bracket)
        said = " ".join(self.texts[made : self.edits.closes[made]]).lower()
        if class_ in CLASSES_OF_KERAS and "none" in said:
            message = f"without a reduction Keras' `{class_}` is a number for each row"
            self.edits.refuse(*head, message, "write the formula, such as `mean((y - x)^2, axis=-1)`")
            return
        self.edits.head[self.edits.closes[bracket]] = head[0]  # a method may follow
        if not _class_called(self.edits, class_, made, head, bracket):
            self.loss(LOSS_OF_CLASS.get(class_, ""), head, bracket, made)

    def is_object(self, name: str, bracket: int, close: int, first: int) -> bool:
        """Whether `name(…)` makes an object that is called at once, or later by a name that a statement gives it."""
        if name not in CLASSES and name not in LOSS_OF_CLASS and name not in WITHOUT_GATE:
            return self._is_misspelled(name, bracket, close)
        if close + 1 in self.edits.closes:
            self.object_called(name, bracket, (first, close), close + 1)
            return True
        return _is_made(self.edits, name, bracket, close, first)

    def _is_misspelled(self, name: str, bracket: int, close: int) -> bool:
        """Whether a class is misspelled of which an object is called at once: then it is refused."""
        near = (
            nearest(name, [*LOSS_OF_CLASS, *CLASSES]) if name[:1].isupper() and close + 1 in self.edits.closes else []
        )
        if near:
            self.edits.refuse(bracket - 1, bracket - 1, f"there is no `{name}`", f"did you mean `{near[0]}`?")
        return bool(near)


def _class_called(edits: Rewriter, name: str, made: int, head: tuple[int, int], bracket: int) -> bool:
    """`nn.ReLU()(x)`, `nn.Softmax(dim=1)(x)`: the function that an object of the class is; whether it is one."""
    items = edits.arguments(made)
    if name in WITHOUT_GATE:
        given = [edits.text[edits.begins[a] : edits.begins[b] + len(edits.texts[b])] for a, b in items]
        operands = [edits.text[edits.begins[bracket] + 1 : edits.begins[edits.closes[bracket]]], *given]
        help_ = f"write `{name.lower()}({', '.join(operands)})`, of which there is a formula"
        edits.refuse(head[0], edits.closes[bracket], f"`{name}` is no gate", help_)
        return True
    if name in PARAMETRIC and len(items) == 1:  # nn.LeakyReLU(0.2)
        ((a, b),) = items
        more = f", {''.join(edits.texts[a + 2 * (edits.at(a + 1) == '=') : b + 1])}"
    elif name not in CLASSES or any(edits.texts[a] not in KEYWORDS or edits.at(a + 1) != "=" for a, _ in items):
        return False
    else:
        more = "".join(f", {KEYWORDS[edits.texts[a]]}={''.join(edits.texts[a + 2 : b + 1])}" for a, b in items)
    if not more and name in SLOPES_OF_KERAS and {"keras", "layers"} & {*edits.texts[head[0] : made]}:
        more = f", {SLOPES_OF_KERAS[name]}"
    edits.merge(*head, CLASSES[name])
    edits.before[edits.closes[bracket]] += more
    return True


def _is_made(edits: Rewriter, name: str, bracket: int, close: int, first: int) -> bool:
    """`criterion = nn.MSELoss()`: the statement is left out, and `criterion(x, y)` known; whether it is one."""
    alone = edits.at(close + 1) in _ENDS and edits.at(first - 1) == "=" and edits.is_word(first - 2)
    if not alone or edits.at(first - 3) not in _ENDS:
        return False
    edits.objects[edits.texts[first - 2]] = name, bracket
    edits.drop(first - 2, close)
    return True
