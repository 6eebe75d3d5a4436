"""The `introduction` command: what it says, and to whom a script can listen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from introduction import clock
from introduction.cli import main
from introduction.domain import calendar
from introduction.domain.calendar import STOCKHOLM
from introduction.domain.process import loading
from introduction.services import workers
from introduction.services.desk import Desk
from introduction.settings import bundled
from introduction.store import database
from introduction.store.mail import Mail
from tests.databases import WORLD, Databases, writing
from tests.jobs.smtp import Conduct, serving
from tests.world import NINE, PASSWORD

COORDINATOR = "coordinator.vastra_gotaland@region.example"
READER = "reader.vastra_gotaland@region.example"
START = ["case", "start", "vastra_gotaland.new_medicine", "horizon_scan", "Examplumab", "svår migrän"]
Run = Callable[..., Result]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped processes, all published as they are."""
    workflows = tmp_path_factory.mktemp("published") / "workflows"
    shutil.copytree(bundled("workflows"), workflows)
    (workflows / loading.PUBLISHED).unlink(missing_ok=True)
    loading.publish(workflows)
    return workflows


@pytest.fixture
def environment(published: Path, tmp_path: Path) -> dict[str, str]:
    """An installation of its own."""
    workflows = tmp_path / "workflows"
    shutil.copytree(published, workflows)
    return {
        "INTRODUCTION_STATE": str(tmp_path / "var"),
        "INTRODUCTION_WORKFLOWS": str(workflows),
        "INTRODUCTION_TODAY": NINE.astimezone(STOCKHOLM).date().isoformat(),
    }


