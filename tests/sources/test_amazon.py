from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.amazon_payouts import AmazonPayouts
from recon_app.sources.amazon_settlement import AmazonSettlement

SOURCE = AmazonSettlement()
Read = Callable[..., dict[str, Any]]


def tab_rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def changed(data: Path, write_csv: Callable[..., Path]) -> Callable[..., Path]:
    """``changed(sample, row, column, cell)``: the sample with one cell replaced."""

    def change(sample: str, row: int, column: str, cell: str) -> Path:
        rows = tab_rows(data / SOURCE.id / sample)
        rows[row][rows[0].index(column)] = cell
        return write_csv(rows, "changed.txt", delimiter="\t")

    return change


@pytest.mark.parametrize(
    "sample", ["v1_negative.txt", "v2_us.txt", "v2_eu_decimal_comma.txt", "header_only.txt"]
)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_payout_is_the_summary_row(read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(AmazonPayouts(), "v2_eu_decimal_comma.txt")
    check_expected(result, "v2_eu_decimal_comma.txt")
    [payout] = result["records"]
    assert (payout["row"], payout["ident"], payout["day"], payout["amount"]) == (
        1,
        "28000000077",
        "2026-10-02",
        103375,
    )


def test_components_of_an_order_are_one_record_and_withheld_tax_another(read_sample: Read) -> None:
    order, tax = read_sample(SOURCE, "v2_us.txt")["records"][:2]
    # two units of 60.00, tax 9.60 collected, 5.00 promotion; commission and fulfilment are the fee
    assert (order["category"], order["amount"], order["fee"], order["net"]) == ("charge", 12460, 2675, 9785)
    assert (tax["category"], tax["amount"], tax["fee"]) == ("tax", -960, 0)


def test_commission_given_back_lowers_the_fee_of_a_refund(read_sample: Read) -> None:
    refund = next(r for r in read_sample(SOURCE, "v2_us.txt")["records"] if r["category"] == "refund")
    assert (refund["amount"], refund["fee"], refund["net"]) == (-3000, -450, -2550)


def test_unknown_types_are_kept_and_named(read_sample: Read) -> None:
    result = read_sample(SOURCE, "v2_us.txt")
    assert [r["amount"] for r in result["records"] if r["category"] == "other"] == [-100]
    assert result["notes"] == [
        "Lines of a type this version does not know, kept as other: Something unheard of (1)"
    ]


def test_missing_row_breaks_the_total(read_sample: Read, data: Path, write_csv: Callable[..., Path]) -> None:
    rows = tab_rows(data / SOURCE.id / "v2_us.txt")
    del rows[6]
    [proof] = read_sample(SOURCE, write_csv(rows, "cut.txt", delimiter="\t"))["proofs"]
    assert (proof["ok"], proof["expected"], proof["found"]) == (False, "116.56 USD", "121.56 USD")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("amount", "60.005", "is not an exact amount"),
        ("amount", "6O.00", "is not an amount"),
        ("settlement-id", "28000000009", "has no summary row"),
        ("posted-date-time", "09/17/26", "is not a time of this export"),
        ("order-id", "1.14E+17", "has lost its digits"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str, cell: str, problem: str, read_sample: Read, changed: Callable[..., Path]
) -> None:
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, changed("v2_us.txt", 2, column, cell))
    assert problem in rejected.value.problems[0].problem


def test_amounts_that_can_be_read_in_two_ways_are_asked(
    read_sample: Read, data: Path, write_csv: Callable[..., Path]
) -> None:
    rows = tab_rows(data / SOURCE.id / "v2_eu_decimal_comma.txt")[:3]
    rows[1][rows[0].index("total-amount")] = rows[2][rows[0].index("amount")] = "1.234"
    path = write_csv(rows, "two.txt", delimiter="\t")
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, path)
    assert asked.value.option == "decimal_mark"
    assert read_sample(SOURCE, path, {"decimal_mark": "comma"})["records"][0]["amount"] == 123400


@settings(max_examples=25)
@given(
    parts=st.lists(
        st.tuples(
            st.sampled_from(["Order", "Refund", "ServiceFee", "Something"]),
            st.sampled_from(["", "114-1", "114-2"]),
            st.sampled_from(["ItemPrice", "ItemFees", "ItemWithheldTax"]),
            st.sampled_from(["Principal", "Commission", "MarketplaceFacilitatorTax-Principal"]),
            st.integers(-(10**7), 10**7),
        ),
        max_size=30,
    )
)
def test_no_component_is_lost_or_counted_twice(
    parts: list[tuple[str, str, str, str, int]],
    read_sample: Read,
    data: Path,
    write_csv: Callable[..., Path],
) -> None:
    header, head, first, *_ = tab_rows(data / SOURCE.id / "v2_us.txt")
    names = ("transaction-type", "order-id", "amount-type", "amount-description")
    rows = []
    for *words, cents in parts:
        row = list(first)
        for name, word in zip(names, words, strict=True):
            row[header.index(name)] = word
        row[header.index("amount")] = f"{Decimal(cents).scaleb(-2):f}"
        rows.append(row)
    total = sum(cents for *_, cents in parts)
    head[header.index("total-amount")] = f"{Decimal(total).scaleb(-2):f}"
    result = read_sample(SOURCE, write_csv([header, head, *rows], "any.txt", delimiter="\t"))
    assert sum(record["net"] for record in result["records"]) == total
    assert result["proofs"][0]["ok"]
    assert all(record["net"] == record["amount"] - record["fee"] for record in result["records"])


def test_both_versions_of_a_file_name_the_movements_the_same(
    read_sample: Read, data: Path, write_csv: Callable[..., Path]
) -> None:
    old, new = (tab_rows(data / SOURCE.id / name) for name in ("v1_negative.txt", "v2_us.txt"))
    first = read_sample(SOURCE, "v1_negative.txt")["records"]
    places = {name: new[0].index(name) for name in new[0]}

    def row(**cells: str) -> list[str]:
        made = [""] * len(new[0])
        for name, cell in cells.items():
            made[places[name.replace("_", "-")]] = cell
        return made

    settlement = {"settlement_id": "70000000001"}
    head = row(**settlement, deposit_date=old[1][3], total_amount="-60.00", currency="CAD")
    refund = {
        **settlement,
        "transaction_type": "Refund",
        "order_id": "701-1111111-0000002",
        "adjustment_id": "ADJ1:2",
        "posted_date_time": "2026-08-14 20:59:25 UTC",
    }
    fee = {**settlement, "transaction_type": "ServiceFee", "posted_date_time": "2026-08-06 04:09:26 UTC"}
    rows = [
        row(**refund, amount_type="ItemPrice", amount_description="Principal", amount="-60.00"),
        row(**refund, amount_type="ItemFees", amount_description="Commission", amount="7.70"),
        row(**fee, amount_type="other-transaction", amount_description="Subscription Fee", amount="-32.09"),
    ]
    second = read_sample(SOURCE, write_csv([new[0], head, *rows], "v2.txt", delimiter="\t"))["records"]
    keys = [{name: record.get(name) for name in SOURCE.key} for record in first]
    assert all({name: record.get(name) for name in SOURCE.key} in keys for record in second)
