"""A small reader of calendar files by the letter of RFC 5545, which knows nothing of the library that writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:]*))*):(?P<value>.*)', re.S
)
_ESCAPED = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n", "\\N": "\n"}


@dataclass
class Component:
    """A part of a calendar: its properties with parameters as written and values as meant, and the parts in it."""

    name: str
    properties: dict[str, tuple[str, str]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.properties[name][1]


def read(raw: bytes) -> Component:
    """The calendar in a file. AssertionError for whatever the standard does not allow."""
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b""), "lines end with CRLF"
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "no line is longer than 75 octets"
    # Unfolded as octets: a fold may part the octets of one letter.
    lines = raw.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8").removesuffix("\r\n").split("\r\n")
    open_parts: list[Component] = []
    whole: Component | None = None
    for line in lines:
        assert whole is None, "nothing follows the calendar"
        parsed = _LINE.fullmatch(line)
        assert parsed, line
        name, value = parsed["name"].upper(), parsed["value"]
        if name == "BEGIN":
            made = Component(value)
            if open_parts:
                open_parts[-1].parts.append(made)
            open_parts.append(made)
        elif name == "END":
            ended = open_parts.pop()
            assert ended.name == value, f"{value} ends inside {ended.name}"
            whole = ended if not open_parts else None
        else:
            assert name not in open_parts[-1].properties, f"{name} twice"
            open_parts[-1].properties[name] = (parsed["parameters"].lstrip(";"), _meant(name, value))
    assert whole is not None and whole.name == "VCALENDAR", "the calendar ends"
    _demand(whole)
    return whole


def _meant(name: str, value: str) -> str:
    if name not in ("SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME", "PRODID"):
        return value
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), f"a bare comma or semicolon in {value}"
    return re.sub(r"\\[\\;,nN]", lambda found: _ESCAPED[found[0]], value)


def _demand(whole: Component) -> None:
    assert whole["VERSION"] == "2.0" and whole["PRODID"]
    for event in whole.parts:
        assert event.name == "VEVENT" and event["UID"]
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
    uids = [event["UID"] for event in whole.parts]
    assert len(uids) == len(set(uids)), "each thing stands once"
