"""What an action may do beside moving an instance: named in TOML, described here, done in services/effects.py."""

from __future__ import annotations

from introduction.domain.messages import Message, say

EFFECTS: dict[str, Message] = {
    "work_out_extra_cost": say("Merkostnaden räknas ut där den inte är ifylld"),
    "claim_money": say("Beloppet avräknas från det som är beviljat"),
    "release_claim": say("Beloppet går tillbaka till det som är beviljat"),
    "approve_claim": say("Det godkända beloppet väntar på utbetalning, resten går tillbaka"),
    "expect_answer": say("Svaret väntas inom den tid som regionen har satt"),
    "reserve_money": say("Det föreslagna beloppet reserveras i fonden"),
    "release_reservation": say("Det reserverade beloppet blir fritt"),
    "grant_application": say("Beloppet beviljas förvaltningen ur fonden"),
    "change_payers": say("Kostnadsansvaret går över till de behandlande enheterna"),
    "end_payments": say("Fonden betalar inga kostnader från och med beslutets dag"),
    "resume_payments": say("Fonden betalar igen för enheter som hade tagit över kostnaden"),
}
