"""What people are told: the kinds of notices, and the mail templates that hold their words."""

from __future__ import annotations

from enum import StrEnum

from introduction.domain.messages import Message, say


class Kind(StrEnum):
    """What a notice is, which says how it travels."""

    REMINDER = "reminder"  #: goes at once or collected, as the person prefers
    DIGEST = "digest"  #: a line that is always collected
    TOLD = "told"  #: what somebody did that concerns the person; as reminders
    ESCALATION = "escalation"  #: always at once, in a mail of its own
    DECISION = "decision"  #: always at once, in a mail of its own


#: Kinds that never wait for a collecting mail, whatever the person prefers.
APART = frozenset({Kind.ESCALATION, Kind.DECISION})

KINDS: dict[Kind, Message] = {
    Kind.REMINDER: say("påminnelse"),
    Kind.DIGEST: say("rad i samlat mejl"),
    Kind.TOLD: say("meddelande"),
    Kind.ESCALATION: say("eskalering"),
    Kind.DECISION: say("beslut"),
}

#: The templates under templates/mail/ that a rule may name, with what they say.
TEMPLATES: dict[str, Message] = {
    "reminder": say("något ska bli klart"),
    "escalation": say("något är försenat hos någon annan"),
    "unanswered": say("ingen har bekräftat en påminnelse"),
    "occasion": say("något att tänka på i ärendet"),
    "region": say("något att tänka på i regionen"),
}
#: Those that the program itself uses.
OWN_TEMPLATES: dict[str, Message] = {
    "moved": say("ett ärende har kommit till ett nytt steg"),
    "decided": say("ett beslut har förts in"),
    "assigned": say("en uppgift eller ett ärende har lagts på någon"),
    "refused": say("klockan kunde inte ta ett steg"),
    "analysis": say("en beräkning av kostnaden har kommit vidare"),
    "outside": say("ett utfall ligger utanför prognosens spann"),
    "unreachable": say("någon kunde inte nås"),
    "undelivered": say("ett mejl kom inte fram"),
}


class Preference(StrEnum):
    """How a person wants reminders."""

    COLLECTED = "collected"
    AT_ONCE = "at_once"


PREFERENCES: dict[Preference, Message] = {
    Preference.COLLECTED: say("samlade i ett mejl, klockan 7 på arbetsdagar"),
    Preference.AT_ONCE: say("var för sig, så snart de gäller"),
}
