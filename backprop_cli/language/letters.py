"""Names in ASCII: Greek letters, subscripts and mathematical alphabets spelled out."""

from __future__ import annotations

# What a letter carries, as names have it: `y_hat` for `ŷ`.
_ACCENTS = {"\u0302": "_hat", "\u0304": "_bar", "\u0305": "_bar", "\u0303": "_tilde", "\u0307": "_dot",
            "\u0308": "_ddot", "\u20d7": ""}  # fmt: skip
_LETTERLIKE = ("\u2100", "\u214f")  # the block that has ℒ, ℎ and ℯ
_UMLAUTS = frozenset("aouAOU")


def ascii_name(text: str) -> str:
    """A name with Greek letters and subscripts in ASCII: `theta1` for `θ₁`; empty where it is no such name."""
    if text.isascii():
        return text if text.isidentifier() else ""
    import unicodedata

    made = ""
    for written in unicodedata.normalize("NFD", text):
        letter = written
        is_letterlike = _LETTERLIKE[0] <= letter <= _LETTERLIKE[1] or letter == "µ"
        if is_letterlike or unicodedata.name(letter, "").startswith("MATHEMATICAL "):
            letter = unicodedata.normalize("NFKC", letter)
        name = unicodedata.name(letter, "")
        if letter.isascii() and (letter.isalnum() or letter == "_"):
            made += letter
        elif letter in _ACCENTS and made and not (made[-1] in _UMLAUTS and _ACCENTS[letter] == "_ddot"):
            made += _ACCENTS[letter]
        elif (
            name.startswith(("SUBSCRIPT", "LATIN SUBSCRIPT"))
            and (plain := unicodedata.normalize("NFKC", letter)).isalnum()
        ):
            made += plain
        elif name.startswith(("GREEK SMALL LETTER ", "GREEK CAPITAL LETTER ")) and name.count(" ") == 3:
            word = name.rpartition(" ")[2].replace("LAMDA", "LAMBDA")
            made += word.lower() if "SMALL" in name else word.capitalize()
        elif name.startswith("GREEK ") and name.endswith(" SYMBOL") and name.count(" ") == 2:  # ϵ, ϕ, ϑ
            made += name.split()[1].lower()
        else:
            return ""
    return made if made[:1].isalpha() or made[:1] == "_" else ""


def plain_name(name: str) -> str:
    """A name as programs have it: `theta1` for `θ₁`; what is no name stays as it is."""
    return name if name.isascii() else ascii_name(name) or name
