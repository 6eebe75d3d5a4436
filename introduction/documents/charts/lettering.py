"""How wide a text will be in the page's font, and texts broken or shortened to fit.

Charts are laid out before there is a page, so the advance widths of Source Sans 3 are kept here, in thousandths of
the size; measured in a browser. Other fonts of the stack are up to a tenth wider, which the slack allows for.
"""

from __future__ import annotations

import re

from introduction.documents.charts.look import Lettering

_GROUPS = {
    200: " \N{NO-BREAK SPACE}",
    250: "iìíîïjl|',.:;·’",
    290: "IÌÍÎÏ!f()[]{}",
    315: "-°",
    345: "tr/\\",
    420: 'sz*?”"»«²³',
    460: "xcçvyýÿ",
    480: "YÝJL–F",
    500: "kèéêëe0123456789#$+<=>~€£§±×÷−agàáâãäå_",
    530: "XVEÈÉÊËSTZ",
    550: "oòóôõöøAÀÁÂÃÄÅhuùúûünñbdpqP",
    575: "RCÇKßB",
    615: "&DG",
    650: "UÙÚÛÜNÑH",
    665: "OQÒÓÔÕÖØ",
    725: "wM",
    825: "WWm%—@æÆ½",
    950: "…",
}
_WIDTHS = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_UNKNOWN = 650  # letters of other alphabets come from another font
_BOLDER = 1.035
_SLACK = 1.04
_LEFT_OUT = "…"
_BREAK = re.compile(r"[ \t\r\n\f\v]+")  # not at a no-break space: figures keep their units, and days their months


def one_line(text: str) -> str:
    """The text without line breaks and doubled spaces."""
    return _BREAK.sub(" ", text).strip(" ")


def width(text: str, style: Lettering) -> float:
    """Pixels that the text takes in one line, rather too many than too few."""
    units = sum(_WIDTHS.get(letter, _UNKNOWN) for letter in text)
    return units * style.size / 1000 * _SLACK * (_BOLDER if style.bold else 1.0)


def widest(texts: list[str], style: Lettering) -> float:
    """Pixels that the widest of the texts takes; 0 without texts."""
    return max((width(text, style) for text in texts), default=0.0)


def shortened(text: str, room: float, style: Lettering) -> str:
    """The text in one line, cut with an ellipsis where it is wider than the room: between words if there are any."""
    text = one_line(text)
    if width(text, style) <= room:
        return text
    cut = text
    while len(cut) > 1 and width(cut + _LEFT_OUT, style) > room:
        cut = cut[:-1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > len(cut) / 2 else cut).rstrip(" ,.:;(-–") + _LEFT_OUT


def wrapped(text: str, room: float, style: Lettering, most: int = 2) -> list[str]:
    """The text in at most so many lines that fit the room; the last is cut where the text is longer."""
    lines: list[str] = []
    rest = one_line(text).split(" ")
    while rest and len(lines) < most - 1:
        line = rest.pop(0)
        while rest and width(f"{line} {rest[0]}", style) <= room:
            line = f"{line} {rest.pop(0)}"
        lines.append(shortened(line, room, style))
    if rest:
        lines.append(shortened(" ".join(rest), room, style))
    return lines


def fits(text: str, room: float, style: Lettering, most: int) -> bool:
    """Whether the whole text fits in so many lines."""
    return one_line(" ".join(wrapped(text, room, style, most))) == one_line(text)
