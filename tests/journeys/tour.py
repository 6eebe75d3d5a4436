"""Everybody opens what there is of a case and its money: no page fails, and only those are let in who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from introduction.domain.roles import RIGHTS, Right, Role
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.ledger import LedgerFile
from tests.journeys.story import Story
from tests.world import VGR

#: What else the page of a case leads to.
_PARTS = ("/follow-up", "/follow-up/plan", "/handover")
#: What can be taken home of it.
_FILES = ("follow-up.xlsx", "follow-up/plan.xlsx", "handover.xlsx", "follow-up/conclusion.pdf", "handover.pdf")


@dataclass
class Tour:
    """The pages of a case and of its money, and who may open them."""

    story: Story
    number: str
    region: str = VGR

    def everybody_opens_everything(self) -> None:
        """The economist opens all; each role the first of each kind, or is refused where it lacks the right."""
        economist = self.story.site.visitor(Role.ECONOMIST, self.region)
        kinds = self.kinds()
        for addresses, _right in kinds:
            for address in addresses:
                economist.open(address)
        for address in self.files():
            assert economist.client.get(address).status_code == 200, address
        for role in Role:
            visitor = self.story.site.visitor(role, self.region)
            visitor.open("/work")
            for addresses, right in kinds:
                status = visitor.get(addresses[0]).status
                assert status == (200 if role in RIGHTS[right] else 403), f"{role} opens {addresses[0]}: {status}"

    def kinds(self) -> list[tuple[list[str], Right]]:
        """The pages of each kind, with the right that opens them."""
        case = f"/cases/{self.number}"
        with self.story.site.looking() as session:
            claims = [f"/claims/{number}" for number in session.scalars(select(Claim.public_number))]
            funds = [f"/funds/{fund}" for fund in session.scalars(select(Fund.id))]
            grants = [f"/grants/{grant}" for grant in session.scalars(select(GrantRow.id))]
            files = [f"/ledger/{number}" for number in session.scalars(select(LedgerFile.number))]
        return [
            ([f"{case}?history=all", case], Right.VIEW_CASE),
            *(([f"{case}{part}"], Right.VIEW_CASE) for part in _PARTS),
            (["/funds"], Right.VIEW_PORTFOLIO),
            (funds, Right.VIEW_PORTFOLIO),
            (grants, Right.VIEW_CLAIM),
            (["/claims?state=", "/claims"], Right.VIEW_CLAIM),
            (claims, Right.VIEW_CLAIM),
            (["/ledger"], Right.KEEP_BOOKS),
            (files, Right.KEEP_BOOKS),
        ]

    def files(self) -> list[str]:
        """What can be taken home: of the case, of the lists, and one of each kind of page about money."""
        pages = [addresses[-1] for addresses, right in self.kinds() if right is not Right.VIEW_CASE]
        sheets = [f"{page}.xlsx" for page in pages if not page.startswith("/claims/")]
        return [*(f"/cases/{self.number}/{name}" for name in _FILES), *sheets]
