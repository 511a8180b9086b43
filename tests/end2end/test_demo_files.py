"""The demo month: made by a script, the same bytes each time, coherent but for what is planted."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from recon_app import registry
from recon_app.services.recognise import claims
from recon_app.sources._base import InputFile, Reading

DEMO = Path(__file__).parents[2] / "resources" / "demo"
MONTH = DEMO / "2026-10"
FILES = sorted(path.relative_to(MONTH).as_posix() for path in MONTH.rglob("*") if path.is_file())
ORDERS = "shopify/orders_export_1.csv"
HISTORY = "shopify/transactions_export_1.csv"
LINES = "shopify/payment_transactions_export_1.csv"
PAYOUTS = "shopify/payouts_export_1.csv"
STRIPE = "stripe/Itemised_payout_reconciliation_USD_2026-10-01_to_2026-10-31_Europe-Berlin.csv"
CAMT = "bank/camt053_eur_2026-10.xml"
DOLLARS = "bank/usd_account_2026-10.csv"
CAUSES = {
    "not_booked", "no_platform_line", "net_booked", "digit_swap", "fee_not_booked", "refund_not_booked",
    "chargeback_not_booked", "booked_twice", "charged_twice", "wrong_account", "wrong_currency",
    "line_in_other_payout", "unexplained_residual", "bank_charge", "in_transit", "pending_payout", "cut_off",
    "carried_over", "no_shop_record", "fx_difference", "order_edited", "part_paid",
    "same_amount_no_reference", "manual_payment",
}  # fmt: skip


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    with (MONTH / name).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def bank_entries() -> tuple[dict[str, str], ...]:
    names = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}
    statement = ET.parse(MONTH / CAMT).getroot().find(".//c:Stmt", names)  # noqa: S314  # our own file
    assert statement is not None
    return tuple(
        {
            "reference": entry.findtext(".//c:EndToEndId", "", names),
            "amount": ("-" if entry.findtext("c:CdtDbtInd", "", names) == "DBIT" else "")
            + entry.findtext("c:Amt", "", names),
        }
        for entry in statement.findall("c:Ntry", names)
    )


@cache
def admin_orders(name: str) -> tuple[dict[str, Any], ...]:
    answer = json.loads((MONTH / name).read_text(encoding="utf-8"))
    return tuple(answer["data"]["orders"]["nodes"])


@cache
def planted() -> dict[str, dict[str, Any]]:
    sections = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))
    return {item["id"]: item for item in sections["settlements"]}


def cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    value = abs(int(whole)) * 100 + int(rest.ljust(2, "0"))
    assert len(rest) <= 2
    return -value if text.startswith("-") else value


def orders() -> dict[str, dict[str, str]]:
    return {row["Name"]: row for row in table(ORDERS) if row["Id"]}


def payout_of(item: str) -> str:
    return str(planted()[item]["payouts"][0])


def nets_by_payout() -> dict[str, int]:
    nets: dict[str, int] = defaultdict(int)
    for row in table(LINES):
        nets[row["Payout ID"]] += cents(row["Net"])
    return nets


def ids_by_day() -> dict[str, str]:
    return {row["Payout Date"]: row["Payout ID"] for row in table(LINES) if row["Payout ID"]}


def amounts_by_order(rows: list[tuple[str, str]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for name, amount in rows:
        sums[name] += cents(amount)
    return {name: minor for name, minor in sums.items() if name}


def test_the_script_makes_the_same_bytes(tmp_path: Path) -> None:
    script = DEMO / "make_demo.py"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    # -S leaves out the installed packages: the script needs the standard library only
    command = [sys.executable, "-S", "-B", str(script), "--out", str(tmp_path)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {Path("2026-10") / name: (MONTH / name).read_bytes() for name in FILES}
    kept |= {Path(name): (DEMO / name).read_bytes() for name in ("planted.json", "README.md")}
    assert made == kept


@pytest.mark.parametrize("name", FILES)
def test_one_source_reads_each_file_and_every_proof_holds(name: str) -> None:
    file = InputFile(MONTH / name)
    (main,) = claims(file)
    beside = [source for source in registry.sources().values() if source.beside == main.id]
    records = 0
    for source in (main, *(source for source in beside if source.recognises(file))):
        reading = Reading()
        records += sum(len(batch["row"]) for batch in source.read(file, {}, reading))
        reading.finish()
        assert [proof for proof in reading.proofs if not proof.ok] == []
    assert records > 0


def test_every_cause_is_planted_and_every_record_exists() -> None:
    items = planted().values()
    assert {item["cause"] for item in items if item["cause"]} == CAUSES
    assert {item["kind"] for item in items} == {
        "matched", "timing", "missing", "amount", "field", "duplicate", "ambiguous",
    }  # fmt: skip
    for item in items:
        assert item["records"]
        assert item["text"] in (DEMO / "README.md").read_text(encoding="utf-8")
        for record in item["records"]:
            assert record["key"] in _record_text(record), item["id"]


def _record_text(record: dict[str, Any]) -> str:
    name = next(name for name in FILES if name.endswith(f"/{record['file']}"))
    if name == CAMT:
        return bank_entries()[int(record["row"]) - 1]["reference"]
    if name.endswith(".json"):
        return str(admin_orders(name)[int(record["row"]) - 1]["name"])
    return " ".join(table(name)[int(record["row"]) - 1].values())


def test_the_native_formats_have_their_columns() -> None:
    widths = {name: len(table(name)[0]) for name in FILES if name.endswith(".csv")}
    assert (widths[ORDERS], widths[HISTORY], widths[LINES], widths[PAYOUTS]) == (79, 9, 18, 13)
    odoo = [(MONTH / name).read_bytes() for name in FILES if name.startswith("odoo/")]
    assert len(odoo) == 16
    assert all(content.startswith(b'"') and b"\r\n" in content for content in odoo)
    shopify = [(MONTH / name).read_bytes() for name in FILES if name.startswith("shopify/")]
    assert len(shopify) == 9
    assert not any(b"\r" in content for content in shopify)


def test_order_totals_close_with_tax_inside() -> None:
    goods: dict[str, int] = defaultdict(int)
    tips: dict[str, int] = defaultdict(int)
    for row in table(ORDERS):
        kind = tips if row["Lineitem name"] == "Tip" else goods
        kind[row["Name"]] += int(row["Lineitem quantity"]) * cents(row["Lineitem price"])
    assert len(orders()) == 300
    for name, row in orders().items():
        subtotal = goods[name] - cents(row["Discount Amount"])
        assert cents(row["Subtotal"]) == subtotal
        assert cents(row["Total"]) == subtotal + cents(row["Shipping"]) + tips[name]
        assert cents(row["Taxes"]) <= cents(row["Total"])


def test_payment_history_adds_up_to_the_orders() -> None:
    good = [row for row in table(HISTORY) if row["Status"] == "success"]
    paid = amounts_by_order([(r["Name"], r["Amount"]) for r in good if r["Kind"] in ("sale", "capture")])
    refunded = amounts_by_order([(r["Name"], r["Amount"]) for r in good if r["Kind"] == "refund"])
    for name, row in orders().items():
        assert cents(row["Refunded Amount"]) == refunded.get(name, 0)
        if row["Financial Status"] != "voided":
            assert cents(row["Total"]) - cents(row["Outstanding Balance"]) == paid.get(name, 0)


def test_the_platforms_hold_what_the_shop_took() -> None:
    good = [row for row in table(HISTORY) if row["Status"] == "success" and row["Kind"] != "authorization"]
    sign = {"refund": "-"}
    shop = {
        gateway: amounts_by_order(
            [(r["Name"], sign.get(r["Kind"], "") + r["Amount"]) for r in good if r["Gateway"] == gateway]
        )
        for gateway in ("shopify_payments", "stripe")
    }
    lines = [row for row in table(LINES) if row["Type"] in ("charge", "refund")]
    platform = amounts_by_order([(r["Order"], r["Amount"]) for r in lines])
    voided, fx = planted()["no-platform-line"]["orders"][0], planted()["fx-difference"]
    expected = {name: minor for name, minor in shop["shopify_payments"].items() if name != voided}
    expected[fx["orders"][0]] -= cents(fx["delta"])
    paid_twice = planted()["refund-paid-twice"]
    expected[paid_twice["orders"][0]] -= cents(paid_twice["delta"])
    assert platform == expected
    key = "payment_metadata[order_id]"
    report = amounts_by_order([(r[key], r["customer_facing_amount"]) for r in table(STRIPE) if r[key]])
    late, twice = planted()["cut-off-stripe"]["orders"], planted()["charged-twice"]["orders"][0]
    expected = {name: minor for name, minor in shop["stripe"].items() if name not in late}
    expected[twice] *= 2
    assert report == expected


def test_payouts_close_but_for_the_planted_residuals() -> None:
    expected = {
        payout_of(item): cents(planted()[item]["delta"])
        for item in ("residual-line-elsewhere", "residual-line-from-elsewhere", "residual-unexplained")
    }
    nets, ids = nets_by_payout(), ids_by_day()
    residuals: dict[str, int] = {}
    for row in table(PAYOUTS):
        terms = ("Charges", "Refunds", "Adjustments", "Reserved Funds", "Retried Amount")
        assert cents(row["Total"]) == sum(cents(row[term]) for term in terms) - cents(row["Fees"])
        payout = ids[row["Payout Date"]]
        residual = cents(row["Total"]) - cents(row["Retried Amount"]) - nets[payout]
        residuals |= {payout: residual} if residual else {}
    assert residuals == expected


def test_the_residual_that_nothing_explains_is_no_line_and_no_pair_of_lines() -> None:
    wanted = cents(planted()["residual-unexplained"]["delta"])
    rows = table(LINES)
    values = [cents(row[column]) for row in rows for column in ("Amount", "Fee", "Net")]
    assert wanted not in values
    assert -wanted not in values
    day = next(row["Payout Date"] for row in rows if row["Payout ID"] == payout_of("residual-unexplained"))
    near = [cents(row["Net"]) for row in rows if abs(int(row["Payout Date"][-2:]) - int(day[-2:])) <= 3]
    assert wanted not in {one + other for place, one in enumerate(near) for other in near[:place]}


def test_a_negative_payout_is_taken_off_the_next() -> None:
    rows = sorted(table(PAYOUTS), key=lambda row: row["Payout Date"])
    negative = next(place for place, row in enumerate(rows) if cents(row["Total"]) < 0)
    assert rows[negative + 1]["Retried Amount"] == rows[negative]["Total"]
    assert cents(rows[negative + 1]["Total"]) > 0
    assert ids_by_day()[rows[negative]["Payout Date"]] == payout_of("negative-payout")


def test_what_was_held_back_was_released() -> None:
    held = [cents(row["Amount"]) for row in table(LINES) if row["Type"] == "reserved_funds"]
    assert len(held) == 2
    assert sum(held) == 0


def test_bank_lines_carry_the_payouts() -> None:
    euro = {entry["reference"]: cents(entry["amount"]) for entry in bank_entries()}
    missing, charges = [], {}
    for row in table(PAYOUTS):
        payout, total = ids_by_day()[row["Payout Date"]], cents(row["Total"])
        arrived = euro.get(row["Bank Reference"] or "none")
        if arrived is None:
            missing.append(payout)
        elif arrived != total:
            charges[payout] = arrived - total
    assert missing == [payout_of("in-transit"), payout_of("negative-payout")]
    assert charges == {payout_of("bank-charge"): cents(planted()["bank-charge"]["delta"])}
    nets: dict[str, int] = defaultdict(int)
    for row in table(STRIPE):
        nets[row["automatic_payout_id"]] += cents(row["net"])
    dollars = {row["Reference"]: cents(row["Amount"]) for row in table(DOLLARS) if row["Reference"]}
    assert dollars == nets


def test_the_dollar_account_runs_on() -> None:
    rows = table(DOLLARS)
    balances = [cents(row["Balance"]) for row in rows]
    amounts = [cents(row["Amount"]) for row in rows]
    assert [after - before for before, after in pairwise(balances)] == amounts[1:]


def test_invoices_follow_the_orders() -> None:
    heads = [row for row in table("odoo/invoices_credit_notes.csv") if row["Number"]]
    billed = [row for row in heads if row["Type"] == "Customer Invoice" and row["Reference"] in orders()]
    invoices = {row["Reference"]: cents(row["Total"]) for row in billed}
    assert {name for name, count in Counter(row["Reference"] for row in billed).items() if count > 1} == {
        "#5095"
    }
    edited = planted()["order-edited"]
    for name, minor in invoices.items():
        added = cents(edited["amount"]) if name in edited["orders"] else 0
        lost = cents(orders()[name]["Discount Amount"]) if name == "#5029" else 0
        assert minor == cents(orders()[name]["Total"]) - added + lost
    free = {name for name, row in orders().items() if row["Total"] == "0.00"}
    part, unpaid = planted()["part-paid"]["orders"][0], "#5287"
    assert {name for name in orders() if name not in invoices} == {part, unpaid, "#5054", "#5263", *free}


def test_credit_notes_follow_the_refunds() -> None:
    heads = [row for row in table("odoo/invoices_credit_notes.csv") if row["Number"]]
    refunds = sum(row["Kind"] == "refund" for row in table(HISTORY))
    notes = [row for row in heads if row["Type"] == "Customer Credit Note"]
    # one is not booked, and one has no refund
    assert len(notes) == refunds - 1 + 1
    assert [row["Status"] for row in notes].count("Draft") == 1
    exchanges = [row for row in heads if row["Reference"].startswith("Exchange ")]
    assert {row["Reference"]: row["Total"] for row in exchanges} == {
        "Exchange #5109": "42.5",
        "Exchange #5161": "14.5",
    }


def test_admin_data_tells_of_the_same_orders_and_refunds() -> None:
    told = [order for name in FILES if name.endswith(".json") for order in admin_orders(name)]
    assert len(told) == 300
    for order in told:
        row = orders()[order["name"]]
        assert order["id"].endswith(f"/{row['Id']}")
        assert cents(order["totalPriceSet"]["shopMoney"]["amount"]) == cents(row["Total"])
        assert cents(order["totalRefundedSet"]["shopMoney"]["amount"]) == cents(row["Refunded Amount"])
        assert bool(order["cancelledAt"]) == bool(row["Cancelled at"])
        assert bool(order["fulfillments"]) == (row["Fulfillment Status"] == "fulfilled" and _ships(order))
    refunds = [refund for order in told for refund in order["refunds"]]
    attempts = [row for row in table(HISTORY) if row["Kind"] == "refund"]
    assert len(refunds) == len(attempts) + 1, "an exchange of the same price moves no money"
    assert sorted(cents(refund["totalRefundedSet"]["shopMoney"]["amount"]) for refund in refunds) == sorted(
        [0, *(cents(row["Amount"]) for row in attempts)]
    )


def _ships(order: dict[str, Any]) -> bool:
    return any(
        row["Lineitem requires shipping"] == "true" for row in table(ORDERS) if row["Name"] == order["name"]
    )


def test_clearing_account_is_what_shopify_owes_but_for_the_planted_breaks() -> None:
    """Domain rule SET-08, with every difference by its planted amount."""
    items = [row for row in table("odoo/journal_items.csv") if row["Account/Code"] == "101410"]
    balance = sum(cents(row["Balance"]) for row in items)
    arrived = {row["Bank Reference"]: cents(row["Total"]) for row in table(PAYOUTS) if row["Bank Reference"]}
    in_transit = next(row for row in table(PAYOUTS) if row["Status"] == "in_transit")
    del arrived[in_transit["Bank Reference"]]
    owed = sum(cents(row["Net"]) for row in table(LINES)) - sum(arrived.values())
    not_arrived = ("", payout_of("in-transit"))  # fees are booked when the payout arrives
    fees_to_come = sum(cents(row["Fee"]) for row in table(LINES) if row["Payout ID"] in not_arrived)
    more = (
        "booked-twice",
        "no-platform-line",
        "refund-not-booked",
        "chargeback-not-booked",
        "fee-not-booked",
        "bank-charge",
        "refund-paid-twice",
    )
    less = ("not-booked-shopify", "net-booked", "digit-swap", "wrong-account", "refund-came-back")
    planted_difference = (
        sum(cents(planted()[item]["amount"]) for item in more)
        - sum(cents(planted()[item]["amount"]) for item in less)
        + cents(planted()["fx-difference"]["delta"])
    )
    assert balance == owed + fees_to_come + planted_difference


def test_the_tie_has_nothing_to_tell_it_apart() -> None:
    item = planted()["tie"]
    rows = [row for row in table("odoo/payments.csv") if row["Memo"] == ""]
    assert len(rows) == 2
    same = ("Date", "Amount", "Currency", "Customer/Vendor", "Reconciled Invoices", "Journal")
    assert {tuple(row[column] for column in same) for row in rows} == {
        (rows[0]["Date"], "73.45", "EUR", "Web Shop Customers", "", "Shopify Payments")
    }
    lines = [row for row in table(LINES) if row["Order"] in item["orders"]]
    assert [row["Amount"] for row in lines] == ["73.45", "73.45"]
    assert len({row["Transaction Date"][:10] for row in lines}) == 1


def test_times_are_those_of_berlin() -> None:
    for row in table(LINES):
        summer = row["Transaction Date"] < "2026-10-25 03:00:00"
        assert row["Transaction Date"].endswith("+0200" if summer else "+0100")
