"""What is known of the current row: the sentence, the evidence, where it was read, what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from recon_app.models.case import CALM, BridgeLine, Case, Kind
from recon_app.models.money import Money
from recon_app.models.proof import PayoutProof
from recon_app.models.quantity import Quantity, unit_of
from recon_app.models.record import Record, RecordType, Side
from recon_app.ui import formats, words
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.theme import theme_of
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.glyph import Glyph
from recon_app.ui.widgets.next_step import NextStep
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.strip_pages import StripPages
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family, Wording

_LEG_TITLES = ("Record", "Date", "Reference", "Amount", "File and row")
_FILE = 4
_NO_RECORDS = "No record stands behind this case: what it says is beside this."
_LINES = 8  # of text that the strip has room for, at least
_BRIDGE_TITLES = ("Figures", "Quantity", "Records")
_BRIDGE_RECORDS = 2
#: Lines of a bridge that are no item: the figures at both ends, and what is left.
_NEXT = "next"
_FIGURE, _OTHER = "figure", "other"
#: Where a record of goods has its quantity; the first that is there counts.
_QUANTITY_OF = {
    RecordType.INVENTORY_LEVEL: ("available", "quantity"),
    RecordType.STOCK_QUANT: ("quantity",),
    RecordType.STOCK_COUNT: ("counted",),
    RecordType.STOCK_MOVE: ("done", "quantity"),
    RecordType.STOCK_MOVE_LINE: ("done", "quantity"),
    RecordType.ORDER_LINE: ("quantity",),
    RecordType.FULFILMENT: ("quantity", "done"),
    RecordType.REFUND: ("quantity",),
    RecordType.SALE_ORDER_LINE: ("quantity",),
    RecordType.PURCHASE_ORDER_LINE: ("quantity",),
    RecordType.KIT_COMPONENT: ("quantity",),
}
_PRODUCTS = frozenset({RecordType.SHOP_PRODUCT, RecordType.ODOO_PRODUCT})
_AT_A_PLACE = frozenset({RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT, RecordType.STOCK_COUNT})
PROOF_WORD = {
    "proven": "closes to the cent",
    "unproven": "does not close",
    "open": "has nothing to be proven against",
}


def next_steps(case: Case) -> tuple[str, ...]:
    """What to do about a case, the most urgent first; nothing once it is settled."""
    if case.state not in words.OPEN_STATES:
        return ()
    return case.next or tuple(found.text for found in case.evidence if found.rule == _NEXT)


class DetailStrip(QWidget):
    """The strip below the panes; its buttons belong to the screen.

    Args:
        buttons: What can be done with a case.
        pages: Titles and widgets that take turns with the records of a case.

    Attributes:
        legs: The records of the case.
        bridge: Where goods are compared, the way from one figure to the other.
        pages: The records, and what the screen put beside them.
        next_step: What to do about the case.
        wording: What is compared.
        absent: What is said of a missing record where it is not the usual word.
        no_records: What is said of a case that stands on no record.
        values: Whether the strip says what a difference of goods is worth.
    """

    def __init__(
        self,
        buttons: Sequence[Button],
        parent: QWidget | None = None,
        *,
        pages: Sequence[tuple[str, QWidget]] = (),
    ) -> None:
        super().__init__(parent)
        self._icon = Glyph(parent=self)
        self._title = Text("", Tone.TITLE, parent=self)
        self._state = Text("", Tone.MUTED, parent=self)
        self._right = QVBoxLayout()
        self._buttons = list(buttons)
        self._width = 0
        self._records: list[int] = []
        self.next_step = NextStep(self)
        self._body = Text("", wrap=True, select=True, parent=self)
        self._body.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.values = False
        self.absent: Mapping[Side, str] = {}
        self.wording = Wording.MONEY
        self.legs = PlainTable(_LEG_TITLES, "Records of this case", _FILE, self, widest=17)
        self.bridge = PlainTable(
            _BRIDGE_TITLES, "Bridge from one figure to the other", _BRIDGE_RECORDS, self, widest=34
        )
        self.no_records = _NO_RECORDS
        self.pages = StripPages([*pages, ("Records", self.legs)], self)
        self._lay_out()
        self.show_nothing("")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self._icon, self._title, self._state):
            head.addWidget(widget)
        head.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._body)
        scroll.setAccessibleName("Evidence")
        scroll.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._body.setAccessibleName("What differs and why")
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addLayout(head)
        left.addWidget(self.next_step)
        left.addWidget(scroll, 1)
        self._right.setSpacing(5)
        for button in self._buttons:
            self._right.addWidget(button)
        self._right.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 8, 10, 8)
        line.setSpacing(12)
        line.addLayout(left, 9)
        line.addWidget(self.bridge, 10)
        line.addWidget(self.pages, 14)
        line.addLayout(self._right)
        self.even_buttons()

    def even_buttons(self) -> None:
        """Give all buttons the width of the widest title so far, so that nothing moves from row to row."""
        hints = [button.sizeHint().width() for button in self._buttons]
        self._width = max(self._width, *hints)
        for button in self._buttons:
            button.setFixedWidth(self._width)

    def stops(self) -> list[QWidget]:
        """The tables that the keyboard can go to, from left to right."""
        return [*([self.bridge] if self.bridge.isVisible() else []), self.pages.current()]

    def text(self) -> str:
        """All that the strip says, for tests and for copying."""
        return f"{self._title.text()}\n{self._state.text()}\n{self.next_step.text()}\n{self._body.text()}"

    def show_nothing(self, text: str) -> None:
        """No row is current."""
        self.legs.say_when_empty("")
        self._set_head("", "", None)
        self.next_step.say(())
        self._body.setText(text)
        self._set_tables((), ())

    def show_case(self, case: Case, proof: PayoutProof | None) -> None:
        """Show a case, and how its payout closes."""
        word = words.case_word(case.kind, case.cause, case.missing, self.wording, self.absent)
        amount = _figure(case.delta)
        between = " by " if word.endswith("differs") and case.kind is Kind.AMOUNT else ": "
        title = f"{word}{between}{amount}" if amount else word
        self._set_head(words.kind_icon(case.kind), title, words.FAMILY[case.kind])
        settled = case.kind in CALM and case.state in words.OPEN_STATES  # "open" would alarm for nothing
        self._state.setText("" if settled else f"· {words.STATE[case.state]}")
        worth = _figure(case.value) if self.values else ""
        more = [f"•  The difference is worth {worth}."] if worth else []
        self.next_step.say(next_steps(case))
        self._body.setText("\n".join([*_sentences(case, proof), *more]))
        self.legs.say_when_empty(self.no_records)
        self._set_tables([_bridge_line(line) for line in case.bridge], list(_legs(case)))
        self._records = [record.id for record in _listed(case)]

    def go_to_record(self, record: int) -> None:
        """Show the records of the case, with one of them chosen."""
        self.pages.show_page(self.pages.count() - 1)
        if record in self._records:
            self.legs.selectRow(self._records.index(record))
        self.legs.setFocus()

    def show_payout(self, proof: PayoutProof | None, grp: str, count: int) -> None:
        """Show a group row: how its payout closes."""
        self.legs.say_when_empty("")
        self._set_head("group", f"Payout {grp}" if grp else "Lines without a payout", None)
        self._state.setText(f"· {formats.number(count)} lines")
        self.next_step.say(())
        lines = []
        if proof is not None:
            lines.append(f"The payout {PROOF_WORD[proof.status]}.")
            lines += [f"{cause.text}." for cause in proof.causes]
        self._body.setText("\n".join(lines))
        self._set_tables((), ())

    def _set_tables(self, bridge: Sequence[Sequence[Cell]], legs: Sequence[Sequence[Cell]]) -> None:
        self.bridge.set_rows(bridge)
        self.bridge.setVisible(bool(bridge))
        self.legs.set_rows(legs)

    def _set_head(self, icon: str, title: str, family: Family | None) -> None:
        self._title.setText(title)
        self._title.set_family(family)
        self._state.setText("")
        self._icon.show_icon(icon, family)
        self._keep_title()

    def _keep_title(self) -> None:
        """The title ends with the figure: it is cut only where it would take half the strip."""
        whole = self._title.fontMetrics().horizontalAdvance(self._title.text()) + 2
        self._title.setMinimumWidth(min(whole, self.width() // 2))

    # Qt
    def minimumSizeHint(self) -> QSize:
        """Some lines of text, and every button."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), max(hint.height(), _LINES * self.fontMetrics().height()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._width = 0
            self.even_buttons()
            self._keep_title()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the title whole."""
        super().resizeEvent(event)
        self._keep_title()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.page)
        painter.setPen(theme.line)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def _figure(delta: Money | Quantity | None) -> str:
    """A difference with its unit or currency, "" for none."""
    if isinstance(delta, Quantity):
        unit = unit_of(delta.millionths, delta.unit)
        return f"{formats.quantity(delta.millionths, sign=True)} {unit}" if delta.millionths else ""
    if delta is None or not delta.minor:
        return ""
    return f"{formats.money(delta.minor, delta.currency, sign=True)} {delta.currency}"


def _sentences(case: Case, proof: PayoutProof | None) -> Iterator[str]:
    yield formats.sentence(case.text)
    if proof is not None:
        yield f"•  Its payout {formats.one_line(proof.payout)} {PROOF_WORD[proof.status]}."
    told = {line.code for line in case.bridge} | ({"bridge"} if case.bridge else set()) | {_NEXT}
    for evidence in case.evidence:
        if evidence.rule in told:
            continue  # shown beside or above
        yield f"•  {formats.sentence(evidence.text)}"
    if case.candidates:
        yield "Candidates:"
        yield from (f"{place}.  {text}" for place, text in enumerate(case.candidates, 1))


def _bridge_line(line: BridgeLine) -> Sequence[Cell]:
    """Figures stand out, and so does what nothing explains."""
    end, other = line.code == _FIGURE, line.code == _OTHER
    family = Family.DIFFERS if other else None
    figure = formats.quantity(line.millionths, sign=not end)
    return (
        Cell(formats.one_line(line.title), bold=end, family=family),
        Cell(figure, right=True, bold=end, family=family),
        Cell(formats.one_line(line.records), muted=True),
    )


def _legs(case: Case) -> Iterator[Sequence[Cell]]:
    """A row per record, then the sums of the sides that have several."""
    for side, records in case.legs.items():
        for record in records:
            yield _leg(side, record)
    for side, records in case.legs.items():
        yield from _sums(side, records)


def _listed(case: Case) -> Iterator[Record]:
    """The records in the order of their rows."""
    for records in case.legs.values():
        yield from records


def _leg(side: Side, record: Record) -> Sequence[Cell]:
    values = record.values
    day = values.get("day")
    if record.type in _QUANTITY_OF:
        figure, ref = _goods(record), values.get("location", "")
        if record.type not in _AT_A_PLACE:
            ref = values.get("ref") or values.get("grp") or ref
    else:
        minor, currency = values.get("amount"), str(values.get("currency", ""))
        figure = f"{formats.money(minor, currency)} {currency}" if isinstance(minor, int) else ""
        names = ("sku", "grp") if record.type in _PRODUCTS else ("ref", "grp", "ident")
        ref = next((values[name] for name in names if values.get(name)), "")
    return (
        Cell(words.RECORD_TYPE[record.type], icon=f"side-{side.value}", spoken=_spoken(side, record)),
        Cell(formats.day(day) if isinstance(day, int) else ""),
        Cell(formats.one_line(str(ref))),
        Cell(figure, right=True),
        Cell(formats.origin(record), muted=True),
    )


def _spoken(side: Side, record: Record) -> str:
    return f"{words.SIDE[side]}: {words.RECORD_TYPE[record.type]}"


def _goods(record: Record) -> str:
    """The quantity of a record of goods with its unit: of its fields the one that says most."""
    names = _QUANTITY_OF[record.type]
    figure = next((record.values[name] for name in names if name in record.values), None)
    if not isinstance(figure, int):
        return ""
    return f"{formats.quantity(figure)} {unit_of(figure, str(record.values.get('unit', '')))}".strip()


def _sums(side: Side, records: Sequence[Record]) -> Iterator[Sequence[Cell]]:
    sums: dict[tuple[str, str, bool], list[int]] = {}
    for record in records:
        goods = record.type in _QUANTITY_OF
        names = _QUANTITY_OF.get(record.type, ("amount",))
        figure = next((record.values[name] for name in names if name in record.values), None)
        if isinstance(figure, int):
            what = str(record.values.get("unit" if goods else "currency", ""))
            sums.setdefault((record.type.value, what, goods), []).append(figure)
    for (_, what, goods), found in sums.items():
        if len(found) > 1:
            text = formats.quantity(sum(found)) if goods else formats.money(sum(found), what)
            unit = unit_of(sum(found), what) if goods else what
            total = Cell(f"{text} {unit}".strip(), right=True, bold=True)
            yield Cell(f"Sum of {len(found)}", icon=f"side-{side.value}", bold=True), Cell(), Cell(), total
