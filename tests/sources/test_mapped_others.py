"""Transactions, payouts, stock and journal items of any origin: what is theirs alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon_app.models.problem import UsageError
from recon_app.sources._mapped import to_options
from tests.sources.mapped import End, read

JOURNAL = {f"mapping.{name}": name for name in ("entry", "account", "debit", "credit")} | {"currency": "EUR"}
LINES = {
    "mapping.transaction": "id",
    "mapping.date": "day",
    "mapping.amount": "sum",
    "mapping.fee": "fee",
    "currency": "EUR",
}


def journal(tmp_path: Path, *lines: str, **options: str) -> End:
    path = tmp_path / "journal.csv"
    path.write_text("entry,account,debit,credit\n" + "".join(f"{line}\n" for line in lines))
    return read(path, JOURNAL | options, "mapped_journal_items")


def transactions(tmp_path: Path, *lines: str, columns: str = "id,day,sum,fee", **options: str) -> End:
    path = tmp_path / "lines.csv"
    path.write_text(f"{columns}\n" + "".join(f"{line}\n" for line in lines))
    return read(path, LINES | options, "mapped_payment_lines")


def test_an_entry_must_balance(tmp_path: Path) -> None:
    assert journal(tmp_path, "E1,1,3.00,", "E2,1,5.00,0.00", "E1,2,,3.00", "E2,2,0.00,4.98").places == {
        ("E_UNBALANCED", 3, "debit")
    }
    twins = ["E1,1,0.20,0.00"] * 5
    balanced = journal(tmp_path, *twins, "E1,2,0.00,1.00")
    assert [record["amount"] for record in balanced.records] == [20] * 5 + [-100]


def test_a_line_is_debit_or_credit(tmp_path: Path) -> None:
    assert journal(tmp_path, "E1,1,3.00,3.00").places == {("E_NUMBER", 2, "debit")}


@pytest.mark.parametrize(
    ("fees", "net", "found"),
    [
        (("0.30", "0.10"), None, [30, 10]),
        (("-0.30", "-0.10"), None, [30, 10]),
        (("-0.30", "0.10"), ("9.70", "-4.90"), [30, -10]),
        (("0.30", "-0.10"), ("9.70", "-4.90"), [30, -10]),
    ],
)
def test_fees_are_costs(
    tmp_path: Path, fees: tuple[str, str], net: tuple[str, str] | None, found: list[int]
) -> None:
    lines = [f"t1,2026-03-31,10.00,{fees[0]}", f"t2,2026-03-31,-5.00,{fees[1]}"]
    columns, options = "id,day,sum,fee", {}
    if net is not None:
        lines = [f"{line},{left}" for line, left in zip(lines, net, strict=True)]
        columns, options = f"{columns},left", {"mapping.net": "left"}
    end = transactions(tmp_path, *lines, columns=columns, **options)
    assert [record["fee"] for record in end.records] == found


def test_fees_of_both_signs_are_asked(tmp_path: Path) -> None:
    lines = ("t1,2026-03-31,10.00,0.30", "t2,2026-03-31,-5.00,-0.10")
    assert transactions(tmp_path, *lines).option == "mapping.fee_sign"
    told = transactions(tmp_path, *lines, **{"mapping.fee_sign": "negative"})
    assert [record["fee"] for record in told.records] == [-30, 10]
    with pytest.raises(UsageError, match="perhaps"):
        transactions(tmp_path, *lines, **{"mapping.fee_sign": "perhaps"})


def test_without_types_the_sign_decides(tmp_path: Path) -> None:
    end = transactions(tmp_path, "t1,2026-03-31,10.00,", "t2,2026-03-31,-5.00,")
    assert [record["category"] for record in end.records] == ["charge", "refund"]
    assert "no column names the type: positive is a charge, negative a refund" in end.notes


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("Payment refund", "refund"),
        ("R\u00fcckerstattung", "refund"),
        ("Chargeback", "chargeback"),
        ("Geb\u00fchr", "fee"),
        ("Auszahlung", "payout"),
        ("Payment fee", "other"),
        ("Rabatt", "other"),
    ],
)
def test_types_by_their_words(tmp_path: Path, word: str, category: str) -> None:
    end = transactions(
        tmp_path, f"t1,2026-03-31,1.00,,{word}", columns="id,day,sum,fee,what", **{"mapping.type": "what"}
    )
    assert [record["category"] for record in end.records] == [category]


def test_stock_is_known_by_product_and_place(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("code,place,count\nA,Main,1\nA,Shop,2\n")
    options = {"mapping.sku": "code", "mapping.location": "place", "mapping.quantity": "count"}
    assert read(path, options, "mapped_stock").result == "ok"
    path.write_text("code,place,count\nA,Main,1\nA,Main,2\n")
    assert read(path, options, "mapped_stock").places == {("E_CONFLICT", 3, "count")}


def test_a_column_that_is_needed_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "payouts.csv"
    path.write_text("who,day,sum\nP1,2026-03-31,1.00\n")
    end = read(path, {}, "mapped_payouts")
    assert (end.result, end.option, end.choices) == ("ask", "mapping.payout", ("who", "day", "sum"))


def test_a_mapping_becomes_options_with_prefixes() -> None:
    mapping = {"order": "No", "header_row": "2", "date_order": "dmy", "zone": "UTC", "text": ""}
    options = {"mapping.order": "No", "mapping.header_row": "2", "date_order": "dmy", "zone": "UTC"}
    assert to_options(mapping) == options
