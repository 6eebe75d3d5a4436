"""What can be told about an application for extra money."""

from __future__ import annotations

from introduction.domain.fields.kinds import Field, Kind, by_key, date, long, money, whole
from introduction.domain.messages import say

APPLICATION_FIELDS = by_key(
    whole("budget_year", say("Vilket budgetår gäller ansökan?"), 2000, 2100),
    long(
        "no_case_reason",
        say("Varför finns inget ärende för läkemedlet?"),
        say("Lämna tomt om ansökan hör till ett ärende om ordnat införande."),
    ),
    whole(
        "patients",
        say("Hur många patienter gäller ansökan?"),
        0,
        1_000_000,
        say("Bara ett antal. Skriv aldrig något om en enskild patient."),
    ),
    date("period_from", say("Från och med vilken dag behövs pengarna?")),
    date("period_to", say("Till och med vilken dag?")),
    Field("need_by_month", Kind.MONTHS, say("Hur stor är merkostnaden varje månad?"), say("Utan moms, i kronor.")),
    long("budget_reason", say("Varför räcker inte verksamhetens budget?")),
    long("without_it", say("Vad händer om verksamheten inte får pengarna?")),
    long(
        "no_savings_reason",
        say("Varför finns inga egna besparingar?"),
        say("Lämna tomt om besparingarna är inlagda."),
    ),
    long("review", say("Granskning")),
    money("proposed_ore", say("Belopp som föreslås"), say("Till exempel 3 100 000 eller 3,1 mnkr.")),
    date("answer_by", say("När väntas svaret?")),
    long("delay_reason", say("Varför dröjer svaret?")),
)
