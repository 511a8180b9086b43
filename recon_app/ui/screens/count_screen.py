"""Count: stock is counted blind, by scanner or on paper, and ends as a proposal for Odoo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from recon_app.models.changes import Changes
from recon_app.models.problem import Cancelled, ReconError
from recon_app.ui.actions import Act
from recon_app.ui.backend_counts import CountServices
from recon_app.ui.context import Context
from recon_app.ui.formats import number, one_line, quantity
from recon_app.ui.screens._screen import Screen
from recon_app.ui.screens.count_desk import CountDesk
from recon_app.ui.screens.count_list import CountList, NewCountDialog
from recon_app.ui.screens.count_plan import LimitsDialog, PlanDialog
from recon_app.ui.screens.count_print import write_pdf
from recon_app.ui.screens.count_proposal import ApproveDialog, CountProposal, TakeDialog
from recon_app.ui.widgets.message import confirm

if TYPE_CHECKING:
    from recon_app.services.counts import (
        Count,
        Desk,
        Due,
        Judged,
        Overview,
        Policy,
        Proposal,
        Scan,
        SheetLine,
        Written,
    )
    from recon_app.store.counts import Entry

LIST, DESK, PROPOSAL = range(3)
_NAME, _MONEY = "count/name", "count/money"


class CountScreen(Screen):
    """A list of counts; behind each the desk where it is counted, or the proposal when it is over."""

    id = "count"
    title = "Count"
    group = "Goods"
    icon = "screen-count"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.counts = CountList(self)
        self.desk = CountDesk(self)
        self.proposal = CountProposal(self)
        self._scanning: Desk | None = None
        self._number = ""
        self._outdated = True
        self._rereading = False
        self._wanted: int | None = None  # the line to go to with the next reading
        self._stack = QStackedWidget(self)
        for page in (self.counts, self.desk, self.proposal):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.desk.name.setText(context.settings.text(_NAME))
        self.proposal.show_money(shown=context.settings.flag(_MONEY, default=False))
        self._connect()
        self._declare()
        self.show_page(LIST)

    def _connect(self) -> None:
        self.counts.opened.connect(self.open_count)
        self.counts.new_wanted.connect(self.new_count)
        self.counts.cancel.clicked.connect(self._give_up)
        self.counts.plan_wanted.connect(self.show_plan)
        self.counts.limits_wanted.connect(self.show_limits)
        desk = self.desk
        desk.left.connect(self.leave)
        desk.scanned.connect(self._scan)
        desk.chosen.connect(self._choose)
        desk.quantity_set.connect(self._set_quantity)
        desk.undo_wanted.connect(self._undo)
        desk.close_count.clicked.connect(self.close_count)
        desk.paper.clicked.connect(self.print_sheet)
        desk.save.clicked.connect(self.save_sheet)
        made = self.proposal
        made.left.connect(self.leave)
        made.recount_wanted.connect(self._recount)
        made.take_wanted.connect(self._take)
        made.approval_wanted.connect(self._approve)
        made.write_wanted.connect(self.write_files)

    def _declare(self) -> None:
        add, desk, made = self.context.actions.add, self.desk, self.proposal
        add(Act("count.new", "New stock count…", self.new_count, ("Ctrl+N",), "&File"))
        add(Act("count.plan", "What to count next…", self.show_plan, (), "&File"), self.counts)
        add(Act("count.limits", "Limits of counts…", self.show_limits, (), "&File"), self.counts)
        add(Act("count.undo", "Undo the scan", desk.take_back, ("Ctrl+Z",), "&Case"), desk)
        add(Act("count.name", "Who counts…", desk.ask_name, ("F4",), "&Case"), desk)
        add(Act("count.quantity", "Quantity of this line…", desk.ask_quantity, ("F2",), "&Case"), desk)
        add(Act("count.print", "Print the count sheet…", self.print_sheet, ("Ctrl+P",), "&File"), desk)
        add(Act("count.save", "Save the count sheet…", self.save_sheet, ("Ctrl+E",), "&File"), desk)
        add(Act("count.close", "Close the count", self.close_count, ("Ctrl+Return",), "&Case"), desk)
        add(Act("count.again", "Count again by somebody else", made.count_again, ("R",), "&Case"), made)
        add(Act("count.take", "Which count stands…", made.choose_figure, ("T",), "&Case"), made)
        add(Act("count.approve", "Approve adjustments…", made.ask_approval, ("A",), "&Case"), made)
        add(Act("count.write", "Files for Odoo…", self.write_files, ("Ctrl+E",), "&File"), made)
        add(Act("count.money", "Show or hide values", self._toggle_money, (), "&View"), made)

    # What the services say

    def workspace_opened(self) -> None:
        """Read the counts when they are looked at."""
        self._outdated = True
        if self.isVisible():
            self.reload()

    def services_changed(self, changes: Changes) -> None:
        """Read again what may have changed: files bring filled sheets and newer books."""
        if not (changes.files or changes.counts or changes.settings):
            return
        self._outdated = True
        if self.isVisible():
            self.reload()
            self._refresh_page()

    def reload(self) -> None:
        """Read the list of counts again."""
        self._outdated = False
        self._read(lambda services: services.overviews(), self._show_counts)

    def _refresh_page(self) -> None:
        if self.page() == PROPOSAL:
            self._judge()
        elif self.page() == DESK:
            self._reread(0)

    def _show_counts(self, counts: list[Overview]) -> None:
        self.counts.show_counts(counts)
        self.count_changed.emit(sum(one.count.state in ("open", "recount") for one in counts))
        if self.page() == LIST:
            self.set_status(f"{number(len(counts))} counts" if len(counts) != 1 else "1 count")

    def page(self) -> int:
        """Which of the pages is shown."""
        return self._stack.currentIndex()

    def show_page(self, page: int) -> None:
        """Show a page, with the focus where the work is."""
        self._stack.setCurrentIndex(page)
        shown = (self.counts, self.desk, self.proposal)[page]
        self.setFocusProxy(shown)
        if self.isVisible():
            shown.setFocus()

    def _read(
        self, ask: Callable[[CountServices], Any], answer: Callable[[Any], None], title: str = ""
    ) -> None:
        self.context.read(self, lambda backend: ask(backend.counts), answer, title=title)

    def _write(
        self,
        do: Callable[[CountServices], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None] | None = None,
        title: str = "",
    ) -> None:
        backend = self.context.backend
        if backend is not None:
            self.context.jobs.write(self, lambda _: do(backend.counts), done, failed, title=title)

    # The list

    def new_count(self, due: int = 0) -> None:
        """Ask what is to be counted; ``due`` of the most urgent lines are offered."""
        self.context.go.emit(self.id)
        self._read(lambda services: services.places(), lambda places: self._ask_new(places, due))

    def show_plan(self) -> None:
        """Show what is due."""

        def shown(due: list[Due]) -> None:
            dialog = PlanDialog(due, self.window())
            dialog.wanted.connect(self.new_count)
            dialog.open()

        self._read(lambda services: services.plan(), shown, title="Looking for what is due")

    def show_limits(self) -> None:
        """Show the limits, to be changed with a name and a reason."""

        def shown(found: tuple[Policy, str]) -> None:
            dialog = LimitsDialog(*found, self.desk.name.text().strip(), self.window())
            dialog.decided.connect(self._set_limits)
            dialog.open()

        self._read(lambda services: services.policy(), shown)

    def _set_limits(self, values: dict[str, str], who: str, why: str) -> None:
        self._write(lambda services: services.set_policy(values, who, why), self.context.changed.emit)

    def _ask_new(self, places: list[str], due: int) -> None:
        dialog = NewCountDialog(places, self.window(), due)
        dialog.decided.connect(self._make)
        dialog.open()

    def _make(self, title: str, places: list[str], abc: list[str], due: int) -> None:
        who = self.desk.name.text().strip()
        self._write(
            lambda services: services.make(title, places, abc, due, who), self._made, title="New count"
        )

    def _made(self, count: Count) -> None:
        self.context.changed.emit(Changes(counts=True))
        self._open_desk(count.id, count.title)

    def open_count(self, count: str) -> None:
        """Open a count: its desk while it is counted, else its proposal."""
        one = self.counts.overview(count)
        if one is None:
            return
        if one.count.state in ("open", "recount"):
            self._open_desk(count, one.count.title)
        elif one.count.state == "closed":
            self._number = count
            self._judge()
        else:
            self.context.toast.say("This count was given up.")

    def _give_up(self) -> None:
        count, who = self.counts.current(), self.desk.name.text().strip()
        if count:
            confirm(
                self,
                f"Give up the count {count}? What was scanned is kept, and counts for nothing.",
                "Give up",
                lambda: self._write(lambda services: services.cancel(count, who), self.context.changed.emit),
            )

    def leave(self) -> None:
        """Back to the list."""
        self._remember_name()
        self.show_page(LIST)
        self.reload()

    # The desk

    def _open_desk(self, count: str, title: str) -> None:
        self._number = count

        def opened(found: tuple[Desk, list[SheetLine]]) -> None:
            self._scanning, lines = found
            self.show_page(DESK)
            self.desk.open_count(f"{title}   {count}", lines)
            self.set_status(f"{count}: {one_line(title)}")

        self._read(lambda services: services.desk(count), opened, "Opening the count")

    def _scan(self, text: str, who: str, place: str) -> None:
        desk = self._scanning
        if desk is not None:
            self._write(lambda _: desk.scan(text, who, place), self._heard, self._scan_failed)

    def _choose(self, asked: Scan, place: int, who: str) -> None:
        desk = self._scanning
        if desk is not None:
            self._write(lambda _: desk.choose(asked, place, who), self._heard, self._scan_failed)

    def _set_quantity(self, line: int, much: int, who: str) -> None:
        desk = self._scanning
        if desk is not None:
            self._write(lambda _: desk.set_quantity(line, much, who), self._heard, self._scan_failed)

    def _heard(self, scan: Scan) -> None:
        self.desk.show_scan(scan)
        if scan.line:
            self._reread(scan.line)

    def _scan_failed(self, error: BaseException) -> None:
        """A refusal belongs to the card: a window would swallow the next scans."""
        if isinstance(error, ReconError) and not isinstance(error, Cancelled):
            self.desk.refuse(str(error))
        else:
            self.context.fail(error)

    def _undo(self, who: str) -> None:
        desk = self._scanning
        if desk is not None:
            self._write(lambda _: desk.undo(who), self._undone, self._scan_failed)

    def _undone(self, entry: Entry | None) -> None:
        if entry is None:
            self.desk.refuse("There is no scan of yours to undo.", "")
            return
        self.desk.show_undone(f"Taken back: {entry.code or 'quantity'}, {quantity(entry.quantity)}")
        self._reread(entry.line)

    def _reread(self, line: int) -> None:
        """Read the lines again and go to one; scans that come faster than that share a reading."""
        backend, count = self.context.backend, self._number
        if self._rereading or backend is None:
            self._wanted = line
            return
        self._rereading, self._wanted = True, None
        self.context.jobs.read(
            self,
            lambda _: backend.counts.sheet(count),
            partial(self._show_lines, count, line),
            self._not_reread,
        )

    def _show_lines(self, count: str, line: int, lines: Sequence[SheetLine]) -> None:
        self._rereading = False
        if count == self._number:
            self.desk.show_lines(lines, line)
        if self._wanted is not None:
            self._reread(self._wanted)

    def _not_reread(self, error: BaseException) -> None:
        self._rereading = False
        self.context.fail(error)

    def close_count(self) -> None:
        """End the counting and show what it comes to."""
        count, who = self._number, self.desk.name.text().strip()

        def closed(changes: Changes) -> None:
            self.context.changed.emit(changes)
            self._judge()

        self._write(lambda services: services.close(count, who), closed, title="Closing the count")

    def print_sheet(self) -> None:
        """Ask where the PDF goes."""
        self._ask_path(f"count_{self._number}.pdf", "PDF (*.pdf)", self.save_pdf)

    def save_sheet(self) -> None:
        """Ask where the table goes."""
        kinds = "Excel workbook (*.xlsx);;CSV (*.csv)"
        self._ask_path(f"count_{self._number}.xlsx", kinds, self.save_table)

    def _ask_path(self, name: str, kinds: str, save: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self, "Save the sheet")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(kinds.split(";;"))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: save(Path(path)))
        dialog.open()

    def save_pdf(self, path: Path) -> None:
        """Write the sheet as PDF."""
        count = self._number
        one = self.counts.overview(count)
        title = one.count.title if one is not None else count
        self._read(
            lambda services: write_pdf(path, count, title, services.sheet(count)),
            lambda _: self.context.toast.say(f"{path.name} is written."),
            "Writing the sheet",
        )

    def save_table(self, path: Path) -> None:
        """Write the sheet as a workbook or CSV."""
        count = self._number
        self._read(
            lambda services: services.write_sheet(count, path),
            lambda _: self.context.toast.say(
                f"{path.name} is written. Import it again when it is filled in."
            ),
            "Writing the sheet",
        )

    # The proposal

    def _judge(self) -> None:
        count = self._number
        self._read(lambda services: services.proposal(count), self._show_proposal, "Comparing with the books")

    def _show_proposal(self, made: Proposal) -> None:
        self.proposal.show_proposal(made)
        if self.page() != PROPOSAL:
            self.show_page(PROPOSAL)
        self.set_status(f"{made.count.id}: {number(len(made.lines))} lines")

    def _recount(self, lines: list[int]) -> None:
        count, who = self._number, self.desk.name.text().strip()

        def asked(changes: Changes) -> None:
            self.desk.name.clear()  # somebody else counts now
            self.show_page(DESK)
            self._open_desk(count, "Count again")
            self.context.changed.emit(changes)

        self._write(lambda services: services.recount(count, lines, who), asked)

    def _take(self, one: Judged) -> None:
        count = self._number
        dialog = TakeDialog(one, self.context.settings.text(_NAME), self.window())
        dialog.decided.connect(
            lambda found_by, who: self._write(
                lambda services: services.take(count, one.line.line, found_by, who),
                self.context.changed.emit,
            )
        )
        dialog.open()

    def _approve(self, lines: list[int]) -> None:
        count = self._number
        waiting = [one for one in self.proposal.lines if one.line.line in set(lines)]
        dialog = ApproveDialog(waiting, self.window())
        dialog.decided.connect(
            lambda who: self._write(
                lambda services: services.approve(count, lines, who), self.context.changed.emit
            )
        )
        dialog.open()

    def write_files(self) -> None:
        """Ask for a folder and write the files for Odoo."""
        if self.page() != PROPOSAL:
            return
        dialog = QFileDialog(self, "Folder for the files")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.write_to(Path(folder)))
        dialog.open()

    def write_to(self, folder: Path) -> None:
        """Write the files for Odoo into a folder."""
        count, who = self._number, self.desk.name.text().strip()
        self._write(
            lambda services: services.write(count, folder, who), self._written, title="Writing the files"
        )

    def _written(self, written: Written) -> None:
        names = [path.name for path in (written.adjustment, written.found) if path is not None]
        if names:
            text = f"Written: {' and '.join(names)}. Import in Odoo's Physical Inventory."
        else:
            text = f"{written.lines.name} is written. No line is to be adjusted."
        self.context.toast.say(text)
        self.context.changed.emit(Changes(counts=True))

    def _toggle_money(self) -> None:
        shown = not self.context.settings.flag(_MONEY, default=False)
        self.context.settings.put(_MONEY, shown)
        self.proposal.show_money(shown=shown)

    def _remember_name(self) -> None:
        self.context.settings.put(_NAME, self.desk.name.text().strip())

    def save_layout(self) -> None:
        """Remember who counts on this computer."""
        self._remember_name()

    # Qt
    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while the screen was hidden."""
        super().showEvent(event)
        if self._outdated and self.context.backend is not None:
            self.reload()
            self._refresh_page()
