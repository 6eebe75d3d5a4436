"""The ledger's receipt of a file of claims: reading it, and holding it against what the file says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say
from introduction.domain.money import kronor, parse_kronor
from introduction.domain.outcome import BadFile, Fault
from introduction.domain.swedish import clean, fold
from introduction.domain.table_file import bad, heading, rows_of, typed

#: The most that a receipt may hold, in bytes: that of a file of a hundred thousand claims is about seven million.
MOST_BYTES = 16 * 1024 * 1024
FILE, CLAIM, AMOUNT, VOUCHER, BOOKED = "fil", "rekvisition", "belopp", "verifikation", "bokford"
RECEIPT_COLUMNS = (FILE, CLAIM, AMOUNT, VOUCHER, BOOKED)
#: What the last row of both files begins with; then come the number of lines and their sum.
CONTROL = "SUMMA"
LONGEST_VOUCHER = 40
#: So many rows with a wrong amount are named where the sum does not agree.
MOST_NAMED = 10
_SPELT = {"bokförd": BOOKED, "bokföringsdag": BOOKED}


@dataclass(frozen=True)
class ReceiptLine:
    """A claim that the ledger has booked, as a row of the receipt says it."""

    row: int
    claim: str
    amount_ore: int
    voucher: str
    booked_on: date


@dataclass(frozen=True)
class Receipt:
    """A receipt that could be read: the number of the file that it answers, and a line for each claim."""

    file: int
    lines: Sequence[ReceiptLine]
    sha256: str
    total_ore: int  #: what the last row says that they come to
    last_row: int  #: its number

    @property
    def booked_on(self) -> date:
        """The last day on which something of the file was booked."""
        return max(line.booked_on for line in self.lines)


def read(data: bytes) -> Receipt:
    """Read a receipt. Raises BadFile with every fault: what cannot be read, or what contradicts itself.

    Whether the last row's sum is that of the rows is told by ``compare``, which can name the row that is to blame.
    """
    if len(data) > MOST_BYTES:
        raise bad(0, say("Filen är större än 16 MB. Kontrollera att det är rätt fil"))
    rows = [(number, row) for number, row in enumerate(rows_of(data), start=1) if any(cell.strip() for cell in row)]
    if not rows:
        wanted = ";".join(RECEIPT_COLUMNS)
        raise bad(1, say("Filen är tom. Den ska börja med en rubrikrad: {columns}", columns=wanted))
    columns = heading(rows[0][1], {name: name for name in RECEIPT_COLUMNS}, _SPELT)
    if len(rows) < 2 or fold(rows[-1][1][0]) != fold(CONTROL):
        raise bad(
            rows[-1][0],
            say("Sista raden ska vara {control};antal rader;summa. Filen kan vara avkortad", control=CONTROL),
        )
    faults: list[Fault] = []
    found = [_read_row(number, columns, row, faults) for number, row in rows[1:-1]]
    if not found:
        raise bad(rows[-1][0], say("Filen har inga rader under rubriken"))
    files = {file for file, _line in found if file is not None}
    if len(files) > 1:
        faults.append(
            Fault(0, FILE, say("En kvittens gäller en fil. Här står: {files}", files=tuple(map(str, sorted(files)))))
        )
    lines = [line for _file, line in found if line is not None]
    faults += _twice(lines)
    last_row, total = rows[-1][0], _control(*rows[-1], len(found), faults)
    if faults or total is None:
        raise BadFile(faults)
    return Receipt(files.pop(), lines, hashlib.sha256(data).hexdigest(), total, last_row)


def compare(receipt: Receipt, wanted: Mapping[str, int], made_on: date, today: date) -> list[Fault]:
    """Where a receipt differs from the file that it answers; ``wanted`` is the file's amount in öre by claim.

    Each row whose amount differs is told with both amounts; a sum that differs names the first of those rows.
    """
    faults, odd = list[Fault](), list[int]()
    for line in receipt.lines:
        amount = wanted.get(line.claim)
        if amount is None:
            what = say("{claim} finns inte i fil {file}", claim=line.claim, file=receipt.file)
            faults.append(Fault(line.row, CLAIM, what))
        elif amount != line.amount_ore:
            what = say(
                "{claim} är {wanted} i fil {file}, men kvittensen anger {told}",
                claim=line.claim, wanted=kronor(amount), file=receipt.file, told=kronor(line.amount_ore),
            )  # fmt: skip
            faults.append(Fault(line.row, AMOUNT, what))
            odd.append(line.row)
        if not made_on <= line.booked_on <= today:
            what = say("Dagen ska ligga mellan {first}, då filen gjordes, och i dag", first=made_on)
            faults.append(Fault(line.row, BOOKED, what))
    answered = {line.claim for line in receipt.lines}
    for claim in wanted:
        if claim not in answered:
            what = say("{claim} saknas. Alla rader i filen ska kvitteras på en gång", claim=claim)
            faults.append(Fault(0, CLAIM, what))
    return faults + _wrong_sum(receipt, odd)


# ------------------------------------------------------------------------------------- the parts


def _read_row(
    number: int, columns: Sequence[str], row: Sequence[str], faults: list[Fault]
) -> tuple[int | None, ReceiptLine | None]:
    """What a row says, as far as it can be read: its file's number, and the line; what cannot goes to the faults."""
    cells = list(row)
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(columns):
        what = say(
            "Raden har {found} fält men rubriken {wanted}. Kontrollera semikolonen",
            found=len(cells),
            wanted=len(columns),
        )
        faults.append(Fault(number, "", what))
        return None, None
    told = {name: typed(clean(cell)) for name, cell in zip(columns, cells, strict=True)}
    before = len(faults)
    file = _number(told[FILE])
    if file is None:
        faults.append(Fault(number, FILE, say("Skriv filens nummer med siffror, till exempel 12")))
    if not told[CLAIM]:
        faults.append(Fault(number, CLAIM, say("Fältet är tomt. Skriv rekvisitionens nummer")))
    amount = _amount(told[AMOUNT])
    if amount is None:
        faults.append(Fault(number, AMOUNT, say("Skriv beloppet i kronor, till exempel 12 345,50")))
    if not 0 < len(told[VOUCHER]) <= LONGEST_VOUCHER:
        what = say("Skriv verifikationens nummer, högst {longest} tecken", longest=LONGEST_VOUCHER)
        faults.append(Fault(number, VOUCHER, what))
    booked = _day(told[BOOKED])
    if booked is None:
        faults.append(Fault(number, BOOKED, say("Skriv dagen med år, månad och dag, till exempel 2027-03-31")))
    if len(faults) > before or amount is None or booked is None:
        return file, None
    return file, ReceiptLine(number, told[CLAIM].upper(), amount, told[VOUCHER], booked)


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _amount(text: str) -> int | None:
    try:
        return parse_kronor(text)
    except Refused:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", text) else None
    except ValueError:
        return None


