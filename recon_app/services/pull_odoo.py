"""Read lists from a live Odoo: each becomes a file, which is imported like any export.

So a live list has an origin, a stored original, proofs and overlap rules like a file, and the workspace can
be rebuilt without Odoo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from recon_app import registry
from recon_app.models.problem import Problem, UsageError
from recon_app.odoo.errors import Fault, OdooError
from recon_app.odoo.versions import LISTINGS, Listing
from recon_app.services.connections import PULLED, Connection, connection_named, open_client
from recon_app.services.import_files import FileReport, Progress, Status, import_paths, quiet
from recon_app.services.overlaps import SNAPSHOT
from recon_app.services.pull_folder import pull_folder
from recon_app.store.records import count_records
from recon_app.store.settings import change_setting, get_setting
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    from recon_app.odoo.client import Client

#: A change is stamped when its work begins in Odoo and seen when it ends: so much is read twice.
OVERLAP = timedelta(minutes=10)
_ALIASES = {"bills": "invoices"}  # one list holds both


def listings(names: Sequence[str] = ()) -> list[Listing]:
    """The lists with these names; all that a source reads when none is given.

    Raises:
        UsageError: there is no such list.
    """
    known = {one.what: one for one in LISTINGS if one.source in registry.sources()}
    chosen = list(dict.fromkeys(_ALIASES.get(name, name) for name in names)) or list(known)
    for name in chosen:
        if name not in known:
            raise UsageError(f"there is no list {name!r}; choose from {', '.join(known)}")
    return [known[name] for name in chosen]


def pull(
    ws: Workspace,
    name: str,
    key: str,
    what: Sequence[str] = (),
    *,
    since: date | None = None,
    everything: bool = False,
    progress: Progress = quiet,
) -> Iterator[FileReport]:
    """Read lists from Odoo and import them, one report each.

    Without ``since`` a list is read from where the last pull ended; stock on hand is always read whole.

    Args:
        ws: The workspace.
        name: The connection.
        key: Its API key.
        what: Names of lists, none for all.
        since: Only what changed on this day or later, in the user's time zone.
        everything: Whether to read all records again.
        progress: Told the records read; raises Cancelled to stop.

    Raises:
        UsageError: there is no such connection or list.
        OdooError: Odoo cannot be reached or gives no usable answer; lists before it are imported.
        WorkspaceError: the workspace cannot be written.
    """
    connection = connection_named(ws, name)
    chosen = listings(what)
    client = open_client(connection, key)
    with pull_folder(ws) as folder:
        for listing in chosen:
            one = _Pull(ws, connection, client, listing, folder)
            try:
                yield from one.run(since, progress, everything=everything)
            except OdooError as error:
                if error.fault not in (Fault.RIGHTS, Fault.MODULE, Fault.VERSION):
                    raise
                yield one.refused(error, asked=bool(what))


@dataclass(frozen=True)
class _Pull:
    """One list on its way."""

    ws: Workspace
    connection: Connection
    client: Client
    listing: Listing
    folder: Path

    def run(self, since: date | None, progress: Progress, *, everything: bool) -> Iterator[FileReport]:
        """Read and import the list."""
        from recon_app.odoo.pull import pull as read

        path = self.folder / self._file_name()
        start = self._start(since, everything=everything)
        pulled = read(self.client, self.listing, path, since=start, progress=progress)
        settled = True
        if not pulled.rows:
            yield self._report(notes=("nothing new",))
        else:
            options = {"timezone": pulled.zone, SNAPSHOT: "whole" if start is None else "part"}
            source = self.listing.source
            for report in import_paths(self.ws, [path], source=source, options=options, progress=progress):
                settled = settled and report.status in (Status.IMPORTED, Status.KNOWN)
                notes = (*report.notes, *_notes(pulled.unsettled), *self._left(pulled.rows))
                yield replace(report, path=Path(path.name), notes=notes)
        path.unlink(missing_ok=True)
        if settled and since is None and pulled.until is not None:
            self._remember(pulled.until)

    def _left(self, rows: int) -> tuple[str, ...]:
        """Say how many records are there beside those of a list that was read whole: of other places."""
        stored = count_records(self.ws, self.listing.source)
        if not self.listing.whole or stored <= rows:
            return ()
        title = self.listing.title
        return (
            f"Records of {title} that earlier files had and Odoo has no more: {stored - rows}; they stay",
        )

    def refused(self, error: OdooError, *, asked: bool) -> FileReport:
        """The report of a list that this user or this Odoo does not have."""
        if error.fault is Fault.MODULE and not asked:
            return self._report(notes=(error.problem,))
        return self._report(Status.REJECTED, problems=(Problem(None, None, error.problem, error.advice),))

    def _report(self, status: Status = Status.KNOWN, **values: Any) -> FileReport:
        return FileReport(Path(self._file_name()), status, source=self.listing.source, **values)

    def _file_name(self) -> str:
        """``Odoo shop.example.com db journal items 2026-11-23 1412.csv``."""
        now = datetime.now().astimezone()
        host = urlsplit(self.connection.address).hostname or ""
        words = f"Odoo {host} {self.connection.database} {self.listing.title} {now:%Y-%m-%d %H%M}"
        return re.sub(r"[^\w .+-]", "_", words) + ".csv"

    def _start(self, since: date | None, *, everything: bool) -> datetime | None:
        """Changes from here on are read, None for all records."""
        from recon_app.odoo.pull import zone_of

        if self.listing.whole or everything:
            return None
        if since is not None:
            return datetime.combine(since, time(), zone_of(self.client))
        last = self._pulled().get(self.connection.name, {}).get(self.listing.what)
        return None if last is None else datetime.fromisoformat(last).astimezone(UTC) - OVERLAP

    def _pulled(self) -> dict[str, dict[str, str]]:
        return cast("dict[str, dict[str, str]]", get_setting(self.ws, PULLED, {}))

    def _remember(self, until: datetime) -> None:
        def change(saved: object) -> object:
            pulled = cast("dict[str, dict[str, str]]", saved)
            own = {**pulled.get(self.connection.name, {}), self.listing.what: until.isoformat()}
            return {**pulled, self.connection.name: own}

        change_setting(self.ws, PULLED, change, default={})


def _notes(unsettled: int) -> tuple[str, ...]:
    if not unsettled:
        return ()
    return (f"Records that came, went or changed while this was read: {unsettled}; pull again",)
