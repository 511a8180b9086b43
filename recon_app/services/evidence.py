"""What a later Odoo export shows of a journal entry that was written for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from recon_app import registry
from recon_app.models.correction import JournalEntry
from recon_app.models.record import NO_INT, RecordType
from recon_app.services.reader import Tell, worker_for
from recon_app.sources._base import InputFile, Reading
from recon_app.store import originals
from recon_app.store.imports import ImportedFile, last_held, list_imports
from recon_app.store.workspace import Workspace

_EPOCH = date(1970, 1, 1)
#: Odoo cuts references that are longer than this after a word, where it shows them with the entry.
_SHOWN, _CUT = 50, " [...]"


class Item(NamedTuple):
    """A journal item of an export.

    Attributes:
        number: Number of its entry.
        ref: Reference of its entry.
        account: Account code.
        amount: Debit minus credit, minor units of the company's currency.
        day: Days since 1970-01-01, NO_INT for none.
        posted: Whether its entry is posted.
    """

    number: str
    ref: str
    account: str
    amount: int
    day: int
    posted: bool


def newest_covering(ws: Workspace, entry: JournalEntry, since: str) -> tuple[ImportedFile | None, list[Item]]:
    """The newest journal items file with the days and accounts of an entry, read from its original.

    Args:
        ws: The workspace.
        entry: What is looked for.
        since: Older files say nothing; ISO 8601 in UTC.
    """
    day = (date.fromisoformat(entry.date) - _EPOCH).days
    wanted = {line.account for line in entry.lines}
    files = [
        (last_held(ws, file), file)
        for file in list_imports(ws, record_type=RecordType.JOURNAL_ITEM)
        if file.period is not None and file.period[0] <= day <= file.period[1]
    ]
    for held, file in sorted(files, key=lambda one: one[0].id, reverse=True):
        if held.at < since:
            break
        items = _read_again(ws, file)
        if wanted <= {item.account for item in items}:
            return file, items
    return None, []


def belongs(item: Item, ref: str) -> bool:
    """Whether an item's entry has a reference, which an export may show cut: ``Stripe payout [...]``."""
    start, cut, _ = item.ref.partition(_CUT)
    return len(ref) > _SHOWN and ref.startswith(start) if cut else item.ref == ref


def taken_back_by(own: Sequence[Item], items: Sequence[Item], reversal: str) -> str:
    """Number of the posted entry that undoes an entry, "" for none.

    It has the same lines with the other sign, and either the reference of the reversal prepared here,
    or one that names the number: Odoo's own reversals do, whatever the language ("Reversal of:
    MISC/2026/10/0021, ...").

    Args:
        own: The items of the entry, at least one.
        items: All items of the export.
        reversal: Reference of the prepared reversal.
    """
    numbers = {item.number for item in own}
    opposite = sorted((item.account, -item.amount) for item in own if item.posted)
    others: dict[str, list[tuple[str, int]]] = {}
    for item in items:
        names = any(_names(item.ref, number) for number in numbers) or belongs(item, reversal)
        if item.posted and item.number not in numbers and names:
            others.setdefault(item.number, []).append((item.account, item.amount))
    return next((number for number, lines in others.items() if sorted(lines) == opposite), "")


def _names(ref: str, number: str) -> bool:
    """Whether a reference names an entry; a longer number with the same beginning is another one."""
    # the first test is for speed: an export has many references and few that name an entry
    return bool(number) and number in ref and bool(re.search(rf"(?<!\w){re.escape(number)}(?!\w)", ref))


def moved(own: Sequence[Item], entry: JournalEntry) -> str:
    """Says on which other day Odoo posted an entry: out of a locked period it moves it without a word."""
    day = own[0].day
    if day == NO_INT or _EPOCH + timedelta(days=day) == date.fromisoformat(entry.date):
        return ""
    return f", on {_EPOCH + timedelta(days=day)} instead of {entry.date}"


def _read_again(ws: Workspace, file: ImportedFile) -> list[Item]:
    with originals.unpacked(ws, file.sha256, file.file) as path:
        again = InputFile(path, file.options.get("encoding", ""), file.options.get("sheet", ""))
        with worker_for(again, sys.maxsize) as worker:
            return worker(_items, again, file.source, file.options)


def _items(file: InputFile, source_id: str, options: Mapping[str, str], tell: Tell) -> list[Item]:
    """The journal items of a file."""
    del tell
    items: list[Item] = []
    for batch in registry.sources()[source_id].read(file, options, Reading()):
        none = [""] * len(batch["row"])
        numbers, refs, accounts = (map(str, batch.get(name, none)) for name in ("grp", "ref", "account"))
        posted = [str(status).lower() == "posted" for status in batch.get("status", none)]
        amounts, days = (map(int, batch[name]) for name in ("amount", "day"))
        items += map(Item, numbers, refs, accounts, amounts, days, posted)
    return items
