"""The types of `render/documents.py` and `documents_checks.py` as JSON Schema.

`python tests/schemas.py` writes the files beside them.
"""

from __future__ import annotations

import json
import sys
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from backprop_cli.render import documents, documents_checks

HOME = Path(documents.__file__).parent
# A schema's file, and the documents it is about.
SCHEMAS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "report": (
        "What `backprop --json` prints",
        (
            documents.Eval,
            documents.Grad,
            documents.Explain,
            documents.Error,
            documents.Jacobian,
            documents.Diff,
            documents.Hessian,
            documents.Directional,
            documents.Worksheet,
            documents.Graph,
        ),
    ),
    "check": ("What `backprop check --json` prints", (documents_checks.Checked,)),
    "code-check": ("What `backprop check FILE.py --json` prints", (documents_checks.CodeCheck,)),
    "suites": ("What `backprop check SUITE --json` prints", (documents_checks.Suites,)),
    "gates": ("What `backprop gates --json` prints", (documents_checks.Gates,)),
}
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def schema(name):
    """The text of the schema of that name."""
    title, kinds = SCHEMAS[name]
    definitions: dict[str, Any] = {}
    listed = [_schema(kind, definitions) for kind in kinds]
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    made |= {"description": "Made from render/documents.py. Fields are only ever added."}
    made |= listed[0] if len(listed) == 1 else {"oneOf": listed}
    return json.dumps(made | {"$defs": dict(sorted(definitions.items()))}, indent=1) + "\n"


def _schema(kind, definitions):
    origin, inside = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        return _object(kind, definitions)
    if origin is Annotated:
        made = dict(_schema(inside[0], definitions))
        for word in inside[1:]:
            if isinstance(word, documents.OneOf):
                made = {"enum": list(word.texts)}
            else:
                made |= {"description": word} if isinstance(word, str) else {word.name: word.value}
        name = made.get("$ref", "").rpartition("/")[2]
        if name in documents.NUMBERS and name not in definitions:
            definitions[name] = documents.NUMBERS[name]
            definitions["number"] = documents.NUMBERS["number"]
        return made
    if kind is Any:
        return {}
    if origin is Literal:
        return {"const": inside[0]}
    if origin is list:
        return {"type": "array", "items": _schema(inside[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inside[1], definitions)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(one, definitions) for one in inside]}
    return {"type": _TYPES[kind]}


def _object(kind, definitions):
    name = kind.__name__[0].lower() + kind.__name__[1:]
    if name not in definitions:
        definitions[name] = {}  # so that what contains itself ends
        hints = get_type_hints(kind, vars(sys.modules[kind.__module__]), include_extras=True)
        fields = {
            field: get_args(hint)[0] if get_origin(hint) is NotRequired else hint for field, hint in hints.items()
        }
        definitions[name] = {
            "description": kind.__doc__,
            "type": "object",
            "required": [field for field, hint in hints.items() if get_origin(hint) is not NotRequired],
            "additionalProperties": False,
            "properties": {field: _schema(hint, definitions) for field, hint in fields.items()},
        }
        if kind.__doc__ == dict.__doc__ or not kind.__doc__:
            del definitions[name]["description"]
    return {"$ref": f"#/$defs/{name}"}


if __name__ == "__main__":
    for name in SCHEMAS:
        (HOME / f"{name}.schema.json").write_text(schema(name), encoding="utf-8")