def _twice(lines: Sequence[ReceiptLine]) -> list[Fault]:
    first: dict[str, int] = {}
    faults = []
    for line in lines:
        if line.claim in first:
            what = say("{claim} står redan på rad {row}", claim=line.claim, row=first[line.claim])
            faults.append(Fault(line.row, CLAIM, what))
        first.setdefault(line.claim, line.row)
    return faults


def _control(number: int, row: Sequence[str], rows: int, faults: list[Fault]) -> int | None:
    """The sum that the last row tells; None when it cannot be read. What is wrong with the row goes to the faults."""
    cells = [clean(cell) for cell in row]
    count, total = (_number(cells[1]), _amount(cells[2])) if len(cells) >= 3 else (None, None)
    if count is None or total is None:
        faults.append(Fault(number, "", say("Sista raden ska vara {control};antal rader;summa", control=CONTROL)))
    elif count != rows:
        faults.append(Fault(number, "", say("Raden anger {told} rader men filen har {found}", told=count, found=rows)))
    return total


def _wrong_sum(receipt: Receipt, odd: Sequence[int]) -> list[Fault]:
    """The last row's fault when it is not the sum of the others; ``odd`` are the rows with a wrong amount."""
    told = sum(line.amount_ore for line in receipt.lines)
    if told == receipt.total_ore:
        return []
    what = say(
        "Raderna ovanför blir {told}, men summan anger {total}. {why}",
        told=kronor(told), total=kronor(receipt.total_ore), why=_why(odd),
    )  # fmt: skip
    return [Fault(receipt.last_row, "", what)]


def _why(odd: Sequence[int]) -> Message:
    rows, more = tuple(odd[:MOST_NAMED]), len(odd) - MOST_NAMED
    if not rows:
        return say("Summan är fel, eller så saknas en rad")
    if more > 0:
        return say("Beloppet skiljer på rad {rows} och på {more} rader till", rows=rows, more=more)
    return say("Beloppet skiljer på rad {rows}", rows=rows)
