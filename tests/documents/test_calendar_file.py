"""Calendar files, read with a parser of our own tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from introduction.documents.calendar_file import Entry, of_entries
from tests.documents.ical import read
from tests.documents.lines import BASE, NOW

ENTRY = Entry(
    uid="due-1@region.example",
    day=date(2028, 2, 29),
    title="Lämna in; följ upp, ”allt” \\ och\nlite till " + "åäö" * 40,
    about="VGR-2026-0007: A<b>&B, svår migrän\nLungmedicin",
    link=f"{BASE}/tasks/12",
    changed_at=NOW,
)


def test_a_day_is_a_whole_day_with_its_words_as_they_were_written() -> None:
    (event,) = read(of_entries([ENTRY]).encode()).parts
    assert event.properties["DTSTART"] == ("VALUE=DATE", "20280229")
    assert event.properties["DTEND"] == ("VALUE=DATE", "20280301")
    assert event["SUMMARY"] == ENTRY.title.replace("\n", " ")
    assert event["DESCRIPTION"] == ENTRY.about
    assert event["URL"] == ENTRY.link
    assert (event["DTSTAMP"], event["TRANSP"]) == ("20261123T060000Z", "TRANSPARENT")


def test_a_date_that_moves_keeps_its_name_and_is_written_later() -> None:
    later = replace(ENTRY, day=date(2028, 3, 31), changed_at=NOW + timedelta(hours=1))
    (before,), (after,) = (read(of_entries([one]).encode()).parts for one in (ENTRY, later))
    assert before["UID"] == after["UID"]
    assert (before["DTSTART"], after["DTSTART"]) == ("20280229", "20280331")
    assert int(before["SEQUENCE"]) < int(after["SEQUENCE"]) < 2**31


def test_a_feed_has_a_name_and_says_when_to_ask_again() -> None:
    calendar = read(of_entries([], "Ordnat införande").encode())
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Ordnat införande"
    assert calendar.properties["REFRESH-INTERVAL"] == ("VALUE=DURATION", "PT6H")
    assert calendar.parts == []
