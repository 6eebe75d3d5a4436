"""What the history says of money and of the follow-up: a sentence for each kind of event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from introduction.domain.followup.plan import DIRECTIONS
from introduction.domain.outcome import text_of_quantity
from introduction.services.files import InstanceFile
from introduction.web.words import kronor, partial_day, tell

Told = Callable[[InstanceFile, Mapping[str, Any]], str]


def _unit(file: InstanceFile, what: Mapping[str, Any], key: str = "unit_id") -> str:
    return file.unit_names.get(what.get(key) or 0, "")


def _grant_changed(file: InstanceFile, what: Mapping[str, Any]) -> str:
    before, after = what["changes"]["ceiling_ore"]
    return gettext(
        "Beloppet för %(unit)s %(year)s ändrades från %(before)s till %(after)s",
        unit=_unit(file, what), year=what["budget_year"], before=kronor(before), after=kronor(after),
    )  # fmt: skip


def _grant_reallocated(file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "%(amount)s för %(year)s omfördelades från %(origin)s till %(goal)s",
        amount=kronor(what["amount_ore"]), year=what["budget_year"], origin=_unit(file, what),
        goal=_unit(file, what, "to_unit_id"),
    )  # fmt: skip


def _grant_settled(file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "Beloppet för %(unit)s %(year)s slutavräknades: %(returned)s gick tillbaka, %(carried)s fördes över",
        unit=_unit(file, what), year=what["budget_year"], returned=kronor(what["returned_ore"]),
        carried=kronor(what["carried_over_ore"]),
    )  # fmt: skip


def _application_started(file: InstanceFile, what: Mapping[str, Any]) -> str:
    link = what.get("link")
    if link is None:
        return gettext("Ansökan påbörjades för %(unit)s", unit=_unit(file, what))
    if link["kind"] == "reconsidered_from":
        return gettext("Omprövning av %(number)s började skrivas", number=link["other"])
    return gettext("Ny ansökan efter %(number)s började skrivas", number=link["other"])


def _application_concerns(file: InstanceFile, what: Mapping[str, Any]) -> str:
    if what.get("case"):
        return gettext("Ansökan kopplades till ärende %(number)s", number=what["case"])
    return gettext("Ansökan gäller %(medicine)s, utan ärende", medicine=what["medicine"])


def _application_grew(file: InstanceFile, what: Mapping[str, Any]) -> str:
    if what["kind_of_link"] == "reconsidered_from":
        return gettext("Omprövning begärdes i %(number)s", number=what["other"])
    return gettext("En ny ansökan påbörjades: %(number)s", number=what["other"])


def _application_placed(file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "Plats %(place)s i ordningen för %(year)s", place=what["place"], year=what["budget_year"]
    )  # fmt: skip


def _saving(what: Mapping[str, Any]) -> str:
    return f"{what['title']}, {kronor(what['amount_ore'])}"


def _money_reserved(file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "%(amount)s reserverades i fonden %(year)s", amount=kronor(what["amount_ore"]), year=what["budget_year"]
    )


def _reservation_released(file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "Reservationen av %(amount)s i fonden %(year)s hävdes", amount=kronor(what["amount_ore"]),
        year=what["budget_year"],
    )  # fmt: skip


def _claim_started(_file: InstanceFile, what: Mapping[str, Any]) -> str:
    if what.get("corrects"):
        return gettext("Rättelsen av %(number)s öppnades", number=what["corrects"])
    return gettext("Rekvisitionen öppnades mot pengarna för %(year)s", year=what["budget_year"])


def _claim_corrected(_file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "En rättelse öppnades: %(number)s räknar av %(amount)s",
        number=what["by_claim"], amount=kronor(what["amount_ore"]),
    )  # fmt: skip


def _claim_booked(_file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "Bokfört %(day)s: %(amount)s, verifikation %(voucher)s, fil %(number)s",
        day=partial_day(what["booked_on"]), amount=kronor(what["amount_ore"]), voucher=what["voucher"],
        number=what["file"],
    )  # fmt: skip


#: Of grants, claims and applications.
MONEY_EVENTS: dict[str, Told] = {
    "claim_started": _claim_started,
    "claim_corrected": _claim_corrected,
    "claim_booked": _claim_booked,
    "application_started": _application_started,
    "application_changed": lambda file, what: gettext("Ansökan ändrades"),
    "application_concerns": _application_concerns,
    "application_grew": _application_grew,
    "application_placed": _application_placed,
    "own_saving_added": lambda file, what: gettext("Egen besparing lades till: %(what)s", what=_saving(what)),
    "own_saving_changed": lambda file, what: gettext("Egen besparing ändrades: %(what)s", what=_saving(what)),
    "own_saving_removed": lambda file, what: gettext("Egen besparing togs bort: %(what)s", what=_saving(what)),
    "own_saving_confirmed": lambda file, what: gettext("Egen besparing prövad: %(what)s", what=_saving(what)),
    "own_saving_questioned": lambda file, what: gettext("Egen besparing prövas igen: %(what)s", what=_saving(what)),
    "grant_changed": _grant_changed,
    "grant_reallocated": _grant_reallocated,
    "grant_settled": _grant_settled,
    "money_reserved": _money_reserved,
    "reservation_released": _reservation_released,
}


def _indicator_added(_file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext(
        "Mål lades till i uppföljningsplanen: %(title)s, %(direction)s %(goal)s %(measure)s",
        title=what["title"], direction=tell(DIRECTIONS[what["direction"]]),
        goal=text_of_quantity(what["goal_milli"]), measure=what["measure"],
    )  # fmt: skip


def _indicator_ended(_file: InstanceFile, what: Mapping[str, Any]) -> str:
    return gettext("Mål avslutades i uppföljningsplanen: %(title)s", title=what["title"])


#: Of the follow-up plan and the handover.
FOLLOW_UP_EVENTS: dict[str, Told] = {
    "indicator_added": _indicator_added,
    "indicator_ended": _indicator_ended,
}
