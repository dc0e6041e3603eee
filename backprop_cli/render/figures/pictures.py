"""An SVG as PNG or PDF, by CairoSVG, which is an extra: `figures`."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from backprop_cli.errors import BackpropError, Diagnostic

_MOST_SIDE, _MOST_PIXELS = 32_000, 100_000_000  # Cairo has no sides of 2^15 pixels; a pixel takes four bytes


def converted(svg: str, kind: str, scale: int) -> bytes:
    """The picture of our own SVG: a `png` of `scale` pixels to a pixel of the SVG, or a `pdf`, which has none.

    Raises BackpropError (F607) where CairoSVG or the cairo that it needs is missing, and (L701) for too many pixels.
    """
    if kind == "png":
        _afford(svg, scale)
    try:
        import cairosvg
    except ImportError:
        message = f"CairoSVG is not installed, which makes {kind.upper()} of figures"
        help_ = "`pip install 'backprop-cli[figures]'`, or write SVG: `-o figure.svg`"
        raise BackpropError(Diagnostic("F607", message, (), help_)) from None
    except OSError:
        message = f"the cairo library is not installed, with which CairoSVG makes {kind.upper()} of figures"
        help_ = "install cairo (`apt install libcairo2`, `brew install cairo`), or write SVG: `-o figure.svg`"
        raise BackpropError(Diagnostic("F607", message, (), help_)) from None
    made: bytes
    if kind == "pdf":
        made = cairosvg.svg2pdf(bytestring=svg.encode())
    else:
        made = cairosvg.svg2png(bytestring=svg.encode(), scale=scale)
    return made


def _afford(svg: str, scale: int) -> None:
    root = ET.fromstring(svg)  # noqa: S314  our own
    width, height = (int(root.attrib[side]) for side in ("width", "height"))
    if not _fits(width * scale, height * scale):
        message = f"the picture would have {width * scale:,} by {height * scale:,} pixels"
        smaller = [f"`--scale {k}`" for k in range(scale - 1, 0, -1) if _fits(width * k, height * k)][:1]
        help_ = (
            f"make it smaller with {', '.join([*smaller, '`--depth N`'])} or `--collapse`; SVG and PDF have no pixels"
        )
        raise BackpropError(Diagnostic("L701", message, (), help_))


def _fits(width: int, height: int) -> bool:
    return max(width, height) <= _MOST_SIDE and width * height <= _MOST_PIXELS
