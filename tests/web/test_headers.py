"""What every page says to the browser, and what no page contains."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from introduction.domain.roles import Role
from tests.journeys.site import Site

#: Pages of every kind, for somebody signed in.
PAGES = (
    "/work", "/board", "/board?view=table", "/cases", "/cases?late=1", "/cases/new", "/cases/{case}",
    "/cases/{case}?history=all", "/cases/{case}/facts", "/cases/{case}/actions/pause",
    "/cases/{case}/follow-on/widen_indication", "/recommendations", "/recommendations/new/hospital_medicine",
    "/processes", "/processes/vastra_gotaland.new_medicine/1", "/processes/vastra_gotaland.new_medicine/1/who-decides",
    "/messages", "/cases/{case}/sent", "/people/1/sent", "/people/2/absence",
    "/operations", "/jobs", "/profile", "/profile/password", "/help", "/accessibility", "/privacy", "/no-such-page",
)  # fmt: skip


def test_a_strict_content_policy_and_nothing_kept_by_browsers(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for path in PAGES:
        headers = visitor.get(path.format(case=case)).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'", path
        assert set(policy.values()) <= {"'none'", "'self'"}, "nothing inline, nothing from elsewhere"
        assert {"form-action", "base-uri", "frame-ancestors"} <= set(policy)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_may_be_kept(site: Site) -> None:
    with site.stranger().client.get("/static/look.css") as response:
        assert "max-age=3600" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_has_scripts_or_styles_inside(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for path in PAGES:
        soup = BeautifulSoup(visitor.get(path.format(case=case)).html, "html.parser")
        assert not soup.select("script, style"), path
        for tag in soup.find_all(True):
            named = [name for name in tag.attrs if name == "style" or re.match(r"on[a-z]", name)]
            assert not named, f"{path}: <{tag.name} {named}>"
            assert not str(tag.get("href", "")).startswith("javascript:"), path


def test_every_page_has_a_language_a_title_and_one_heading(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for path in PAGES:
        page = visitor.get(path.format(case=case))
        assert page.soup.html is not None and page.soup.html["lang"] == "sv", path
        assert page.soup.title is not None and page.soup.title.get_text(strip=True).endswith("Ordnat införande"), path
        assert len(page.soup.select("h1")) == 1 and page.heading, path
        ids = [str(tag["id"]) for tag in page.soup.select("[id]")]
        assert len(ids) == len(set(ids)), f"{path}: an id stands twice"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_form_that_changes_something_carries_a_token(site: Site, case: str) -> None:
    visitor = site.signed_in(Role.COORDINATOR)
    for path in PAGES:
        for form in visitor.get(path.format(case=case)).soup.select("form[method='post']"):
            assert form.select_one("[name='csrf_token'][value]"), f"{path}: {form.get('action')}"
