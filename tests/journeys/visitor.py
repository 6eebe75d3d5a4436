"""Somebody at a browser without scripts: opens pages, fills in forms by the names of their fields, sends them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


class Page:
    """What came back: its status, its address and what stands on it."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.path = response.request.path
        self.asked = dict(parse_qsl(response.request.query_string.decode()))
        self.html = response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page as a tree."""
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def text(self) -> str:
        """What can be read on the page, with single spaces."""
        return words_of(self.soup.body or self.soup)

    @property
    def heading(self) -> str:
        """The page's title."""
        return words_of(self.soup.h1) if self.soup.h1 else ""

    @property
    def flashed(self) -> str:
        """What the line at the top says has happened."""
        begins = '<div class="app-flash"'
        return words_of(self.piece(begins, "</div></div>")) if begins in self.html else ""

    @property
    def faults(self) -> list[str]:
        """What the summary of faults says, line by line."""
        return [words_of(line) for line in self.soup.select(".govuk-error-summary__list li")]

    def fault_at(self, name: str) -> str:
        """What stands at a field that needs to be put right; nothing when the field is all right."""
        found = self.soup.select_one(f"[id='{name}-error']")
        return words_of(found) if found else ""

    def part(self, name: str) -> str:
        """What stands in a part of the page, by the id of its heading."""
        return words_of(self.piece(f'<section class="app-part" aria-labelledby="{name}">', "</section>"))

    def piece(self, begins: str, ends: str) -> BeautifulSoup:
        """A piece of the page as a tree of its own: reading all of a long page takes longer than drawing it."""
        at = self.html.find(begins)
        assert at >= 0, f"{self} has no {begins}"
        return BeautifulSoup(self.html[at : self.html.index(ends, at)], "html.parser")

    def kept(self) -> dict[str, str]:
        """What an error page shows of what was typed: label → value."""
        return {words_of(row.dt): words_of(row.dd) for row in self.soup.select("dl.app-kept > div")}

    def leads_to(self, address: str) -> bool:
        """True when there is a link to an address."""
        return f'href="{escape(address)}"' in self.html

    def form(self, action: str) -> Form:
        """The form that is sent to an address."""
        at = self.html.find(f'action="{escape(action)}" method="post"')
        assert at >= 0, f"{self} has no form to {action}; it has {[f.get('action') for f in self.soup.select('form')]}"
        begins = self.html.rindex("<form", 0, at)
        tree = BeautifulSoup(self.html[begins : self.html.index("</form>", at)], "html.parser")
        assert tree.form is not None
        return Form(tree.form)

    def own_form(self) -> Form:
        """The form in the page's content."""
        found = self.soup.select_one("main form[method='post']")
        assert found is not None, f"{self} has no form"
        return Form(found)

    def __str__(self) -> str:
        told = "; ".join(self.faults) or words_of(self.soup.main or self.soup)[:600]
        return f"{self.path} ({self.status}) {self.heading!r}: {told}"


def words_of(tag: Tag) -> str:
    """The words in a piece of a page, with single spaces."""
    return " ".join(tag.get_text(" ").replace("\u00a0", " ").split())


