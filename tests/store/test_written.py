"""When the content of a file held."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import UsageError
from recon_app.models.record import RecordType
from recon_app.store.database import writing
from recon_app.store.format import Format
from recon_app.store.imports import Findings, importing, list_imports, note_again, written_spans
from recon_app.store.workspace import Workspace

STOCK = Format("stock", RecordType.STOCK_QUANT, ("sku", "location"), ("quantity",), snapshot="location")
Import = Callable[..., None]


@pytest.fixture
def bring(ws: Workspace, tmp_path: Path, batch: Callable[..., Any]) -> Import:
    """``bring(name, at, *rows, form=STOCK, **options)``: import a file that was written at a moment."""

    def run(name: str, at: float, *rows: dict[str, Any], form: Format = STOCK, **options: str) -> None:
        path = tmp_path / name
        path.write_text(name, encoding="utf-8")
        os.utime(path, (at, at))
        digest = sha256(path.read_bytes()).hexdigest()
        with importing(ws, path, digest, form, options) as current:
            current.staging.add(batch(rows))
            current.publish(Findings())

    return run


def quant(location: str, quantity: int = 1) -> dict[str, Any]:
    return {"sku": "X", "location": location, "quantity": quantity}


def test_a_file_holds_when_it_was_written(ws: Workspace, bring: Import, form: Format) -> None:
    bring("a", 1000, {"ident": "1"}, form=form)
    bring("b", 3000, {"ident": "2"}, form=form)
    assert [entry.written for entry in list_imports(ws)] == [1000, 3000]
    assert written_spans(ws) == {RecordType.PAYMENT_LINE: (1000, 3000)}


def test_of_stock_the_last_file_of_each_place_counts(ws: Workspace, bring: Import) -> None:
    bring("old", 1000, quant("A"), quant("B"))
    bring("new", 5000, quant("A", 2))
    assert written_spans(ws) == {RecordType.STOCK_QUANT: (1000, 5000)}
    bring("newer", 6000, quant("B", 2))
    assert written_spans(ws) == {RecordType.STOCK_QUANT: (5000, 6000)}


def test_a_person_can_say_it(ws: Workspace, bring: Import) -> None:
    bring("a", 1000, quant("A"), exported_at="1970-01-01T03:00+01:00")
    assert list_imports(ws)[0].written == 7200
    for wrong in ("1970-01-01T03:00", "yesterday"):
        with pytest.raises(UsageError, match="write it with its zone"):
            bring("b", 1000, quant("A", 2), exported_at=wrong)
    assert len(list_imports(ws)) == 1


def test_no_file_is_of_tomorrow(ws: Workspace, bring: Import) -> None:
    bring("a", time.time() + 1e6, quant("A"))
    assert abs((list_imports(ws)[0].written or 0) - time.time()) < 60


def test_the_same_bytes_again_hold_then(ws: Workspace, bring: Import) -> None:
    bring("a", 1000, quant("A"))
    (entry,) = list_imports(ws)
    note_again(ws, entry, "a", 900)
    assert list_imports(ws)[0].written == 1000
    note_again(ws, entry, "a", time.time() + 5)
    assert (list_imports(ws)[0].written or 0) > 1000


def test_an_unknown_time_leaves_a_type_out(ws: Workspace, bring: Import) -> None:
    bring("a", 1000, quant("A"))
    with writing(ws.ledger) as connection:
        connection.exec_driver_sql("UPDATE import_file SET written = NULL")
    assert written_spans(ws) == {}
