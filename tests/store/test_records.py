"""Reading whole columns and single records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recon_app.models.record import NO_INT, RecordType
from recon_app.store import records
from recon_app.store.imports import list_imports
from recon_app.store.records import fetch_records, read_columns
from recon_app.store.workspace import Workspace

Put = Callable[..., object]
ODD = ['a "quoted" \\ one', "line\nbreak", "\x1f\x00end", "żółć 💶", " 1 2 ", "007", "", "null"]


def test_columns_come_back_exactly(ws: Workspace, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_CHUNK", 3)
    whole = [0, -1, 2**62, -(2**63) + 1, 2**63 - 1, NO_INT, 7, 8]
    put(ws, "a", [{"ident": str(i), "text": ODD[i], "amount": whole[i]} for i in range(8)])
    table = read_columns(ws, [1], ["ident", "text", "amount", "id", "fee", "ref"])
    assert table["ident"].tolist() == [str(i) for i in range(8)]
    assert table["text"].tolist() == ODD
    assert table["amount"].tolist() == whole
    assert table["amount"].dtype == table["fee"].dtype == np.int64
    assert table["id"].tolist() == list(range(1, 9))
    assert set(table["fee"].tolist()) == {NO_INT}
    assert table["ref"].tolist() == [""] * 8


def test_only_the_given_imports_are_read_in_their_order(ws: Workspace, put: Put) -> None:
    for name in "abc":
        put(ws, name, [{"ident": name}])
    assert read_columns(ws, [3, 1], ["ident"])["ident"].tolist() == ["a", "c"]
    assert read_columns(ws, [], ["ident", "amount"])["amount"].tolist() == []
    assert read_columns(ws, [99], ["ident"])["ident"].tolist() == []


def test_an_import_without_new_rows_has_no_columns(ws: Workspace, put: Put) -> None:
    put(ws, "a", [{"ident": "1"}])
    put(ws, "b", [{"ident": "1"}])
    assert read_columns(ws, [2], ["ident"])["ident"].tolist() == []


def test_an_unknown_column_is_an_error(ws: Workspace) -> None:
    with pytest.raises(ValueError, match="'nonsense' is not"):
        read_columns(ws, [1], ["ident", "nonsense"])


def test_equal_texts_share_one_object(ws: Workspace, put: Put) -> None:
    put(ws, "a", [{"ident": str(i), "currency": "EUR"} for i in range(1000)])
    assert len({id(text) for text in read_columns(ws, [1], ["currency"])["currency"]}) == 1


def test_records_know_where_they_come_from(ws: Workspace, put: Put) -> None:
    put(ws, "a.csv", [{"ident": "1", "amount": 5}, {"ident": "2"}])
    put(ws, "empty.csv", [])
    put(ws, "b.csv", [{"ident": "2"}, {"ident": "3", "text": "x"}])
    found = fetch_records(ws, [3, 1, 99])
    assert set(found) == {1, 3}
    assert found[1].values == {"row": 1, "ident": "1", "amount": 5}
    assert found[3].values == {"row": 2, "ident": "3", "text": "x"}
    assert found[3].type is RecordType.PAYMENT_LINE
    assert (found[1].origin.file, found[3].origin.file) == ("a.csv", "b.csv")
    assert (found[3].origin.row, found[3].origin.source) == (2, "tiny")
    assert found[3].origin.sha256 == list_imports(ws)[2].sha256


def test_many_records_at_once(ws: Workspace, put: Put) -> None:
    put(ws, "a", [{"ident": str(i)} for i in range(1200)])
    found: dict[int, Any] = fetch_records(ws, range(1, 1201))
    assert [found[i].values["ident"] for i in (1, 1200)] == ["0", "1199"]