@pytest.fixture
def bare(environment: dict[str, str]) -> Run:
    """Runs a command in an installation without a database."""

    def run(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(main, arguments, env=environment, **options)

    return run


@pytest.fixture
def run(bare: Run, environment: dict[str, str], databases: Databases, tmp_path: Path) -> Run:
    """Runs a command in an installation with people in it."""
    engine = databases.sqlite(tmp_path, WORLD)
    environment["INTRODUCTION_DATABASE_URL"] = str(engine.url)
    engine.dispose()
    return bare


def data(result: Result) -> Any:
    """What a command wrote as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(result: Result, status: int = 1) -> str:
    """What a command said when it refused: on stderr, and never a traceback."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


# --- the database


def test_a_database_is_made_and_told_of(bare: Run) -> None:
    assert bare("db", "current").stdout.startswith("empty (this release has ")
    made = bare("db", "upgrade").stdout
    assert bare("db", "current").stdout == made
    assert bare("db", "downgrade", "base", "--yes").stdout == "base\n"


def test_an_unknown_revision_is_told(bare: Run) -> None:
    bare("db", "upgrade")
    assert "9999" in refused(bare("db", "downgrade", "9999", "--yes"))


def test_a_database_of_another_release_is_not_worked_on(bare: Run) -> None:
    assert "introduction db upgrade" in refused(bare("user", "list"))


def test_a_database_that_does_not_answer_is_told(bare: Run, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    environment["INTRODUCTION_DATABASE_URL"] = f"sqlite:///{tmp_path / 'folder.db'}"
    assert "the database does not answer" in refused(bare("db", "current"))


def test_a_bad_setting_is_told(bare: Run, environment: dict[str, str]) -> None:
    environment["INTRODUCTION_SECURE_COOKIES"] = "yes"
    assert "INTRODUCTION_SECURE_COOKIES: write 0 or 1" in refused(bare("user", "list"))


def test_a_wrong_command_line_has_a_status_of_its_own(bare: Run) -> None:
    refused(bare("case", "list"), status=2)
    refused(bare("nonsense"), status=2)


# --- people


def test_somebody_is_added_with_a_password_and_a_role(run: Run) -> None:
    added = run("user", "add", "Ny@Region.example", "Ny Person", "--password", PASSWORD)
    assert added.stdout == "ny@region.example\n"
    assert run("role", "grant", "ny@region.example", "registrar", "norrbotten").exit_code == 0
    (row,) = [row for row in data(run("user", "list", "--json")) if row["email"] == "ny@region.example"]
    assert row["roles"] == [
        {
            "role": "registrar",
            "region": "norrbotten",
            "unit": None,
            "valid_from": "2026-11-23",
            "valid_to": None,
        }
    ]


def test_a_password_is_asked_for_twice_and_not_shown(run: Run) -> None:
    asked = run("user", "password", COORDINATOR, input=f"{PASSWORD} ny\n{PASSWORD} ny\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["user", "add", COORDINATOR, "Anna", "--password", PASSWORD], "redan en person"),
        (["user", "password", COORDINATOR, "--password", "kort"], "minst 12 tecken"),
        (["user", "password", "ingen@region.example", "--password", PASSWORD], "there is no person"),
        (["role", "grant", COORDINATOR, "boss", "vastra_gotaland"], "there is no role boss: choose administrator"),
        (["role", "grant", COORDINATOR, "reader", "atlantis"], "there is no region atlantis"),
        (["role", "grant", COORDINATOR, "nominator", "vastra_gotaland"], "Välj en enhet"),
        (["role", "grant", COORDINATOR, "nominator", "vastra_gotaland", "--unit", "Hud"], "no unit named Hud"),
        (["role", "end", COORDINATOR, "registrar", "vastra_gotaland"], "is not registrar in vastra_gotaland today"),
        (["case", "show", "VGR-2026-9999", "--as", COORDINATOR], "there is no case VGR-2026-9999"),
        ([*START, "--as", READER], "Det här görs av"),
    ],
)
def test_a_refusal_says_why(run: Run, arguments: list[str], said: str) -> None:
    assert said in refused(run(*arguments))


def test_a_role_ends(run: Run) -> None:
    assert run("role", "end", COORDINATOR, "coordinator", "vastra_gotaland").exit_code == 0
    assert "Det här görs av" in refused(run(*START, "--as", COORDINATOR))


def test_somebody_ended_is_listed_so_and_can_no_longer_act(run: Run) -> None:
    run("user", "end", COORDINATOR)
    (line,) = [line for line in run("user", "list").stdout.splitlines() if line.startswith(COORDINATOR)]
    assert line.endswith("ended")
    assert "can no longer act" in refused(run("case", "list", "--as", COORDINATOR))


# --- regions and processes


def test_regions_are_loaded_once(bare: Run) -> None:
    bare("db", "upgrade")
    assert "Västra Götalandsregionen" in bare("region", "load").stdout
    assert bare("region", "load").stdout == "nothing has changed\n"


def test_an_organisation_is_brought_in_from_a_file_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        "name,kind,parent,cost_centre\nNorra sjukhuset,administration,,4711\nReuma,operation,Norra sjukhuset,\n"
    )
    assert run("unit", "load", "vastra_gotaland", str(file)).stdout == "2 units added\n"
    assert run("unit", "load", "vastra_gotaland", str(file)).stdout == "0 units added\n"
    found = {unit["name"]: unit for unit in data(run("unit", "list", "vastra_gotaland", "--json"))}
    assert found["Reuma"] == {"name": "Reuma", "kind": "operation", "parent": "Norra sjukhuset", "cost_centre": ""}
    file.write_text("name,kind,parent\nÖstra,administration,\nHud,operation,Finns inte\n")
    assert "line 3: there is no unit named Finns inte" in refused(run("unit", "load", "vastra_gotaland", str(file)))
    assert "Östra" not in run("unit", "list", "vastra_gotaland").stdout
    file.write_text("namn;slag\n")
    assert "line 1: missing column name, kind" in refused(run("unit", "load", "vastra_gotaland", str(file)))


def test_one_unit_is_added(run: Run) -> None:
    assert (
        run("unit", "add", "norrbotten", "Hudkliniken", "--kind", "operation", "--parent", "Sjukhuset").exit_code == 0
    )
    assert "Hudkliniken (Sjukhuset)" in run("unit", "list", "norrbotten").stdout


def test_processes_are_checked_and_published(bare: Run, environment: dict[str, str]) -> None:
    assert "vastra_gotaland.new_medicine@1" in data(bare("process", "check", "--json"))["processes"]
    path = Path(environment["INTRODUCTION_WORKFLOWS"]) / "vastra_gotaland" / "new_medicine" / "1.toml"
    path.write_text(path.read_text() + "\n# changed\n")
    assert "changed after it was published" in refused(bare("process", "check"))
    assert "published and frozen" in refused(bare("process", "publish"))
    assert bare("process", "publish", "--again").stdout == "vastra_gotaland.new_medicine@1\n"
    assert bare("process", "publish").stdout == "everything is published already\n"


def test_every_problem_of_a_process_is_data_for_a_script(bare: Run, environment: dict[str, str]) -> None:
    path = Path(environment["INTRODUCTION_WORKFLOWS"]) / "norrbotten" / "region.toml"
    path.write_text("id = 1\n")
    result = bare("process", "check", "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"]
    assert {"file", "path", "what"} == set(problems[0])


# --- cases


