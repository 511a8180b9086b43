"""What holds for all books, whatever is in them."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from hypothesis import given, settings

from recon_app.engine.cases import SIDES
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations.settlements import Settlements
from tests.reconciliations.books import Books, Settled
from tests.reconciliations.random_books import random_books

EXAMPLES = settings(max_examples=40)


def records(settled: Settled) -> list[int]:
    result = settled.result
    return [*result.legs.record.tolist(), *result.support.record.tolist()]


def partition(settled: Settled) -> set[tuple[str, str, int, int, frozenset[int]]]:
    """Every case with its records, without an order."""
    cases, legs = settled.result.cases, settled.result.legs
    found: dict[int, set[int]] = {number: set() for number in range(len(cases))}
    for case, record in zip(legs.case.tolist(), legs.record.tolist(), strict=True):
        found[case].add(record)
    columns = zip(cases["kind"], cases["cause"], cases["missing"], cases["delta"], strict=True)
    return {(*values, frozenset(found[number])) for number, values in enumerate(columns)}


@EXAMPLES
@given(random_books())
def test_no_record_stands_in_two_cases_and_none_is_lost(books: Books) -> None:
    settled = books.settle()
    counts = Counter(records(settled))
    assert [record for record, count in counts.items() if count > 1] == []
    frames, _ = scope.prepared(settled.inputs.frames)
    payments = frames[RecordType.ODOO_PAYMENT]
    wanted = {*frames[RecordType.PAYMENT_LINE]["id"], *frames[RecordType.PAYOUT]["id"]}
    assert wanted | {*scope.paid(frames)["id"]} <= set(counts)
    left_out = set(payments[scope.alive(payments)]["id"]) - set(counts)
    told = [int(text.split(" ")[0]) for text in settled.result.remarks if "no loaded platform were" in text]
    assert bool(left_out) <= bool(told), "payments are left out with a remark"


@EXAMPLES
@given(random_books())
def test_sums_and_differences_are_exact_and_of_one_currency(books: Books) -> None:
    settled = books.settle()
    cases, legs = settled.result.cases, settled.result.legs
    kinds = (RecordType.PAYMENT_LINE, RecordType.SHOP_TRANSACTION, RecordType.ODOO_PAYMENT)
    every = pd.concat([settled.inputs.frames[kind] for kind in kinds]).set_index("id")
    for number in range(len(cases)):
        if "payout" in settled.result.notes.get(number, {}):
            continue
        for position, side in enumerate(SIDES):
            ids = legs.record[(legs.case == number) & (legs.side == position)]
            if not len(ids) or not set(ids) <= set(every.index):
                continue  # orders and items count otherwise
            mine, total = every.loc[ids], int(cases[f"sum_{side}"][number])
            net = mine["category"].isin(scope.OWN_LINES).all() or side != Side.PLATFORM
            if total != NO_INT and net:
                assert set(mine["currency"]) == {cases["currency"][number]}
                assert total == mine["amount"].sum()


@EXAMPLES
@given(random_books())
def test_the_order_of_the_records_decides_nothing(books: Books) -> None:
    assert partition(books.settle()) == partition(books.settle(backwards=True))


@EXAMPLES
@given(random_books())
def test_keys_are_distinct_and_cases_are_whole(books: Books) -> None:
    cases = books.settle().result.cases
    assert cases["key"].is_unique
    assert set(cases["kind"]) <= {str(kind) for kind in Kind}
    assert not cases.isna().to_numpy().any()
    missing = cases[cases["kind"] == str(Kind.MISSING)]
    assert (missing["missing"] > 0).all()
    assert (cases["currency"] != "").all()


@EXAMPLES
@given(random_books())
def test_every_proof_names_its_residual(books: Books) -> None:
    for proof in books.settle().result.payouts:
        target = proof.total if proof.total is not None else proof.bank
        assert proof.net == sum(minor for _, minor in proof.terms)
        assert proof.residual == (0 if target is None else target - proof.net)
        if proof.status == "proven":
            assert proof.residual == 0


@EXAMPLES
@given(random_books())
def test_every_sentence_can_be_said(books: Books) -> None:
    """Through the same way as a person sees it, without the store."""
    settled = books.settle()
    for number in range(len(settled.result.cases)):
        facts = settled.facts(number)
        text = Settlements().sentence(facts)
        assert text.endswith(".")
        assert ".." not in text
        assert str(NO_INT) not in text
        for evidence in Settlements().evidence(facts):
            assert str(NO_INT) not in evidence.text
