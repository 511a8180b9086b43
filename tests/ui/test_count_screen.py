"""A count from its sheet to the files for Odoo by keyboard and scanner only, on real services."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from recon_app.app import SCREENS
from recon_app.services.import_files import import_paths
from recon_app.store import counts as store
from recon_app.store.workspace import Workspace
from recon_app.ui.backend import Backend
from recon_app.ui.screens.count_list import NewCountDialog
from recon_app.ui.screens.count_print import sheet_html
from recon_app.ui.screens.count_proposal import ApproveDialog, TakeDialog
from recon_app.ui.screens.count_screen import DESK, LIST, PROPOSAL, CountScreen
from recon_app.ui.shell import Shell

STOCK, SHELF = "WH/Stock", "WH/Stock/Shelf A"
HEADER = [
    "External ID",
    "Product/Internal Reference",
    "Product",
    "Product/Barcode",
    "Location",
    "Lot/Serial Number",
]
HEADER += ["Quantity", "Reserved Quantity", "Unit of Measure", "Value", "Currency"]
ROWS = (
    ("LAMP", STOCK, "", "7391.0"),
    ("MUG", STOCK, "", "40.0"),
    ("MUG", SHELF, "", "10.0"),
    ("TEA", STOCK, "L1", "5.0"),
    ("TEA", STOCK, "L2", "5.0"),
)
Wait = Callable[[], None]
Key = Qt.Key


def stock(ws: Workspace, folder: Path, name: str) -> None:
    """Import an export of Odoo's stock; a unit is worth 2.00."""
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for number, (sku, place, lot, much) in enumerate(ROWS, 1):
            value = f"{float(much) * 2:.2f}"
            writer.writerow(
                [
                    f"__export__.quant_{number}",
                    sku,
                    f"[{sku}] {sku} {name}",
                    f"40{sku}",
                    place,
                    lot,
                    much,
                    "0",
                    "Units",
                    value,
                    "EUR",
                ]
            )
    assert [report.status for report in import_paths(ws, [path])] == ["imported"]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed workspace with some stock."""
    folder = tmp_path_factory.mktemp("stocked")
    ws = Workspace.open(folder / "ws")
    stock(ws, folder, "first")
    ws.close()
    return folder / "ws"


@pytest.fixture
def ws(stocked: Path, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace.open(shutil.copytree(stocked, tmp_path / "ws"))
    yield workspace
    workspace.close()


class Hands:
    """A person with a keyboard and a scanner, who never touches the mouse."""

    def __init__(self, shell: Shell, screen: CountScreen, idle: Wait) -> None:
        self.shell, self.screen, self._idle = shell, screen, idle

    def focus(self) -> QWidget:
        """What the keys go to."""
        found = QApplication.activeModalWidget() or self.shell
        if QApplication.activeWindow() is not found:  # no window manager gives the focus back here
            found.activateWindow()
            QApplication.processEvents()
        return found.focusWidget() or found

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        QTest.keyClick(self.focus(), key, held)
        self._idle()

    def ctrl(self, key: Qt.Key) -> None:
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def scan(self, code: str) -> str:
        """Scan a code as a scanner does: characters and Enter; returns what the card says."""
        assert self.focus() is self.screen.desk.field
        QTest.keyClicks(self.focus(), code)
        self.key(Key.Key_Return)
        return self.screen.desk.card.text.text()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focus(), text)
        self.key(Key.Key_Return)


@pytest.fixture
def hands(shell: Shell, ws: Workspace, idle: Wait) -> Hands:
    screen = next(one for one in shell.screens if isinstance(one, CountScreen))
    shell.context.use(Backend(ws))
    shell.activateWindow()
    idle()
    found = Hands(shell, screen, idle)
    place = [kind.id for kind in SCREENS].index("count")
    assert shell.actions_book.action("go.count").shortcut().toString() == f"Alt+{place - 8}"
    found.key(Key(Key.Key_1 + place - 9), Qt.KeyboardModifier.AltModifier)
    assert shell.current() is screen
    return found


def begin(hands: Hands, name: str = "Mia") -> CountScreen:
    """Make a count of everything and say who counts."""
    hands.ctrl(Key.Key_N)
    assert isinstance(QApplication.activeModalWidget(), NewCountDialog)
    hands.key(Key.Key_Return)
    assert hands.screen.page() == DESK
    assert hands.focus() is hands.screen.desk.name
    hands.type(name)
    return hands.screen


def number(screen: CountScreen, ws: Workspace) -> str:
    return store.list_counts(ws)[0].id


def shown(screen: CountScreen, column: int) -> list[str]:
    """A column of the table of lines."""
    model = screen.desk.table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def test_a_count_from_sheet_to_proposal_by_keyboard_and_scanner(
    hands: Hands, ws: Workspace, tmp_path: Path
) -> None:
    screen = begin(hands)
    assert shown(screen, 5) == [""] * 5  # blind: nothing is shown but what is counted
    assert hands.scan("7390*40LAMP") == "+ 7,390  LAMP first"
    assert hands.scan("40LAMP").startswith("+ 1")
    assert hands.scan("nonsense") == "No product has the code nonsense"
    assert hands.scan("TEA") == "Which TEA is it?"
    assert hands.scan("4006381333931") == "Which TEA is it?"  # a scan is no answer
    assert hands.scan("2").startswith("+ 1")
    assert hands.scan("=5*L2").startswith("= 5")
    assert hands.scan(STOCK) == f"Now at {STOCK}"
    assert hands.scan("44*MUG").startswith("+ 44")
    assert hands.scan(SHELF) == f"Now at {SHELF}"
    assert hands.scan("6*MUG").startswith("+ 6")
    assert hands.scan("MUG").startswith("+ 1")
    hands.ctrl(Key.Key_Z)
    assert screen.desk.card.text.text() == "Taken back: MUG, 1"
    assert shown(screen, 5) == ["7,391", "44", "", "5", "6"]
    assert screen.desk.progress.text() == "4 of 5 lines counted"
    hands.key(Key.Key_Up)
    hands.key(Key.Key_Up)
    hands.key(Key.Key_F2)
    assert "How much is there in all? TEA" in screen.desk.card.text.text()
    assert hands.scan("4006381333931") == "4006381333931 is no quantity"
    assert hands.scan("0").startswith("= 0")
    stock(ws, tmp_path, "second")  # Odoo's stock is exported again when the counting is over
    hands.ctrl(Key.Key_Return)
    assert screen.page() == PROPOSAL
    verdicts = {(one.line.sku, one.line.location, one.line.lot): one.verdict for one in screen.proposal.lines}
    assert verdicts == {
        ("LAMP", STOCK, ""): "agrees",
        ("MUG", STOCK, ""): "misplaced",
        ("MUG", SHELF, ""): "misplaced",
        ("TEA", STOCK, "L1"): "recount",
        ("TEA", STOCK, "L2"): "agrees",
    }
    _recount_and_approve(hands, ws, tmp_path)
    _write_the_files(hands, ws, tmp_path / "out")
    hands.key(Key.Key_Escape)
    assert screen.page() == LIST
    assert "Counted" in str(screen.counts.table.model().index(0, 2).data())


def _recount_and_approve(hands: Hands, ws: Workspace, tmp_path: Path) -> None:
    screen = hands.screen
    hands.key(Key.Key_R)  # somebody else counts the lot again
    assert screen.page() == DESK
    assert shown(screen, 4) == ["L1"]
    hands.type("mia")
    assert "somebody else must count it again" in hands.scan("L1")
    hands.key(Key.Key_F4)
    assert hands.focus() is screen.desk.name
    hands.type("Tom")
    assert hands.scan("0*L1").startswith("+ 0")
    stock(ws, tmp_path, "third")
    hands.ctrl(Key.Key_Return)
    assert screen.proposal.lines[0].verdict == "approval"
    hands.key(Key.Key_A)
    assert isinstance(QApplication.activeModalWidget(), ApproveDialog)
    hands.type("Eva")
    assert next(one for one in screen.proposal.lines if one.line.lot == "L1").verdict == "ready"


def _write_the_files(hands: Hands, ws: Workspace, out: Path) -> None:
    screen = hands.screen
    out.mkdir()
    hands.ctrl(Key.Key_E)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    field.setFocus()
    hands.type(str(out))
    files = sorted(path.name.removeprefix(f"count_{number(screen, ws)}") for path in out.iterdir())
    assert files == [".csv", "_lines.csv", "_moves.csv", "_reversal.csv"]
    text = (out / f"count_{number(screen, ws)}.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1:] == ['"__export__.quant_4","0"']


def test_a_scan_survives_the_end_of_the_program(hands: Hands, ws: Workspace) -> None:
    screen = begin(hands)
    hands.scan("3*LAMP")
    other = Workspace.open(ws.folder)  # what another process sees while this one still runs
    entries = store.entries_of(other, number(screen, ws))
    other.close()
    assert [(one.quantity, one.who, one.code) for one in entries] == [(3_000_000, "Mia", "LAMP")]


def test_nothing_is_counted_without_a_name(hands: Hands, ws: Workspace) -> None:
    screen = begin(hands, " ")
    assert hands.scan("LAMP") == "Who counts? Type your name first."
    assert hands.focus() is screen.desk.name
    assert not store.entries_of(ws, number(screen, ws))


def test_every_result_has_words_and_a_drawing(hands: Hands) -> None:
    screen = begin(hands)
    for code in ("LAMP", "nonsense", "TEA"):
        hands.scan(code)
        assert screen.desk.card.text.text()
        assert screen.desk.card.accessibleName()
    assert screen.desk.choices.text() == "1   lot L1\n2   lot L2"
    hands.key(Key.Key_Escape)
    assert not screen.desk.choices.isVisible()
    hands.scan("LAMP")  # the question is gone
    assert shown(screen, 5)[0] == "2"


def test_escape_and_enter_go_between_the_list_and_a_count(hands: Hands) -> None:
    screen = begin(hands)
    hands.key(Key.Key_Escape)
    assert screen.page() == LIST
    hands.key(Key.Key_Return)
    assert screen.page() == DESK
    assert hands.focus() is screen.desk.field  # the name is known


def test_two_counts_of_a_line_are_decided_by_a_person(hands: Hands, ws: Workspace, tmp_path: Path) -> None:
    screen = begin(hands)
    hands.scan("7391*LAMP")
    screen.desk.name.setText("Tom")
    hands.scan("7390*LAMP")
    assert shown(screen, 5)[0] == "7,391 | 7,390"
    stock(ws, tmp_path, "second")
    hands.ctrl(Key.Key_Return)
    assert screen.proposal.lines[0].verdict == "conflict"
    hands.key(Key.Key_T)
    assert isinstance(QApplication.activeModalWidget(), TakeDialog)
    hands.key(Key.Key_Down)
    hands.key(Key.Key_Return)
    assert screen.proposal.lines[0].adjust == -1_000_000


def test_values_are_shown_only_when_asked(hands: Hands, ws: Workspace, tmp_path: Path) -> None:
    screen = begin(hands)
    hands.scan("7390*LAMP")
    stock(ws, tmp_path, "second")
    hands.ctrl(Key.Key_Return)
    titles = screen.proposal.table.model()

    def has_value() -> bool:
        heads = [titles.headerData(place, Qt.Orientation.Horizontal) for place in range(titles.columnCount())]
        return "Value EUR" in heads

    assert not has_value()
    assert "EUR" not in screen.proposal.totals.text()
    hands.shell.actions_book.run("count.money")
    assert has_value()
    assert "2.00 EUR" in screen.proposal.totals.text()


def test_a_printed_sheet_does_not_hold_the_answer(
    hands: Hands, ws: Workspace, tmp_path: Path, idle: Wait
) -> None:
    screen = begin(hands)
    path = tmp_path / "sheet.pdf"
    screen.save_pdf(path)
    idle()
    assert path.read_bytes().startswith(b"%PDF")
    backend = hands.shell.context.backend
    assert backend is not None
    lines = backend.counts.sheet(number(screen, ws))
    text = sheet_html("RC-1", "<b>title</b>", lines)
    assert "7391" not in text
    assert "40LAMP" in text
    assert "&lt;b&gt;" in text
    screen.save_table(tmp_path / "sheet.xlsx")
    idle()
    assert (tmp_path / "sheet.xlsx").exists()


def test_a_count_can_be_given_up(hands: Hands, qtbot: QtBot, ws: Workspace) -> None:
    screen = begin(hands)
    hands.key(Key.Key_Escape)
    screen.counts.cancel.click()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == "Give up").click()
    qtbot.waitUntil(lambda: store.list_counts(ws)[0].state == "cancelled")


def test_large_rows_and_a_large_field(hands: Hands) -> None:
    screen = begin(hands)
    assert screen.desk.table.rowHeight(0) >= 36
    assert screen.desk.field.height() >= 36
