"""What the parts of an analysis are called."""

from __future__ import annotations

from introduction.domain.messages import Message, say

PURSES: dict[str, Message] = {
    "introduction_fund": say("Introduktionsmedel"),
    "clinic": say("Verksamheterna"),
    "prescription_benefit": say("Läkemedelsförmånen"),
    "region": say("Regionen i övrigt"),
}
CATEGORIES: dict[str, Message] = {
    "drug": say("Läkemedel"),
    "administration": say("Att ge läkemedlet"),
    "monitoring": say("Kontroller"),
    "diagnostics": say("Diagnostik och start"),
    "side_effects": say("Biverkningar"),
    "condition": say("Annan vård för sjukdomen"),
    "other": say("Annat"),
}
STATES: dict[str, Message] = {
    "draft": say("utkast"),
    "submitted": say("lämnad för granskning"),
    "reviewed": say("granskad"),
    "approved": say("godkänd"),
    "superseded": say("ersatt av en nyare"),
}
QUANTITIES: dict[str, Message] = {"dose": say("doser"), "mg": say("mg"), "month": say("patientmånader")}
MARKS: dict[str, Message] = {"ok": say("granskat"), "confirm": say("ska bekräftas")}
EVERYWHERE = say("Hela regionen")
NO_TREATMENT = say("Ingen behandling")
