"""Reads a chart back: the shapes of its layers and its texts, at their place in the drawing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from introduction.documents.charts import Drawing
from introduction.documents.charts.lettering import width
from introduction.documents.charts.look import LEAD, LIMIT, NAME, NOTE, VALUE


def sizes(drawing: Drawing) -> dict[str, str]:
    return {"wide": drawing.wide, "middle": drawing.middle, "narrow": drawing.narrow}


_NUMBER = r"-?[\d.]+(?:e-?\d+)?"
_STYLES = {(style.size, style.weight, style.color): style for style in (NOTE, NAME, VALUE, LEAD, LIMIT)}


@dataclass(frozen=True)
class Box:
    """A rectangle, in pixels of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def wide(self) -> float:
        return self.right - self.left

    @property
    def high(self) -> float:
        return self.bottom - self.top


@dataclass
class Read:
    """A drawing read back: the shapes of each layer, and texts, at their place in the drawing."""

    root: Element
    shapes: dict[str, list[tuple[Element, float, float]]] = field(default_factory=dict)
    texts: list[tuple[str, Box, Element]] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        return [text for text, _, _ in self.texts]

    def where(self, text: str) -> Box:
        """The box of the only text that says this."""
        (found,) = (box for told, box, _ in self.texts if told == text)
        return found

    def points(self, layer: str) -> list[tuple[float, float]]:
        """The corners of lines and areas, or the middles of dots."""
        found = []
        for shape, x, y in self.shapes.get(layer, []):
            if "A" in shape.get("d", "") or layer in ("over", "under"):
                found.append((x, y))
            else:
                pairs = re.findall(rf"({_NUMBER}),({_NUMBER})", shape.get("d", ""))
                found += [(x + float(one), y + float(other)) for one, other in pairs]
        return found

    def boxes(self, layer: str) -> list[Box]:
        """Bars, and lines as boxes without width or height."""
        found = []
        for shape, x, y in self.shapes.get(layer, []):
            if shape.tag.endswith("line"):
                found.append(_box(x, y, float(shape.get("x2", 0)), float(shape.get("y2", 0))))
            else:
                match = re.match(rf"M({_NUMBER}),({_NUMBER})h({_NUMBER})v({_NUMBER})", shape.get("d", ""))
                assert match, shape.get("d")
                left, top, wide, high = (float(number) for number in match.groups())
                found.append(_box(x + left, y + top, wide, high))
        return found

    def fills(self, layer: str) -> list[str | None]:
        return [shape.get("fill") for shape, _, _ in self.shapes.get(layer, [])]


def _box(x: float, y: float, wide: float, high: float) -> Box:
    return Box(min(x, x + wide), min(y, y + high), max(x, x + wide), max(y, y + high))


def read(svg: str) -> Read:
    found = Read(ElementTree.fromstring(svg))
    _gather(found, found.root, 0.0, 0.0, "")
    return found


def _gather(found: Read, element: Element, x: float, y: float, layer: str) -> None:
    moved = re.fullmatch(rf"translate\(({_NUMBER}),({_NUMBER})\)", element.get("transform", "translate(0,0)"))
    assert moved, element.get("transform")
    x, y = x + float(moved[1]), y + float(moved[2])
    named = element.get("class", "")
    layer = named.removeprefix("m-") if named.startswith("m-") else layer
    tag = element.tag.rpartition("}")[2]
    if tag == "text":
        found.texts.append((" ".join(element.itertext()), _letters(element, x, y), element))
        return
    if tag in ("path", "line"):
        found.shapes.setdefault(layer, []).append((element, x, y))
    for child in element:
        _gather(found, child, x, y, layer)


def _letters(element: Element, x: float, y: float) -> Box:
    lines = ["".join(child.itertext()) for child in element] or [element.text or ""]
    size, weight = int(element.get("font-size", "0px").removesuffix("px")), int(element.get("font-weight", "0"))
    style = _STYLES[size, weight, element.get("fill", "")]
    wide = max(width(line, style) for line in lines)
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[element.get("text-anchor", "start")]
    return Box(left, y - 0.7 * size, left + wide, y + 0.2 * size + (len(lines) - 1) * 18)
