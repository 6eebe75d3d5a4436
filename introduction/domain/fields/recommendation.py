"""What can be told about a national recommendation."""

from __future__ import annotations

from introduction.domain.fields.kinds import by_key, date, long, text, yes_no
from introduction.domain.messages import say

RECOMMENDATION_FIELDS = by_key(
    long("scan_summary", say("Vad visar horisontspaningen?")),
    date("expected_approval", say("Väntat godkännande i EU")),
    long("nomination_reason", say("Varför behövs nationell samverkan?")),
    text("tlv_reference", say("TLV:s beteckning på underlaget"), longest=80),
    long("health_economics", say("Vad visar den hälsoekonomiska värderingen?")),
    yes_no("agreement_exists", say("Finns avtal eller sidoöverenskommelse?"), say("Skriv aldrig priset.")),
    date("application_received", say("När kom företagets ansökan till TLV?")),
    long("talks_result", say("Vad blev resultatet av trepartsöverläggningen?")),
    text("regions_group", say("Vilka företräder regionerna?")),
    date("reassess_by", say("Senast när ska rekommendationen prövas om?")),
)
