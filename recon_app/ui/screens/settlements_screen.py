"""Settlements: what the platform paid against what Odoo booked, the shop sold and the bank received."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from recon_app.jobs import Progress
from recon_app.models.changes import Changes
from recon_app.models.proof import PayoutProof
from recon_app.ui import words
from recon_app.ui.actions import Act
from recon_app.ui.backend import Backend
from recon_app.ui.context import Context
from recon_app.ui.formats import number, stamp
from recon_app.ui.screens._screen import Screen
from recon_app.ui.screens.case_dialogs import AcceptDialog, MappingDialog, WhyNotDialog
from recon_app.ui.screens.clearing_view import ClearingView
from recon_app.ui.screens.correction_wizard import CorrectionWizard
from recon_app.ui.screens.lines_view import LinesView, Setup, read_setup
from recon_app.ui.screens.payouts_view import PayoutsView
from recon_app.ui.tables.copying import MOST_ROWS, Extract, tab_separated, write_csv
from recon_app.ui.widgets.banner import Banner
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.cases import Summary
    from recon_app.services.corrections import KeptCorrection
    from recon_app.services.run import RunReport

NAME = "settlements"
_EPOCH = date(1970, 1, 1)
_ALL_DAYS = "All days"
_WHY_NOT = "Select two rows, one with a record at each side, and ask why they are not linked."
LINES, PAYOUTS, CLEARING = range(3)


class _Look(NamedTuple):
    """All that the screen reads of a workspace at once."""

    setup: Setup
    summary: Summary | None
    proofs: list[PayoutProof]
    files: int
    days: tuple[int, int] | None


def _read_look(backend: Backend) -> _Look:
    files = backend.imports()
    periods = [file.period for file in files if file.period is not None]
    days = (min(first for first, _ in periods), max(last for _, last in periods)) if periods else None
    setup = read_setup(backend, NAME)
    return _Look(setup, backend.summary(NAME), backend.payouts(NAME), len(files), days)


class SettlementsScreen(Screen):
    """Lines, payouts and clearing accounts of the settlements."""

    id = "settlements"
    title = "Settlements"
    icon = "screen-settlements"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._look: _Look | None = None
        self._only_states = False
        self.correct = Button("Correct…", "correct", key="C", parent=self)
        self.accept = Button("Accept…", "accept", key="A", parent=self)
        self.proof = Button("Payout proof", "side-bank", key="P", parent=self)
        self.why = Button("Why not?", "question", key="W", parent=self)
        buttons = (self.correct, self.accept, self.proof, self.why)
        self.lines = LinesView(context, NAME, buttons, self)
        self.payouts = PayoutsView(self)
        self.clearing = ClearingView(context, NAME, self)
        self.empty = EmptyState(self)
        self.period = QComboBox(self)
        self.period.setAccessibleName("Period")
        self.rerun = Button("Re-run", "rerun", parent=self)
        self._columns = Button("Columns…", "columns", parent=self)
        self._export = Button("Export copy…", "export", parent=self)
        self._about = Text("", Tone.MUTED, parent=self)
        self.assumed = Banner("question", "Check…", self)
        self.changed = Banner("info", "Re-run now", self)
        self._tabs = QStackedWidget(self)
        self._tab_buttons = QButtonGroup(self)
        self._lay_out()
        self._connect()
        self._declare()
        self._show_actions()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Text(self.title, Tone.TITLE, parent=self))
        head.addWidget(self.period)
        head.addWidget(self._about, 1)
        for place, title in enumerate(("Lines", "Payouts", "Clearing account")):
            button = Button(title, parent=self)
            button.setCheckable(True)
            self._tab_buttons.addButton(button, place)
            head.addWidget(button)
        head.addSpacing(12)
        for button in (self.rerun, self._columns, self._export):
            head.addWidget(button)
        for view in (self.lines, self.payouts, self.clearing):
            self._tabs.addWidget(view)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._tabs)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.assumed)
        column.addWidget(self.changed)
        column.addWidget(self._stack, 1)
        self.show_tab(LINES)
        self.empty.show_text("pending", "Opening the workspace…")
        self._stack.setCurrentWidget(self.empty)

    def _connect(self) -> None:
        self._tab_buttons.idClicked.connect(self.show_tab)
        self.period.activated.connect(self.run)
        self.rerun.clicked.connect(self.run)
        self.changed.button.clicked.connect(self.run)
        self.assumed.button.clicked.connect(self._check_mapping)
        self._columns.clicked.connect(self._open_columns)
        self._export.clicked.connect(self._export_rows)
        self.correct.clicked.connect(self._correct)
        self.accept.clicked.connect(self._accept)
        self.why.clicked.connect(self._why_not)
        self.lines.status_changed.connect(self._show_status)
        self.lines.case_changed.connect(self._show_actions)
        self.lines.panes.selection_changed.connect(self._show_actions)
        self.lines.panes.opened.connect(lambda _row: self._correct())
        self.proof.clicked.connect(self._go_to_payout)
        self.payouts.lines_wanted.connect(self._show_lines_of)
        self.empty.pressed.connect(self._leave_empty)

    def _declare(self) -> None:
        """Every action with its keys; letters act only inside the lines."""
        add, lines = self.context.actions.add, self.lines
        step = lines.go_to_open
        add(Act("case.next", "Next open difference", partial(step, 1), ("J", "F8"), "&Case"), lines)
        add(Act("case.previous", "Previous open difference", partial(step, -1), ("K", "F7"), "&Case"), lines)
        can = self.correct.isEnabled
        add(Act("case.correct", "Correct…", self._correct, ("C",), "&Case", can), lines)
        add(Act("case.accept", "Accept with reason…", self._accept, ("A",), "&Case", self._can_accept), lines)
        add(Act("case.proof", "Proof of the payout", self._go_to_payout, ("P",), "&Case"), lines)
        add(Act("case.why", "Why are two rows not linked?", self._why_not, ("W",), "&Case"), lines)
        add(Act("case.undo", "Undo the last acceptance", self._undo, ("Ctrl+Z",), "&Case"), self)
        add(Act("lines.filter", "Filter", lines.filters.start_typing, ("/", "Ctrl+F"), "&View"), lines)
        add(Act("lines.leave", "Clear the filter", lines.leave_filter, ("Esc",), "&View"), lines)
        group = lines.filters.group.toggle
        add(Act("lines.group", "Group by payout", group, ("G",), "&View"), lines)
        add(Act("lines.columns", "Columns…", self._open_columns, (), "&View"), lines)
        add(Act("lines.next_pane", "Next pane", self._next_pane, ("F6",), "&View"), lines)
        add(Act("lines.copy", "Copy rows", self._copy, ("Ctrl+C",), "&File"), lines.panes)
        headed = partial(self._copy, headers=True)
        add(
            Act("lines.copy_titles", "Copy rows with titles", headed, ("Ctrl+Shift+C",), "&File"), lines.panes
        )
        add(Act("lines.export", "Export what is shown…", self._export_rows, ("Ctrl+E",), "&File"), lines)
        add(Act("settlements.run", "Compare again", self.run, ("Ctrl+R",), "&File"), self)
        add(Act("settlements.mapping", "Gateways and accounts…", self._check_mapping, (), "&File"), self)
        for padding, word in ((4, "Small rows"), (8, "Normal rows"), (18, "Large rows")):
            act = Act(f"view.rows{padding}", word, partial(self._set_padding, padding), (), "&View")
            add(act, self)
        self.lines.panes.set_row_padding(self.context.settings.number("look/row_padding", 8))

    # What the services say

    def workspace_opened(self) -> None:
        """Read everything."""
        self._reload(only_states=False)

    def services_changed(self, changes: Changes) -> None:
        """Read again after imports, runs and decisions."""
        if changes.files or changes.runs or changes.settings:
            self._reload(only_states=False)
        elif changes.states or changes.corrections:
            self._reload(only_states=True)

    def _reload(self, *, only_states: bool) -> None:
        self._only_states = only_states
        self.context.read(self, _read_look, self._show, title="Reading the result")

    def _show(self, look: _Look) -> None:
        first = self._look is None
        self._look = look
        if first:
            self.lines.show_setup(look.setup)
        self._show_periods(look)
        summary = look.summary
        self._stack.setCurrentWidget(self.empty if summary is None else self._tabs)
        self.changed.say("")
        self.assumed.say("")
        if summary is None:
            self._show_never_run(look.files)
            return
        when = stamp(summary.finished)
        state = "changed since" if summary.files_changed else "unchanged since"
        self._about.setText(f"run {number(summary.run)}, {when}, {number(look.files)} files, {state}")
        if summary.files_changed:
            self.changed.say("Files or answers changed since this run. What you see is the old result.")
        if summary.proposals:
            self.assumed.say(
                f"{number(len(summary.proposals))} gateways, journals and accounts were assigned by what the "
                "data shows. Check them once."
            )
        self.count_changed.emit(sum(summary.open_counts.values()))
        self.lines.show_summary(summary, look.proofs, same_rows=self._only_states)
        self.payouts.show_proofs(look.proofs)
        if not self._only_states:
            self.clearing.outdate()

    def _show_periods(self, look: _Look) -> None:
        wanted = look.summary.period if look.summary is not None else self.period.currentData()
        self.period.clear()
        self.period.addItem(_ALL_DAYS, None)
        if look.days is None:
            return
        months = _months(*look.days)
        for month in reversed(months):
            self.period.addItem(month, month)
        self.period.setCurrentIndex(max(0, self.period.findData(wanted)))
        if self._look is None or not self._only_states:
            self.clearing.set_day(look.days[1])

    def _show_never_run(self, files: int) -> None:
        self._about.setText("")
        self.count_changed.emit(0)
        if files:
            self.empty.show_text(
                "screen-settlements",
                "The files were not compared yet.",
                f"{number(files)} files are imported.",
                "Compare now",
            )
        else:
            self.empty.show_text(
                "screen-import",
                "There is nothing to compare yet.",
                "Import the month's files of the shop, the platform, Odoo and the bank first.",
                "Go to Import",
            )

    def _leave_empty(self) -> None:
        if self._look is not None and self._look.files:
            self.run()
        else:
            self.context.go.emit("import")

    # What the user does

    def run(self) -> None:
        """Compare again for the chosen period."""
        period = self.period.currentData()
        backend = self.context.backend
        if backend is None:
            return
        self.rerun.setEnabled(False)

        def work(progress: Progress) -> RunReport:
            return backend.run(NAME, period, progress)

        self.context.jobs.write(self, work, self._ran, self._run_failed, title="Comparing")

    def _ran(self, report: RunReport) -> None:
        self.rerun.setEnabled(True)
        self.context.changed.emit(report.changes)
        if report.remarks:
            self.context.toast.say(" ".join(report.remarks))

    def _run_failed(self, error: BaseException) -> None:
        self.rerun.setEnabled(True)
        self.context.fail(error)

    def _can_accept(self) -> bool:
        case = self.lines.case
        return case is not None and case.state in words.OPEN_STATES and case.kind.value != "matched"

    def _show_actions(self) -> None:
        """The buttons of the strip follow the current case."""
        case = self.lines.case
        self.accept.setEnabled(self._can_accept())
        self.why.setEnabled(self.lines.two_records() is not None)
        self.why.setToolTip(_WHY_NOT)
        self.proof.setEnabled(self.lines.payout() is not None)
        self.correct.setEnabled(False)
        if case is None:
            self._name_correction("Correct…")
        else:
            self.context.read(
                self,
                lambda backend: (backend.fitting(case), backend.corrections(case.id)),
                lambda found: self._show_correction(case.id, *found),
            )

    def _show_correction(
        self, case_id: str, fitting: list[tuple[str, str]], kept: list[KeptCorrection]
    ) -> None:
        if self.lines.case is None or self.lines.case.id != case_id:
            return
        self.correct.setEnabled(bool(fitting or kept))
        self.correct.set_primary(bool(fitting) and not kept)
        if kept:
            self._name_correction("Its correction…")
        elif fitting:
            self._name_correction(f"{fitting[0][1]}…")
        else:
            self._name_correction("Correct…")
            self.correct.setToolTip("This version has no guided correction for this kind of difference.")

    def _name_correction(self, title: str) -> None:
        self.correct.setText(title)
        self.correct.setAccessibleName(title)
        self.correct.setToolTip("")
        self.lines.strip.even_buttons()

    def _correct(self) -> None:
        case = self.lines.case
        if case is None or not self.correct.isEnabled():
            return
        self.context.read(
            self,
            lambda backend: (backend.fitting(case), backend.corrections(case.id)),
            lambda found: CorrectionWizard(self.context, case, found[0], found[1], self).open(),
        )

    def _accept(self) -> None:
        case = self.lines.case
        if case is None or not self._can_accept():
            return
        dialog = AcceptDialog(case.text, self)

        def accept(reason: str) -> None:
            self.context.write(self, lambda backend: backend.accept(case.id, reason), "Accepting")
            self.context.toast.say("Accepted.", "Undo", self._undo)

        dialog.reasoned.connect(accept)
        dialog.open()

    def _undo(self) -> None:
        self.context.write(self, lambda backend: backend.undo(), "Undoing")

    def _why_not(self) -> None:
        pair = self.lines.two_records()
        if pair is None:
            self.context.toast.say(_WHY_NOT)
            return
        self.context.read(
            self,
            lambda backend: backend.why_not(NAME, *pair),
            lambda found: WhyNotDialog(found, self).open(),
        )

    def _check_mapping(self) -> None:
        proposals = self._look.summary.proposals if self._look and self._look.summary else {}
        if not proposals:
            self.context.toast.say("Every gateway, journal and account of these files was decided.")
            return
        dialog = MappingDialog(proposals, self)
        dialog.decided.connect(self._keep_mapping)
        dialog.open()

    def _keep_mapping(self, answers: dict[str, str]) -> None:
        def keep(backend: Backend) -> Changes:
            changes = Changes()
            for name, value in answers.items():
                changes |= backend.keep_answer(name, value)
            return changes

        self.context.write(self, keep, "Keeping the answers")

    def _open_columns(self) -> None:
        menu = self.lines.panes.column_menu()
        menu.popup(self._columns.mapToGlobal(self._columns.rect().bottomLeft()))

    def _next_pane(self) -> None:
        stops: list[QWidget] = [*self.lines.panes.views, self.lines.strip.legs]
        here = next((place for place, stop in enumerate(stops) if stop.hasFocus()), -1)
        stops[(here + 1) % len(stops)].setFocus()

    def _set_padding(self, pixels: int) -> None:
        self.context.settings.put("look/row_padding", pixels)
        self.lines.panes.set_row_padding(pixels)

    def _extract(self, ranges: list[range]) -> Extract:
        views = self.lines.panes.views
        return Extract([view.pane for view in views], [view.shown_columns() for view in views], ranges)

    def _copy(self, *, headers: bool = False) -> None:
        extract, source = self._extract(self.lines.panes.selected_ranges()), self.lines.rows.source
        if source is None or not extract.count:
            return
        if extract.count > MOST_ROWS:
            self.context.toast.say(
                f"{number(extract.count)} rows are too many to copy. Export them as a file.",
                "Export…",
                self._export_rows,
            )
            return

        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.context.toast.say(f"{number(extract.count)} rows copied.")

        self.context.jobs.read(
            self,
            lambda progress: tab_separated(extract, source, progress, headers=headers),
            copied,
            title="Copying",
        )

    def _export_rows(self) -> None:
        if self.lines.rows.source is None:
            return
        name = f"settlements_{self.period.currentData() or 'all'}.csv"
        dialog = QFileDialog(self, "Export what is shown", name, "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the rows and columns that are shown to a CSV file."""
        source = self.lines.rows.source
        if source is None:
            return
        extract = self._extract([range(source.count)])
        self.context.jobs.read(
            self,
            lambda progress: write_csv(extract, source, path, progress),
            lambda count: self.context.toast.say(f"{number(count)} rows written to {path.name}."),
            title="Exporting",
        )

    def show_tab(self, place: int) -> None:
        """Show lines, payouts or clearing accounts."""
        self._tabs.setCurrentIndex(place)
        self._tab_buttons.button(place).setChecked(True)
        for button in (self._columns, self._export):
            button.setEnabled(place == LINES)
        (self.lines, self.payouts, self.clearing)[place].setFocus()
        self._show_status()

    def _go_to_payout(self) -> None:
        payout = self.lines.payout()
        if payout is not None:
            self.show_tab(PAYOUTS)
            self.payouts.go_to(payout)

    def _show_lines_of(self, payout: str) -> None:
        self.show_tab(LINES)
        self.lines.chips.set_kinds(self.lines.chips.chips)
        self.lines.filters.show_payout(payout)

    def _show_status(self) -> None:
        texts = (self.lines.status, self.payouts.status, "Clearing accounts")
        self.set_status(texts[self._tabs.currentIndex()])

    def save_layout(self) -> None:
        """Remember the columns."""
        self.lines.panes.save_layout()


def _months(first: int, last: int) -> list[str]:
    """The months (YYYY-MM) between two days, at most the newest sixty."""
    day, end = _EPOCH + timedelta(days=first), _EPOCH + timedelta(days=last)
    count = (end.year - day.year) * 12 + end.month - day.month + 1
    start = day.year * 12 + day.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, start + count)][-60:]
