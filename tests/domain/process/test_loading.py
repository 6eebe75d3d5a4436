"""Faults in the files are found before use: all of them, with the file and the place in it."""

from datetime import date

import pytest

from introduction.domain.errors import BadDefinition, NotFound, Problem
from introduction.domain.process.loading import checksum, load, publish, published
from introduction.domain.process.region import SETTINGS


def problems(folder, **how) -> list[Problem]:
    with pytest.raises(BadDefinition) as found:
        load(folder.path, **{"demand_published": False, **how})
    return list(found.value.problems)


def test_the_small_process_is_sound(folder):
    catalogue = load(folder.path, demand_published=False)
    assert [definition.id for definition in catalogue.newest()] == ["testland.new_medicine"]
    assert catalogue.region_of(catalogue.get("testland.new_medicine", 1)).prefix == "TL"


# (what it is, what stands there, what is written instead, the path of the problem, words in it)
BROKEN = [
    # the shape
    ("an unknown key", 'owner = "coordinator"', 'owner = "coordinator"\ncolour = "red"', "stage.1.colour", "Extra"),
    ("an unknown key of all", "version = 1", 'version = 1\nauthor = "jag"', "author", "Extra"),
    ("a missing title", 'title = { sv = "Vilande", en = "Paused" }\n', "", "stage.2.title", "required"),
    (
        "a title in one language",
        '{ sv = "Vilande", en = "Paused" }',
        '{ sv = "Vilande" }',
        "stage.2.title.en",
        "required",
    ),
    ("an id with capitals", 'id = "describe"', 'id = "Describe"', "stage.0.task.0.id", "pattern"),
    ("an unknown role that acts", 'by = ["council_chair"]', 'by = ["kung"]', "action.0.by.0", "coordinator"),
    ("an unknown role with a task", 'by = "head_of_unit"', 'by = "kung"', "task.0.by", "coordinator"),
    ("an unknown owner", 'owner = "drafting_group"', 'owner = "kung"', "stage.0.owner", "coordinator"),
    ("an unknown phase", 'phase = "follow_up"', 'phase = "later"', "stage.1.phase", "handover"),
    ("an unknown kind", 'kind = "hold"', 'kind = "wait"', "stage.2.kind", "hold"),
    ("an unknown origin", 'origin = "nomination"', 'origin = "rumour"', "start.0.origin", "horizon_scan"),
    ("two units of time", "{ working_days = 10 }", "{ working_days = 10, days = 3 }", "stage.0.due", "exactly one"),
    ("no unit of time", '{ days = 5, after = "opened" }', '{ after = "opened" }', "stage.0.task.0.due", "exactly one"),
    ("a reminder without a day", "[[remind]]\ndays = 0", '[[remind]]\nto = "coordinator"', "remind.0", "exactly one"),
    (
        "a task that opens in two ways",
        'opens = { months = 3, after = "introduction_start" }',
        'opens = { months = 3, after = "introduction_start" }\non = "recommendation_changed"',
        "task.0",
        "opens and on",
    ),
    (
        "a task that never opens",
        'opens = { months = 3, after = "introduction_start" }\n',
        "",
        "task.0",
        "opens and on",
    ),
    # names
    (
        "a guard that is none",
        '["described", "registered"]',
        '["described", "lucky"]',
        "action.0.needs",
        "unknown guard lucky",
    ),
    (
        "a fact that is none",
        'asks = ["comparator"]',
        'asks = ["shoe_size"]',
        "stage.0.task.0.asks",
        "unknown fact shoe_size",
    ),
    ("a fact of a start", 'asks = ["benefit"]', 'may = ["shoe_size"]', "start.0.asks", "unknown fact shoe_size"),
    (
        "an anchor of a task",
        'after = "opened"',
        'after = "easter"',
        "stage.0.task.0.due.after",
        "unknown anchor easter",
    ),
    (
        "an anchor of all",
        'after = "introduction_start"',
        'after = "easter"',
        "task.0.opens.after",
        "unknown anchor easter",
    ),
    ("an anchor of a date", 'after = "watch_end"', 'after = "easter"', "milestone.0.at.after", "unknown anchor easter"),
    ("a goal that is no stage", 'to = "closed"', 'to = "heaven"', "action.2.to", "unknown stage heaven"),
    (
        "a source that is no stage",
        'from = "nominated"',
        'from = ["nominated", "hell"]',
        "action.0.from",
        "unknown stage hell",
    ),
    (
        "an exception that is no stage",
        'from = "*"\nto',
        'from = "*"\nexcept = "limbo"\nto',
        "action.3.except",
        "unknown stage limbo",
    ),
    (
        "an exception from a list",
        'from = "paused"',
        'from = "paused"\nexcept = "closed"',
        "action.4.except",
        'only from = "*"',
    ),
    (
        "a start that is no stage",
        '[[start]]\nstage = "nominated"',
        '[[start]]\nstage = "dreamt"',
        "start.0.stage",
        "unknown stage dreamt",
    ),
    ("an end of a task", 'until = ["closed"]', 'until = ["never"]', "task.0.until", "unknown stage never"),
    ("a new case's stage", 'start = "nominated"', 'start = "dreamt"', "follow_on.0", "unknown stage dreamt"),
    ("a body that is none", 'body = "council"', 'body = "parliament"', "action.0.body", "unknown body parliament"),
    ("a record of an action", 'record = "grant"', 'record = "gift"', "action.1.record", "unknown record gift"),
    ("a record of a task", 'record = "follow_up_report"', 'record = "essay"', "task.0.record", "unknown record essay"),
    (
        "an outcome that is none",
        'outcome = "approved"',
        'outcome = "splendid"',
        "action.0.outcome",
        "unknown outcome splendid",
    ),
    ("a decision without outcome", 'outcome = "approved"\n', "", "action.0", "a decision has an outcome"),
    ("an outcome without decision", 'record = "grant"', 'outcome = "approved"', "action.1", "only a decision has one"),
    ("a stage twice", 'id = "paused"\ntitle', 'id = "followed"\ntitle', "stage", "followed stands more than once"),
    ("an action twice", 'id = "divide_money"', 'id = "close"', "action", "close stands more than once"),
    ("a task twice", 'id = "report"', 'id = "describe"', "task", "describe stands more than once"),
    # people
    ("an action for nobody", 'by = ["economist"]', "by = []", "action.1.by", "nobody"),
    ("a start for nobody", 'by = ["nominator"]', "by = []", "start.0.by", "nobody"),
    ("a new case for nobody", 'by = ["coordinator"]\nlink', "by = []\nlink", "follow_on.0.by", "nobody"),
    ("a stage that nobody owns", 'owner = "coordinator"\n', "", "stage.1.owner", "owns"),
    # stages
    ("work outside the phases", 'phase = "follow_up"\n', "", "stage.1.phase", "five phases"),
    (
        "an end with something due",
        'kind = "end"',
        'kind = "end"\ndue = { days = 1 }',
        "stage.3",
        "neither tasks nor a due date",
    ),
    ("due, and nobody reminded", "[[remind]]\ndays = 0\n", "", "stage.0.due", "nobody is reminded"),
    (
        "reminded of nothing",
        'owner = "coordinator"',
        'owner = "coordinator"\nremind = [{ days = 0 }]',
        "stage.1.remind",
        "not there",
    ),
    # the drawing
    (
        "a stage out of reach",
        'to = "followed"\nby = ["council_chair"]',
        'to = "closed"\nby = ["council_chair"]',
        "stage.1",
        "no way leads to followed",
    ),
    (
        "a stage without an end",
        'to = "closed"',
        'to = "nominated"\nbackwards = true',
        "stage.1",
        "followed has no way to an end",
    ),
    (
        "a stage that can only be paused",
        'from = "followed"\nto = "closed"',
        'from = "nominated"\nto = "closed"',
        "stage.1",
        "followed has no way to an end",
    ),
    (
        "an end that is left",
        'from = "followed"\nto = "closed"',
        'from = ["followed", "closed"]\nto = "nominated"\nbackwards = true',
        "stage.3",
        "an action leaves it",
    ),
    ("no main action", 'by = ["coordinator"]\nmain = true', 'by = ["coordinator"]', "stage.1", "no main action"),
    (
        "no way back from work",
        'from = "paused"',
        'from = ["paused", "followed"]',
        "action.4.from",
        "followed is no hold",
    ),
    (
        "a phase backwards",
        'from = "followed"\nto = "followed"',
        'from = "followed"\nto = "nominated"',
        "action.1",
        "backwards = true",
    ),
]
for name in ("state", "stage", "trigger", "now", "return_stage", "is_done", "may_close", "to_board", "on_enter"):
    BROKEN.append(("a reserved name", 'id = "divide_money"', f'id = "{name}"', "action.1.id", "clashes"))


