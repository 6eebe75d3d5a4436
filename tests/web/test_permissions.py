"""Who may open what: closed unless said otherwise, by role, by unit and by region."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask

from introduction.domain.roles import REGION_WIDE, RIGHTS, Right, Role, Scope, can
from introduction.services import people
from introduction.store.case import by_number
from introduction.store.instance import Instance
from introduction.web.permission import UnguardedRoute, demand_permissions, needs, public, signed_in
from tests.journeys.site import Site
from tests.world import NORRBOTTEN, PASSWORD, VGR

#: Pages and the right that each of them asks for; None: being signed in is enough.
PAGES: Mapping[str, Right | None] = {
    "/work": None,
    "/messages": None,
    "/profile": None,
    "/profile/password": None,
    "/board": Right.VIEW_CASE,
    "/cases": Right.VIEW_CASE,
    "/cases/new": Right.VIEW_CASE,
    "/recommendations": Right.VIEW_RECOMMENDATION,
    "/recommendations/new/hospital_medicine": Right.EDIT_RECOMMENDATION,
    "/processes": Right.VIEW_PROCESS,
    "/processes/vastra_gotaland.new_medicine/1": Right.VIEW_PROCESS,
    "/processes/vastra_gotaland.new_medicine/1/who-decides": Right.VIEW_PROCESS,
}
#: The same for pages of one case.
CASE_PAGES: Mapping[str, Right] = {
    "": Right.VIEW_CASE,
    "/actions/pause": Right.VIEW_CASE,
    "/facts": Right.EDIT_FACTS,
    "/sent": Right.READ_INTERNAL,
    "/follow-on/widen_indication": Right.VIEW_CASE,
}


# ------------------------------------------------------------------------------------- routes


def test_a_route_that_names_no_permission_stops_the_start() -> None:
    app = Flask("an app", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: ""))
    app.add_url_rule("/work", "work", signed_in(lambda: ""))
    app.add_url_rule("/cases", "cases", needs(Right.VIEW_CASE)(lambda: ""))
    demand_permissions(app)
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    app.add_url_rule("/also", "also_forgotten", lambda: "")
    with pytest.raises(UnguardedRoute, match="also_forgotten, forgotten"):
        demand_permissions(app)


# ------------------------------------------------------------------------------------- roles


def test_each_role_opens_the_pages_that_its_rights_give(site: Site, case: str) -> None:
    with site.looking() as session:
        row = by_number(session, case)
        scope = Scope(row.region_id, frozenset({row.nominating_unit_id}))
    for role in Role:
        visitor = site.signed_in(role)
        wanted = {path: right is None or role in RIGHTS[right] for path, right in PAGES.items()}
        person = site.world.desk(role).by
        wanted |= {f"/cases/{case}{path}": can(person, right, scope) is None for path, right in CASE_PAGES.items()}
        got = {path: visitor.get(path).status for path in wanted}
        assert got == {path: 200 if may else 403 for path, may in wanted.items()}, role
    site.world.session.rollback()


def test_somebody_who_is_not_signed_in_is_asked_to_sign_in(site: Site, case: str) -> None:
    stranger = site.stranger()
    for path in [*PAGES, *(f"/cases/{case}{path}" for path in CASE_PAGES), "/cases/VGR-1999-0001", "/tasks/1"]:
        page = stranger.get(path)
        assert page.status == 303 and page.headers["Location"].startswith("/sign-in?next=/"), path
        assert "Påhittumab" not in page.html
    for path in ("/", "/help", "/accessibility", "/privacy", "/sign-in", "/healthz"):
        assert stranger.get(path).status == 200, path


def test_somebody_without_any_role_sees_no_case(site: Site, case: str) -> None:
    with site.changing() as world:
        row = people.add_person(world.operator, "ny@region.example", "Ny Person")
        people.set_password(world.operator, row.id, PASSWORD)
    visitor = site.signed_in(row)
    assert visitor.get("/work").status == 200
    assert {visitor.get(path).status for path in ("/cases", "/board", f"/cases/{case}", "/recommendations")} == {403}


def test_a_button_that_is_not_shown_does_nothing_either(site: Site, case: str) -> None:
    coordinator = site.signed_in(Role.COORDINATOR)
    form = coordinator.open(f"/cases/{case}/actions/pause").form(f"/cases/{case}/actions/pause").fields
    for role in [role for role in Role if role is not Role.COORDINATOR]:
        visitor = site.signed_in(role)
        fields = {"csrf_token": visitor.token(), "revision": form["revision"], "note": "Försöker"}
        page = visitor.post(f"/cases/{case}/actions/pause", fields)
        assert page.status in (403, 422) and "Det här görs av: samordnare" in page.text, f"{role}: {page}"
        for path, right in (("owner", Right.ASSIGN), ("facts", Right.EDIT_FACTS), ("links", Right.LINK)):
            if role not in RIGHTS[right]:
                status = visitor.post(f"/cases/{case}/{path}", fields).status
                assert status in (403, 422), f"{role} {path}: {status}"
    with site.looking() as session:
        instance = session.get_one(Instance, by_number(session, case).id)
        assert (instance.stage, instance.revision) == ("nominated", 1)


# ------------------------------------------------------------------------------------- units and regions


def test_a_nominator_sees_the_cases_of_the_own_unit_only(site: Site, case: str) -> None:
    with site.changing() as world:
        other = world.add_person(Role.NOMINATOR, VGR, unit_key="neuro", name="Nina Neuro")
        above = world.add_person(Role.HEAD_OF_UNIT, VGR, unit_key="hospital", name="Hedda Hospital")
    own = site.signed_in(Role.NOMINATOR)
    assert own.get(f"/cases/{case}").status == 200 and own.open("/cases").leads_to(f"/cases/{case}")
    stranger = site.signed_in(other)
    assert not stranger.open("/cases").leads_to(f"/cases/{case}")
    for path in CASE_PAGES:
        page = stranger.get(f"/cases/{case}{path}")
        assert page.status in (403, 404) and "Påhittumab" not in page.html, path
    for task in _tasks(site, case):
        assert stranger.get(task).status in (403, 404)
    assert site.signed_in(above).get(f"/cases/{case}").status == 200, "the administration above sees it"


def test_other_regions_cases_are_not_seen(site: Site, case: str) -> None:
    for role in Role:
        visitor = site.signed_in(role, NORRBOTTEN)
        page = visitor.get(f"/cases/{case}")
        assert page.status in (403, 404) and "Påhittumab" not in page.html, role
        for path in ("/cases", "/board", "/work", "/cases?q=Påhittumab", "/cases?region=vastra_gotaland"):
            if visitor.get(path).status == 200:
                assert not visitor.get(path).leads_to(f"/cases/{case}"), f"{role} {path}"
    visitor = site.signed_in(Role.COORDINATOR, NORRBOTTEN)
    for task in _tasks(site, case):
        assert visitor.get(task).status in (403, 404)


def test_a_case_cannot_be_linked_to_one_of_another_region(site: Site, case: str) -> None:
    with site.changing() as world:
        other = world.start_case(region=NORRBOTTEN).number
    visitor = site.signed_in(Role.COORDINATOR)
    page = visitor.send(visitor.open(f"/cases/{case}").form(f"/cases/{case}/links"), other=other)
    assert page.status == 422 and "Inga länkar" in page.part("links")


def test_internal_notes_are_hidden_from_those_who_nominate(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    address = f"/cases/{case}/comments"
    visitor.send(visitor.open(f"/cases/{case}").form(address), text="Internt: priset är högt")
    form = visitor.open(f"/cases/{case}").form(address)
    form.fields.pop("internal")
    visitor.send(form, text="Öppet: komplettera gärna")
    for role in Role:
        page = site.signed_in(role).open(f"/cases/{case}?history=all")
        assert "Öppet: komplettera gärna" in page.text
        assert ("Internt: priset är högt" in page.text) == (role in RIGHTS[Right.READ_INTERNAL]), role
    nominator = site.signed_in(Role.NOMINATOR)
    page = nominator.open(f"/cases/{case}")
    assert not page.form(address).has("internal")
    fields = {"csrf_token": nominator.token(), "text": "Jag också", "internal": "1"}
    page = nominator.post(address, fields)
    assert page.status in (403, 422) and "Jag också" not in page.text.replace("Skriv en kommentar Jag också", "")


def test_the_board_and_the_menu_follow_the_role(site: Site) -> None:
    for role in Role:
        page = site.signed_in(role).open("/work")
        assert page.leads_to("/board") == (role in REGION_WIDE), role
        may_start = role in RIGHTS[Right.NOMINATE] | RIGHTS[Right.START_CASE]
        assert page.leads_to("/cases/new") == may_start, role


def _tasks(site: Site, case: str) -> list[str]:
    page = site.signed_in(Role.COORDINATOR).open(f"/cases/{case}")
    found = sorted({str(link["href"]) for link in page.soup.select("a[href^='/tasks/']")})
    assert found
    return found
