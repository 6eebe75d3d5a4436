"""Every address of the service, with how it is used and who may: none comes or goes unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from introduction import create_app
from introduction.domain.process.loading import Catalogue
from introduction.settings import Settings, bundled
from introduction.web.permission import permission_of

ROUTES = """
GET  / public
POST /absences/<int(max=999999999):absence_id>/end signed_in
GET  /accessibility public
GET  /applications view_application
GET  /applications.xlsx view_application
GET  /applications/<number> view_application
GET  /applications/<number>/actions/<action_id> view_application
POST /applications/<number>/actions/<action_id> view_application
POST /applications/<number>/case link
GET  /applications/<number>/edit/<page_key> apply
POST /applications/<number>/edit/<page_key> apply
GET  /applications/<number>/follow-on/<follow_on_id> view_application
POST /applications/<number>/follow-on/<follow_on_id> view_application
GET  /applications/<number>/letter.pdf view_application
GET  /applications/<number>/savings/<int(max=999999999):saving_id> apply
POST /applications/<number>/savings/<int(max=999999999):saving_id> apply
POST /applications/<number>/savings/<int(max=999999999):saving_id>/confirm view_application
POST /applications/<number>/savings/<int(max=999999999):saving_id>/question view_application
POST /applications/<number>/savings/<int(max=999999999):saving_id>/remove apply
GET  /applications/<number>/savings/new apply
POST /applications/<number>/savings/new apply
GET  /applications/new apply
POST /applications/new apply
GET  /applications/period view_application
POST /applications/period rank_applications
GET  /applications/period.xlsx view_application
GET  /attachments/<int(max=999999999):attachment_id> signed_in
POST /attachments/<int(max=999999999):attachment_id>/remove signed_in
GET  /attachments/new/<int(max=999999999):instance_id> signed_in
POST /attachments/new/<int(max=999999999):instance_id> signed_in
GET  /board view_case
GET  /calendar/<secret>.ics public
GET  /cases view_case
GET  /cases/<number> view_case
GET  /cases/<number>/actions/<action_id> view_case
POST /cases/<number>/actions/<action_id> view_case
GET  /cases/<number>/budget view_case
POST /cases/<number>/budget write_analysis
GET  /cases/<number>/budget/<int(max=9999):analysis> view_case
GET  /cases/<number>/budget/<int(max=9999):analysis>.pdf view_case
GET  /cases/<number>/budget/<int(max=9999):analysis>.xlsx view_case
POST /cases/<number>/budget/<int(max=9999):analysis>/approve approve_analysis
GET  /cases/<number>/budget/<int(max=9999):analysis>/compare/<int(max=9999):other> view_case
POST /cases/<number>/budget/<int(max=9999):analysis>/copy write_analysis
POST /cases/<number>/budget/<int(max=9999):analysis>/discard write_analysis
GET  /cases/<number>/budget/<int(max=9999):analysis>/edit/<page_key> write_analysis
POST /cases/<number>/budget/<int(max=9999):analysis>/edit/<page_key> write_analysis
GET  /cases/<number>/budget/<int(max=9999):analysis>/net read_net
POST /cases/<number>/budget/<int(max=9999):analysis>/net read_net
POST /cases/<number>/budget/<int(max=9999):analysis>/return view_case
POST /cases/<number>/budget/<int(max=9999):analysis>/review review_analysis
POST /cases/<number>/budget/<int(max=9999):analysis>/submit write_analysis
GET  /cases/<number>/budget/<int(max=9999):analysis>/what-if view_case
POST /cases/<number>/comments comment
GET  /cases/<number>/facts edit_facts
POST /cases/<number>/facts edit_facts
GET  /cases/<number>/follow-on/<follow_on_id> view_case
POST /cases/<number>/follow-on/<follow_on_id> view_case
GET  /cases/<number>/follow-up view_case
GET  /cases/<number>/follow-up.xlsx view_case
GET  /cases/<number>/follow-up/conclusion.pdf view_case
GET  /cases/<number>/follow-up/conclusions/<int(max=999999999):event>.pdf view_case
GET  /cases/<number>/follow-up/plan view_case
GET  /cases/<number>/follow-up/plan.xlsx view_case
GET  /cases/<number>/follow-up/plan/<int(max=999999999):indicator_id> plan_follow_up
POST /cases/<number>/follow-up/plan/<int(max=999999999):indicator_id> plan_follow_up
GET  /cases/<number>/follow-up/plan/new plan_follow_up
POST /cases/<number>/follow-up/plan/new plan_follow_up
GET  /cases/<number>/handover view_case
GET  /cases/<number>/handover.pdf view_case
GET  /cases/<number>/handover.xlsx view_case
POST /cases/<number>/links link
GET  /cases/<number>/net read_net
POST /cases/<number>/net read_net
POST /cases/<number>/net/<int(max=999999999):price_id>/end read_net
GET  /cases/<number>/net/new read_net
POST /cases/<number>/net/new read_net
GET  /cases/<number>/outcome view_case
GET  /cases/<number>/outcome.csv view_case
GET  /cases/<number>/outcome.xlsx view_case
GET  /cases/<number>/outcome/new record_outcome
POST /cases/<number>/outcome/new record_outcome
POST /cases/<number>/owner assign
POST /cases/<number>/recommendation edit_facts
GET  /cases/<number>/sent read_internal
GET  /cases/new view_case
GET  /cases/new/<definition_id>/<origin> view_case
POST /cases/new/<definition_id>/<origin> view_case
GET  /claims view_claim
GET  /claims.xlsx view_claim
GET  /claims/<number> view_claim
GET  /claims/<number>/actions/<action_id> view_claim
POST /claims/<number>/actions/<action_id> view_claim
GET  /claims/<number>/correct claim
POST /claims/<number>/correct claim
GET  /claims/new claim
GET  /claims/new/<int(max=999999999):grant_id> claim
POST /claims/new/<int(max=999999999):grant_id> claim
GET  /forecasts view_portfolio
GET  /forecasts.xlsx view_portfolio
GET  /funds view_portfolio
GET  /funds.xlsx view_portfolio
GET  /funds/<int(max=999999999):fund_id> view_portfolio
GET  /funds/<int(max=999999999):fund_id>.xlsx view_portfolio
GET  /funds/<int(max=999999999):fund_id>/appropriation plan_fund
POST /funds/<int(max=999999999):fund_id>/appropriation plan_fund
POST /funds/<int(max=999999999):fund_id>/reservations/<int(max=999999999):reservation_id>/release plan_fund
GET  /funds/<int(max=999999999):fund_id>/reserve plan_fund
POST /funds/<int(max=999999999):fund_id>/reserve plan_fund
GET  /funds/new plan_fund
POST /funds/new plan_fund
GET  /grants/<int(max=999999999):grant_id> view_claim
GET  /grants/<int(max=999999999):grant_id>.xlsx view_claim
GET  /grants/<int(max=999999999):grant_id>/change plan_fund
POST /grants/<int(max=999999999):grant_id>/change plan_fund
GET  /grants/<int(max=999999999):grant_id>/move plan_fund
POST /grants/<int(max=999999999):grant_id>/move plan_fund
GET  /grants/<int(max=999999999):grant_id>/settle plan_fund
POST /grants/<int(max=999999999):grant_id>/settle plan_fund
GET  /healthz public
GET  /help public
GET  /jobs operate
POST /jobs operate
GET  /jobs/<int(max=999999999):job_id> operate
GET  /jobs/<int(max=999999999):job_id>.json operate
POST /jobs/<int(max=999999999):job_id>/cancel operate
GET  /landing view_unit_budget
GET  /landing.xlsx view_unit_budget
POST /language public
GET  /ledger keep_books
GET  /ledger.xlsx keep_books
GET  /ledger/<int(max=999999999):file> keep_books
GET  /ledger/<int(max=999999999):file>.csv keep_books
GET  /ledger/<int(max=999999999):file>.xlsx keep_books
POST /ledger/files keep_books
POST /ledger/receipts keep_books
GET  /mails/<int(max=999999999):mail_id> signed_in
GET  /messages signed_in
GET  /messages/<int(max=999999999):notice_id> signed_in
POST /messages/<int(max=999999999):notice_id>/acknowledge signed_in
POST /messages/<int(max=999999999):notice_id>/snooze signed_in
GET  /money view_portfolio
GET  /my-unit claim
GET  /my-unit.xlsx claim
GET  /net-readers name_net_readers
POST /net-readers name_net_readers
POST /net-readers/<int(max=999999999):reader_id>/end name_net_readers
GET  /operations operate
POST /operations/mails/<int(max=999999999):mail_id>/again operate
GET  /outcomes/import record_outcome
POST /outcomes/import record_outcome
GET  /people/<int(max=999999999):person_id>/absence signed_in
POST /people/<int(max=999999999):person_id>/absence signed_in
GET  /people/<int(max=999999999):person_id>/sent signed_in
GET  /portfolio view_portfolio
GET  /portfolio.xlsx view_portfolio
GET  /portfolio/savings view_portfolio
POST /portfolio/savings plan_fund
POST /portfolio/savings/<int(max=999999999):saving_id>/end plan_fund
GET  /portfolio/submissions view_portfolio
GET  /portfolio/submissions/<int(max=2100):year> view_portfolio
GET  /portfolio/submissions/<int(max=2100):year>.xlsx view_portfolio
POST /portfolio/submissions/freeze plan_fund
GET  /portfolio/submissions/next view_portfolio
GET  /privacy public
GET  /processes view_process
GET  /processes/<definition_id>/<int:version> view_process
GET  /processes/<definition_id>/<int:version>/who-decides view_process
GET  /profile signed_in
POST /profile/calendar signed_in
GET  /profile/password signed_in
POST /profile/password signed_in
POST /profile/reminders signed_in
GET  /recommendations view_recommendation
GET  /recommendations/<number> view_recommendation
GET  /recommendations/<number>/actions/<action_id> view_recommendation
POST /recommendations/<number>/actions/<action_id> view_recommendation
GET  /recommendations/<number>/sent read_internal
GET  /recommendations/new/<route> edit_recommendation
POST /recommendations/new/<route> edit_recommendation
GET  /sign-in public
POST /sign-in public
GET  /sign-in/kept/<token> signed_in
POST /sign-out public
GET  /tasks/<int(max=999999999):task_id> signed_in
POST /tasks/<int(max=999999999):task_id> signed_in
POST /tasks/<int(max=999999999):task_id>/assign signed_in
POST /tasks/<int(max=999999999):task_id>/reopen assign
GET  /work signed_in
"""


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> list[str]:
    """Method, address and permission of every route but that of the static files."""
    folder: Path = tmp_path_factory.mktemp("state")
    settings = Settings(
        folder, f"sqlite:///{folder / 'empty.db'}", bundled("workflows"), "secret", "seal", testing=True
    )
    app = create_app(settings, catalogue)
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            permission = permission_of(app.view_functions[rule.endpoint])
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found += [f"{method:4} {rule.rule} {permission}" for method in methods]
    return sorted(found, key=lambda line: (line.split()[1], line))


def test_the_routes_are_these(routes: list[str]) -> None:
    assert routes == ROUTES.strip().splitlines(), "\n" + "\n".join(routes)


def test_every_route_names_a_permission(routes: list[str]) -> None:
    assert not [line for line in routes if line.endswith(" None")]


def test_what_changes_something_is_posted(routes: list[str]) -> None:
    changing = (
        "assign", "reopen", "comments", "links", "owner", "sign-out", "language", "acknowledge", "snooze", "end",
        "cancel", "again", "/approve", "/copy", "/discard", "/return", "/review", "/submit",
    )  # fmt: skip
    for line in routes:
        method, address, _permission = line.split()
        assert method == "POST" or not address.endswith(changing), line