class Form:
    """A form as it stands on the page, to be filled in by the names of its fields."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.action = str(tag["action"])
        self.fields: MultiDict[str, str] = MultiDict(_sent_as_it_stands(tag))
        self.names = _in_order(str(field["name"]) for field in tag.select("[name]"))

    def has(self, name: str) -> bool:
        """True when there is a field of the name, a date in three boxes too."""
        return name in self.names or f"{name}-day" in self.names

    def empty(self, name: str) -> bool:
        """True while nothing is filled in."""
        parts = [f"{name}-{part}" for part in ("day", "month", "year")] if f"{name}-day" in self.names else [name]
        return not any(self.fields.get(part, "").strip() for part in parts)

    def wanted(self) -> list[str]:
        """The names of the fields that a person sees and that are not said to be optional."""
        stems = _in_order(n.removesuffix("-day").removesuffix("-month").removesuffix("-year") for n in self.names)
        return [name for name in stems if not self._hidden(name) and "(frivilligt)" not in self._label(name)]

    def fill(self, answers: Mapping[str, Any]) -> Form:
        """Fill in fields by name: text, a date, yes or no, or a choice by its value or its words."""
        for name, answer in answers.items():
            assert self.has(name), f"the form to {self.action} has no field {name!r}; it has {', '.join(self.names)}"
            if isinstance(answer, date):
                for part in ("day", "month", "year"):
                    self.fields[f"{name}-{part}"] = str(getattr(answer, part))
            elif isinstance(answer, bool):
                self.fields[name] = "yes" if answer else "no"
            elif isinstance(answer, list | tuple):
                self.fields.setlist(name, [self._choice(name, str(part)) for part in answer])
            else:
                self.fields[name] = self._choice(name, str(answer))
        return self

    def _first(self, name: str) -> Tag | None:
        return self.tag.select_one(f"[name='{name}'], [name='{name}-day']")

    def _hidden(self, name: str) -> bool:
        field = self._first(name)
        return field is None or field.get("type") == "hidden"

    def _label(self, name: str) -> str:
        field = self._first(name)
        group = field.find_parent(class_="govuk-form-group") if field else None
        while group is not None and (outer := group.find_parent("fieldset")) is not None:
            group = outer
        return words_of(group) if group else ""

    def _choice(self, name: str, answer: str) -> str:
        """The value of a choice named by its words, such as a unit's name; the answer itself where it is typed."""
        for option in self.tag.select(f"select[name='{name}'] option"):
            if words_of(option) == answer:
                return str(option["value"])
        for box in self.tag.select(f"input[name='{name}'][type='checkbox'], input[name='{name}'][type='radio']"):
            label = self.tag.select_one(f"label[for='{box.get('id')}']")
            if label is not None and words_of(label) == answer:
                return str(box["value"])
        return answer


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _sent_as_it_stands(tag: Tag) -> list[tuple[str, str]]:
    """What a browser would send if nothing were changed."""
    sent: list[tuple[str, str]] = []
    for field in tag.select("[name]"):
        name = str(field["name"])
        if field.name == "select":
            options = field.select("option")
            chosen = [o for o in options if o.has_attr("selected")] or options[:1]
            sent += [(name, str(option.get("value", ""))) for option in chosen]
        elif field.name == "textarea":
            sent.append((name, field.get_text().removeprefix("\n")))
        elif field.get("type") in ("radio", "checkbox"):
            if field.has_attr("checked"):
                sent.append((name, str(field.get("value", "on"))))
        else:
            sent.append((name, str(field.get("value", ""))))
    return sent


class Visitor:
    """A person with a browser of the own. Signs in for real, and again when the session has ended."""

    def __init__(self, client: FlaskClient, email: str = "", password: str = "", name: str = "") -> None:
        self.client, self.email, self.password, self.name = client, email, password, name

    def get(self, path: str) -> Page:
        """Open a page, whatever it answers, without going where it points."""
        return Page(self.client.get(path))

    def open(self, path: str) -> Page:
        """Open a page that there must be; sign in first where the service asks for it."""
        page = Page(self.client.get(path, follow_redirects=True))
        if page.path == "/sign-in" and self.email:
            page = self.sign_in(page)
        assert page.status == 200, f"{self.name or 'somebody'} could not open {path}: {page}"
        return page

    def sign_in(self, page: Page | None = None) -> Page:
        """Sign in on the page of that name, and land where one was going."""
        form = (page or Page(self.client.get("/sign-in"))).form("/sign-in")
        landed = self.send(form.fill({"email": self.email, "password": self.password}))
        assert landed.path != "/sign-in", f"{self.email} could not sign in: {landed}"
        return landed

    def enter(self) -> None:
        """Sign in, and go nowhere yet."""
        form = Page(self.client.get("/sign-in")).form("/sign-in")
        answer = self.client.post("/sign-in", data=form.fill({"email": self.email, "password": self.password}).fields)
        landing = urlsplit(answer.location or "/sign-in").path
        assert landing != "/sign-in", f"{self.email} could not sign in: {Page(answer)}"

    def send(self, form: Form, **answers: Any) -> Page:
        """Send a form, with some more filled in, and go where the answer points."""
        return self.post(form.action, form.fill(answers).fields)

    def post(self, path: str, fields: Mapping[str, Any]) -> Page:
        """Send fields to an address and go where the answer points."""
        return Page(self.client.post(path, data=fields, follow_redirects=True))

    def send_file(self, form: Form, content: bytes, name: str) -> Page:
        """Send a form with a file in it."""
        fields = {**form.fields, "file": (io.BytesIO(content), name)}
        return Page(self.client.post(form.action, data=fields, follow_redirects=True))

    def token(self) -> str:
        """A fresh token against forged forms, from any page."""
        page = self.open("/help")
        return page.form("/language").fields["csrf_token"]
