"""Signing in, and how long it lasts."""

from __future__ import annotations

from introduction.domain.roles import Role
from introduction.services import people, signing_in
from introduction.store.person import assignments_of
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.world import PASSWORD


def _email(site: Site, role: Role = Role.COORDINATOR) -> str:
    return site.visitor(role).email


def _try(visitor: Visitor, email: str, password: str, **more: str) -> Page:
    form = visitor.get("/sign-in").form("/sign-in")
    return Page(visitor.client.post("/sign-in", data=form.fill({"email": email, "password": password, **more}).fields))


def _is_in(visitor: Visitor) -> bool:
    return visitor.get("/work").status == 200


def test_the_right_password_leads_to_the_own_work(site: Site) -> None:
    page = site.stranger()
    answer = _try(page, _email(site).upper(), PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (303, "/work")
    assert _is_in(page)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(site: Site) -> None:
    stranger = site.stranger()
    wrong = _try(stranger, _email(site), "fel lösenord helt")
    unknown = _try(stranger, "ingen@region.example", PASSWORD)
    assert (wrong.status, unknown.status) == (422, 422)
    assert wrong.faults == unknown.faults == ["Fel e-postadress eller lösenord"]
    assert wrong.own_form().fields["email"] == _email(site), "the address is kept"
    assert PASSWORD not in unknown.html and "fel lösenord" not in wrong.html, "a password is never shown again"
    assert not _is_in(stranger)


def test_after_five_failures_nobody_gets_in_for_a_quarter_of_an_hour(site: Site) -> None:
    stranger = site.stranger()
    for _time in range(signing_in.FAILURES_PER_ACCOUNT):
        assert _try(stranger, _email(site), "fel lösenord helt").status == 422
    answer = _try(stranger, _email(site), PASSWORD)
    assert answer.status == 429 and "Vänta en kvart" in answer.faults[0]
    assert _try(stranger, _email(site, Role.REGISTRAR), PASSWORD).status == 303, "others get in"
    site.clock.forward(minutes=15, hours=0)
    site.clock.forward(minutes=1)
    assert _try(site.stranger(), _email(site), PASSWORD).status == 303


def test_many_accounts_from_one_address_are_stopped_too(site: Site) -> None:
    stranger = site.stranger()
    for number in range(signing_in.FAILURES_PER_ADDRESS):
        _try(stranger, f"person{number}@region.example", "fel lösenord helt")
    assert _try(stranger, _email(site), PASSWORD).status == 429


def test_the_cookie_is_another_after_signing_in(site: Site) -> None:
    visitor = site.stranger()
    visitor.get("/sign-in")
    before = visitor.client.get_cookie("introduction")
    _try(visitor, _email(site), PASSWORD)
    after = visitor.client.get_cookie("introduction")
    assert before is not None and after is not None and before.value != after.value


def test_a_planted_session_gives_nobody_anything(site: Site) -> None:
    planter, victim = site.stranger(), site.stranger()
    planter.get("/sign-in")
    planted = planter.client.get_cookie("introduction")
    assert planted is not None
    victim.client.set_cookie("introduction", planted.value)
    _try(victim, _email(site), PASSWORD)
    assert _is_in(victim) and not _is_in(planter)


def test_the_cookie_is_closed_to_scripts_and_other_sites(site: Site) -> None:
    said = _try(site.stranger(), _email(site), PASSWORD).headers.get("Set-Cookie", "")
    assert "HttpOnly" in said and "SameSite=Lax" in said
    assert _email(site) not in said


def test_a_session_idles_for_thirty_minutes(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for _time in range(3):
        site.clock.forward(minutes=29)
        assert _is_in(visitor), "each page keeps it going"
    site.clock.forward(minutes=31)
    page = visitor.get("/cases?q=astma")
    assert page.status == 303
    assert page.headers["Location"].startswith("/sign-in?next=")
    landed = visitor.open("/cases?q=astma")
    assert landed.path == "/cases" and landed.asked == {"q": "astma"}, "one comes back to where one was"


def test_a_session_lasts_for_ten_hours_at_most(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for _time in range(24):
        site.clock.forward(minutes=25)
        assert _is_in(visitor)
    site.clock.forward(minutes=1)
    assert not _is_in(visitor)


def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    kept = visitor.client.get_cookie("introduction")
    assert kept is not None
    page = visitor.send(visitor.open("/work").form("/sign-out"))
    assert page.path == "/" and "Du är utloggad" in page.flashed
    visitor.client.set_cookie("introduction", kept.value)
    assert not _is_in(visitor), "a copy of the cookie opens nothing"


def test_signing_out_twice_does_no_harm(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = visitor.open("/work").form("/sign-out")
    other = Visitor(visitor.client)
    assert visitor.send(form).path == "/"
    again = other.open("/help").form("/language").fields["csrf_token"]
    assert other.post("/sign-out", {"csrf_token": again}).status == 200


def test_a_new_password_ends_the_other_sessions(site: Site) -> None:
    here, there = site.signed_in(Role.COORDINATOR), site.signed_in(Role.COORDINATOR)
    form = here.open("/profile/password").form("/profile/password")
    new = "ett nytt långt lösenord"
    page = here.send(form, old="inte det gamla", password=new, repeated=new)
    assert page.status == 422 and page.fault_at("old")
    assert "inte det gamla" not in page.html
    page = here.send(page.form("/profile/password"), old=PASSWORD, password=new, repeated=new)
    assert page.path == "/profile" and "Lösenordet är ändrat" in page.flashed
    assert _is_in(here) and not _is_in(there)
    assert _try(site.stranger(), here.email, new).status == 303


def test_a_role_that_ends_ends_the_sessions(site: Site) -> None:
    visitor = site.signed_in(Role.REGISTRAR)
    with site.changing() as world:
        row = world.people["vastra_gotaland"][Role.REGISTRAR]
        people.end_role(world.operator, assignments_of(world.session, row.id)[0].id)
    assert not _is_in(visitor)


def test_a_mandate_that_has_run_out_gives_nothing(site: Site) -> None:
    with site.changing() as world:
        row = world.people["vastra_gotaland"][Role.REGISTRAR]
        [held] = assignments_of(world.session, row.id)
        held.valid_to = world.clock.today
    visitor = site.signed_in(Role.REGISTRAR)
    assert visitor.get("/cases").status == 200
    site.clock.forward(hours=9, minutes=0)
    for _time in range(2):
        site.clock.forward(minutes=20)
    site.clock.forward(days=1)
    visitor = site.signed_in(Role.REGISTRAR)
    assert visitor.get("/cases").status == 403


def test_a_deactivated_account_is_out_at_once(site: Site) -> None:
    visitor = site.signed_in(Role.REGISTRAR)
    with site.changing() as world:
        people.deactivate(world.operator, world.people["vastra_gotaland"][Role.REGISTRAR].id)
    assert not _is_in(visitor)
    assert _try(site.stranger(), visitor.email, PASSWORD).status == 422


def test_signing_in_never_leads_to_another_site(site: Site) -> None:
    elsewhere = ("https://ond.example/", "//ond.example", "/\\ond.example", "http:/ond.example", "/ok\n//ond", "ond")
    for address in elsewhere:
        answer = _try(site.stranger(), _email(site), PASSWORD, next=address)
        assert answer.headers["Location"] == "/work", address
    assert _try(site.stranger(), _email(site), PASSWORD, next="/cases?q=a").headers["Location"] == "/cases?q=a"
