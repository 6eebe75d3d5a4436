"""What choices there are, with their words: used by more than one subject."""

from __future__ import annotations

from introduction.domain.messages import say

SEVERITY = {
    "very_high": say("mycket hög"),
    "high": say("hög"),
    "moderate": say("måttlig"),
    "low": say("låg"),
}
CATEGORY = {
    "standard": say("vanligt läkemedel"),
    "atmp": say("avancerad terapi (ATMP)"),
    "precision": say("precisionsmedicin"),
}
BASIS = {"requisition": say("på sjukhus, köps på rekvisition"), "prescription": say("hämtas på recept")}
CARE_LEVELS = {
    "primary": say("primärvård"),
    "county": say("länssjukvård"),
    "regional": say("regionsjukvård"),
    "national": say("nationell högspecialiserad vård"),
}
ROUTINE_USE = {
    "not_routine": say("nej, inte i rutinbruk för indikationen"),
    "unequal_with_plan": say("ja, men stor ojämlikhet eller underanvändning, och en regional plan finns"),
    "routine": say("ja, i rutinbruk"),
}
COST_EFFECTIVENESS = {"reasonable": say("rimlig"), "not_reasonable": say("inte rimlig")}
ADHERENCE = {
    "followed": say("följs"),
    "partly": say("följs delvis"),
    "not_followed": say("följs inte"),
}
#: What a council may decide on a unit's objection to bearing the cost. It settles the objection, never the case.
OBJECTION_OUTCOMES = {
    "objection_overruled": say("kostnadsansvaret lämnas över trots invändningen"),
    "units_asked_again": say("enheterna tillfrågas på nytt"),
}
OUTCOMES = {
    "approved": say("beviljad"),
    "approved_with_conditions": say("beviljad med villkor"),
    "without_financing": say("införs utan introduktionsfinansiering"),
    "not_prioritised": say("inte prioriterad"),
    "postponed": say("uppskjuten"),
    "extended": say("förlängd"),
    "ended_early": say("avslutad i förtid"),
    **OBJECTION_OUTCOMES,
}
LEVELS = {
    "should": say("bör användas"),
    "may": say("kan användas"),
    "should_not": say("ska inte användas"),
    "wait": say("avvakta"),
    "conditional": say("villkorad eller delad rekommendation"),
    "positive_level_unknown": say("rekommenderas, nivån är inte känd"),
    "group_rule": say("generell regel för en grupp"),
    "not_covered": say("omfattas inte av nationell samverkan"),
    "reimbursed": say("ingår i förmånerna"),
    "reimbursed_limited": say("ingår i förmånerna med begränsning"),
    "not_reimbursed": say("ingår inte i förmånerna"),
}
GRADE_SCALES = {
    "reliability": say("tillförlitlighet (låg är sämst)"),
    "uncertainty": say("osäkerhet (hög är sämst)"),
}
GRADES = {
    "very_low": say("mycket låg"),
    "low": say("låg"),
    "moderate": say("måttlig"),
    "high": say("hög"),
    "very_high": say("mycket hög"),
}
RARITY = {
    "less_common": say("mindre vanligt"),
    "rare": say("sällsynt"),
    "very_rare": say("mycket sällsynt"),
}
FOLLOW_UP_OUTCOMES = {
    "continue": say("fortsätt som hittills"),
    "adjust": say("justera införandet"),
    "stop": say("avsluta i förtid"),
    "hand_over_early": say("lämna över i förtid"),
}
FUNDING_OUTCOMES = {
    "granted": say("beviljad i sin helhet"),
    "granted_in_part": say("beviljad till en del"),
    "refused": say("avslagen"),
}
STOP_REASONS = {
    "no_benefit": say("otillräcklig nytta"),
    "side_effects": say("biverkningar"),
    "own_wish": say("egen önskan"),
    "stop_criterion": say("stoppkriteriet nåddes"),
    "died": say("avliden"),
    "other": say("annat skäl"),
}
SEXES = {"women": say("kvinnor"), "men": say("män")}
AGE_GROUPS = {
    "0_17": say("0–17 år"),
    "18_39": say("18–39 år"),
    "40_64": say("40–64 år"),
    "65_79": say("65–79 år"),
    "80": say("80 år och äldre"),
}