@pytest.mark.parametrize(("what", "old", "new", "path", "words"), BROKEN, ids=[f"{row[0]}: {row[3]}" for row in BROKEN])
def test_a_fault_is_told_with_its_file_and_place(folder, what, old, new, path, words):
    folder.edit(folder.process_file, old, new)
    found = problems(folder)
    assert any(p.file == folder.process_file and p.path == path and words in p.what for p in found), found


def test_all_faults_of_all_files_are_told_at_once(folder):
    folder.edit(folder.process_file, 'needs = ["described", "registered"]', 'needs = ["lucky"]')
    folder.edit(folder.process_file, 'to = "closed"', 'to = "heaven"')
    folder.edit(folder.region_file, 'how = "consensus"', 'how = "dice"')
    folder.write("testland/claim/1.toml", "this is no TOML")
    found = {(p.file, p.path) for p in problems(folder)}
    assert ("testland/claim/1.toml", "") in found
    assert ("testland/region.toml", "body.0.how") in found
    folder.edit(folder.region_file, 'how = "dice"', 'how = "vote"')
    found = {(p.file, p.path) for p in problems(folder)}
    assert {
        ("testland/claim/1.toml", ""),
        (folder.process_file, "action.0.needs"),
        (folder.process_file, "action.2.to"),
    } <= found


