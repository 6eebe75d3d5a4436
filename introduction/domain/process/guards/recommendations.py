"""Guards of national recommendations."""

from __future__ import annotations

from introduction.domain.messages import Message, say
from introduction.domain.process.guards.registry import guard
from introduction.domain.process.situation import Situation


@guard(say("Hälsoekonomisk värdering finns"))
def health_economics_known(now: Situation) -> Message | None:
    """TLV's material, or the reason why none could be made, is written down."""
    return (
        None
        if now["health_economics"]
        else say("Beskriv den hälsoekonomiska värderingen, eller varför den inte går att göra")
    )


@guard(say("En rekommendation har lämnats"))
def advice_given(now: Situation) -> Message | None:
    """At least one version has been issued."""
    return None if now.advice_level else say("Ingen rekommendation har lämnats än")
