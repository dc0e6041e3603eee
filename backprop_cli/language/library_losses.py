"""Losses that are elementwise in one library, or one number a row, and a mean over all elsewhere.

A row has the library, the function and its number of operands, and the formula over the operands in their order.
Source: the documentation of optax 0.2 and of Keras 3.
"""

from __future__ import annotations

from backprop_cli.language.rewriting import Rewriter

_OPTAX = {
    ("l2_loss", 1): "(({0})^2/2)",
    ("l2_loss", 2): "((({0}) - ({1}))^2/2)",
    ("squared_error", 1): "(({0})^2)",
    ("squared_error", 2): "((({0}) - ({1}))^2)",
    ("huber_loss", 1): "huber({0})",
    ("huber_loss", 2): "huber(({0}) - ({1}))",
    ("huber_loss", 3): "huber(({0}) - ({1}), {2})",
    ("log_cosh", 1): "log(cosh({0}))",
    ("log_cosh", 2): "log(cosh(({0}) - ({1})))",
}
_SQUARED, _ABSOLUTE = "mean((({0}) - ({1}))^2, axis=-1)", "mean(abs(({0}) - ({1})), axis=-1)"
_KERAS = {
    **{(name, 2): _SQUARED for name in ("mse", "MSE", "mean_squared_error")},
    **{(name, 2): _ABSOLUTE for name in ("mae", "MAE", "mean_absolute_error")},
    ("huber", 2): "mean(huber(({0}) - ({1})), axis=-1)",
    ("huber", 3): "mean(huber(({0}) - ({1}), {2}), axis=-1)",
    ("log_cosh", 2): "mean(log(cosh(({0}) - ({1}))), axis=-1)",
    ("categorical_crossentropy", 2): "(-sum(xlogy({0}, {1}), axis=-1))",
    ("hinge", 2): "mean(relu(1 - ({0})*({1})), axis=-1)",
    ("squared_hinge", 2): "mean(relu(1 - ({0})*({1}))^2, axis=-1)",
}
_OF_LIBRARY = {"optax": _OPTAX, "keras": _KERAS}
_ORDER = {"targets": 1, "y_pred": 1, "predictions": 0, "y_true": 0, "delta": 2}
# Of Keras, whose objects take the mean over all elements: the loss of ours that is that.
CLASSES_OF_KERAS = {"Huber": "huber_loss", "MeanSquaredError": "mse_loss", "MeanAbsoluteError": "l1_loss"}
SLOPES_OF_KERAS = {"LeakyReLU": "0.3"}  # of its layers


def loss_of_library(edits: Rewriter, name: str, bracket: int, first: int) -> str:
    """The formula that a library's loss is over its operands; the names of those are left out. Empty if it is none."""
    words = edits.texts[first:bracket]
    library = "keras" if words[:3] == ["tf", ".", "losses"] else words[0]
    rows = next((rows for word, rows in _OF_LIBRARY.items() if word == library or word in words), None)
    items = edits.arguments(bracket)
    meant = (rows or {}).get((name, len(items)), "")
    for position, (a, _) in enumerate(items if meant else ()):
        if edits.is_word(a) and edits.at(a + 1) == "=":
            if _ORDER.get(edits.texts[a]) != position:
                return ""
            edits.out[a] = edits.out[a + 1] = ""
    return meant
