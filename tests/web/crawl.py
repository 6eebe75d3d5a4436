"""Opens every address of the service that somebody can reach, and keeps what came back, byte for byte.

Addresses are made from the routes that the app has, with every number that stands in the database; then from the links
and the filters of the pages. A route with a parameter that is not known here fails: give it values in ``Known``.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from introduction.domain.budget.questions import KINDS, OWN, pages_of
from introduction.domain.process.loading import Catalogue
from introduction.store.analysis import Analysis
from introduction.store.application import OwnSaving
from introduction.store.attachment import Attachment
from introduction.store.case import Case
from introduction.store.event import events_of
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.indicator import Indicator
from introduction.store.instance import Instance
from introduction.store.job import Job
from introduction.store.ledger import LedgerFile
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.nouns import ROWS
from introduction.store.person import PersonRow
from introduction.store.recommendation import Recommendation
from introduction.store.task import TaskRow
from introduction.web import application_pages
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor

#: What differs between two answers of the same service for no other reason than that it is drawn at random.
_RANDOM = re.compile(rb'(name="(?:csrf_token|request_key)" value=")[^"]+')
#: Headers that follow from those, that carry the session, or that a file has from the machine's clock.
_UNCOMPARED = {"Set-Cookie", "Content-Length", "Date", "Expires"}
_LINK = re.compile(r'href="(/[^"#]*)')
#: So many choices of a filter are tried, each by itself, and so many fields of a form in an address.
_MOST_CHOICES, _MOST_FIELDS = 3, 6
MOST_PAGES = 600


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers, and the body but for what is drawn at random."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        """Everything that can be read in the answer, in the parts of a spreadsheet and on the pages of a PDF too."""
        return _read(self.body)


@cache
def _read(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            return "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    return html.unescape(body.decode("utf-8", "replace"))


def ask(visitor: Visitor, address: str) -> Answer:
    """Open an address, whatever it answers."""
    response = visitor.client.get(address)
    headers = tuple(sorted((name, value) for name, value in response.headers if name not in _UNCOMPARED))
    body = response.get_data()
    response.close()
    return Answer(response.status_code, headers, _RANDOM.sub(rb"\1", body))


# ------------------------------------------------------------------------------------- addresses from routes


@dataclass
class Known:
    """The values that parameters of routes can have."""

    session: Session
    catalogue: Catalogue
    more: Mapping[str, Iterable[object]] = field(default_factory=dict)

    def of(self, rule: Rule, name: str, chosen: Mapping[str, object]) -> list[object]:
        """The values of a parameter, when those before it in the address are chosen."""
        if name in self.more:
            given = list(self.more[name])
            return [one for one in given if name != "number" or one in self._number(rule, chosen)]
        made = getattr(self, f"_{name}", None)
        assert made is not None, f"{rule.rule}: the crawl has no values for <{name}>; give it some"
        return list(made(rule, chosen))

    def _ids(self, column: object) -> list[object]:
        return list(self.session.scalars(select(column).order_by(column)))  # type: ignore[call-overload]

    def _number(self, rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        nouns = {
            "cases": "case",
            "recommendations": "recommendation",
            "claims": "claim",
            "applications": "funding_application",
        }
        subject = nouns.get(rule.rule.split("/")[1])
        found = [ROWS[subject]] if subject is not None else [Case, Recommendation]
        return [number for row in found for number in self._ids(row.__table__.c.public_number)]

    def _instance(self, chosen: Mapping[str, object]) -> Instance:
        for row in ROWS.values():
            query = select(row.__table__.c.id).where(row.__table__.c.public_number == chosen["number"])
            if (row_id := self.session.scalar(query)) is not None:
                return self.session.get_one(Instance, row_id)
        raise AssertionError(f"nothing has the number {chosen['number']}")

    def _analysis(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        if "number" not in chosen:
            return self._ids(Analysis.number)
        query = select(Analysis.number).where(Analysis.case_id == self._instance(chosen).id)
        return list(self.session.scalars(query.order_by(Analysis.number)))

    def _other(self, rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        return [number for number in self._analysis(rule, chosen) if number != chosen.get("analysis")]

    def _page_key(self, rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        if rule.rule.startswith("/applications"):
            return [page.key for page in application_pages.pages(savings=True)]
        query = select(Analysis.kind).where(Analysis.case_id == self._instance(chosen).id)
        kind = self.session.scalar(query.where(Analysis.number == chosen["analysis"]))
        return [page.key for page in pages_of(kind)] if kind in KINDS and kind != OWN else ["model"]

    def _action_id(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        instance = self._instance(chosen)
        definition = self.catalogue.get(instance.definition_id, instance.definition_version)
        return [action.id for action in definition.action if instance.stage in action.from_]

    def _follow_on_id(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        instance = self._instance(chosen)
        return [one.id for one in self.catalogue.get(instance.definition_id, instance.definition_version).follow_on]

    def _definition_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return sorted({name for name, _version in self.catalogue.definitions})

    def _version(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return [1]

    def _origin(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        return [way.origin for way in self.catalogue.latest(str(chosen["definition_id"])).start]

    def _route(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return ["hospital_medicine", "benefit_medicine"]

    def _job_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(Job.id)

    def _mail_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(Mail.id)

    def _notice_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(Notice.id)

    def _person_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(PersonRow.id)[:2]

    def _task_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(TaskRow.id)[:2]

    def _attachment_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(Attachment.id)[:2]

    def _indicator_id(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        query = select(Indicator.id).where(Indicator.case_id == self._instance(chosen).id)
        return list(self.session.scalars(query.order_by(Indicator.id)))[:2]

    def _event(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        drawn = events_of(self.session, self._instance(chosen).stream)
        return [event.seq for event in drawn if "follow_up" in event.content]

    def _instance_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(Instance.id)[:2]

    def _grant_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(GrantRow.id)[:2]

    def _fund_id(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(Fund.id)[:2]

    def _saving_id(self, _rule: Rule, chosen: Mapping[str, object]) -> list[object]:
        query = select(OwnSaving.id).where(OwnSaving.application_id == self._instance(chosen).id)
        return list(self.session.scalars(query.order_by(OwnSaving.id)))[:2]

    def _file(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return self._ids(LedgerFile.number)[:2]

    def _token(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return ["unknown"]

    def _year(self, _rule: Rule, _chosen: Mapping[str, object]) -> list[object]:
        return [2027, 2028]


def of_routes(site: Site, known: Known, *, each_file: bool = True) -> list[str]:
    """An address of every route that can be opened, for each combination of its parameters' values.

    Without ``each_file`` a route that gives a file (``.xlsx``, ``.pdf``) is opened with one combination only: it takes
    long to make one.
    """
    adapter = site.app.create_url_adapter(None) or site.app.url_map.bind("localhost")
    found = []
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        chosen: list[dict[str, object]] = [{}]
        for name in re.findall(r"<(?:[^:<>]+:)?(\w+)>", rule.rule):
            chosen = [{**one, name: value} for one in chosen for value in known.of(rule, name, one)]
        if not each_file and re.search(r"\.\w+$", rule.rule):
            chosen = chosen[-1:]
        found += [adapter.build(rule.endpoint, one) for one in chosen]
    return list(dict.fromkeys(found))


# ------------------------------------------------------------------------------------- addresses from pages


def of_page(answer: Answer) -> Iterator[str]:
    """The addresses that a page leads to: its links, and what its filters can ask for."""
    if not dict(answer.headers).get("Content-Type", "").startswith("text/html"):
        return
    page = answer.body.decode("utf-8")
    for link in _LINK.findall(page):
        yield html.unescape(link)
    if 'method="get"' in page:
        for form in BeautifulSoup(page, "html.parser").select('form[method="get"]'):
            yield from _asked(form)


def _asked(form: Tag) -> Iterator[str]:
    """What a form in the address asks for: as it stands, and with each of its fields changed by itself."""
    address = str(form["action"]).partition("?")[0]
    stands: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    for one in form.select("[name]"):
        name = str(one["name"])
        if one.name == "select":
            options = [str(option.get("value", "")) for option in one.select("option")]
            chosen = [str(option.get("value", "")) for option in one.select("option[selected]")]
            stands[name] = (chosen or options[:1] or [""])[0]
            others[name] = [value for value in options if value != stands[name]][:_MOST_CHOICES]
        elif one.get("type") in ("checkbox", "radio"):
            stands |= {name: str(one.get("value", "on"))} if one.has_attr("checked") else {}
            others[name] = [*others.get(name, []), str(one.get("value", "on"))][:_MOST_CHOICES]
        else:
            stands[name] = str(one.get("value", ""))
            others[name] = [] if one.get("type") == "hidden" else [_another(stands[name])]
    yield f"{address}?{urlencode(stands)}"
    for name in list(others)[:_MOST_FIELDS]:
        for value in others[name]:
            yield f"{address}?{urlencode({**stands, name: value})}"


def _another(stands: str) -> str:
    """Another value for what is typed: half as much again of a number, and else a few letters."""
    number = stands.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        return f"{float(number) * 0.5:g}".replace(".", ",")
    except ValueError:
        return "ab"


# ------------------------------------------------------------------------------------- the crawl


def crawl(visitor: Visitor, addresses: Iterable[str], *, follow: bool = False) -> dict[str, Answer]:
    """Open addresses, and where ``follow`` says so what those pages lead to, one step. Returns answers by address."""
    found: dict[str, Answer] = {}
    next_step: list[str] = []
    for address in addresses:
        found[address] = ask(visitor, address)
        next_step += of_page(found[address]) if follow else ()
    for address in dict.fromkeys(next_step):
        if address not in found and not address.startswith("/static/"):
            found[address] = ask(visitor, address)
    assert len(found) <= MOST_PAGES, "more pages than anybody can crawl: narrow what is followed"
    return found