def test_a_case_is_started_listed_shown_and_moved_as_a_person(run: Run) -> None:
    number = run(*START, "--as", COORDINATOR, "--atc", "n02cd01", "--set", "patients_per_year=120").stdout.strip()
    assert number == "VGR-2026-0001"
    (row,) = data(run("case", "list", "--as", COORDINATOR, "--json"))
    assert (row["number"], row["medicine"], row["stage"]) == (number, "Examplumab", "horizon_scan")
    assert number in run("case", "list", "--as", COORDINATOR).stdout
    shown = data(run("case", "show", number, "--as", COORDINATOR, "--json"))
    assert shown["actions"]
    assert "process: vastra_gotaland.new_medicine@1" in run("case", "show", number, "--as", COORDINATOR).stdout


def test_an_action_that_is_not_drawn_is_told(run: Run) -> None:
    run(*START, "--as", COORDINATOR)
    assert "there is no action fly" in refused(run("case", "take", "VGR-2026-0001", "fly", "--as", COORDINATOR))


def test_a_change_by_somebody_else_is_told(run: Run) -> None:
    run(*START, "--as", COORDINATOR)
    action = data(run("case", "show", "VGR-2026-0001", "--as", COORDINATOR, "--json"))["actions"][0]
    said = refused(run("case", "take", "VGR-2026-0001", action, "--as", COORDINATOR, "--revision", "7"))
    assert "somebody else changed it meanwhile" in said


def test_a_case_in_another_region_is_not_shown(run: Run) -> None:
    run(*START, "--as", COORDINATOR)
    other = "coordinator.norrbotten@region.example"
    assert data(run("case", "list", "--as", other, "--json")) == []
    assert "there is no case" in refused(run("case", "show", "VGR-2026-0001", "--as", other))


def test_a_fact_that_is_not_written_as_one_is_a_wrong_command_line(run: Run) -> None:
    assert "write FACT=VALUE" in refused(run(*START, "--as", COORDINATOR, "--set", "x"), status=2)


# --- audit and examples


def test_events_are_sealed_and_verified(run: Run, environment: dict[str, str]) -> None:
    run(*START, "--as", COORDINATOR)
    assert data(run("audit", "verify", "--json"))["unsealed"] > 0
    assert run("audit", "seal").stdout.startswith("seal 1 in ")
    assert data(run("audit", "verify", "--json"))["unsealed"] == 0
    engine = database.open_engine(environment["INTRODUCTION_DATABASE_URL"])
    with writing(engine) as session:
        session.execute(text("DROP TRIGGER event_no_update"))
        session.execute(text("UPDATE event SET body = body || ' ' WHERE stream = 'instance:1'"))
    engine.dispose()
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert result.stderr == "instance:1 1: the body was changed\n"


def test_examples_are_removed_and_the_chains_stay_sound(run: Run) -> None:
    run("audit", "seal")
    assert run("demo", "remove").stdout == "0 cases and recommendations removed, 0 people ended\n"
    assert data(run("audit", "verify", "--json"))["problems"] == []


def test_the_commands_work_alike_on_postgresql(bare: Run, environment: dict[str, str], databases: Databases) -> None:
    with databases.postgresql(WORLD) as engine:
        environment["INTRODUCTION_DATABASE_URL"] = engine.url.render_as_string(hide_password=False)
        assert bare("db", "upgrade").stdout == bare("db", "current").stdout
        assert bare(*START, "--as", COORDINATOR).stdout == "VGR-2026-0001\n"
        assert len(data(bare("case", "list", "--as", COORDINATOR, "--json"))) == 1
        bare("audit", "seal")
        assert data(bare("audit", "verify", "--json"))["problems"] == []


# --- the clock's work


def test_the_state_of_the_clocks_work_is_told_and_is_wrong_without_a_worker(run: Run) -> None:
    told = run("status")
    assert told.exit_code == 1
    assert "last tick: never" in told.stdout
    assert "mails: 0 waiting" in told.stdout
    assert told.stderr == "no worker has given a sign of life for five minutes\n"
    figures = json.loads(run("status", "--json").stdout)
    assert figures["troubles"] == ["silent"]
    assert figures["queues"]["mails"] == {"number": 0, "oldest": None}
    assert figures["mail"] == "stop"


def test_all_is_well_once_a_worker_ticks(run: Run, environment: dict[str, str]) -> None:
    tick(environment)
    told = run("status")
    assert told.exit_code == 0, told.output
    assert f"pid {os.getpid()}: works" in told.stdout
    assert told.stderr == ""
    (worker,) = data(run("status", "--json"))["workers"]
    assert (worker["state"], worker["inside"], worker["stopped"]) == ("works", False, None)


