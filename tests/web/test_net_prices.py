"""The pages of what is secret, as those see them who may: a reading is noted before anything is shown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from introduction.domain.roles import Role
from introduction.services import net_prices, net_readers
from introduction.store.case import by_number
from introduction.store.event import events_of
from introduction.store.net_price import NetPrice
from introduction.store.region import RegionRow
from tests.analyses import add_approved
from tests.journeys.site import Site
from tests.journeys.visitor import Page, words_of
from tests.world import NORRBOTTEN, VGR

SHARE, SHOWN = "23,4567", "23,4567 %"


@pytest.fixture
def analysed(site: Site, case: str) -> str:
    """A case with an approved analysis, and an economist who is named."""
    with site.changing() as world:
        add_approved(world.session, by_number(world.session, case).id, world.clock.now)
        named(site, Role.ECONOMIST)
    return case


def named(site: Site, role: Role, region: str = VGR) -> None:
    """Name the person with a role."""
    world = site.world
    net_readers.name(
        world.desk(Role.ADMINISTRATOR, region), world.regions[region], world.people[region][role].id, reason="Bereder"
    )


def recorded(site: Site, case: str, share: str = SHARE) -> None:
    """Record a rebate past the pages."""
    with site.changing() as world:
        told = {"treatment": "medicine", "first": "2027-01", "source": "RS 2026-00417"}
        net_prices.record(world.desk(Role.ECONOMIST), case, share=share, **told)


def readings(site: Site) -> int:
    """How many readings are noted."""
    with site.looking() as session:
        stream = session.get_one(RegionRow, site.world.regions[VGR]).stream
        return sum(one.content["kind"] == "secret_read" for one in events_of(session, stream))


def press(site: Site, address: str, **typed: str) -> Page:
    """Press the button that notes a reading."""
    visitor = site.visitor(Role.ECONOMIST)
    return visitor.send(visitor.open(address).form(address), **typed)


# ------------------------------------------------------------------------------------- rebates


def test_a_rebate_is_recorded_and_shown_once_the_reading_is_noted(site: Site, analysed: str) -> None:
    visitor = site.visitor(Role.ECONOMIST)
    home = f"/cases/{analysed}/net"
    form = visitor.open(f"{home}/new").form(f"{home}/new")
    assert form.fields["provision"] == "OSL 31 kap. 16 §"
    page = visitor.send(
        form, treatment="medicine", rebate=SHARE, first="2027-01", last="2028-12", source="RS 2026-00417"
    )
    assert (page.path, page.status, page.flashed) == (home, 200, "Återbäringen är antecknad.")
    assert SHOWN not in page.text
    assert "RS 2026-00417" not in page.text
    assert readings(site) == 0
    shown = visitor.send(page.form(home), reason="Inför mötet")
    assert readings(site) == 1
    assert (shown.path, shown.asked) == (home, {})
    for said in (SHOWN, "medicine", "RS 2026-00417", "Från och med januari 2027", "december 2028", "OSL 31 kap."):
        assert said in shown.part("rebates"), said
    assert "En återbäring är antecknad." in shown.text
    ended = visitor.send(shown.form(f"{home}/1/end"))
    assert ended.flashed == "Återbäringen är avslutad."
    again = visitor.send(ended.form(home))
    assert "Ingen återbäring är antecknad i ärendet." in again.text
    assert SHOWN in again.part("rebates"), "what was ended stays to be seen"
    assert readings(site) == 2


def test_what_is_shown_is_kept_by_nobody(site: Site, analysed: str) -> None:
    recorded(site, analysed)
    for address in (f"/cases/{analysed}/net", f"/cases/{analysed}/budget/1/net"):
        page = press(site, address)
        assert page.headers["Cache-Control"] == "no-store"
        assert "ETag" not in page.headers
        title = page.soup.title
        assert title is not None and not re.search(r"\d{2}", title.get_text().replace("2026", ""))
    assert site.visitor(Role.ECONOMIST).get(f"/cases/{analysed}/net").flashed == ""


def test_each_showing_is_noted_anew(site: Site, analysed: str) -> None:
    recorded(site, analysed)
    visitor = site.visitor(Role.ECONOMIST)
    address = f"/cases/{analysed}/net"
    form = visitor.open(address).form(address)
    visitor.send(form)
    visitor.send(form)
    assert readings(site) == 2, "the same form sent again shows the figures again, so it is a reading again"


def test_what_was_typed_wrong_stays_and_nothing_is_recorded(site: Site, analysed: str) -> None:
    visitor = site.visitor(Role.ECONOMIST)
    address = f"/cases/{analysed}/net/new"
    form = visitor.open(address).form(address)
    page = visitor.send(form, treatment="medicine", rebate="234,567", first="2027", source="RS 1")
    assert page.status == 422
    assert page.fault_at("first") == "Fel: Skriv år och månad, till exempel 2027-01"
    assert page.form(address).fields["source"] == "RS 1"
    page = visitor.send(page.form(address), first="2027-01", last="2026-12")
    assert "högst fyra decimaler" in page.fault_at("rebate")
    assert page.fault_at("last") == "Fel: Sista månaden ligger före den första"
    with site.looking() as session:
        assert session.query(NetPrice).count() == 0


def test_an_ended_session_does_not_keep_the_share(site: Site, analysed: str) -> None:
    """What is posted after the session has ended is kept until one signs in again; not this."""
    visitor = site.visitor(Role.ECONOMIST)
    address = f"/cases/{analysed}/net/new"
    form = visitor.open(address).form(address)
    site.clock.forward(hours=2)
    page = visitor.send(form, treatment="medicine", rebate=SHARE, first="2027-01", source="RS 1")
    assert page.path == "/sign-in"
    with site.looking() as session:
        tables = {name: session.connection().exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in _tables(site)}
    assert not [name for name, rows in tables.items() if "23,4567" in str(rows)]


def _tables(site: Site) -> list[str]:
    from introduction.store import Base

    return sorted(Base.metadata.tables)


# ------------------------------------------------------------------------------------- net figures


def test_an_analysis_is_shown_before_and_after(site: Site, analysed: str) -> None:
    recorded(site, analysed, "50")
    address = f"/cases/{analysed}/budget/1/net"
    before = site.visitor(Role.ECONOMIST).open(address)
    assert "Efter återbäring" not in before.text
    assert readings(site) == 0
    page = press(site, address)
    assert readings(site) == 1
    assert "Alla år tillsammans kostar det troligen" in page.text
    rows = {words_of(row.th): row for row in page.soup.select("section[aria-labelledby=years] tbody tr") if row.th}
    gross, back, net = (
        [_number(cell.get_text()) for cell in rows[name].select("td")]
        for name in ("Före återbäring", "Återbäring", "Efter återbäring")
    )
    assert len(gross) == 6, "five years, and all together"
    assert all(abs(g - b - n) <= 0.11 for g, b, n in zip(gross, back, net, strict=True))
    assert all(b > 0 for b in back)
    assert "Färre än tre avtal bidrar" in page.part("years")
    assert "ingen återbäring antecknad" in page.part("treatments")


def _number(text: str) -> float:
    return float(text.replace("\u00a0", "").replace("\u2212", "-").replace(",", "."))


def test_without_a_rebate_the_page_says_so(site: Site, analysed: str) -> None:
    page = press(site, f"/cases/{analysed}/budget/1/net")
    assert "Beloppen är desamma före och efter." in page.text


@pytest.mark.parametrize("path", ["budget/2/net", "budget/0/net"])
def test_an_analysis_that_there_is_not(site: Site, analysed: str, path: str) -> None:
    visitor = site.signed_in(Role.ECONOMIST)
    assert visitor.get(f"/cases/{analysed}/{path}").status == 404
    assert visitor.post(f"/cases/{analysed}/{path}", {"csrf_token": visitor.token()}).status == 404
    for missing in (f"/cases/{analysed}/budget/99999/net", "/cases/VGR-1999-0001/net"):
        assert visitor.get(missing).status == 404


# ------------------------------------------------------------------------------------- who may


def test_nobody_else_sees_or_does_anything(site: Site, analysed: str) -> None:
    """By role, by naming, by region: each alone opens nothing, whether read or written."""
    recorded(site, analysed)
    with site.changing():
        named(site, Role.ECONOMIST, NORRBOTTEN)
    home = f"/cases/{analysed}/net"
    visitors = [site.signed_in(role) for role in Role if role is not Role.ECONOMIST]
    visitors.append(site.signed_in(Role.ECONOMIST, NORRBOTTEN))
    for visitor in visitors:
        fields = {
            "csrf_token": visitor.token(), "treatment": "older", "rebate": "5", "first": "2027-01", "source": "RS 1",
        }  # fmt: skip
        for path in (home, f"{home}/new", f"/cases/{analysed}/budget/1/net"):
            for page in (visitor.get(path), visitor.post(path, fields)):
                assert page.status == 403, (visitor.name, path)
                assert SHARE not in page.html
        assert visitor.post(f"{home}/1/end", fields).status == 403, visitor.name
    with site.looking() as session:
        (price,) = session.query(NetPrice)
        assert price.ended_at is None
    assert readings(site) == 0
    stranger = site.stranger()
    assert stranger.get(home).status == 303


def test_who_was_named_reads_no_more(site: Site, analysed: str) -> None:
    recorded(site, analysed)
    address = f"/cases/{analysed}/net"
    visitor = site.visitor(Role.ECONOMIST)
    form = visitor.open(address).form(address)
    administrator = site.visitor(Role.ADMINISTRATOR)
    administrator.send(administrator.open("/net-readers").form("/net-readers/1/end"))
    for page in (visitor.get(address), visitor.send(form)):
        assert page.status == 403
    assert readings(site) == 0


# ------------------------------------------------------------------------------------- readers


def test_an_administrator_names_reads_the_log_and_ends(site: Site, analysed: str) -> None:
    recorded(site, analysed)
    press(site, f"/cases/{analysed}/budget/1/net", reason="Inför rådets möte")
    visitor = site.visitor(Role.ADMINISTRATOR)
    page = visitor.open("/work")
    assert page.leads_to("/net-readers")
    page = visitor.open("/net-readers")
    economist = site.world.people[VGR][Role.ECONOMIST].name
    assert "En person får läsa hemliga belopp i dag." in page.text
    for said in (economist, "Bereder", "tills vidare", visitor.name):
        assert said in page.part("readers"), said
    for said in (economist, analysed, "nettobelopp, beräkning 1", "Inför rådets möte"):
        assert said in page.part("readings"), said
    member = site.world.people[VGR][Role.COUNCIL_MEMBER]
    last = site.clock.today + timedelta(days=30)
    page = visitor.send(page.form("/net-readers"), person=member.name, reason="Deltar i beslutet", valid_to=last)
    assert page.flashed == "Personen är utsedd."
    assert "2 personer får läsa" in page.text
    page = visitor.send(page.form("/net-readers/1/end"))
    assert page.flashed == "Uppdraget är avslutat."
    assert economist in page.part("readers"), "who could read stays to be seen"
    assert "En person får läsa" in page.text


def test_what_a_naming_lacks_is_told_and_kept(site: Site, analysed: str) -> None:
    visitor = site.visitor(Role.ADMINISTRATOR)
    form = visitor.open("/net-readers").form("/net-readers")
    page = visitor.send(form, reason="Därför")
    assert page.status == 422
    assert page.form("/net-readers").fields["reason"] == "Därför"
    assert visitor.name not in page.form("/net-readers").tag.get_text(), "nobody is offered to name oneself"
    fields = {**form.fields, "person": str(site.world.people[VGR][Role.ADMINISTRATOR].id), "reason": "Jag själv"}
    refused = visitor.post("/net-readers", fields)
    assert (refused.status, refused.faults) == (422, ["Ingen kan utse sig själv. Be en annan administratör"])
    again = visitor.post("/net-readers/1/end", {"csrf_token": visitor.token(), "region": VGR})
    assert again.flashed == "Uppdraget är avslutat."
    refused = visitor.post("/net-readers/1/end", {"csrf_token": visitor.token(), "region": VGR})
    assert (refused.status, refused.faults) == (422, ["Uppdraget att läsa hemliga belopp är redan avslutat"])


def test_the_readers_are_for_administrators_of_the_region(site: Site, analysed: str) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        visitor = site.signed_in(role)
        assert visitor.get("/net-readers").status == 403
        assert visitor.post("/net-readers", {"csrf_token": visitor.token()}).status == 403
    other = site.visitor(Role.ADMINISTRATOR, NORRBOTTEN)
    economist = site.world.people[VGR][Role.ECONOMIST].name
    assert economist not in other.open("/net-readers?region=vastra_gotaland").text
    for path in ("/net-readers", "/net-readers/1/end"):
        assert other.post(path, {"csrf_token": other.token(), "region": VGR}).status == 403
    assert other.post("/net-readers/1/end", {"csrf_token": other.token(), "region": NORRBOTTEN}).status == 403
