"""The language of the pages."""

from __future__ import annotations

import pytest

from introduction.domain.roles import Role
from tests.journeys.site import Site


def test_swedish_until_one_switches(site: Site) -> None:
    stranger = site.stranger()
    page = stranger.open("/help")
    assert page.soup.html is not None and page.soup.html["lang"] == "sv"
    page = stranger.send(page.form("/language"))
    assert page.path == "/help" and page.soup.html is not None and page.soup.html["lang"] == "en"
    assert "Sign in" in page.text


def test_a_person_keeps_the_language_at_every_browser(site: Site) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    page = visitor.send(visitor.open("/cases?q=astma").form("/language"))
    assert page.path == "/cases" and page.asked == {"q": "astma"}
    assert page.soup.html is not None and page.soup.html["lang"] == "en"
    assert 'lang="en"' in site.signed_in(Role.COORDINATOR).open("/work").html
    assert 'lang="sv"' in site.signed_in(Role.REGISTRAR).open("/work").html


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_unknown_language_changes_nothing(site: Site) -> None:
    stranger = site.stranger()
    page = stranger.send(stranger.open("/help").form("/language"), language="xx")
    assert 'lang="sv"' in page.html


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_switch_never_leads_to_another_site(site: Site) -> None:
    stranger = site.stranger()
    form = stranger.open("/help").form("/language")
    answer = stranger.client.post("/language", data=form.fill({"next": "//ond.example/"}).fields)
    assert answer.headers["Location"] == "/"


def test_what_people_wrote_is_not_translated(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    visitor.send(visitor.open("/work").form("/language"))
    page = visitor.open(f"/cases/{case}")
    assert "svår astma" in page.text and "Nominated" in page.text
