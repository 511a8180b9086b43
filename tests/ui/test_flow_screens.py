"""Refunds, goods within Odoo and hand-offs on the demo month, with clicks and keys on the real services."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from recon_app.app import SCREENS
from recon_app.models.case import CALM, Kind
from recon_app.models.record import Side
from recon_app.reconciliations import _goods_cases
from recon_app.store.workspace import Workspace
from recon_app.ui import words
from recon_app.ui.backend import Backend
from recon_app.ui.help_window import HelpWindow
from recon_app.ui.screens.case_dialogs import AnswersDialog, RemarksDialog
from recon_app.ui.screens.cases_screen import LINES, CasesScreen
from recon_app.ui.screens.refunds_screen import RefundsScreen
from recon_app.ui.shell import Shell
from recon_app.ui.tables.linked_panes import LEFT, RIGHT, SPINE
from tests.ui.demo_month import demo_month

Wait = Callable[[], None]
MONTH = ("refunds", "receipts", "transfers", "reserved", "valuation", "cutoff", "connector")
WHOLE = "All 4 sides"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = demo_month(tmp_path_factory.mktemp("month") / "workspace", MONTH)
    yield workspace
    workspace.close()


Opener = Callable[[str], CasesScreen]


@pytest.fixture
def opened(shell: Shell, month: Workspace, idle: Wait, qtbot: QtBot) -> Opener:
    """Open a screen on the demo month."""

    def open_screen(name: str) -> CasesScreen:
        if shell.context.backend is None:
            shell.context.use(Backend(month))
        shell.go_to(name)
        idle()
        shell.activateWindow()
        qtbot.waitUntil(shell.isActiveWindow)
        screen = shell.current()
        assert isinstance(screen, CasesScreen)
        return screen

    return open_screen


@pytest.fixture
def refunds(opened: Opener) -> RefundsScreen:
    screen = opened("refunds")
    assert isinstance(screen, RefundsScreen)
    return screen


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def choose(box: QComboBox, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def titles(screen: CasesScreen, pane: int) -> list[str]:
    view = screen.lines.panes.views[pane]
    return [view.columns[column].title for column in view.shown_columns()]


def texts(screen: CasesScreen, pane: int, title: str) -> list[str]:
    view = screen.lines.panes.views[pane]
    column = [one.title for one in view.columns].index(title)
    return [str(view.model().index(row, column).data()) for row in range(view.model().rowCount())]


def test_ages_are_called_as_the_runs_call_them() -> None:
    assert (*(name for _, name in _goods_cases.AGES), _goods_cases.OLDEST) == words.AGES


# Refunds


def test_ages_and_kinds_narrow_each_other(refunds: RefundsScreen, idle: Wait) -> None:
    lines = refunds.lines
    counts = {age: int(chip.text().rpartition(" ")[2]) for age, chip in lines.ages.chips.items()}
    assert sum(counts.values()) > 0
    before = lines.rows.count
    oldest = next(age for age, count in reversed(counts.items()) if count)
    click(lines.ages.chips[oldest])
    idle()
    assert lines.chips.all.text() == f"All {counts[oldest]}"  # kinds count what the age lets through
    assert 0 < lines.rows.count <= before
    case = lines.case
    assert case is not None
    assert case.kind not in CALM
    kind = case.kind
    for other in lines.chips.kinds() - {kind}:
        click(lines.chips.chips[other])
    idle()
    assert lines.ages.chips[oldest].text() == f"{oldest} {lines.chips.chips[kind].text().rpartition(' ')[2]}"
    lines.panes.views[LEFT].setFocus()
    QTest.keyClick(lines.panes.views[LEFT], Qt.Key.Key_Escape)
    idle()
    assert lines.ages.chosen() == ()


def test_an_age_is_chosen_with_the_keyboard(refunds: RefundsScreen, idle: Wait) -> None:
    chip = next(chip for chip in refunds.lines.ages.chips.values() if not chip.text().endswith(" 0"))
    assert chip.focusPolicy() & Qt.FocusPolicy.TabFocus
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    idle()
    assert len(refunds.lines.ages.chosen()) == 1
    assert "Nothing fits" not in refunds.lines.empty.button.text()


def test_an_empty_age_offers_the_way_back(refunds: RefundsScreen, idle: Wait) -> None:
    empty = next(chip for chip in refunds.lines.ages.chips.values() if chip.text().endswith(" 0"))
    click(empty)
    idle()
    assert refunds.lines.empty.isVisible()
    click(refunds.lines.empty.button)
    idle()
    assert refunds.lines.rows.count > 0


def test_pairs_of_sides_and_all_sides(refunds: RefundsScreen, idle: Wait) -> None:
    box, panes = refunds.lines.filters.pair, refunds.lines.panes
    assert [box.itemText(place) for place in range(box.count())] == [
        "Shop ↔ Platform",
        "Platform ↔ Odoo",
        "Shop ↔ Odoo",
        "Odoo ↔ Goods",
        WHOLE,
    ]
    assert {"Refund no", "Date asked", "Reason", "Items back?", "Amount"} <= set(titles(refunds, LEFT))
    choose(box, "Platform ↔ Odoo")
    idle()
    assert {"Date paid", "Fee kept"} <= set(titles(refunds, LEFT))
    assert {"Credit note", "Date", "Amount", "Tax", "Paid state"} <= set(titles(refunds, RIGHT))
    choose(box, WHOLE)
    idle()
    assert [caption.text() for caption in panes.captions] == [
        "Shop",
        "Difference",
        "Platform",
        "Odoo",
        "Goods",
    ]
    assert all(view.isVisible() for view in panes.views)
    assert len(panes.views) == 5
    last = panes.views[-1]
    last.setFocus()
    QTest.keyClick(last, Qt.Key.Key_Down)
    idle()
    assert {view.current_row() for view in panes.views} == {1}
    choose(box, "Shop ↔ Platform")
    idle()
    assert len(panes.views) == 3
    assert not last.isVisible()


def test_f6_goes_through_all_sides(refunds: RefundsScreen, idle: Wait) -> None:
    choose(refunds.lines.filters.pair, WHOLE)
    idle()
    views = refunds.lines.panes.views
    views[LEFT].setFocus()
    for view in (*views[1:], refunds.timeline):
        focused = refunds.window().focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_F6)
        assert view.hasFocus()


def test_rows_of_all_sides_are_copied(refunds: RefundsScreen, shell: Shell, idle: Wait) -> None:
    choose(refunds.lines.filters.pair, WHOLE)
    idle()
    views = refunds.lines.panes.views
    views[LEFT].setFocus()
    QTest.keyClick(
        views[LEFT], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    idle()
    head, row = (line.split("\t") for line in QGuiApplication.clipboard().text().split("\n"))
    assert head == [title for pane in range(len(views)) for title in titles(refunds, pane)]
    assert len(row) == len(head)
    del shell


def test_the_timeline_follows_the_row_and_leads_to_records(refunds: RefundsScreen, idle: Wait) -> None:
    case = refunds.lines.case
    assert case is not None
    assert [step.step for step in refunds.timeline.steps] == list(words.STEP)
    assert refunds.timeline.steps == case.steps
    shown = next(number for number, step in enumerate(case.steps) if step.record is not None)
    QTest.mouseClick(
        refunds.timeline,
        Qt.MouseButton.LeftButton,
        pos=refunds.timeline.place_of(shown).center().toPoint(),
    )
    strip = refunds.lines.strip
    assert strip.pages.current() is strip.legs
    records = [record.id for found in case.legs.values() for record in found]
    assert records[strip.legs.currentIndex().row()] == case.steps[shown].record
    before = case.id
    strip.pages.show_page(0)
    refunds.lines.go_to_open(1)
    idle()
    assert refunds.lines.case is not None
    assert refunds.lines.case.id != before
    assert refunds.timeline.steps == refunds.lines.case.steps


def test_one_next_step_stands_out(refunds: RefundsScreen) -> None:
    case = refunds.lines.case
    assert case is not None
    assert case.next
    assert refunds.lines.strip.next_step.isVisible()
    assert refunds.lines.strip.next_step.text().splitlines()[0].startswith(case.next[0][:20])


def test_a_cause_has_its_word(refunds: RefundsScreen) -> None:
    case = refunds.lines.case
    assert case is not None
    assert case.cause in words.REFUND_WORD
    assert refunds.lines.strip.text().startswith(words.REFUND_WORD[case.cause])
    assert refunds.lines.panes.views[SPINE].model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_a_column_of_the_note_sorts(refunds: RefundsScreen, idle: Wait) -> None:
    choose(refunds.lines.filters.pair, "Platform ↔ Odoo")
    idle()
    view = refunds.lines.panes.views[RIGHT]
    column = [one.title for one in view.columns].index("Tax")
    for descending in (False, True):
        view.horizontalHeader().sectionClicked.emit(column)
        idle()
        shown = texts(refunds, RIGHT, "Tax")  # or what is said of a record that is not there
        found = [float(text.replace(",", "")) for text in shown if text[:1].isdigit()]
        assert len(found) > 3
        assert found == sorted(found, reverse=descending)


# Goods within Odoo


def test_what_was_ordered_and_what_arrived_stand_beside_each_other(opened: Opener, idle: Wait) -> None:
    screen = opened("receipts")
    lines = screen.lines
    assert [caption.text() for caption in lines.panes.captions][::2] == ["Ordered", "Arrived"]
    click(lines.chips.all)
    idle()
    pairs = zip(texts(screen, LEFT, "Ordered"), texts(screen, RIGHT, "Arrived"), strict=True)
    assert ("20", "18") in set(pairs)
    assert not lines.filters.pair.isVisible()  # one choice is none
    assert "Δ value" not in titles(screen, SPINE)
    click(screen.head_buttons()[0])
    idle()
    assert "Δ value" in titles(screen, SPINE)


def test_transfers_have_ages(opened: Opener, idle: Wait) -> None:
    screen = opened("transfers")
    click(screen.lines.chips.all)
    idle()
    everything = screen.lines.rows.count
    chip = next(chip for chip in screen.lines.ages.chips.values() if not chip.text().endswith(" 0"))
    click(chip)
    idle()
    assert 0 < screen.lines.rows.count < everything


def test_the_worth_of_the_stock_stands_beside_its_account(opened: Opener) -> None:
    screen = opened("valuation")
    assert texts(screen, LEFT, "Currency") == ["EUR"]
    (worth,), (balance,) = texts(screen, LEFT, "Worth"), texts(screen, RIGHT, "Balance")
    difference = str(screen.lines.panes.views[SPINE].model().index(0, 1).data())
    cents = [int(text.replace(",", "").replace(".", "")) for text in (worth, balance, difference)]
    assert cents[1] - cents[0] == cents[2] != 0


def test_reservations_are_looked_at_place_by_place(opened: Opener, idle: Wait) -> None:
    screen = opened("reserved")
    places = screen.lines.filters.places
    assert places.isVisible()
    names = [places.itemText(place) for place in range(places.count())]
    assert names[0] == "All places"
    assert "Shop/Stock" in names
    choose(places, "Shop/Stock")
    idle()
    assert screen.lines.filters.place() == "Shop/Stock"


# Tables, remarks, answers, help


def test_the_bridge_is_a_tab(opened: Opener) -> None:
    screen = opened("cutoff")
    buttons = [button for button in screen._tab_buttons.buttons() if button.isVisible()]
    assert [button.text() for button in buttons] == ["Lines", "Bridge"]
    click(buttons[1])
    title, table = next(iter(screen.panels.tables.items()))
    assert title.startswith("Cut-off 20")
    assert table.model().index(0, 0).data() == "By shop time"
    assert table.hasFocus()
    click(buttons[LINES])
    assert screen.lines.isVisible()


def test_remarks_are_behind_one_button(opened: Opener, shell: Shell) -> None:
    screen = opened("connector")
    assert screen.remarks.isVisible()
    click(screen.remarks)
    dialog = screen.findChild(RemarksDialog)
    assert dialog is not None
    assert dialog.text.text().count("•") == int(screen.remarks.text().partition(" ")[0])
    dialog.accept()
    del shell


def test_what_a_run_assumed_is_confirmed(opened: Opener) -> None:
    screen = opened("valuation")
    assert screen.assumed.isVisible()
    click(screen.assumed.button)
    dialog = screen.findChild(AnswersDialog)
    assert dialog is not None
    (name, field), *_ = dialog.fields.items()
    assert name == "stock_account.EUR"
    field.clear()
    assert not dialog.ok.isEnabled()
    dialog.reject()


def test_every_screen_has_its_help(opened: Opener, shell: Shell) -> None:
    screen = opened("receipts")
    click(screen._help)
    window = shell.findChild(HelpWindow)
    assert window is not None
    assert window.pages.currentItem().data(Qt.ItemDataRole.UserRole) == "stock"
    window.close()


# Empty states


def test_an_empty_workspace_says_what_to_import(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory, idle: Wait
) -> None:
    with_nothing = Workspace.open(tmp_path_factory.mktemp("empty") / "workspace")
    shell.context.use(Backend(with_nothing))
    for kind in SCREENS:
        if not issubclass(kind, CasesScreen):
            continue
        shell.go_to(kind.id)
        idle()
        screen = shell.current()
        assert isinstance(screen, kind)
        assert screen.empty.isVisible()
        assert kind.needed.startswith("Import ")
        assert len(kind.needed) < 110  # in one line at 1366 pixels
        click(screen.empty.button)
        assert shell.current().id == "import"
    with_nothing.close()


def test_a_run_that_found_nothing_says_what_is_lacking(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory, idle: Wait
) -> None:
    with_nothing = Workspace.open(tmp_path_factory.mktemp("nothing") / "workspace")
    backend = Backend(with_nothing)
    backend.run("reserved", None, lambda *_: None)
    shell.context.use(backend)
    shell.go_to("reserved")
    idle()
    screen = shell.current()
    assert isinstance(screen, CasesScreen)
    assert screen.lines.empty.isVisible()
    assert screen.lines.empty.button.text() == "Go to Import"
    click(screen.lines.empty.button)
    assert shell.current().id == "import"
    with_nothing.close()


def test_only_what_is_looked_at_is_read(opened: Opener, shell: Shell, idle: Wait) -> None:
    opened("refunds")
    hidden = [one for one in shell.screens if isinstance(one, CasesScreen) and one.id == "receipts"]
    assert [one.lines.rows.count for one in hidden] == [0]
    entry = shell.rail.entries[[kind.id for kind in SCREENS].index("receipts")]
    assert "open" in entry.accessibleName()  # its count is there all the same
    shell.go_to("receipts")
    idle()
    assert hidden[0].lines.rows.count > 0


def test_more_kinds_of_sides_are_no_pairs() -> None:
    assert words.case_word(Kind.MISSING, None, {Side.ODOO, Side.GOODS}, own={Side.GOODS: "Not arrived"}) == (
        "Not in Odoo, not arrived"
    )
