"""The settlements screen as a clerk uses it: keys and clicks on made-up services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from recon_app.models.case import Kind, State
from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.ui.screens.case_dialogs import AcceptDialog, MappingDialog, WhyNotDialog
from recon_app.ui.screens.correction_wizard import DONE, EFFECTS, QUESTIONS, WHAT, CorrectionWizard
from recon_app.ui.screens.settlements_screen import CLEARING, PAYOUTS, SettlementsScreen
from recon_app.ui.shell import Shell
from recon_app.ui.tables.linked_panes import LEFT, RIGHT
from recon_app.ui.theme import Appearance, Mode
from recon_app.ui.widgets.totals_bar import Figure, Line
from tests.ui.fake_backend import IMAGE, FakeBackend, take_long

Wait = Callable[[], None]
D = TypeVar("D", bound=QDialog)
CONTROL = Qt.KeyboardModifier.ControlModifier


def press(screen: SettlementsScreen, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    view = screen.lines.panes.views[LEFT]
    view.setFocus()
    QTest.keyClick(view, key, modifier or Qt.KeyboardModifier.NoModifier)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def dialog(screen: SettlementsScreen, kind: type[D]) -> D:
    found = [one for one in screen.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def go_to(screen: SettlementsScreen, kind: Kind, idle: Wait) -> None:
    """Press J until a row of this kind is current."""
    for _ in range(10):
        press(screen, Qt.Key.Key_J)
        idle()
        if screen.lines.case is not None and screen.lines.case.kind is kind:
            return
    raise AssertionError(kind)


def test_open_kinds_are_shown_first(settlements: SettlementsScreen, backend: FakeBackend) -> None:
    shown = backend.did("open")[-1]
    assert shown["kinds"] == {Kind.AMOUNT, Kind.MISSING, Kind.FIELD, Kind.DUPLICATE, Kind.AMBIGUOUS}
    assert settlements.lines.rows.count == 250
    assert settlements.lines.chips.chips[Kind.AMOUNT].text() == "Amount 50"
    assert settlements.lines.chips.all.text() == "All 400"


def test_totals_name_the_number_that_must_reach_zero(settlements: SettlementsScreen) -> None:
    spoken = settlements.lines.totals.accessibleName()
    assert "Platform 1,284,310.22" in spoken
    assert "Still open \N{MINUS SIGN}2,405.35" in spoken


def test_the_rail_shows_what_waits(settlements: SettlementsScreen, shell: Shell) -> None:
    names = [entry.accessibleName() for entry in shell.rail.entries]
    assert names[:2] == ["Import", "Settlements, 250 open"]


def test_j_and_k_go_through_the_open_differences(settlements: SettlementsScreen, idle: Wait) -> None:
    click(settlements.lines.chips.all)
    idle()
    rows = []
    for key in (Qt.Key.Key_J, Qt.Key.Key_F8, Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_F7):
        press(settlements, key)
        idle()
        rows.append(settlements.lines.panes.current_row())
    assert rows == [1, 2, 4, 2, 1]


def test_the_end_of_the_differences_is_said(settlements: SettlementsScreen, shell: Shell, idle: Wait) -> None:
    press(settlements, Qt.Key.Key_K)
    idle()
    assert shell.context.toast.text() == "No further open difference in this direction."


def test_the_strip_tells_what_why_and_where_from(settlements: SettlementsScreen, idle: Wait) -> None:
    go_to(settlements, Kind.AMBIGUOUS, idle)
    text = settlements.lines.strip.text()
    assert "Several candidates" in text
    assert f"Charge {IMAGE} differs." in text
    assert "Linked by the order reference." in text
    assert "1.  First" in text
    legs = settlements.lines.strip.legs.model()
    assert legs.index(0, 4).data() == "platform.csv, row 8"


def test_chips_choose_the_kinds(settlements: SettlementsScreen, backend: FakeBackend, idle: Wait) -> None:
    click(settlements.lines.chips.chips[Kind.MATCHED])
    idle()
    assert Kind.MATCHED in backend.did("open")[-1]["kinds"]
    click(settlements.lines.chips.all)
    idle()
    assert backend.did("open")[-1]["kinds"] == set()
    assert settlements.lines.rows.count == 400


def test_no_kind_shows_nothing_and_a_way_out(settlements: SettlementsScreen, idle: Wait) -> None:
    settlements.lines.chips.set_kinds(())
    settlements.lines.reopen()
    assert settlements.lines.empty.isVisible()
    click(settlements.lines.empty.button)
    idle()
    assert settlements.lines.rows.count == 400
    assert settlements.lines.panes.isVisible()


def test_a_slash_filters_and_esc_clears(qtbot: QtBot, settlements: SettlementsScreen, idle: Wait) -> None:
    lines = settlements.lines
    press(settlements, Qt.Key.Key_Slash)
    assert lines.filters.field.hasFocus()
    for typed, count in (("#0001", 1), ("jk", 0)):
        with qtbot.waitSignal(lines.filters.changed):
            QTest.keyClicks(lines.filters.field, typed)
        idle()
        assert lines.rows.count == count
    assert lines.filters.field.text() == "#0001jk"
    assert lines.empty.isVisible()
    with qtbot.waitSignal(lines.filters.changed):
        QTest.keyClick(lines.filters.field, Qt.Key.Key_Escape)
    idle()
    assert lines.rows.count == 250


def test_sorting_is_asked_of_the_services(
    settlements: SettlementsScreen, backend: FakeBackend, idle: Wait
) -> None:
    header = settlements.lines.panes.views[RIGHT].horizontalHeader()
    place = header.rect().center()
    place.setX(header.sectionViewportPosition(0) + 12)
    for _ in range(2):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        idle()
    asked = backend.did("open")[-1]
    assert (asked["sort"], asked["down"]) == (("odoo", "amount"), True)


def test_grouping_puts_the_payout_above_its_lines(settlements: SettlementsScreen, idle: Wait) -> None:
    press(settlements, Qt.Key.Key_G)
    idle()
    model = settlements.lines.panes.views[LEFT].model()
    assert model.index(0, 0).data() == "Payout po_1001   250 lines"
    assert "closes to the cent" in settlements.lines.strip.text()


def test_accepting_needs_a_reason_and_can_be_undone(
    settlements: SettlementsScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    go_to(settlements, Kind.MISSING, idle)
    row = settlements.lines.panes.current_row()
    press(settlements, Qt.Key.Key_A)
    asked = dialog(settlements, AcceptDialog)
    assert not asked.ok.isEnabled()
    QTest.keyClicks(asked.reason, "Agreed with Stripe")
    click(asked.ok)
    idle()
    [(case_id, reason)] = backend.did("accept")
    assert reason == "Agreed with Stripe"
    assert backend.states[case_id] is State.ACCEPTED
    assert settlements.lines.panes.current_row() == row
    assert "Accepted" in settlements.lines.strip.text()
    assert settlements.accept.text() == "Take back…"
    assert shell.context.toast.text() == "Accepted."
    click(shell.context.toast.button)
    idle()
    assert backend.did("undo") == [case_id]
    assert (settlements.accept.text(), settlements.accept.isEnabled()) == ("Accept…", True)


def test_any_acceptance_can_be_taken_back_where_it_is_seen(
    settlements: SettlementsScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    go_to(settlements, Kind.MISSING, idle)
    case = settlements.lines.case
    assert case is not None
    for case_id in (case.id, f"settlements-{1:016x}"):  # the other one is the newest
        settlements.context.changed.emit(backend.accept(case_id, "x"))
    idle()
    press(settlements, Qt.Key.Key_A)
    box = settlements.findChild(QMessageBox)
    assert box is not None
    assert case.text in box.text()
    assert backend.did("undo") == []
    click(next(button for button in box.buttons() if button.text() == "Take back"))
    idle()
    assert backend.did("undo") == [case.id]
    assert shell.context.toast.text() == f"Open again: {case.text}"


def test_undo_stays_within_its_comparison_and_says_what_it_did(
    settlements: SettlementsScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    QTest.keyClick(settlements, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    idle()
    assert backend.did("undo") == ["settlements"]
    assert "No acceptance of this comparison" in shell.context.toast.text()


def test_what_could_not_be_accepted_is_not_said_to_be(
    settlements: SettlementsScreen,
    backend: FakeBackend,
    shell: Shell,
    idle: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> Changes:
        raise UsageError("the payout does not close")

    monkeypatch.setattr(backend, "accept", refuse)
    go_to(settlements, Kind.MISSING, idle)
    press(settlements, Qt.Key.Key_A)
    asked = dialog(settlements, AcceptDialog)
    QTest.keyClicks(asked.reason, "It is small")
    click(asked.ok)
    idle()
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert "the payout does not close" in box.text()
    assert shell.context.toast.text() == ""
    box.close()


def test_a_correction_is_guided_to_its_file(
    settlements: SettlementsScreen, backend: FakeBackend, idle: Wait, tmp_path: Path
) -> None:
    go_to(settlements, Kind.AMOUNT, idle)
    assert settlements.correct.text() == "Book fees…"
    press(settlements, Qt.Key.Key_C)
    idle()
    wizard = dialog(settlements, CorrectionWizard)
    assert wizard.step == WHAT
    click(wizard.ok)
    idle()
    assert wizard.step == QUESTIONS
    click(wizard.ok)
    idle()
    assert wizard.step == QUESTIONS
    assert "Fee account is not answered" in wizard.error.text()
    account = next(box for box in wizard.findChildren(QComboBox) if box.isEditable())
    QTest.keyClicks(account, "627100 Payment fees")
    click(wizard.ok)
    idle()
    assert wizard.step == EFFECTS
    cells = wizard.entry.model()
    assert [cells.index(2, column).data() for column in (2, 3)] == ["12.50", "12.50"]
    figures = wizard.figures.model()
    assert figures.index(0, 2).data() == "\N{MINUS SIGN}479.75"
    click(wizard.back)
    assert wizard.answers()["fee_account"] == "627100 Payment fees"
    click(wizard.ok)
    idle()
    assert backend.did("propose") == []
    wizard.save_to(tmp_path)
    idle()
    assert wizard.step == DONE
    assert backend.did("apply") == [tmp_path]
    click(wizard.ok)
    assert settlements.correct.text() == "Its correction…"


def test_a_kept_proposal_can_be_withdrawn(
    settlements: SettlementsScreen, backend: FakeBackend, idle: Wait
) -> None:
    answers = {"fee_account": "627100", "date": "2026-10-09"}
    backend.propose(f"settlements-{1:016x}", "book_fees", answers)
    settlements.context.changed.emit(backend.accept(f"settlements-{2:016x}", "x"))
    go_to(settlements, Kind.FIELD, idle)
    press(settlements, Qt.Key.Key_K)
    settlements.lines.panes.set_current_row(0)
    idle()
    press(settlements, Qt.Key.Key_C)
    idle()
    wizard = dialog(settlements, CorrectionWizard)
    assert wizard.step == EFFECTS
    click(wizard.withdraw)
    idle()
    assert backend.did("reverse") == ["c1"]


def test_two_rows_are_asked_why_not(settlements: SettlementsScreen, backend: FakeBackend, idle: Wait) -> None:
    press(settlements, Qt.Key.Key_W)
    idle()
    assert backend.did("why_not") == []
    assert not settlements.why.isEnabled()
    press(settlements, Qt.Key.Key_Home)
    press(settlements, Qt.Key.Key_Down)
    press(settlements, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert settlements.lines.panes.selected_ranges() == [range(1, 3)]
    press(settlements, Qt.Key.Key_W)
    idle()
    shown = dialog(settlements, WhyNotDialog)
    assert backend.did("why_not") == [(21, 42)]
    assert IMAGE in shown.text.text()
    assert shown.text.textFormat() is Qt.TextFormat.PlainText


def test_rows_are_copied_with_and_without_titles(
    settlements: SettlementsScreen, backend: FakeBackend, idle: Wait
) -> None:
    del backend
    settlements.lines.panes.set_current_row(0)
    press(settlements, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(settlements, Qt.Key.Key_C, CONTROL)
    idle()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 2
    press(settlements, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    idle()
    assert QGuiApplication.clipboard().text().startswith("Payout\t")


def test_too_many_rows_are_not_copied_in_silence(
    settlements: SettlementsScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    backend.lines = 1_000_000
    settlements.lines.chips.set_kinds(Kind)
    settlements.lines.reopen()
    idle()
    QGuiApplication.clipboard().setText("before")
    press(settlements, Qt.Key.Key_A, CONTROL)
    press(settlements, Qt.Key.Key_C, CONTROL)
    idle()
    assert QGuiApplication.clipboard().text() == "before"
    assert "1,000,000 rows are too many to copy" in shell.context.toast.text()


def test_the_export_has_what_is_shown(settlements: SettlementsScreen, idle: Wait, tmp_path: Path) -> None:
    settlements.rows_out.export_to(tmp_path / "out.csv")
    idle()
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 251
    assert "'<img" not in lines[1]


def test_the_other_pair_shows_other_columns(settlements: SettlementsScreen, idle: Wait) -> None:
    filters = settlements.lines.filters
    QTest.keyClick(filters.pair, Qt.Key.Key_Down)
    filters.pair.activated.emit(1)
    idle()
    titles = [column.title for column in settlements.lines.panes.views[LEFT].columns]
    assert titles[0] == "Ref"
    assert settlements.lines.panes.captions[LEFT].text() == "Odoo"


def test_the_proof_of_a_payout_is_one_key_away(settlements: SettlementsScreen, idle: Wait) -> None:
    press(settlements, Qt.Key.Key_J)
    idle()
    press(settlements, Qt.Key.Key_P)
    assert settlements.payouts.isVisible()
    current = settlements.payouts.current()
    assert current is not None
    assert current.payout == "po_1001"
    assert "Closes to the cent: 0.00 EUR" in settlements.payouts.tree.text()


def test_payouts_that_do_not_close_come_first(settlements: SettlementsScreen) -> None:
    settlements.show_tab(PAYOUTS)
    current = settlements.payouts.current()
    assert current is not None
    assert current.payout == "po_1002"
    assert "Left unexplained by the lines: \N{MINUS SIGN}17.27 EUR" in settlements.payouts.tree.text()
    assert "Charge #7" in settlements.payouts.causes.text()
    click(settlements.payouts.only_open)
    assert settlements.payouts.table.model().rowCount() == 1


def test_the_lines_of_a_payout_can_be_shown(settlements: SettlementsScreen, idle: Wait) -> None:
    settlements.show_tab(PAYOUTS)
    click(settlements.payouts.lines)
    idle()
    assert settlements.lines.isVisible()
    assert settlements.lines.filters.grp == "po_1002"
    press(settlements, Qt.Key.Key_Escape)
    idle()
    assert settlements.lines.filters.grp is None


def test_the_clearing_account_is_proven_when_it_is_looked_at(
    settlements: SettlementsScreen, backend: FakeBackend, idle: Wait
) -> None:
    assert backend.did("clearing") == []
    settlements.show_tab(CLEARING)
    idle()
    assert len(backend.did("clearing")) == 1
    model = settlements.clearing.table.model()
    assert model.index(0, 6).data() == "+0.07"
    assert settlements.clearing.differences.model().index(1, 0).data() == "Unexplained"


def test_an_assumed_mapping_is_asked_once(
    settlements: SettlementsScreen, backend: FakeBackend, idle: Wait
) -> None:
    backend.proposals = {"gateway.stripe": "stripe", "journal.Bank": "shopify"}
    settlements.context.changed.emit(backend.accept(f"settlements-{2:016x}", "x"))
    idle()
    assert settlements.assumed.isVisible()
    click(settlements.assumed.button)
    asked = dialog(settlements, MappingDialog)
    asked.fields["journal.Bank"].setCurrentIndex(2)
    click(asked.ok)
    idle()
    assert backend.did("answer") == [("gateway.stripe", "stripe"), ("journal.Bank", "-")]
    assert not settlements.assumed.isVisible()


def test_running_again_shows_progress_and_can_be_cancelled(
    qtbot: QtBot, settlements: SettlementsScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    backend.slow = take_long
    press(settlements, Qt.Key.Key_R, CONTROL)
    assert not settlements.rerun.isEnabled()
    assert not shell.busy.cancel.isVisible()
    qtbot.waitUntil(shell.busy.cancel.isVisible)
    click(shell.busy.cancel)
    idle()
    assert settlements.rerun.isEnabled()
    assert settlements.lines.rows.count == 250


@pytest.mark.parametrize("files", [0, 3])
def test_before_the_first_run_one_step_is_offered(
    shell: Shell, backend: FakeBackend, idle: Wait, tmp_path: Path, files: int
) -> None:
    backend.ran = False
    for number in range(files):
        backend.import_file(tmp_path / f"{number}.csv", None, {}, lambda *_: None)
    shell.context.use(backend)
    shell.go_to("settlements")
    idle()
    screen = shell.screens[1]
    assert isinstance(screen, SettlementsScreen)
    assert screen.empty.isVisible()
    click(screen.empty.button)
    idle()
    if files:
        assert backend.did("run") == [None]
        assert screen.lines.isVisible()
    else:
        assert shell.current().id == "import"


@pytest.mark.parametrize("scale", [100, 125, 150])
def test_no_figure_of_the_totals_is_cut(
    settlements: SettlementsScreen, shell: Shell, appearance: Appearance, idle: Wait, scale: int
) -> None:
    appearance.apply(Mode.LIGHT, scale)
    shell.resize(1366, 768)
    idle()
    lines = settlements.lines
    amount = 123_456_789_012_34
    figures = tuple(Figure(label, amount, difference=True) for label in ("Platform", "Odoo", "Open"))
    lines.totals.set_lines([Line("EUR", figures)])
    idle()
    assert shell.width() == 1366
    assert lines.totals.geometry().right() < lines.width()
    assert lines.totals.width() >= lines.totals.sizeHint().width()
    narrow = lines.totals.sizeHint().width()
    lines.totals.set_lines([Line("a unit with a long name", figures)])
    assert lines.totals.sizeHint().width() > narrow + 50, "the name of the unit needs room, too"
