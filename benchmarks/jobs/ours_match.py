"""The matching alone: link the two sides by the rules of the settlements, columns already in memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import ODOO, SHOPIFY
from benchmarks.jobs._measure import Stages, Verdict, run

if TYPE_CHECKING:
    from recon_app.engine.match import Entries, Linking

_loaded: dict[str, Entries] = {}
_linked: list[Linking] = []


def entries(path: Path, ref: str, amount: str, day: str) -> Entries:
    """The columns of one file that the rules compare, as the program keeps them in memory."""
    import numpy as np

    from recon_app.engine.match import Entries
    from recon_app.engine.texts import packed_frame
    from recon_app.models.lines import as_lines

    refs, minor, currencies, days = [], [], [], []
    known: dict[str, int] = {}
    for row in _rows(path, ref, amount, "Currency", day):
        refs.append(row[0])
        minor.append(int(row[1].replace(".", "")))  # two decimals always
        currencies.append(row[2])
        text = row[3][:10]
        if text not in known:
            known[text] = date.fromisoformat(text).toordinal()
        days.append(known[text])
    empty = [""] * len(refs)
    texts = {"ref": refs, "ref2": empty, "ident": empty, "currency": currencies}
    frame = packed_frame({name: as_lines(column) for name, column in texts.items()})
    columns = {name: frame[name].array for name in texts}
    return Entries(
        text=columns,
        amount=np.array(minor, dtype=np.int64),
        currency=columns["currency"],
        day=np.array(days, dtype=np.int64),
    )


def _rows(path: Path, *names: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = next(reader)
        places = [header.index(name) for name in names]
        for row in reader:
            yield [row[place] for place in places]


def prepare(folder: Path) -> None:
    """Read both files, and import what the job needs."""
    for module in ("engine.match", "reconciliations.settlements"):
        import_module(f"recon_app.{module}")
    _loaded["platform"] = entries(folder / SHOPIFY, "Order", "Amount", "Transaction Date")
    _loaded["odoo"] = entries(folder / ODOO, "Memo", "Amount Signed", "Date")


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Link."""
    del folder, scratch, stages
    from recon_app.engine.match import link
    from recon_app.models.record import Side
    from recon_app.reconciliations.settlements import RULES

    rules = [rule for rule in RULES if (rule.left, rule.right) == (Side.PLATFORM, Side.ODOO)]
    _linked.append(link(_loaded["platform"], _loaded["odoo"], rules))


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each entry; an entry without a group is missing on the other side."""
    del scratch
    from recon_app.engine.match import OUTCOMES

    linking: Any = _linked[0]
    kinds = [str(OUTCOMES[outcome]) for outcome in linking.outcome.tolist()]
    for side, groups in (("platform", linking.left), ("odoo", linking.right)):
        for row, group in enumerate(groups.tolist(), start=1):
            yield (side, row, group, kinds[group]) if group >= 0 else (side, row, f"{side} {row}", "missing")


if __name__ == "__main__":
    run(prepare, job, found)
