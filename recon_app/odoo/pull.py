"""Read a whole list from Odoo, page by page, into a file like Odoo's own export "to update data".

Pages follow the ids, so that records which come or go meanwhile shift nothing, and each page is one
transaction of the server. Links are read as bare ids and named once: twice as fast (measured on 18).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from recon_app.odoo.answers import FieldType, Row, link, records
from recon_app.odoo.client import Client
from recon_app.odoo.errors import Fault, OdooError
from recon_app.odoo.versions import Field, Listing

PAGE = 2_000  # records: the best of 200 to 10,000 (measured on 18)
ID_COLUMN = ".id"  # as Odoo calls its database id in files
_NAME = "display_name"
_CHANGED = {"write_date": FieldType("datetime")}
_FORMAT = "%Y-%m-%d %H:%M:%S"
_FORMULA = ("=", "-", "+")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Pulled:
    """What was read.

    Attributes:
        rows: Records in the file.
        until: All changes up to this moment are in it (UTC, the server's clock), None for an empty list.
        unsettled: Records that came, went or changed while it was read; a later read brings them.
        zone: Time zone of the times in the file.
    """

    rows: int
    until: datetime | None
    unsettled: int
    zone: str


@dataclass(frozen=True)
class _Column:
    """One column of the file: a field, and what is shown of the record it links to ("" for no link)."""

    title: str
    field: str
    kind: FieldType
    shown: str


def pull(
    client: Client, listing: Listing, path: Path, *, since: datetime | None, progress: Progress
) -> Pulled:
    """Write the records of a list to a CSV file.

    Args:
        client: The open connection.
        listing: Which list.
        path: The file to be made.
        since: Only what changed at this moment or later (UTC); None for all.
        progress: Told the records read; raises Cancelled to stop.

    Raises:
        OdooError: the list cannot be read; what the file holds is of no use then.
    """
    columns = _columns(client, listing)
    _check_whole(client, listing)
    domain = _domain(client, listing, since)
    until = _newest(client, listing)
    total = _count(client, listing, domain)
    names, zone = _Names(client), zone_of(client)
    rows = last = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow([ID_COLUMN, *(column.title for column in columns)])
        progress(f"Reading {listing.title} from Odoo", 0, total)
        for page in _pages(client, listing, columns, domain):
            names.learn(columns, page)
            for row in page:
                writer.writerows(_written(row, columns, names, zone))
            rows += len(page)
            last = page[-1]["id"]
            progress(f"Reading {listing.title} from Odoo", rows, max(total, rows))
    return Pulled(rows, until, _unsettled(client, listing, domain, until, rows, last), zone.key)


def count(client: Client, listing: Listing) -> int:
    """How many records a list has.

    Raises:
        OdooError: it cannot be read.
    """
    _columns(client, listing)
    _check_whole(client, listing)
    return _count(client, listing, _domain(client, listing, None))


def _check_whole(client: Client, listing: Listing) -> None:
    """Refuse a user who would be shown a part as if it were all.

    Raises:
        OdooError: this is one.
    """
    rule = listing.narrowing
    if rule is not None and not client.is_in(rule.unless) and client.is_in(rule.groups):
        raise OdooError(
            Fault.RIGHTS,
            f"Odoo shows this user only some of the {listing.title}, as if they were all",
            f"use a user who has the right {rule.right} in Odoo, or leave it out",
        )


def _columns(client: Client, listing: Listing) -> list[_Column]:
    """The columns that this server has.

    Raises:
        OdooError: it lacks one that is needed, or the app that brings the list.
    """
    try:
        known = {listing.model: client.fields(listing.model)}
    except OdooError as error:
        if error.fault is Fault.MODULE:
            raise OdooError(
                Fault.MODULE, f"this Odoo has no app {listing.app}", "install it there, or leave this out"
            ) from error
        raise
    found = [(field, _column(client, known, listing.model, field)) for field in listing.fields]
    for field, column in found:
        if column is None and not field.optional:
            raise OdooError(
                Fault.VERSION,
                f"Odoo {client.version_text} shows this user no field {' or '.join(field.paths)}",
                "ask an administrator of Odoo for the right to see it, or export a file",
            )
    return [column for _, column in found if column is not None]


def _column(
    client: Client, known: dict[str, dict[str, FieldType]], model: str, field: Field
) -> _Column | None:
    """The first of a column's spellings that the model has and the user may see."""
    if field.through and not client.may_read(field.through):
        return None
    for path in field.paths:
        name, _, shown = path.partition("/")
        kind = known[model].get(name)
        if kind is None:
            continue
        if kind.relation and shown and shown not in _fields_of(client, known, kind.relation):
            continue
        return _Column(path, name, kind, (shown or _NAME) if kind.relation else "")
    return None


def _fields_of(client: Client, known: dict[str, dict[str, FieldType]], model: str) -> Mapping[str, FieldType]:
    if model not in known:
        known[model] = client.fields(model)
    return known[model]


def _domain(client: Client, listing: Listing, since: datetime | None) -> list[Any]:
    """The conditions of a list: its own, the company's, and when the record changed."""
    domain: list[Any] = [_condition(*leaf) for leaf in listing.domain]
    domain.append(["company_id", "in", [client.company.id, False]])
    if since is not None:
        start = since.astimezone(UTC).strftime(_FORMAT)
        if listing.behind:
            domain += ["|", [f"{listing.behind}.write_date", ">=", start]]
        domain.append(["write_date", ">=", start])
    return domain


def _condition(field: str, operator: str, value: object) -> list[object]:
    return [field, operator, list(value) if isinstance(value, tuple) else value]


def _pages(
    client: Client, listing: Listing, columns: Sequence[_Column], domain: Sequence[object]
) -> Iterator[list[Row]]:
    fields = {"company_id": FieldType("many2one"), **{column.field: column.kind for column in columns}}
    last = 0
    while True:
        result = client.call(
            listing.model,
            "search_read",
            context=_context(listing),
            domain=[*domain, ["id", ">", last]],
            fields=list(fields),
            order="id",
            limit=PAGE,
            **_bare_links(client),
        )
        page = records(result, fields, limit=PAGE, company=client.company.id)
        ids = [row["id"] for row in page]
        if page and (ids[0] <= last or ids != sorted(ids)):
            raise OdooError(
                Fault.ANSWER,
                "the server does not send the records in their order",
                "ask whoever runs the server",
            )
        if page:
            last = ids[-1]
            yield page
        if len(page) < PAGE:
            return


def _bare_links(client: Client) -> dict[str, Any]:
    """What asks for links without names; journal items of 16 do not take it in a search."""
    return {"load": ""} if client.version >= 18 else {}


def _context(listing: Listing) -> dict[str, object]:
    return {"active_test": False} if listing.archived else {}


def _count(client: Client, listing: Listing, domain: Sequence[object]) -> int:
    return client.count(listing.model, domain, context=_context(listing))


def _newest(client: Client, listing: Listing) -> datetime | None:
    """When a record of the list changed last: the server's own clock, whatever this computer's says."""
    result = client.call(
        listing.model,
        "search_read",
        context=_context(listing),
        domain=[*_domain(client, listing, None), ["write_date", "!=", False]],  # blanks would come first
        fields=list(_CHANGED),
        order="write_date desc, id desc",
        limit=1,
    )
    rows = records(result, _CHANGED, limit=1)
    return datetime.strptime(rows[0]["write_date"], _FORMAT).replace(tzinfo=UTC) if rows else None


def _unsettled(
    client: Client,
    listing: Listing,
    domain: Sequence[object],
    until: datetime | None,
    rows: int,
    last: int,
) -> int:
    """How many records came, went or changed while the list was read."""
    there = _count(client, listing, [*domain, ["id", "<=", last]])
    changed = 0
    if until is not None:  # answers cut the fraction of a second
        second = until.strftime(_FORMAT)
        changed = _count(client, listing, [*domain, ["write_date", ">", f"{second}.999999"]])
    return max(abs(there - rows), changed)


class _Names:
    """What is shown of linked records, each read once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._texts: dict[tuple[str, str], dict[int, str]] = {}

    def learn(self, columns: Sequence[_Column], page: Sequence[Row]) -> None:
        """Read the linked records of a page that are not known yet."""
        wanted: dict[str, set[int]] = {}
        shown: dict[str, set[str]] = {}
        for column in columns:
            if column.kind.relation:
                ids = {one for row in page for one in _linked(row, column)}
                wanted.setdefault(column.kind.relation, set()).update(ids)
                shown.setdefault(column.kind.relation, set()).add(column.shown)
        for model, ids in wanted.items():
            self._read(model, ids, sorted(shown[model]))

    def _read(self, model: str, ids: set[int], shown: Sequence[str]) -> None:
        known = self._texts.setdefault((model, shown[0]), {})
        new = sorted(ids - known.keys())
        fields = {name: FieldType("char") for name in shown}
        for start in range(0, len(new), PAGE):
            for row in self._client.read(model, new[start : start + PAGE], fields):
                for name in shown:
                    self._texts.setdefault((model, name), {})[row["id"]] = row[name] or ""

    def of(self, column: _Column, record: int) -> str:
        """The text for a linked record."""
        return self._texts[column.kind.relation, column.shown][record]


def _linked(row: Row, column: _Column) -> list[int]:
    """Ids of the records that a cell links to."""
    value = row[column.field]
    if column.kind.type != "many2one":
        return list(value)
    one = link(value)
    return [one] if one else []


def zone_of(client: Client) -> ZoneInfo:
    """The user's time zone, in which Odoo's exports show times; Odoo takes UTC where none is set."""
    try:
        return ZoneInfo(client.zone or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _written(row: Row, columns: Sequence[_Column], names: _Names, zone: ZoneInfo) -> Iterator[list[str]]:
    """The rows of a record: further links to many records stand on rows of their own, as in exports."""
    cells, further = [str(row["id"])], []
    for place, column in enumerate(columns, 1):
        value = row[column.field]
        if column.kind.relation:
            texts = [_protected(names.of(column, one)) for one in _linked(row, column)]
            cells.append(texts[0] if texts else "")
            further += [(place, text) for text in texts[1:]]
        else:
            cells.append(_cell(value, column.kind.type, zone))
    yield cells
    for place, text in further:
        yield ["" if other != place else text for other in range(len(cells))]


def _cell(value: Any, kind: str, zone: ZoneInfo) -> str:
    """A value as Odoo writes it to CSV files: false is blank, 0 is not."""
    if value is False:
        return ""
    if value is True:
        return "True"
    if kind == "datetime":
        moment = datetime.strptime(value, _FORMAT).replace(tzinfo=UTC)
        return moment.astimezone(zone).strftime(_FORMAT)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return _protected(value) if isinstance(value, str) else str(value)


def _protected(text: str) -> str:
    """Text with the quote that Odoo puts before what a spreadsheet program would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
