"""Data of Shopify's Admin interface: bulk operations (JSONL) and saved answers (JSON)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources import _shopify_bulk
from recon_app.sources._base import InputFile, Source
from recon_app.sources._strict_json import JsonError, parse

Read = Callable[..., dict[str, Any]]
DATA = Path(__file__).parent / "data"
FOLDER = DATA / "shopify_bulk_orders"
CASES = [
    *(
        (f"shopify_bulk_{name}", sample)
        for sample in ("orders.jsonl", "one_order.json")
        for name in ("orders", "order_lines", "refunds", "transactions", "fulfilments")
    ),
    ("shopify_bulk_products", "products_and_stock.jsonl"),
    ("shopify_bulk_inventory", "products_and_stock.jsonl"),
    ("shopify_bulk_payouts", "payouts.jsonl"),
    ("shopify_bulk_payout_lines", "balance_transactions.json"),
]
EUR = {"currency": "EUR"}


def _source(name: str) -> Source:
    return registry.sources()[name]


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_samples(name: str, sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    (DATA / name).mkdir(exist_ok=True)
    result = read_sample(_source(name), FOLDER / sample, EUR)
    check_expected(result, sample)
    assert result["records"]
    assert all(proof["ok"] for proof in result["proofs"])


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_batches_make_no_difference(
    name: str, sample: str, read_sample: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_sample(_source(name), FOLDER / sample, EUR)
    monkeypatch.setattr(_shopify_bulk, "_BATCH", 1)
    assert read_sample(_source(name), FOLDER / sample, EUR) == whole


def test_lines_find_their_order_wherever_they_stand(tmp_path: Path, read_sample: Read) -> None:
    lines = (FOLDER / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "upside-down.jsonl"
    path.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    found = {
        record["ident"]: (record["ref"], record["currency"])
        for record in read_sample(_source("shopify_bulk_order_lines"), path)["records"]
    }
    assert found == {
        "gid://shopify/LineItem/101": ("#2010", "EUR"),
        "gid://shopify/LineItem/102": ("#2010", "EUR"),
        "gid://shopify/LineItem/103": ("#2011", "JPY"),
    }


def test_a_refund_without_lines_is_one_record(read_sample: Read) -> None:
    records = read_sample(_source("shopify_bulk_refunds"), FOLDER / "one_order.json")["records"]
    assert [(record["amount"], record.get("sku"), record.get("status")) for record in records] == [
        (-1250, "00123", "return"),
        (-500, None, None),
    ]


def test_what_became_of_returned_goods_stands_beside_the_restock_type(
    tmp_path: Path, read_sample: Read
) -> None:
    order = json.loads((FOLDER / "one_order.json").read_text(encoding="utf-8"))
    text = json.dumps(order)
    back = {
        "reverseFulfillmentOrders": {
            "nodes": [
                {
                    "id": "gid://shopify/ReverseFulfillmentOrder/1",
                    "lineItems": {
                        "nodes": [
                            {
                                "fulfillmentLineItem": {"lineItem": {"id": "gid://shopify/LineItem/101"}},
                                "dispositions": [{"type": "PROCESSING_REQUIRED", "quantity": 1}],
                            }
                        ]
                    },
                }
            ]
        }
    }
    mark = '"id": "gid://shopify/Refund/5"'
    assert mark in text
    path = tmp_path / "order.json"
    path.write_text(
        text.replace(mark, f'{mark}, "note": "broken", "return": {json.dumps(back)}'), encoding="utf-8"
    )
    first, second = read_sample(_source("shopify_bulk_refunds"), path)["records"]
    assert first["status"] == "return"
    assert (first["extra"]["disposition"], first["extra"]["note"]) == ("processing_required", "broken")
    assert "extra" not in second


def test_a_missing_figure_is_not_zero(read_sample: Read) -> None:
    records = read_sample(_source("shopify_bulk_inventory"), FOLDER / "products_and_stock.jsonl")["records"]
    assert [(record.get("quantity"), record["available"]) for record in records] == [
        (10_000_000, 3_000_000),
        (None, -5_000_000),
    ]


def test_the_currency_is_asked_when_no_amount_has_one(read_sample: Read) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(_source("shopify_bulk_payout_lines"), FOLDER / "balance_transactions.json")
    assert asked.value.option == "currency"


def test_nothing_personal_is_kept(read_sample: Read) -> None:
    assert "example.com" not in str([read_sample(_source(name), FOLDER / file, EUR) for name, file in CASES])


@pytest.mark.parametrize(
    ("source", "sample", "old", "new"),
    [
        (
            "shopify_bulk_orders",
            "orders.jsonl",
            '"17.5", "currencyCode": "EUR"}}, "trans',
            '"17.4"}}, "trans',
        ),
        ("shopify_bulk_payouts", "payouts.jsonl", '"-17.5"', '"-17.6"'),
        ("shopify_bulk_payout_lines", "balance_transactions.json", "-593.08", "-593.07"),
        (
            "shopify_bulk_inventory",
            "products_and_stock.jsonl",
            '"on_hand", "quantity": 10',
            '"on_hand", "quantity": 9',
        ),
    ],
)
def test_what_does_not_add_up_breaks_the_proof(
    source: str, sample: str, old: str, new: str, tmp_path: Path, read_sample: Read
) -> None:
    text = (FOLDER / sample).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / sample
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert not read_sample(_source(source), path, EUR)["proofs"][0]["ok"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": "gid://shopify/Order/12", "name": "#1", "totalPriceSet"', "is not JSON"),
        ('{"id": "gid://shopify/Order/12", "name": "#1", "name": "#2"}', "has 'name' twice"),
        ('{"id": "gid://shopify/Order/12", "quantity": NaN}', "holds NaN"),
        ('{"id": "gid://shopify/Order/12", "name": "\\ud83d"}', "holds half of a character"),
        ('{"id": "gid://shopify/Order/12", "a": ' + "[" * 100 + "]" * 100 + "}", "more than 60 levels"),
        (
            '{"id": "gid://shopify/Order/12", "a": ' + "[" * 100_000 + "]" * 100_000 + "}",
            "more than 60 levels",
        ),
        (
            (
                '{"id": "gid://shopify/Order/12", "currencyCode": "EUR", "totalPriceSet": {"shopMoney": '
                '{"amount": "1,50", "currencyCode": "EUR"}}}'
            ),
            "'1,50' is not an amount",
        ),
        (
            (
                '{"id": "gid://shopify/Order/12", "currencyCode": "EUR", "totalPriceSet": {"shopMoney": '
                '{"amount": "1.50", "currencyCode": "USD"}}}'
            ),
            "1.50 is in USD and not in EUR",
        ),
        ('{"id": "gid://shopify/Order/12", "currencyCode": "EUR"}', "the order has no total"),
        ('{"id": "gid://shopify/Order/12", "currencyCode": "euro"}', "'euro' is not a three-letter"),
    ],
)
def test_damaged_lines_reject_the_file(line: str, problem: str, tmp_path: Path, read_sample: Read) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_text((FOLDER / "orders.jsonl").read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(FileRejected, match=problem) as rejected:
        read_sample(_source("shopify_bulk_orders"), path)
    assert rejected.value.problems[0].row == 6


def test_a_file_cut_off_in_its_first_line_is_refused(tmp_path: Path, read_sample: Read) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_text((FOLDER / "orders.jsonl").read_text(encoding="utf-8")[:500], encoding="utf-8")
    with pytest.raises(FileRejected, match="is not JSON"):
        read_sample(_source("shopify_bulk_orders"), path)


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path, read_sample: Read) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_bytes((FOLDER / "orders.jsonl").read_bytes() + b'{"id": "\xff"}\n')
    with pytest.raises(FileRejected, match="is not UTF-8"):
        read_sample(_source("shopify_bulk_orders"), path)


@pytest.mark.parametrize("sample", ["payouts.json", "transactions.json"])
def test_answers_of_the_older_interface_are_refused_with_the_reason(sample: str, read_sample: Read) -> None:
    with pytest.raises(FileRejected, match="a page of Shopify's REST interface"):
        read_sample(_source("shopify_rest"), sample)


def test_ids_of_payouts_alone_are_no_payouts() -> None:
    assert not _source("shopify_bulk_payouts").recognises(InputFile(FOLDER / "balance_transactions.json"))


def test_other_json_is_not_claimed(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text('{"data": [{"id": 1}]}', encoding="utf-8")
    known = registry.sources().values()
    assert not any(source.recognises(InputFile(path)) for source in known if source.id.startswith("shopify"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON)
def test_strict_json_reads_what_json_writes(value: Any) -> None:
    assert parse(json.dumps(value)) == value


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = parse(text)
    except JsonError:
        return
    assert json.loads(text) is not None or value is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_numbers_keep_their_digits(number: Any) -> None:
    assert parse(f'{{"amount": {number:.2f}}}') == {"amount": f"{number:.2f}"}