def test_each_fault_is_a_line_that_says_where(folder):
    folder.edit(folder.process_file, 'to = "closed"', 'to = "heaven"')
    assert str(problems(folder)[0]) == "testland/new_medicine/1.toml: action.2.to: unknown stage heaven"


@pytest.mark.parametrize("text", ['id = "testland.new_medicine', "id = 1\nid = 2\n", "[[stage]\n"])
def test_what_is_no_toml_is_told(folder, text):
    folder.write(folder.process_file, text)
    found = problems(folder)
    assert [(p.file, p.path) for p in found] == [(folder.process_file, "")]
    assert "not readable as TOML" in found[0].what


def test_a_file_in_another_encoding_is_told(folder):
    (folder.path / folder.process_file).write_bytes("titel = 'åäö'".encode("latin-1"))
    assert "not readable as TOML" in problems(folder)[0].what


def test_a_file_stands_where_its_id_and_version_say(folder):
    folder.edit(folder.process_file, "version = 1", "version = 2")
    assert problems(folder)[0].what == "a file with this id and version must be testland/new_medicine/2.toml"


def test_a_process_needs_a_region(folder):
    (folder.path / folder.region_file).unlink()
    assert [(p.path, p.what) for p in problems(folder)] == [("id", "there is no testland/region.toml")]


def test_an_empty_folder_is_a_fault(tmp_path):
    with pytest.raises(BadDefinition, match="no process definitions"):
        load(tmp_path)


# ------------------------------------------------------------------------------------- recommendations


def test_only_cases_have_phases_and_treating_units(folder):
    folder.edit(folder.process_file, 'subject = "case"', 'subject = "recommendation"')
    found = {(p.path, p.what) for p in problems(folder)}
    assert ("stage.0.phase", "a recommendation has no phases") in found
    assert ("task.0.per", "a recommendation has no treating units") in found
    assert ("start.0.asks", "unknown fact benefit") in found


# ------------------------------------------------------------------------------------- regions


def test_a_region_with_a_county_gives_every_setting(folder):
    folder.edit(folder.region_file, 'prefix = "TL"', 'prefix = "TL"\ncounty_code = "99"')
    found = problems(folder)
    assert {p.what.split()[2].rstrip(":") for p in found} == set(SETTINGS)
    assert {p.path for p in found} == {"setting"}


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ('\n[[setting]]\nkey = "luck"\nvalue = 7\nvalid_from = 2026-01-01\n', "setting.0.key", "unknown setting luck"),
        ('\n[[setting]]\nkey = "watch_months"\nvalue = 7\n', "setting.0.valid_from", "required"),
        (
            '\n[[body]]\nid = "council"\ntitle = { sv = "Rådet", en = "Council" }\ndoes = "decides"\nhow = "vote"\n',
            "body",
            "council stands more than once",
        ),
        (
            '\n[[round]]\nid = "spring"\ntitle = { sv = "Vår", en = "Spring" }\n'
            "month = 2\nday = 30\nvalid_from = 2026-01-01\n",
            "round.0",
            "day is out of range",
        ),
        ('\n[role_titles]\nking = { sv = "kung", en = "king" }\n', "role_titles.king.[key]", "coordinator"),
    ],
)
def test_a_fault_of_a_region_is_told_with_its_place(folder, text, path, words):
    folder.write(folder.region_file, (folder.path / folder.region_file).read_text(encoding="utf-8") + text)
    assert any(p.file == folder.region_file and p.path == path and words in p.what for p in problems(folder))


