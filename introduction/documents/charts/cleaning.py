"""The SVG of Vega made fit to stand inside a page: nothing but shapes and letters, and one role and one label."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "http://www.w3.org/2000/svg"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_NOTHING = re.compile(r"M0,0h0v0h0Z|\s*")
_NAMED = re.compile(r"\b([a-z]+)_\d+_marks$")

_ELEMENTS = {"g", "path", "line", "rect", "circle", "text", "tspan"}
_DROPPED = {"defs", "clipPath"}  # a name may stand once in a page, and charts may come in any number
_ATTRIBUTES = {
    *("d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "width", "height", "transform"),
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap"),
    *("stroke-miterlimit", "stroke-opacity", "opacity", "font-family", "font-size", "font-weight", "text-anchor"),
}


def writable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def cleaned(svg: str, name: str, label: str) -> str:
    """The drawing as ``<svg class="name" role="img" aria-label="label">``.

    Only elements and attributes that draw are kept, none of them with a name or an address. A layer called ``band``
    becomes ``<g class="m-band">``. ValueError when something else than shapes and letters was drawn.
    """
    made = ElementTree.fromstring(writable(svg))  # noqa: S314 - written by Vega in this process, not by others
    root = Element("svg", {"xmlns": _SVG, "class": name})
    for attribute in ("viewBox", "width", "height"):
        root.set(attribute, _short(made.get(attribute, "")))
    root.set("role", "img")
    root.set("aria-label", writable(label))
    for child in made:
        _add(root, child)
    return ElementTree.tostring(root, encoding="unicode")


def _add(parent: Element, source: Element) -> None:
    tag = source.tag.removeprefix(f"{{{_SVG}}}")
    if tag in _DROPPED or _draws_nothing(source):
        return
    if tag not in _ELEMENTS:
        raise ValueError(f"<{tag}> in a chart")
    kept = Element(tag, _attributes(source))
    kept.text = source.text
    for child in source:
        _add(kept, child)
    if tag == "g" and len(kept) == 0:
        return
    if tag == "g" and not kept.attrib:
        parent.extend(kept)  # a group that says nothing
        return
    parent.append(kept)


def _draws_nothing(source: Element) -> bool:
    path = source.get("d")
    frame = source.get("class") == "background" and source.get("fill") is None
    return frame or source.get("display") == "none" or (path is not None and _NOTHING.fullmatch(path) is not None)


def _attributes(source: Element) -> dict[str, str]:
    kept = {name: _short(value) for name, value in source.items() if name in _ATTRIBUTES}
    if any("url(" in value for value in kept.values()):
        raise ValueError("a chart refers to something outside its shapes")
    if kept.get("opacity") == "1":
        del kept["opacity"]
    if kept.get("transform") == "translate(0,0)":
        del kept["transform"]
    if named := _NAMED.search(source.get("class", "")):
        kept["class"] = f"m-{named[1]}"
    if "stroke" in kept and "font-size" in kept:  # a halo stands behind its letters
        kept["paint-order"] = "stroke"
        kept["stroke-linejoin"] = "round"
    return kept


def _short(value: str) -> str:
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value)
