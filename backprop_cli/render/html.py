"""Pages as HTML that stands alone: nothing is fetched, nothing runs, and what a user wrote is text.

A fragment is the page without the document around it.
"""

from __future__ import annotations

from html import escape

from backprop_cli.lean import Iterable, Iterator
from backprop_cli.render.style import Style, visible

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1em/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }}
code, td {{ font-family: ui-monospace, monospace; white-space: pre-wrap; }}
table {{ border-collapse: collapse; margin: 1em 0; display: block; overflow-x: auto; }}
th, td {{ padding: .3em .8em; text-align: left; vertical-align: top; border-bottom: 1px solid #8886; }}
td.number {{ text-align: right; white-space: pre; }}
td.blank {{ min-width: 5em; }}
li {{ margin: .3em 0; }}
@media print {{ h2 {{ break-after: avoid; }} table {{ break-inside: avoid; }} }}
</style>
</head>
<body>
"""
_END = "</body>\n</html>\n"


def document(title: str, body: Iterable[str], style: Style) -> Iterator[str]:
    """The body with a document around it, or as it is where a fragment is asked for."""
    if not style.fragment:
        yield _HEAD.format(title=safe(title))
    for piece in body:
        yield piece.encode("ascii", "xmlcharrefreplace").decode() if style.ascii else piece
    if not style.fragment:
        yield _END


def safe(text: str) -> str:
    """A text for the inside of an element."""
    return escape(visible(text), quote=False)


def element(name: str, text: str) -> str:
    """An element with a text in it."""
    return f"<{name}>{safe(text)}</{name}>"