def test_a_region_is_named_as_its_folder(folder):
    folder.edit(folder.region_file, 'id = "testland"', 'id = "otherland"')
    assert (folder.region_file, "id") in {(p.file, p.path) for p in problems(folder)}


def test_a_setting_holds_from_its_date(folder):
    text = "".join(
        f'\n[[setting]]\nkey = "watch_months"\nvalue = {value}\nvalid_from = {day}\n'
        for value, day in ((6, "2026-07-01"), (12, "2020-01-01"))
    )
    folder.write(folder.region_file, (folder.path / folder.region_file).read_text(encoding="utf-8") + text)
    region = load(folder.path, demand_published=False).regions["testland"]
    assert region.value("watch_months", date(2026, 6, 30)) == 12
    assert region.value("watch_months", date(2026, 7, 1)) == 6
    assert region.value("watch_months", date(2010, 1, 1)) == 12
    with pytest.raises(KeyError):
        region.value("financed_months", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 15), date(2026, 3, 15)),
        (date(2026, 3, 16), date(2026, 8, 15)),
        (date(2026, 11, 16), date(2027, 3, 15)),
        (date(2018, 6, 1), date(2019, 3, 15)),  # the rounds began in 2019
    ],
)
def test_the_next_cut_off_date(shipped, day, expected):
    assert shipped.regions["vastra_gotaland"].next_cut_off(day) == expected


def test_a_region_without_rounds_has_no_cut_off_date(shipped):
    assert shipped.regions["norrbotten"].next_cut_off(date(2026, 1, 1)) is None


# ------------------------------------------------------------------------------------- publishing


def test_what_is_not_published_is_not_used(folder):
    assert [p.what for p in problems(folder, demand_published=True)] == [
        "not published: run introduction process publish"
    ]


def test_publishing_writes_the_checksum_and_lets_the_process_be_used(folder):
    assert publish(folder.path) == ["testland.new_medicine@1"]
    content = (folder.path / folder.process_file).read_bytes()
    assert published(folder.path) == {"testland.new_medicine@1": checksum(content)}
    assert load(folder.path).checksums == {("testland.new_medicine", 1): checksum(content)}
    assert publish(folder.path) == []


def test_a_published_file_that_was_changed_stops_everything(folder):
    publish(folder.path)
    folder.edit(folder.process_file, '"Nominerad"', '"Inkommen"')
    assert [(p.file, p.what) for p in problems(folder, demand_published=True)] == [
        (folder.process_file, "changed after it was published: make a new version instead")
    ]
    with pytest.raises(BadDefinition, match="published and frozen"):
        publish(folder.path)


def test_other_line_ends_are_no_change(folder):
    publish(folder.path)
    path = folder.path / folder.process_file
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    load(folder.path)


def test_version_one_may_be_published_again_until_the_first_release(folder):
    publish(folder.path)
    folder.edit(folder.process_file, '"Nominerad"', '"Inkommen"')
    assert publish(folder.path, again=True) == ["testland.new_medicine@1"]
    load(folder.path)


def test_a_new_version_stands_beside_the_old_which_stays_as_it_was(folder):
    publish(folder.path)
    before = published(folder.path)
    text = (folder.path / folder.process_file).read_text(encoding="utf-8")
    folder.write(
        "testland/new_medicine/2.toml", text.replace("version = 1", "version = 2").replace("Nominerad", "Inkommen")
    )
    assert publish(folder.path) == ["testland.new_medicine@2"]
    catalogue = load(folder.path)
    assert catalogue.latest("testland.new_medicine").version == 2
    assert str(catalogue.get("testland.new_medicine", 1).stage_named("nominated").title) == "Nominerad"
    assert published(folder.path).items() > before.items()
    folder.edit("testland/new_medicine/2.toml", "Inkommen", "Mottagen")
    with pytest.raises(BadDefinition, match="frozen"):
        publish(folder.path, again=True)


def test_a_faulty_process_is_not_published(folder):
    folder.edit(folder.process_file, 'to = "closed"', 'to = "heaven"')
    with pytest.raises(BadDefinition, match="heaven"):
        publish(folder.path)
    assert published(folder.path) == {}


def test_what_is_not_there_is_not_found(small):
    with pytest.raises(NotFound):
        small.get("testland.new_medicine", 9)
    with pytest.raises(NotFound):
        small.latest("testland.claim")
