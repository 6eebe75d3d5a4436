"""Forms: nothing typed is lost, nothing is done twice, nothing of somebody else's is overwritten."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from introduction.domain.roles import Role
from introduction.store.case import by_number
from introduction.store.event import events_of
from introduction.store.instance import Instance
from introduction.web.application import MAX_FORM, MAX_REQUEST
from tests.journeys.site import Site
from tests.journeys.visitor import Form, Page, Visitor

NOTE = "Vi väntar på studien 🙂 från Åre & <b>Östersund</b>"
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def _form(visitor: Visitor, case: str, action: str = "pause") -> Form:
    address = f"/cases/{case}/actions/{action}"
    return visitor.open(address).form(address)


def _instance(site: Site, case: str) -> Instance:
    with site.looking() as session:
        return session.get_one(Instance, by_number(session, case).id)


def _events(site: Site, case: str) -> list[dict[str, Any]]:
    with site.looking() as session:
        return [event.content for event in events_of(session, f"instance:{by_number(session, case).id}")]


def _row(site: Site, case: str) -> Any:
    with site.looking() as session:
        return by_number(session, case)


# ------------------------------------------------------------------------------------- tokens, keys, revisions


def test_a_wrong_token_shows_what_was_typed_and_changes_nothing(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    for token in ("", "fel", form.fields["csrf_token"][:-2] + "xx"):
        page = visitor.send(form, note=NOTE, csrf_token=token)
        assert page.status == 400 and "Ingenting är ändrat" in page.text
        assert page.kept() == {"Anteckning": NOTE}
    assert _instance(site, case).stage == "nominated"


def test_a_second_click_acts_once_and_answers_the_same(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    fields = _form(visitor, case).fill({"note": NOTE}).fields
    answers = [visitor.client.post(f"/cases/{case}/actions/pause", data=fields) for _click in range(3)]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(303, f"/cases/{case}")}
    assert [event["kind"] for event in _events(site, case)] == ["case_started", "action_taken"]


def test_a_second_click_opens_one_case(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    address = "/cases/new/vastra_gotaland.new_medicine/horizon_scan"
    form = visitor.open(address).form(address).fill({"medicine": "Påhittumab", "indication": "svår astma"})
    assert visitor.send(form).path == visitor.send(form).path
    assert "Ett ärende." in visitor.open("/cases").text


def test_a_comment_sent_twice_stands_once(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = visitor.open(f"/cases/{case}").form(f"/cases/{case}/comments").fill({"text": NOTE})
    visitor.send(form)
    assert visitor.send(form).part("comments").count("Åre") == 1


def test_the_second_of_two_people_sees_what_the_first_did_and_keeps_what_was_typed(site: Site, case: str) -> None:
    first, second = site.signed_in(Role.REGISTRAR), site.signed_in(Role.COORDINATOR)
    form = _form(second, case)
    address = f"/cases/{case}/facts"
    first.send(first.open(address).form(address), comparator="Kortison", note="Fel i nomineringen")
    page = second.send(form, note=NOTE)
    assert page.status == 409
    assert "Uppgifter ändrades" in page.part("happened") and first.name in page.part("happened")
    assert page.kept()["Anteckning"] == NOTE
    assert page.leads_to(form.action)
    assert _instance(site, case).stage == "nominated", "nothing of the first person's is overwritten"


def test_an_action_that_the_stage_no_longer_offers(site: Site, case: str) -> None:
    first, second = site.signed_in(Role.NOMINATOR), site.signed_in(Role.COORDINATOR)
    form = _form(second, case, "return_for_completion")
    first.send(_form(first, case, "withdraw"), note="Företaget drar sig ur")
    page = second.send(form, note=NOTE)
    assert page.status == 409 and "Återta eller avskriv" in page.part("happened")
    assert page.kept()["Anteckning"] == NOTE
    assert "redan taget, eller kan inte tas nu" in second.open(form.action).text


def test_a_task_that_somebody_else_has_done(site: Site, case: str) -> None:
    first, second = site.signed_in(Role.REGISTRAR), site.signed_in(Role.COORDINATOR)
    page = first.open(f"/cases/{case}")
    task = next(str(a["href"]) for a in page.soup.select("a[href^='/tasks/']") if "Registrera" in a.get_text())
    form = second.open(task).form(task)
    first.send(first.open(task).form(task), registry_number="RS 2026-00001")
    page = second.send(form, registry_number="RS 2026-00002")
    assert page.status == 409 and page.kept()["Diarienummer"] == "RS 2026-00002"
    assert _row(site, case).registry_number == "RS 2026-00001"


@on_sqlite
@pytest.mark.parametrize("revision", ["", "0", "-1", "abc", "99999999999999999999", "1.0"])
def test_a_revision_that_never_was_is_never_the_present_one(site: Site, case: str, revision: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    assert visitor.send(_form(visitor, case), note=NOTE, revision=revision).status == 409
    assert _instance(site, case).stage == "nominated"


# ------------------------------------------------------------------------------------- what is typed


def test_a_refusal_keeps_all_that_was_typed(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    address = f"/cases/{case}/facts"
    typed = {
        "comparator": NOTE,
        "extra_cost_year1_ore": "tre miljoner",
        "patients_per_year": "många",
        "introduction_start-day": "31",
        "introduction_start-month": "2",
        "introduction_start-year": "2027",
        "severity": "extreme",
        "treating_units": ["999999"],
    }
    form = visitor.open(address).form(address)
    for name, value in typed.items():
        form.fields.setlist(name, value if isinstance(value, list) else [value])
    page = visitor.send(form)
    assert page.status == 422
    assert "bara siffror" in page.fault_at("extra_cost_year1_ore")
    assert "heltal" in page.fault_at("patients_per_year")
    assert "almanackan" in page.fault_at("introduction_start")
    again = page.form(address)
    for name in ("comparator", "extra_cost_year1_ore", "patients_per_year", "introduction_start-day"):
        assert again.fields[name] == typed[name], name
    assert page.soup.title is not None and page.soup.title.get_text().strip().startswith("Fel:")


def test_an_unknown_choice_is_refused_at_its_field(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    address = f"/cases/{case}/facts"
    unknown = {
        "severity": ("extreme",),
        "national_rank": ("11", "²", "9" * 400),
        "care_levels": ("moon",),
        "reorganisation": ("perhaps",),
        "treating_units": ("999999", "9" * 30, "²", "x"),
        "contact_person_id": ("999999", "9" * 30, "²", "x"),
        "introduction_start-day": ("99", "²", "9" * 5000),
    }
    for name, value in ((name, value) for name, values in unknown.items() for value in values):
        form = visitor.open(address).form(address)
        form.fields.setlist(name, [value])
        page = visitor.send(form, note="Provar")
        assert page.status == 422 and page.fault_at(name.removesuffix("-day")), f"{name} {value[:9]}: {page}"


def test_the_end_of_the_financing_lies_after_its_start(site: Site, case: str) -> None:
    visitor, today = site.signed_in(Role.COORDINATOR), site.clock.today
    address = f"/cases/{case}/facts"
    form = visitor.open(address).form(address)
    page = visitor.send(form, introduction_start=today, financed_until=today, note="Provar")
    assert page.status == 422 and "ligger före starten" in page.fault_at("financed_until")


def test_a_form_cut_off_half_way_is_refused_in_words(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    page = visitor.post(form.action, {key: form.fields[key] for key in ("csrf_token", "request_key", "revision")})
    assert page.status == 422 and page.fault_at("note") == "Fel: Skriv en motivering"
    address = "/cases/new/vastra_gotaland.new_medicine/nomination"
    page = visitor.post(address, {"csrf_token": form.fields["csrf_token"]})
    assert page.status == 422 and page.fault_at("medicine") and page.fault_at("indication")
    body = f"csrf_token={form.fields['csrf_token']}&request_key={form.fields['request_key']}&revi"
    answer = visitor.client.post(form.action, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (409, 422)
    assert _instance(site, case).stage == "nominated"


@on_sqlite
def test_a_body_that_is_no_form_is_refused(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    kinds = ("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "")
    for kind in kinds:
        answer = visitor.client.post(f"/cases/{case}/actions/pause", data=b'{"note": "--x', content_type=kind)
        assert answer.status_code == 400, kind


def test_signs_beyond_the_usual_and_text_that_looks_like_a_page(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    address = f"/cases/{case}/comments"
    text = "Nyttan är god 🙂 \x00\x07<script>alert(1)</script> & 'kvot' \"{{ 7*7 }}\"\r\nny rad"
    page = visitor.send(visitor.open(f"/cases/{case}").form(address), text=text)
    assert page.status == 200
    assert "Nyttan är god 🙂 <script>alert(1)</script> & 'kvot' \"{{ 7*7 }}\" ny rad" in page.part("comments")
    assert "<script" not in page.html and "\x00" not in page.html


@on_sqlite
def test_odd_signs_in_addresses_do_no_harm(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    odd = ("%00", "%F0%9F%99%82", "%27%22%3E%3Cscript%3E", "a" * 2000, "%25%5F", "%ff%fe")
    for value in odd:
        for path in ("/cases?q=", "/cases?stage=", "/cases?atc=", "/cases?region=", "/cases?owner=", "/cases?unit=",
                     "/cases?page=", "/cases?order=", "/recommendations?q=", "/board?q=", "/sign-in?next=",
                     "/sign-in?held="):  # fmt: skip
            page = visitor.get(path + value)
            allowed = (404,) if value == "%00" else (200, 302)
            assert page.status in allowed, f"{path}{value[:20]}: {page.status}"
            assert "<script" not in page.html
        for path in ("/cases/", "/recommendations/", f"/cases/{case}/actions/", "/tasks/", "/processes/"):
            assert visitor.get(path + value).status == 404, path + value[:20]


def test_odd_numbers_in_addresses_do_no_harm(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for number in ("0", "999999999", "99999999999999999999999", "-1", "²"):
        assert visitor.get(f"/tasks/{number}").status == 404, number
        assert visitor.get(f"/cases?owner={number}&unit={number}&page={number}").status == 200, number


@on_sqlite
def test_very_long_text_is_refused_with_the_limit(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    long = "å" * 8001
    page = visitor.send(_form(visitor, case), note=long)
    assert page.status == 422 and "högst 8000 tecken" in page.fault_at("note")
    assert page.own_form().fields["note"] == long, "what was typed is kept"
    page = visitor.send(page.own_form(), note="å" * 8000)
    assert page.status == 200 and _instance(site, case).stage == "paused"


# ------------------------------------------------------------------------------------- too much


def _part(name: str, value: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


@on_sqlite
def test_more_than_a_form_may_carry_is_refused_with_the_limit(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    for size in (MAX_FORM + 1, MAX_REQUEST + 1, 2 * MAX_REQUEST):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            token = form.fields["csrf_token"]
            body = (
                f"csrf_token={token}&note=" if "urlencoded" in kind else _part("csrf_token", token) + _part("note", "")
            )
            body = body.removesuffix("\r\n") + "a" * size
            answer = Page(visitor.client.post(form.action, data=body, content_type=kind))
            assert answer.status == 413 and "1 MB" in answer.text, f"{size} as {kind}: {answer}"
    assert _instance(site, case).stage == "nominated"


@on_sqlite
def test_more_fields_than_a_form_has_are_refused(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    body = "".join(_part(name, value) for name, value in form.fields.items())
    body += "".join(_part(f"field{number}", "x") for number in range(5000)) + "--x--"
    answer = visitor.client.post(form.action, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


# ------------------------------------------------------------------------------------- a session that ended


def test_what_was_sent_after_the_session_had_ended_comes_back_to_the_same_person(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    site.clock.forward(minutes=31)
    page = visitor.send(form, note=NOTE)
    assert page.path == "/sign-in" and "Det du skrev finns kvar" in page.flashed
    page = visitor.sign_in(page)
    assert "/sign-in/kept/" in page.path and page.kept() == {"Anteckning": NOTE}
    assert _instance(site, case).stage == "nominated", "nothing is done before it is sent again"
    page = visitor.send(page.form(form.action))
    assert page.path == f"/cases/{case}" and _instance(site, case).stage == "paused"
    assert NOTE in page.part("history")


def test_nobody_else_gets_what_was_sent(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    site.clock.forward(minutes=31)
    asked = visitor.send(form, note=NOTE)
    other = site.visitor(Role.REGISTRAR)
    page = Visitor(visitor.client, other.email, other.password).sign_in(asked)
    assert "Åre" not in page.html and "finns inte längre kvar" in page.flashed
    assert _instance(site, case).stage == "nominated"
    page = site.signed_in(Role.COORDINATOR).get(f"/sign-in/kept/{asked.asked['held']}")
    assert page.status == 200 and page.kept() == {"Anteckning": NOTE}, "the one who wrote it still gets it"


@on_sqlite
def test_what_was_sent_is_kept_for_an_hour(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    site.clock.forward(minutes=31)
    asked = visitor.send(form, note=NOTE)
    site.clock.forward(minutes=61)
    page = visitor.sign_in(asked)
    assert page.path == "/work" and "finns inte längre kvar" in page.flashed


@on_sqlite
def test_passwords_are_never_kept(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = visitor.open("/profile/password").form("/profile/password")
    site.clock.forward(minutes=31)
    page = visitor.send(form, old="det gamla lösenordet", password="det nya lösenordet", repeated="det nya lösenordet")
    page = visitor.sign_in(page)
    assert "lösenordet" not in page.html.lower().replace("nya lösenordet två gånger", "")


# ------------------------------------------------------------------------------------- faults of our own


def test_a_crash_is_a_calm_page(site: Site, case: str, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def crash(*_arguments: object, **_rest: object) -> None:
        raise RuntimeError("hemligt innehåll")

    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case)
    monkeypatch.setattr("introduction.services.steps.changes.settle_each", crash)
    with caplog.at_level(logging.CRITICAL):
        page = visitor.send(form, note=NOTE)
    assert page.status == 500 and page.heading == "Något gick fel hos oss"
    assert "Traceback" not in page.html and "hemligt" not in page.html
    assert page.headers["Cache-Control"] == "no-store"
    monkeypatch.undo()


def test_a_crash_leaves_nothing_half_done(site: Site, case: str, caplog: Any) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    form = _form(visitor, case).fill({"note": NOTE})
    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.CRITICAL):
        patch.setattr("introduction.services.steps.changes.settle_each", lambda *_a, **_k: 1 / 0)
        assert visitor.send(form).status == 500
    assert (_instance(site, case).stage, len(_events(site, case))) == ("nominated", 1)
    assert visitor.send(form).status == 200, "the same form can be sent again"
    assert _instance(site, case).stage == "paused"