def tick(environment: dict[str, str], mail: Mail | None = None) -> None:
    """Let a worker give a sign of life, and put a mail in the database."""
    engine = database.open_engine(environment["INTRODUCTION_DATABASE_URL"])
    with writing(engine) as session, pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTRODUCTION_TODAY", environment["INTRODUCTION_TODAY"])
        desk = Desk(session, loading.load(bundled("workflows"), demand_published=False), None, clock.now())
        workers.ticked(desk, "w1", "here", os.getpid(), inside=False)
        if mail is not None:
            mail.created_at = mail.due_at = mail.settled_at = clock.now()
            mail.give_up_at = clock.now()
            session.add(mail)
    engine.dispose()


def test_a_failed_mail_is_told_of_and_tried_again(run: Run, environment: dict[str, str]) -> None:
    tick(environment, Mail(key="k", message_id="m", person_id=1, state="failed", answer="550 no"))
    told = run("status")
    assert told.exit_code == 1
    assert "mails settled during the last day: 1 failed" in told.stdout
    assert told.stderr == "mails have failed during the last day\n"
    assert run("mail", "again", "1").stdout == "mail 1 waits to be sent\n"
    assert run("status").exit_code == 0
    assert "väntar på att skickas" in refused(run("mail", "again", "1"))
    assert "there is no mail 99" in refused(run("mail", "again", "99"))


def test_a_test_mail_is_stopped_where_all_mail_is(bare: Run) -> None:
    told = bare("mail", "test", "anna@region.example")
    assert told.exit_code == 1
    assert told.stdout.startswith("stopped: ")


def test_a_test_mail_goes_at_once_and_the_servers_answer_is_told(bare: Run, environment: dict[str, str]) -> None:
    del environment["INTRODUCTION_TODAY"]
    environment |= {
        "INTRODUCTION_SMTP_HOST": "127.0.0.1",
        "INTRODUCTION_SMTP_SECURITY": "none",
        "INTRODUCTION_MAIL_FROM": "Ordnat införande <inforande@region.example>",
    }
    conduct = Conduct()
    with serving(conduct) as port:
        environment["INTRODUCTION_SMTP_PORT"] = str(port)
        told = bare("mail", "test", "anna@region.example")
        assert told.exit_code == 0, told.output
        assert told.stdout.startswith("sent: 250 ")
        (message,) = conduct.messages
        assert message["To"] == "anna@region.example"
        assert "provmejl" in message["Subject"]
        assert message["Message-ID"]
        assert "no address" in refused(bare("mail", "test", "anna@region.example\nBcc: x@y.example"))
    told = bare("mail", "test", "anna@region.example")
    assert told.exit_code == 1
    assert told.stdout.startswith("retry: ConnectionRefusedError")


def test_dates_are_previewed_and_derived_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*START, "--as", COORDINATOR)
    assert run("dates", "preview").stdout == "0 moves in 1 cases and recommendations\n"
    monkeypatch.setattr(calendar, "_DAYS_OFF", calendar._DAYS_OFF | {date(2027, 5, 14)})
    told = run("dates", "preview", "--region", "vastra_gotaland").stdout
    assert "VGR-2026-0001  reminder  Horisontspaning: 2027-05-14 -> 2027-05-13 to Coordinator Vastra_Gotaland" in told
    assert told.endswith("1 moves in 1 cases and recommendations\n")
    assert run("dates", "preview", "--region", "norrbotten").stdout == "0 moves in 0 cases and recommendations\n"
    assert run("dates", "derive", input="n\n").exit_code == 1
    assert run("dates", "preview").stdout == told, "nothing was changed"
    assert run("dates", "derive", "--yes").stdout == told
    assert run("dates", "preview").stdout == "0 moves in 1 cases and recommendations\n"
    assert "there is no region atlantis" in refused(run("dates", "preview", "--region", "atlantis"))


# --- the service


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """Children hear an interrupt also where the tests run in the background of a shell, which lets it be ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_interrupts")
def test_the_service_starts_answers_and_stops(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "introduction.cli", "serve", "--port", "0"]
    env = {**os.environ, **environment, "INTRODUCTION_EXAMPLES": "0"}
    service = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert service.stdout is not None
        line = service.stdout.readline()
        address = line.split()[2] if line.startswith("Ordnat införande: http://127.0.0.1:") else ""
        assert address, (line, service.stderr and service.stderr.read())
        with urlopen(address) as answer:
            assert answer.status == 200
    finally:
        service.send_signal(signal.SIGINT)
        try:
            _out, errors = service.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            service.kill()
            service.communicate()
            raise
    assert service.returncode == 0, errors
    assert "Traceback" not in errors
