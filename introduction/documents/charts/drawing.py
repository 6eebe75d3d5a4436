"""A chart, drawn in three widths: from a Vega-Lite description to SVG that may stand inside a page."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from introduction.documents.charts.cleaning import cleaned, writable
from introduction.documents.charts.look import THEME

#: A Vega-Lite specification, in plain dicts, lists, texts and numbers.
Spec = dict[str, Any]

_VERSION = "6.4"  # of Vega-Lite, among those that vl-convert brings: a drawing changes when we say so


@dataclass(frozen=True)
class Drawing:
    """A chart as SVG elements without ids, styles or addresses, so that any number may stand in one page.

    ``wide`` is 976 px, ``middle`` 672 and ``narrow`` 288; the class of each says which, and the page's style shows
    the widest that need not shrink. ``label`` is the finding in words, and stands in each as ``aria-label``. Each is
    also a whole SVG file as it is, for a report or a download.
    """

    wide: str
    narrow: str
    label: str
    middle: str = ""

    def __html__(self) -> str:
        """All widths, for a template: ``<figure class="app-chart">{{ drawing }}</figure>``."""
        return self.wide + self.middle + self.narrow


def draw(spec_wide: Spec, spec_narrow: Spec, label: str, spec_middle: Spec | None = None) -> Drawing:
    """Renders the descriptions with the theme of the pages. Drawings are kept, since the same page is often asked for.

    ValueError without a label, or when a description holds a number that is not finite or draws something else than
    shapes and letters.
    """
    if not writable(label).strip():
        raise ValueError("a drawing says in words what it shows")
    return Drawing(
        wide=_rendered(_as_text(spec_wide), "wide", label),
        narrow=_rendered(_as_text(spec_narrow), "narrow", label),
        label=writable(label),
        middle=_rendered(_as_text(spec_middle), "middle", label) if spec_middle is not None else "",
    )


def _as_text(spec: Spec) -> str:
    themed = {**spec, "config": {**THEME, **spec.get("config", {})}}
    return json.dumps(_writable(themed), ensure_ascii=False, allow_nan=False)


def _writable(value: Any) -> Any:
    """The description without signs that XML cannot hold: a single one in a name ends the process in vl-convert."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {key: _writable(inner) for key, inner in value.items()}
    return [_writable(inner) for inner in value] if isinstance(value, (list, tuple)) else value


@functools.lru_cache(maxsize=512)
def _rendered(spec: str, name: str, label: str) -> str:
    import vl_convert  # half a second and 80 MB: only for those who draw

    return cleaned(vl_convert.vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[]), name, label)
