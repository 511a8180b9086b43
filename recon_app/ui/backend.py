"""What the window asks of the services, on worker threads only.

The services load pandas and SQLAlchemy. Each method imports its service when it is first called, long
after the first window is on the screen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recon_app.models.case import Case, Evidence, Kind, State
from recon_app.models.changes import Changes
from recon_app.models.correction import Correction, Question
from recon_app.models.problem import UsageError
from recon_app.models.proof import ClearingProof, PayoutProof
from recon_app.models.record import Side
from recon_app.ui.backend_counts import CountServices
from recon_app.ui.backend_goods import GoodsServices
from recon_app.ui.backend_rules import RuleServices

if TYPE_CHECKING:
    from recon_app.jobs import Progress
    from recon_app.services.cases import Shown
    from recon_app.services.connections import Connection, Tested
    from recon_app.services.corrections import Applied, KeptCorrection, Verdict
    from recon_app.services.import_files import FileReport
    from recon_app.services.listing import Listing
    from recon_app.services.mapping import Heading, Mappable
    from recon_app.services.preview import Preview
    from recon_app.services.run import RunReport
    from recon_app.services.summary import Summary
    from recon_app.services.watch import Every, Expected, Folder, Watched, Watcher
    from recon_app.store.imports import ImportedFile
    from recon_app.store.workspace import Workspace


class Backend:
    """The services on one open workspace.

    Attributes:
        person: Who decides at this computer, kept with every decision.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.person = ""
        self._workspace = workspace
        self._watcher: Watcher | None = None

    def close(self) -> None:
        """Close the workspace."""
        self._workspace.close()

    @property
    def counts(self) -> CountServices:
        """Counts of the stock."""
        return CountServices(self._workspace)

    @property
    def rules(self) -> RuleServices:
        """Rules learned from decisions."""
        return RuleServices(self._workspace)

    @property
    def folder(self) -> Path:
        """Folder of the workspace."""
        return self._workspace.folder

    def source_titles(self) -> dict[str, str]:
        """What the user calls the files of each source, by its id."""
        from recon_app import registry

        return {name: source.title for name, source in registry.sources().items()}

    def kinds_of_files(self) -> dict[str, str]:
        """What a person can say a file is: titles of the sources that read files by themselves, by id."""
        from recon_app.services import recognise

        return recognise.kinds_of_files()

    def imports(self) -> list[ImportedFile]:
        """The files of the workspace, each as its main source reads it, in the order they were imported."""
        from recon_app.store import imports

        files: dict[str, ImportedFile] = {}
        for entry in imports.list_imports(self._workspace):
            files.setdefault(entry.sha256, entry)
        return list(files.values())

    def files(self, paths: Sequence[Path]) -> list[Path]:
        """The given files and all files of the given folders."""
        from recon_app.services import import_files

        return list(import_files.walk(paths))

    def imported_as(self, path: Path) -> ImportedFile | None:
        """The import of a file with the same bytes, None when there is none or the file cannot be read."""
        from recon_app.store import imports

        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return None
        return next(iter(imports.find_imports(self._workspace, digest)), None)

    def preview(self, path: Path, source: str | None, options: Mapping[str, str], rows: int) -> Preview:
        """Look at the beginning of a file."""
        from recon_app.services import preview

        return preview.preview(self._workspace, path, source=source, options=options, rows=rows)

    def mappables(self) -> list[Mappable]:
        """The kinds of tables whose columns a person can name."""
        from recon_app.services import mapping

        return mapping.mappables()

    def mapping(
        self, source: str, cells: Sequence[Sequence[str]], options: Mapping[str, str]
    ) -> tuple[Heading, dict[str, str]]:
        """The header of a table, and what its columns seem to be."""
        from recon_app.services import mapping

        return mapping.heading(source, cells, options), mapping.proposal(source, cells, options)

    def import_file(
        self, path: Path, source: str | None, options: Mapping[str, str], progress: Progress
    ) -> FileReport:
        """Import one file; says what its main source did, or what keeps one beside it from reading it."""
        from recon_app.services import import_files

        reports = list(
            import_files.import_paths(
                self._workspace, [path], source=source, options=options, progress=progress
            )
        )
        return next((report for report in reports if report.needs_a_person), reports[0])

    def remove_file(self, import_id: int, progress: Progress) -> Changes:
        """Take an imported file out again."""
        from recon_app.services import workspace

        return workspace.remove_file(self._workspace, import_id, progress=progress)

    def export_profiles(self, path: Path) -> int:
        """Write the columns that were named to a file; returns how many mappings there are."""
        from recon_app.services import profiles

        return profiles.export_profiles(self._workspace, path).profiles

    def import_profiles(self, path: Path) -> int:
        """Take the named columns of a file; returns how many mappings there are."""
        from recon_app.services import profiles

        return profiles.import_profiles(self._workspace, path)

    def back_up(self) -> Path:
        """Write a backup that was checked."""
        from recon_app.services import audit

        return audit.back_up(self._workspace)

    def watched(self) -> Watched:
        """New files in the watched folders, and expected files that did not come."""
        from recon_app.services import watch

        if self._watcher is None:
            self._watcher = watch.Watcher(self._workspace)
        return self._watcher.look()

    def watch_rules(self) -> tuple[list[Folder], list[Expected]]:
        """The watched folders, and the kinds of files that are expected."""
        from recon_app.services import watch

        return watch.folders(self._workspace), watch.expectations(self._workspace)

    def watch(self, folder: Path) -> Changes:
        """Watch a folder."""
        from recon_app.services import watch

        return watch.watch(self._workspace, folder)

    def unwatch(self, folder: Path) -> Changes:
        """Watch a folder no more."""
        from recon_app.services import watch

        return watch.unwatch(self._workspace, folder)

    def leave_out(self, hashes: Sequence[str]) -> Changes:
        """Offer files of watched folders no more."""
        from recon_app.services import watch

        return watch.leave_out(self._workspace, hashes)

    def expect(self, source: str, every: Every, days: int) -> Changes:
        """Expect files of a kind."""
        from recon_app.services import watch

        return watch.expect(self._workspace, source, every, days)

    def expect_no_more(self, source: str) -> Changes:
        """Expect files of a kind no more."""
        from recon_app.services import watch

        return watch.expect_no_more(self._workspace, source)

    def connections(self) -> list[Connection]:
        """The connections to a live Odoo."""
        from recon_app.services import connections

        return connections.connections(self._workspace)

    def test_connection(self, wanted: Connection, key: str) -> tuple[Tested, dict[str, str], bool]:
        """Log in, and save what works.

        Args:
            wanted: The connection.
            key: Its API key, "" for the kept one.

        Returns:
            What it offers, what the user calls each list, and whether the key is kept.
        """
        from recon_app.services import connections, odoo_keys
        from recon_app.services.pull_odoo import listings

        checked = connections.checked(wanted)
        tested = connections.test(checked, self._key(checked, key))
        connections.save(self._workspace, checked)
        kept = odoo_keys.keep_key(checked, key) if key else True
        return tested, {one.what: one.title for one in listings()}, kept

    def _key(self, connection: Connection, typed: str) -> str:
        from recon_app.services import odoo_keys

        key = typed or odoo_keys.find_key(connection)
        if not key:
            raise UsageError(f"There is no key for {connection.name}. Type the API key.")
        return key

    def remove_connection(self, name: str) -> Changes:
        """Remove a connection with its key."""
        from recon_app.services import connections

        connections.remove(self._workspace, name)
        return Changes(settings=True)

    def pull(
        self, name: str, key: str, what: Sequence[str], progress: Progress, *, everything: bool
    ) -> list[FileReport]:
        """Read lists from a live Odoo and import them."""
        from recon_app.services import connections, pull_odoo

        told = self._key(connections.connection_named(self._workspace, name), key)
        return list(
            pull_odoo.pull(self._workspace, name, told, what, everything=everything, progress=progress)
        )

    def fill_demo(self, progress: Progress) -> None:
        """Import the demo month and compare it."""
        from recon_app.services import demo

        demo.fill(self._workspace, progress)

    def run(self, name: str, period: str | None, progress: Progress) -> RunReport:
        """Compare again."""
        from recon_app.services import run

        return run.run(self._workspace, name, period, progress)

    def keep_answer(self, name: str, value: str) -> Changes:
        """Keep a decision that a run had to assume."""
        from recon_app.services import run

        return run.keep_answer(self._workspace, name, value, self.person)

    def summary(self, name: str) -> Summary | None:
        """Figures of the newest run, None when it never ran."""
        from recon_app.services import summary

        return summary.summary(self._workspace, name)

    def open_count(self, name: str) -> int:
        """How many cases of the newest run still need a person; 0 when it never ran."""
        from recon_app.services import summary

        return summary.open_count(self._workspace, name)

    def shown(self, name: str) -> Shown:
        """How a reconciliation is shown: its pairs of sides, their columns and words."""
        from recon_app.services import cases

        return cases.shown(name)

    def ages(self, name: str, sides: tuple[Side, ...]) -> dict[tuple[Kind, str], int]:
        """How many cases there are of each kind and age."""
        from recon_app.services import listing

        return listing.ages(self._workspace, name, sides)

    def open_listing(
        self,
        name: str,
        *,
        sides: tuple[Side, ...],
        kinds: Sequence[Kind] = (),
        states: Sequence[State] = (),
        text: str = "",
        grp: str | None = None,
        sort: tuple[Side | None, str] | None = None,
        descending: bool = False,
        grouped: bool = False,
        ages: Sequence[str] = (),
    ) -> Listing:
        """Find the rows to show; no kinds, states or ages means all."""
        from recon_app.services import listing

        view = listing.View(
            sides=sides,
            kinds=tuple(kinds),
            states=tuple(states),
            text=text,
            grp=grp,
            sort=sort,
            descending=descending,
            grouped=grouped,
            ages=tuple(ages),
        )
        return listing.open_listing(self._workspace, name, view)

    def case(self, case_id: str) -> Case:
        """Everything about one case."""
        from recon_app.services import cases

        return cases.case(self._workspace, case_id)

    def why_not(self, name: str, left: int, right: int) -> tuple[Evidence, ...]:
        """Why two records were not linked, rule by rule."""
        from recon_app.services import cases

        return cases.why_not(self._workspace, name, left, right)

    def payouts(self, name: str) -> list[PayoutProof]:
        """Proof of every payout."""
        from recon_app.services import summary

        return summary.payouts(self._workspace, name)

    def clearing(self, name: str, cut_off: int) -> list[ClearingProof]:
        """Proof of the clearing accounts at the end of a day (days since 1970-01-01)."""
        from recon_app.services import summary

        return summary.clearing(self._workspace, name, cut_off)

    def accept(self, case_id: str, reason: str) -> Changes:
        """Accept a difference without correcting it."""
        from recon_app.services import states

        return states.accept(self._workspace, case_id, reason, self.person)

    def undo(self, of: str) -> tuple[Case | None, Changes]:
        """Take back the acceptance of a case, or the newest of a reconciliation; no case if none stands."""
        from recon_app.services import cases, states

        found = states.undo(self._workspace, self.person, of)
        if found is None:
            return None, Changes()
        try:
            return cases.case(self._workspace, found[0]), found[1]
        except UsageError:  # the last run does not have it
            return None, found[1]

    @property
    def goods(self) -> GoodsServices:
        """Results of goods, place by place."""
        return GoodsServices(self._workspace)

    def fitting(self, case: Case) -> list[tuple[str, str]]:
        """Actions that can correct a case: (id, title)."""
        from recon_app.services import corrections

        return corrections.fitting(case)

    def questions(self, case_id: str, action: str) -> tuple[Question, ...]:
        """What a correction asks."""
        from recon_app.services import corrections

        return corrections.questions(self._workspace, case_id, action)

    def draft(self, case_id: str, action: str, answers: Mapping[str, str]) -> Correction:
        """What a correction would do; nothing is kept."""
        from recon_app.services import corrections

        return corrections.draft(self._workspace, case_id, action, answers)

    def propose(self, case_id: str, action: str, answers: Mapping[str, str]) -> tuple[Correction, Changes]:
        """Keep a proposal."""
        from recon_app.services import corrections

        return corrections.propose(self._workspace, case_id, action, answers, self.person)

    def corrections(self, case_id: str) -> list[KeptCorrection]:
        """The corrections of a case, oldest first."""
        from recon_app.services import corrections

        return corrections.list_corrections(self._workspace, case_id)

    def apply_to_file(self, correction_id: str, folder: Path) -> Applied:
        """Write a correction and its reversal as files for Odoo."""
        from recon_app.services import corrections

        return corrections.apply_to_file(self._workspace, correction_id, folder, self.person)

    def reverse(self, correction_id: str) -> tuple[Correction | None, Changes]:
        """Withdraw a proposal, or propose the reversal of what was written."""
        from recon_app.services import corrections

        return corrections.reverse(self._workspace, correction_id, self.person)

    def verify(self) -> tuple[list[Verdict], Changes]:
        """Look for written corrections in later exports."""
        from recon_app.services import corrections

        return corrections.verify(self._workspace, self.person)
