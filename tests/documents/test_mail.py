"""What mails say: each template in both languages, one notice or many, whatever a name holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup

from introduction.documents import mail
from introduction.domain.notices import OWN_TEMPLATES, TEMPLATES, Kind
from introduction.domain.process.timing import Text
from introduction.services.letters import Letter, Line
from introduction.services.outbox import Words
from introduction.settings import bundled
from introduction.store.gathering import Name
from tests.documents.ical import read
from tests.documents.lines import BASE, NAME, NOW, every_kind, letter, line

NASTY = "A<b>&\r\nBcc: x@y.example \u2028<script>alert(1)</script>"


def put(given: Letter) -> Words:
    """The letter in words, all of it."""
    composed = mail.compose(given, BASE, NOW)
    assert composed.words is not None and composed.broken == {}
    return composed.words


def flowing(text: str) -> str:
    """Text without its line breaks."""
    return " ".join(text.split())


def in_html(words: Words) -> str:
    """What the HTML part says."""
    return flowing(BeautifulSoup(words.html, "html.parser").get_text(" "))


def test_what_is_told_of_a_case_says_until_when_the_region_pays() -> None:
    told = next(one for one in every_kind() if one.template == "moved")
    assert "Regionens finansiering" not in put(letter(told, collected_on=None)).text
    paid = replace(told, name=replace(NAME, financed_until=date(2026, 12, 31)))
    words = put(letter(paid, collected_on=None))
    for part in (flowing(words.text), in_html(words)):
        said = "Regionens finansiering: till och med torsdag 31 december 2026. Därefter bär enheterna kostnaden."
        assert said in part


def test_every_template_is_there_and_none_is_left_over() -> None:
    known = {*TEMPLATES, *OWN_TEMPLATES}
    files = {path.stem for path in (bundled("templates") / "mail").glob("*.txt")}
    assert files - {"subject", "layout", "parts"} == known
    assert {one.template for one in every_kind()} == known


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("told", every_kind(), ids=lambda told: told.template)
def test_each_notice_says_what_which_case_and_where_alone(told: Line, language: str) -> None:
    words = put(letter(told, language=language, collected_on=None))
    assert 10 < len(words.subject) <= mail.LONGEST_SUBJECT and "\n" not in words.subject
    for part in (flowing(words.text), in_html(words)):
        assert "None" not in part and "%(" not in part and "{" not in part
        if told.name is not None:
            assert all(value in part for value in (told.name.number, told.name.medicine, told.name.indication))
        if told.instead_of is not None:
            assert told.instead_of in part
        if told.due_on is not None and told.template != "refused":
            assert str(told.due_on.year) in part
    assert words.text.startswith(words.subject)
    assert BeautifulSoup(words.html, "html.parser").html["lang"] == language  # type: ignore[index]
    assert "  " not in words.text and "\n\n\n" not in words.text


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-3, "Det skulle ha varit klart fredag 20 november 2026 och är 3 dagar försenat."),
        (-1, "Det skulle ha varit klart söndag 22 november 2026 och är en dag försenat."),
        (0, "Det ska vara klart i dag, måndag 23 november 2026."),
        (1, "Det ska vara klart senast i morgon, tisdag 24 november 2026."),
        (40, "Det ska vara klart senast lördag 2 januari 2027, om 40 dagar."),
    ],
)
def test_a_reminder_names_the_day_in_full_and_the_days_left_or_late(days: int, told: str) -> None:
    words = put(letter(line(days=days)))
    assert told in flowing(words.text) and told in in_html(words)


@pytest.mark.parametrize(
    ("days", "subject"),
    [
        (-3, "Försenat sedan 20 november: Beskriv läkemedlet (Examplumab)"),
        (0, "Senast i dag, 23 november: Beskriv läkemedlet (Examplumab)"),
        (40, "Senast 2 januari 2027: Beskriv läkemedlet (Examplumab)"),
    ],
)
def test_the_subject_of_one_notice_is_its_headline(days: int, subject: str) -> None:
    assert put(letter(line(days=days))).subject == subject


def test_what_the_definition_says_in_english_is_read_in_english() -> None:
    words = put(letter(line(), language="en"))
    assert "Describe the medicine" in words.subject
    assert "Thursday 3 December 2026" in flowing(words.text)


# ------------------------------------------------------------------------------------- many in one mail


def test_a_collecting_mail_tells_late_things_first_then_today_then_what_comes() -> None:
    days = {1: 10, 2: 0, 3: -3, 4: -30, 5: 1}
    told = [line(notice_id=number, days=left, task_id=number) for number, left in days.items()]
    news = line("moved", 6, kind=Kind.TOLD, task_id=None, days=None, stage=Text(sv="Nominerad", en="Nominated"))
    words = put(letter(news, *told))
    assert words.subject == "6 saker från Ordnat införande, 2 försenade"
    page = BeautifulSoup(words.html, "html.parser")
    order = ["Försenat (2)", "I dag (1)", "Kommande (2)", "Att känna till (1)"]
    assert [flowing(head.get_text(" ")) for head in page.find_all("h2")] == order
    links = [str(row.a["href"]).removeprefix(BASE) for row in page.find_all("h3") if row.a]
    assert links == ["/tasks/4", "/tasks/3", "/tasks/2", "/tasks/5", "/tasks/1", "/cases/VGR-2026-0007"]
    places = [words.text.index(head) for head in order]
    assert places == sorted(places)
    assert [words.text.index(link) for link in links] == sorted(words.text.index(link) for link in links)


def test_reasons_and_advice_stand_once_and_substitution_at_each() -> None:
    told = [line(notice_id=1, instead_of="Karin Ek"), line(notice_id=2)]
    text = flowing(put(letter(*told)).text)
    assert text.count("Du får det här i stället för Karin Ek") == 1
    assert "Du får påminnelsen för att" not in text and "Gör det som ska göras" not in text
    assert "Du får påminnelsen för att" in flowing(put(letter(told[1])).text)


def test_two_hundred_notices_go_in_one_mail_that_readers_do_not_clip() -> None:
    words = put(letter(*(line(notice_id=number, task_id=number, days=number % 40 - 5) for number in range(1, 201))))
    page = BeautifulSoup(words.html, "html.parser")
    assert len({a["href"] for a in page.select("h3 a")}) == 200
    assert all(f"{BASE}/messages/{number}" in words.text for number in range(1, 201))
    assert len(words.html.encode()) < 100_000, "at 102 kB a common reader shows only the beginning"


# ------------------------------------------------------------------------------------- links, footer, looks


def test_every_link_is_absolute_and_to_the_service_and_nothing_is_fetched() -> None:
    for told in ([one] for one in every_kind()), [every_kind()]:
        for lines in told:
            numbered = [replace(one, notice_id=number) for number, one in enumerate(lines, 1)]
            words = put(letter(*numbered))
            page = BeautifulSoup(words.html, "html.parser")
            assert all(str(a["href"]).startswith(BASE + "/") and a.get_text(strip=True) for a in page.find_all("a"))
            assert page.find_all(["img", "script", "link", "iframe", "form", "input"]) == []
            assert not re.search(r"url\(|@import|src=", words.html)
            assert all(found.startswith(BASE) for found in re.findall(r"https?://\S+", words.text))


@pytest.mark.parametrize("lines", [[line()], [line(), line(notice_id=2)]])
def test_the_footer_says_why_where_to_change_it_and_never_to_send_patient_data(lines: list[Line]) -> None:
    words = put(letter(*lines))
    for part in (flowing(words.text), in_html(words)):
        assert "rör dig, en roll som du har eller någon som du ersätter" in part
        assert "På din profil väljer du hur påminnelser ska komma." in part
        assert "Ett svar på mejlet går till Karin Ek. Skriv aldrig patientuppgifter i ett svar." in part
    assert f"{BASE}/profile" in words.text and f"{BASE}/profile" in words.html
    assert words.reply_to == "Karin Ek <karin.ek@region.example>"
    nobody = put(letter(*lines, reply_to=None))
    assert nobody.reply_to is None and "Skriv aldrig patientuppgifter i ett svar." in flowing(nobody.text)
    assert "svar på mejlet går" not in nobody.text


def test_an_invented_example_is_called_one() -> None:
    assert "Det är ett påhittat exempel." in put(letter(line(name=replace(NAME, example=True)))).text
    assert "exempel." not in put(letter(line())).text


# ------------------------------------------------------------------------------------- what names may hold


@pytest.mark.parametrize("told", every_kind(), ids=lambda told: told.template)
def test_markup_and_line_breaks_in_names_do_nothing(told: Line) -> None:
    evil = {
        key: NASTY for key in ("unit", "person", "by", "note", "instead_of", "address", "answer") if getattr(told, key)
    }
    name = replace(told.name, medicine=NASTY, indication=NASTY, number=told.name.number) if told.name else None
    title = Text(sv=NASTY, en=NASTY) if told.title else None
    nasty = replace(told, name=name, title=title, **evil)
    for lines in ([nasty], [nasty, line(notice_id=2)]):
        words = put(letter(*lines))
        page = BeautifulSoup(words.html, "html.parser")
        assert page.find_all(["script", "b"]) == []
        assert len(words.subject.splitlines()) == 1
        sent = mail.message(words, message_id="1", sender="a@region.example", host="region.example", now=NOW)
        assert sent["Bcc"] is None and b"\nBcc:" not in sent.as_bytes().partition(b"\r\n\r\n")[0]


def test_what_is_quoted_stands_in_the_page_as_it_was_written() -> None:
    words = put(letter(line(name=replace(NAME, medicine="A<b>&B"))))
    assert "A<b>&B" in in_html(words) and "A<b>&B" in words.text and "A<b>&B" in words.subject


def test_a_long_name_is_cut_in_the_subject_and_whole_in_the_mail() -> None:
    long = Name("case", "VGR-2026-0007", "ord " * 60 + "x" * 100, "svår migrän", False)
    words = put(letter(line(name=long)))
    assert len(words.subject) <= mail.LONGEST_SUBJECT and words.subject.endswith("ord…")
    assert "x" * 100 in words.text and "x" * 100 in words.html
    unbroken = put(letter(line(name=replace(long, medicine="x" * 400))))
    assert len(unbroken.subject) <= mail.LONGEST_SUBJECT and unbroken.subject.endswith("x…")


def test_a_line_that_cannot_be_put_in_words_leaves_the_others() -> None:
    composed = mail.compose(letter(line(), line("no_such_template", 2)), BASE, NOW)
    assert composed.words is not None and composed.words.subject.startswith("Senast 3 december")
    assert list(composed.broken) == [2] and "TemplateNotFound" in composed.broken[2]
    assert mail.compose(letter(line("no_such_template")), BASE, NOW).words is None


# ------------------------------------------------------------------------------------- the calendar file


def test_a_mail_with_a_day_to_come_has_a_calendar_file_that_says_when() -> None:
    words = put(letter(line(), line(notice_id=2, days=0)))
    assert words.calendar is not None and "kalenderfil" in words.text and "kalenderfil" in words.html
    days = {one["UID"]: one["DTSTART"] for one in read(words.calendar.encode()).parts}
    assert days == {"due-401@inforande.region.example": "20261203", "due-402@inforande.region.example": "20261123"}


@pytest.mark.parametrize(
    "told", [line(days=-1), line(due_date_id=None), line(days=None), line("unreachable", kind=Kind.DIGEST)]
)
def test_no_calendar_file_without_a_day_to_come(told: Line) -> None:
    words = put(letter(told))
    assert words.calendar is None and "kalenderfil" not in words.text + words.html


def test_two_notices_of_one_due_date_are_one_day_in_the_calendar() -> None:
    words = put(letter(line(due_date_id=7), line("assigned", 2, kind=Kind.TOLD, due_date_id=7)))
    assert words.calendar is not None and len(read(words.calendar.encode()).parts) == 1
