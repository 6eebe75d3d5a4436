"""A budget-impact analysis as a spreadsheet: figures to the öre, every assumption, and a sheet to try changes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from introduction.documents import analysis_report, analysis_trial
from introduction.documents.account import Account, Row, Table, unit_of
from introduction.documents.account import account as account_of
from introduction.documents.amounts import percent
from introduction.documents.analysis_view import basis, lead
from introduction.documents.assumptions import assumptions, ends_of, title_of
from introduction.documents.spreadsheet import COUNT, DAY, MONEY, SHARE, TEXT, YEAR, Column, Sheet, Typed, workbook
from introduction.documents.wording import tell
from introduction.domain.budget import titles
from introduction.domain.budget.result import WHOLE, Cell, Lever, Result
from introduction.domain.budget.typed import as_day
from introduction.domain.messages import Message, say
from introduction.services.analysis_file import AnalysisFile

_KINDS = {"money": MONEY, "count": COUNT, "share": SHARE}
_Rows = list[Sequence[Any]]


def sheet(file: AnalysisFile, figures: Result, language: str) -> bytes:
    """The workbook in a language. The same analysis gives the same bytes."""
    book = _Book(file, figures, account_of(file, figures, language), language)
    cells = book.cells()
    sheets = [
        book.summary(),
        book.inputs(),
        book.cost(),
        book.areas(),
        book.patients(),
        book.sensitivity(),
        book.scenarios(),
        book.months(),
        analysis_trial.trial(figures, cells, book.over(), language),
        cells,
    ]
    return workbook(sheets, title=f"{file.about.medicine}, {file.subject.number}")


@dataclass(frozen=True)
class _Book:
    file: AnalysisFile
    figures: Result
    account: Account
    language: str

    def t(self, message: object) -> str:
        return tell(message, self.language)

    def over(self) -> list[str]:
        """What stands over the table of every sheet."""
        file, unit = self.file, self.t(say("Kronor, listpris utan moms."))
        lines = [
            f"{file.about.medicine}, {file.subject.number}",
            self.t(say("Beräkning {number}: {title}", number=file.row.number, title=file.row.title)),
            f"{unit} {basis(file, self.language)}",
        ]
        marks = analysis_report.marks(file, self.language)
        return [*lines, ". ".join(marks)] if marks else lines

    # --------------------------------------------------------------------------------- sheets

    def summary(self) -> Sheet:
        """What it is, what it comes to, and how it was computed."""
        figures = self.figures
        rows: _Rows = list(analysis_report.facts(self.file, self.language))
        rows.append((self.t(say("Svaret")), lead(self.file, figures, unit_of(figures, self.language))))
        for year, cost in zip(figures.years, figures.impact(), strict=True):
            rows.append((self.t(say("Merkostnad {year}", year=year)), Typed(cost, MONEY)))
        rows.append((self.t(say("Merkostnad alla år")), Typed(sum(figures.impact()), MONEY)))
        told: tuple[tuple[Message, Any], ...] = (
            (say("Metod"), figures.method),
            (say("Dragningar"), Typed(figures.draws, COUNT)),
            (say("Slumptalsfrö"), str(figures.seed)),
            (say("Spannen rymmer"), percent(figures.level, language=self.language)),
        )
        rows += [(self.t(label), value) for label, value in told]
        columns = (Column("", width=30), Column("", width=90))
        return Sheet(self.t(say("Sammanfattning")), columns, rows, self.over())

    def inputs(self) -> Sheet:
        """Every assumption with its evidence, as it was typed."""
        heads = (
            (say("Avsnitt"), 20), (say("Antagande"), 44), (say("Värde"), 22), (say("Span"), 20), (say("Källa"), 44),
            (say("Dag"), 12), (say("Satt av"), 24), (say("Läge"), 16),
        )  # fmt: skip
        columns = [Column(self.t(head), DAY if at == 5 else TEXT, width) for at, (head, width) in enumerate(heads)]
        rows: _Rows = []
        for one in assumptions(self.file, self.language):
            source = one.source or (self.t(say("Förvalt värde")) if one.standing else "")
            mark = self.t(titles.MARKS.get(one.mark, say("inte granskat")))
            rows.append((one.page, one.title, one.value, one.span, source, one.on, one.by, mark))
        return Sheet(self.t(say("Indata")), columns, rows, self.over())

    def cost(self) -> Sheet:
        """The cost of each year, by category, and in both worlds."""
        account = self.account
        rows, bold, headings = self._tables([account.cost, account.chances, account.categories, account.worlds])
        return Sheet(self.t(say("Kostnad per år")), self._columns(account.cost), rows, self.over(), bold, headings)

    def areas(self) -> Sheet:
        """What lands on each administration."""
        table = self.account.areas
        above = self.over()
        if not table.rows:
            above.append(self.t(say("Kostnaden är inte delad på förvaltningar.")))
        rows, bold, _headings = self._tables([table])
        return Sheet(self.t(say("Förvaltningar")), self._columns(self.account.cost, table.first), rows, above, bold)

    def patients(self) -> Sheet:
        """How many have each treatment."""
        table = self.account.patients
        eligible = (self.t(say("Kan behandlas: nya under året, och de som väntar")), *self.figures.eligible)
        rows, _bold, _headings = self._tables([table])
        columns = [Column(table.first, width=46), *(Column(head, COUNT, 12) for head in table.headings)]
        above = [*self.over(), self.t(say("Medeltal av årets månader."))]
        return Sheet(self.t(say("Patienter")), columns, [eligible, *rows], above)

    def sensitivity(self) -> Sheet:
        """One assumption at a time at the ends of its span, by year."""
        years = self.figures.years
        low = [self.t(say("Vid lägsta, {year}", year=year)) for year in years]
        high = [self.t(say("Vid högsta, {year}", year=year)) for year in years]
        columns = [
            Column(self.t(say("Antagande")), width=46),
            Column(self.t(say("Prövat lägsta")), width=18),
            Column(self.t(say("Prövat högsta")), width=18),
            *(Column(head, MONEY, 18) for head in (*low, *high)),
        ]
        levers = sorted(self.figures.levers, key=lambda one: -abs(sum(one.at_high) - sum(one.at_low)))
        above = [*self.over(), self.t(say("Merkostnad när ett antagande i taget ändras."))]
        return Sheet(self.t(say("Känslighet")), columns, [self._lever(one) for one in levers], above)

    def _lever(self, one: Lever) -> Sequence[Any]:
        low, high = ends_of(self.file, one.path, one.low, one.high, self.language)
        return (title_of(self.file, one.path, self.language), low, high, *one.at_low, *one.at_high)

    def scenarios(self) -> Sheet:
        """The cost of each year in every scenario, with its reason."""
        table = self.account.scenarios
        rows, bold, _headings = self._tables([table])
        reasons = dict(zip(_places(table), self.figures.scenarios, strict=True))
        rows = [(*row, reasons[at].reason if at in reasons else "") for at, row in enumerate(rows)]
        columns = [*self._columns(self.account.cost, table.first), Column(self.t(say("Skäl")), width=60)]
        above = self.over()
        if not rows:
            above.append(self.t(say("Inget scenario är beskrivet.")))
        return Sheet(self.t(say("Scenarier")), columns, rows, above, bold)

    def months(self) -> Sheet:
        """The plan that outcomes are held against, month by month."""
        monthly = self.figures.monthly
        quantity = self.t(titles.QUANTITIES[monthly.unit])
        heads = (
            (say("Den nya behandlingens läkemedelskostnad"), MONEY), (say("Spannets nedre gräns"), MONEY),
            (say("Spannets övre gräns"), MONEY), (say("Hittills, spannets nedre gräns"), MONEY),
            (say("Hittills, spannets övre gräns"), MONEY), (say("Patienter"), COUNT),
            (say("Mängd, {unit}", unit=quantity), COUNT),
        )  # fmt: skip
        columns = [Column(self.t(say("Månad")), DAY, 12), *(Column(self.t(head), kind, 18) for head, kind in heads)]
        ends = (monthly.cost_range, monthly.so_far_range)
        bounds = [bound for span in ends for bound in (span.low, span.high)]
        values = zip(monthly.cost, *bounds, monthly.patients, monthly.quantity, strict=True)
        rows: _Rows = [(as_day(self.figures.first_month + at), *row) for at, row in enumerate(values)]
        return Sheet(self.t(say("Månader")), columns, rows, self.over())

    def cells(self) -> Sheet:
        """The parts that every sum is a sum of."""
        heads = (
            (say("Grupp"), TEXT, 16), (say("Behandling"), TEXT, 28), (say("Ny behandling (1 = ja)"), COUNT, 12),
            (say("Kostnadsslag"), TEXT, 24), (say("Läkemedel (1 = ja)"), COUNT, 12), (say("Betalare"), TEXT, 24),
            (say("Förvaltning"), TEXT, 30), (say("År"), YEAR, 8), (say("Utan"), MONEY, 18), (say("Med"), MONEY, 18),
            (say("Merkostnad"), MONEY, 18),
        )  # fmt: skip
        columns = [Column(self.t(head), kind, width) for head, kind, width in heads]
        rows = [row for cell in self.figures.cells for row in self._cell(cell)]
        return Sheet(self.t(say("Celler")), columns, rows, self.over())

    def _cell(self, cell: Cell) -> Iterator[Sequence[Any]]:
        area = "" if cell.area == WHOLE else self.file.areas.get(cell.area, cell.area)
        about = (
            cell.group,
            self.file.treatment(cell.treatment),
            int(cell.treatment in self.figures.new),
            self.t(titles.CATEGORIES[cell.category]),
            int(cell.category == "drug"),
            self.t(titles.PURSES[cell.purse]),
            area,
        )
        for year, *amounts in zip(self.figures.years, cell.without, cell.with_new, cell.impact, strict=True):
            yield (*about, year, *amounts)

    # --------------------------------------------------------------------------------- tables

    def _columns(self, table: Table, first: str = "") -> list[Column]:
        return [Column(first or table.first, width=46), *(Column(heading, MONEY, 18) for heading in table.headings)]

    def _tables(self, tables: Sequence[Table]) -> tuple[_Rows, frozenset[int], frozenset[int]]:
        """Tables under each other, with which rows are sums, and which head the tables after the first."""
        rows: _Rows = []
        bold, headings = set(), set()
        for table in tables:
            if rows and table.rows:
                rows.append(())
                headings.add(len(rows))
                rows.append((table.title, *table.headings))
            for row in table.rows:
                bold |= {len(rows)} if row.total else set()
                rows += self._row(row)
        return rows, frozenset(bold), frozenset(headings)

    def _row(self, row: Row) -> _Rows:
        kind = _KINDS[row.measure]
        if row.note != "span":
            return [(row.label, *(_typed(value, kind) for value in row.values))]
        ends = (self.t(say("{span}, nedre gräns", span=row.label)), self.t(say("{span}, övre gräns", span=row.label)))
        return [
            (label, *(_typed(value[at] if isinstance(value, tuple) else value, kind) for value in row.values))
            for at, label in enumerate(ends)
        ]


def _typed(value: Any, kind: str) -> Any:
    return None if value is None else Typed(value, kind)


def _places(table: Table) -> Iterator[int]:
    """On which row of the sheet each scenario stands: a span takes two rows, and the first row is no scenario."""
    at = 0
    for number, row in enumerate(table.rows):
        if number and row.note != "span":
            yield at
        at += 2 if row.note == "span" else 1
