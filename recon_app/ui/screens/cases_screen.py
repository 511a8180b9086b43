"""A reconciliation on the screen: its lines, its run, and what can be done with a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from recon_app.jobs import Progress
from recon_app.models.changes import Changes
from recon_app.models.panel import Panel
from recon_app.models.proof import PayoutProof
from recon_app.ui import words
from recon_app.ui.actions import Act
from recon_app.ui.backend import Backend
from recon_app.ui.context import Context
from recon_app.ui.formats import number, stamp
from recon_app.ui.screens._screen import Screen
from recon_app.ui.screens.case_actions import CaseActions
from recon_app.ui.screens.case_dialogs import AnswersDialog, RemarksDialog
from recon_app.ui.screens.lines_shown import Manner
from recon_app.ui.screens.lines_view import LinesView
from recon_app.ui.screens.panels_view import PanelsView
from recon_app.ui.screens.rows_out import RowsOut
from recon_app.ui.tables.page_model import plain_tip
from recon_app.ui.widgets.banner import Banner
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.flow import FlowLayout
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.cases import Shown
    from recon_app.services.run import RunReport
    from recon_app.services.summary import Summary

_EPOCH = date(1970, 1, 1)
_NO_RECORDS = "This case stands on no record of its own. “{}” at the top shows its figures."
_ALL_DAYS = "All days"
_LEAST_ABOUT = 16  # characters of what is said of a run that are seen before the head breaks into lines
LINES = 0
#: Pixels around the text of a row; large rows are 36 pixels high with the usual text size.
_SMALL, _NORMAL, _LARGE = 4, 8, 22


class Look(NamedTuple):
    """All that the screen reads of a workspace at once."""

    shown: Shown
    summary: Summary | None
    proofs: list[PayoutProof]
    files: int
    days: tuple[int, int] | None


class CasesScreen(Screen):
    """The screen of one reconciliation.

    Attributes:
        name: Id of the reconciliation.
        needed: What must be imported before anything can be compared.
        assumed_about: What a run may have assumed something about, as the banner and the menu call it.
        filtered_by: What the filter looks into, in words.
        grouped: Whether rows belong to payouts.
        wording: What is compared.
        by_place: Whether goods are looked at place by place.
        ages: Ages that rows can be filtered by; none for no ages.
        by_period: Whether a month can be chosen.
        panels_title: What the small tables about a result are called, "" where there are none.
        large: Whether rows are large before the user chooses.
    """

    name: ClassVar[str]
    needed: ClassVar[str]
    assumed_about: ClassVar[str]
    filtered_by: ClassVar[str]
    grouped: ClassVar[bool] = False
    wording: ClassVar[words.Wording] = words.Wording.MONEY
    by_place: ClassVar[bool] = False
    ages: ClassVar[tuple[str, ...]] = ()
    by_period: ClassVar[bool] = True
    panels_title: ClassVar[str] = ""
    large: ClassVar[bool] = False

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._look: Look | None = None
        self._only_states = False
        self._stale = False
        self.panels = PanelsView()
        self.case_actions = CaseActions(context, self.name, self)
        self.correct = self.case_actions.correct
        self.accept = self.case_actions.accept
        self.why = self.case_actions.why
        manner = Manner(self.wording, self.by_place, self.ages)
        self.lines = LinesView(
            context, self.name, self.strip_buttons(), self, pages=self.strip_pages(), manner=manner
        )
        if self.panels_title:
            self.lines.strip.no_records = _NO_RECORDS.format(self.panels_title)
        self.case_actions.serve(self.lines)
        self.lines.needed = self.needed
        self.lines.filters.ask_for(self.filtered_by, grouped=self.grouped)
        self.rows_out = RowsOut(context, self.lines, self._file_name)
        self.empty = EmptyState(self)
        self.period = QComboBox(self)
        self.period.setAccessibleName("Period")
        self.period.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.period.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.period.setVisible(self.by_period)
        self.rerun = Button("Re-run", "rerun", parent=self)
        self._columns = Button("Columns…", "columns", parent=self)
        self._export = Button("Export copy…", "export", parent=self)
        self._help = Button("", "question", parent=self)
        self._help.setAccessibleName("Help on this screen")
        self._help.setToolTip("Help on this screen (F1)")
        self._about = Text("", Tone.MUTED, parent=self)
        self._about.setMinimumWidth(_LEAST_ABOUT * self.fontMetrics().averageCharWidth())
        self.assumed = Banner("question", "Check…", self)
        self.changed = Banner("info", "Re-run now", self)
        self.remarks = Button("", "info", quiet=True, parent=self)
        self.remarks.hide()
        self._tabs = QStackedWidget(self)
        self._tab_buttons = QButtonGroup(self)
        self._lay_out()
        self._connect()
        self._declare()
        self.case_actions.follow()

    # What a reconciliation may add

    def strip_buttons(self) -> tuple[Button, ...]:
        """The buttons beside a case."""
        return (self.correct, self.accept, self.why)

    def strip_pages(self) -> tuple[tuple[str, QWidget], ...]:
        """What takes turns with the records of a case: titles and widgets."""
        return ()

    def head_buttons(self) -> tuple[Button, ...]:
        """Further buttons at the top, left of the others."""
        return ()

    def tabs(self) -> tuple[tuple[str, QWidget], ...]:
        """Titles and views; the lines are the first."""
        tables = ((self.panels_title, self.panels),) if self.panels_title else ()
        return (("Lines", self.lines), *tables)

    def show_result(self, look: Look, *, only_states: bool) -> None:
        """Show what else a run found."""

    def show_remarks(self, remarks: Sequence[str]) -> None:
        """Say that something is to be known about a result, such as what was left out of it."""
        what = "1 remark" if len(remarks) == 1 else f"{number(len(remarks))} remarks"
        self.remarks.setText(f"{what}…")
        self.remarks.setAccessibleName(f"{what} on this result")
        self.remarks.setToolTip(plain_tip("\n".join(remarks)) or "")
        self.remarks.setVisible(bool(remarks))

    def answers_dialog(self, proposals: dict[str, str]) -> Dialog:
        """The dialog in which a person checks what a run assumed; it calls :meth:`keep_answers`."""
        dialog = AnswersDialog(proposals, self)
        dialog.decided.connect(self.keep_answers)
        return dialog

    # The frame

    def _lay_out(self) -> None:
        head = FlowLayout()
        heading = Text(self.title, Tone.TITLE, parent=self)
        heading.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)  # never cut
        head.addWidget(heading)
        head.addWidget(self.period)
        head.addWidget(self._about)
        head.addWidget(self.remarks)
        head.add_stretch()
        views = self.tabs()
        for place, (title, view) in enumerate(views):
            self._tabs.addWidget(view)
            button = Button(title, parent=self)
            button.setCheckable(True)
            button.setVisible(len(views) > 1)
            self._tab_buttons.addButton(button, place)
            head.addWidget(button)
        for button in (*self.head_buttons(), self.rerun, self._columns, self._export, self._help):
            head.addWidget(button)
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
        self.remarks.clicked.connect(self._show_all_remarks)
        self.assumed.button.clicked.connect(self.check_answers)
        self._columns.clicked.connect(self._open_columns)
        self._export.clicked.connect(self.rows_out.export)
        self._help.clicked.connect(partial(self.context.actions.run, "app.help"))
        self.lines.status_changed.connect(self._show_status)
        self.empty.pressed.connect(self._leave_empty)
        self.lines.import_wanted.connect(partial(self.context.go.emit, "import"))

    def _declare(self) -> None:
        """Every action with its keys; letters act only inside the lines."""
        add, lines, name = self.context.actions.add, self.lines, self.name
        step = lines.go_to_open
        add(Act(f"{name}.next", "Next open difference", partial(step, 1), ("J", "F8"), "&Case"), lines)
        add(
            Act(f"{name}.previous", "Previous open difference", partial(step, -1), ("K", "F7"), "&Case"),
            lines,
        )
        self.case_actions.declare()
        add(Act(f"{name}.filter", "Filter", lines.filters.start_typing, ("/", "Ctrl+F"), "&View"), lines)
        add(Act(f"{name}.leave", "Clear the filter", lines.leave_filter, ("Esc",), "&View"), lines)
        add(Act(f"{name}.columns", "Columns…", self._open_columns, (), "&View"), lines)
        add(Act(f"{name}.next_pane", "Next pane", self._next_pane, ("F6",), "&View"), lines)
        add(Act(f"{name}.copy", "Copy rows", self.rows_out.copy, ("Ctrl+C",), "&File"), lines.panes)
        headed = Act(
            f"{name}.copy_titles",
            "Copy rows with titles",
            partial(self.rows_out.copy, headers=True),
            ("Ctrl+Shift+C",),
            "&File",
        )
        add(headed, lines.panes)
        add(Act(f"{name}.export", "Export what is shown…", self.rows_out.export, ("Ctrl+E",), "&File"), lines)
        add(Act(f"{name}.run", "Compare again", self.run, ("Ctrl+R",), "&File"), self)
        about = f"Answers about {self.assumed_about}…"
        add(Act(f"{name}.answers", about, self.check_answers, (), "&File"), self)
        for padding, word in ((_SMALL, "Small rows"), (_NORMAL, "Normal rows"), (_LARGE, "Large rows")):
            act = Act(f"{name}.rows{padding}", word, partial(self._set_padding, padding), (), "&View")
            add(act, self)
        lines.panes.set_row_padding(
            self.context.settings.number(self._padding_key(), _LARGE if self.large else _NORMAL)
        )

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
        if not self.isVisible():  # what nobody looks at is read when somebody does
            self._stale = True
            self.context.read(self, lambda backend: backend.open_count(self.name), self.count_changed.emit)
            return
        self._stale = False
        self._only_states = only_states
        self.context.read(self, self._read, self._show, title="Reading the result")

    def _read(self, backend: Backend) -> Look:
        files = backend.imports()
        periods = [file.period for file in files if file.period is not None]
        days = (min(first for first, _ in periods), max(last for _, last in periods)) if periods else None
        proofs = backend.payouts(self.name)
        return Look(backend.shown(self.name), backend.summary(self.name), proofs, len(files), days)

    def _show(self, look: Look) -> None:
        first = self._look is None
        self._look = look
        if first:
            self.lines.show_setup(look.shown)
        self._show_periods(look)
        summary = look.summary
        self._stack.setCurrentWidget(self.empty if summary is None else self._tabs)
        self.changed.say("")
        self.assumed.say("")
        if summary is None:
            self._show_never_run(look.files)
            self.show_remarks(())
            return
        when = stamp(summary.finished)
        state = "changed since" if summary.files_changed else "unchanged since"
        self._about.setText(f"run {number(summary.run)}, {when}, {number(look.files)} files, {state}")
        if summary.files_changed:
            self.changed.say("Files or answers changed since this run. What you see is the old result.")
        if summary.proposals:
            count = len(summary.proposals)
            what = "1 answer" if count == 1 else f"{number(count)} answers"
            check = "Check it once." if count == 1 else "Check them once."
            self.assumed.say(f"The run assumed {what} about {self.assumed_about} from the data. {check}")
        self.count_changed.emit(sum(summary.open_counts.values()))
        self.lines.show_summary(summary, look.proofs, same_rows=self._only_states)
        self.show_remarks(summary.remarks)
        self._show_panels(summary.panels)
        self.show_result(look, only_states=self._only_states)

    def _show_panels(self, panels: Sequence[Panel]) -> None:
        """Offer the tables where there are any."""
        self.panels.show_panels(panels)
        if self.panels_title:
            for button in self._tab_buttons.buttons():
                button.setVisible(bool(panels))
            if not panels and self._tabs.currentWidget() is self.panels:
                self.show_tab(LINES)

    def _show_periods(self, look: Look) -> None:
        wanted = look.summary.period if look.summary is not None else self.period.currentData()
        self.period.clear()
        self.period.addItem(_ALL_DAYS, None)
        if look.days is None:
            return
        months = _months(*look.days)
        for month in reversed(months):
            self.period.addItem(month, month)
        self.period.setCurrentIndex(max(0, self.period.findData(wanted)))

    def _show_never_run(self, files: int) -> None:
        self._about.setText("")
        self.count_changed.emit(0)
        if files:
            self.empty.show_text(
                self.icon,
                "The files were not compared yet.",
                f"{number(files)} files are imported.",
                "Compare now",
            )
        else:
            self.empty.show_text(
                "screen-import",
                "There is nothing to compare yet.",
                self.needed,
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
            return backend.run(self.name, period, progress)

        self.context.jobs.write(self, work, self._ran, self._run_failed, title="Comparing")

    def _ran(self, report: RunReport) -> None:
        self.rerun.setEnabled(True)
        self.context.changed.emit(report.changes)

    def _show_all_remarks(self) -> None:
        summary = self._look.summary if self._look is not None else None
        if summary is not None:
            RemarksDialog(summary.remarks, self).open()

    def _run_failed(self, error: BaseException) -> None:
        self.rerun.setEnabled(True)
        self.context.fail(error)

    def check_answers(self) -> None:
        """Let a person look at what the run assumed."""
        proposals = self._look.summary.proposals if self._look and self._look.summary else {}
        if proposals:
            self.answers_dialog(proposals).open()
        else:
            self.context.toast.say("Nothing was assumed: all of this was decided.")

    def keep_answers(self, answers: dict[str, str]) -> None:
        """Keep what a person decided; it counts from the next run on."""

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
        stops: list[QWidget] = [*self.lines.panes.views, *self.lines.strip.stops()]
        here = next((place for place, stop in enumerate(stops) if stop.hasFocus()), -1)
        stops[(here + 1) % len(stops)].setFocus()

    def _set_padding(self, pixels: int) -> None:
        self.context.settings.put(self._padding_key(), pixels)
        self.lines.panes.set_row_padding(pixels)

    def _padding_key(self) -> str:
        """Screens with large rows of their own keep them apart."""
        return f"look/row_padding/{self.name}" if self.large else "look/row_padding"

    def _file_name(self) -> str:
        return f"{self.name}_{self.period.currentData() or 'all'}.xlsx"

    def show_tab(self, place: int) -> None:
        """Show the lines or another view."""
        self._tabs.setCurrentIndex(place)
        self._tab_buttons.button(place).setChecked(True)
        for button in (self._columns, self._export):
            button.setEnabled(place == LINES)
        self.tabs()[place][1].setFocus()
        self._show_status()

    def tab_status(self, place: int) -> str:
        """What the status bar says while a view is shown."""
        del place
        return self.lines.status

    def _show_status(self) -> None:
        self.set_status(self.tab_status(self._tabs.currentIndex()))

    def save_layout(self) -> None:
        """Remember the columns."""
        self.lines.panes.save_layout()

    # Qt
    def showEvent(self, event: QShowEvent) -> None:
        """Read what was not read while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self._reload(only_states=False)


def _months(first: int, last: int) -> list[str]:
    """The months (YYYY-MM) between two days, at most the newest sixty."""
    day, end = _EPOCH + timedelta(days=first), _EPOCH + timedelta(days=last)
    count = (end.year - day.year) * 12 + end.month - day.month + 1
    start = day.year * 12 + day.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, start + count)][-60:]
