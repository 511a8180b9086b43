from __future__ import annotations

import numpy as np
import pytest

from recon_app.engine.match import Entries, link
from recon_app.models.case import Strength
from recon_app.models.record import NO_INT, Side
from recon_app.models.rule import Key, Rule, Transform
from tests.engine.tables import (
    ALL,
    CUT,
    NO_REFERENCE,
    NUMBER,
    NUMBER_ONLY,
    REFERENCE,
    REFERENCE_ONLY,
    SIMILAR,
    Row,
    entries,
    linked,
    rule,
)

STRONG = (REFERENCE, REFERENCE_ONLY)


@pytest.mark.parametrize(
    ("left", "right", "groups"),
    [
        pytest.param([("#1", 500, 0)], [(" 1", 500, 3)], ["0 - 0: reference matched"], id="one to one"),
        pytest.param([("#1", 500, 0)], [("01", 500, 0)], [], id="leading zeros count"),
        pytest.param([("", 500, 0)], [("", 500, 0)], [], id="no reference is none"),
        pytest.param([("1", 500, 0)], [("1", -500, 0)], [], id="money in and out are two things"),
        pytest.param([("1", 500, 0)], [("1", 500, 11)], ["0 - 0: reference timing"], id="booked late"),
        pytest.param(
            [("1", 500, 0), ("1", 500, 0)],
            [("1", 500, 2), ("1", 500, 1)],
            ["0 1 - 0 1: reference matched"],
            id="twins on both sides",
        ),
        pytest.param(
            [("1", 500, 0), ("1", 500, 40)],
            [("1", 500, 41), ("1", 500, 1)],
            ["0 - 1: reference matched", "1 - 0: reference matched"],
            id="twins far apart",
        ),
        pytest.param(
            [("1", 500, 0), ("1", 500, 30)],
            [("1", 500, 60), ("1", 500, 61)],
            ["0 1 - 0 1: reference timing"],
            id="twins booked late",
        ),
        pytest.param(
            [("1", 500, 0)],
            [("1", 500, 1), ("1", 500, 1)],
            ["0 - 0 1: reference duplicate"],
            id="booked twice",
        ),
        pytest.param(
            [("1", 500, 0)],
            [("1", 500, 1), ("1", 500, 30)],
            ["0 - 0 1: reference duplicate"],
            id="booked again after a month",
        ),
        pytest.param(
            [("1", 700, 0), ("1", 300, 4)],
            [("1", 1000, 1)],
            ["0 1 - 0: reference matched"],
            id="two captures, one booking",
        ),
        pytest.param(
            [("1", 600, 0), ("1", 400, 0), ("1", 900, 0)],
            [("1", 500, 0), ("1", 500, 0), ("1", 900, 0)],
            ["0 1 - 0 1: reference matched", "2 - 2: reference matched"],
            id="sums of what is left over",
        ),
        pytest.param([("1", 500, 0)], [("1", 450, 0)], ["0 - 0: reference only amount"], id="wrong amount"),
        pytest.param(
            [("1", 700, 0), ("1", 300, 0)],
            [("1", 950, 0)],
            ["0 1 - 0: reference only amount"],
            id="sums differ",
        ),
        pytest.param(
            [("1", 500, 0)],
            [("1", 500, 0, "USD")],
            ["0 - 0: reference only field"],
            id="wrong currency",
        ),
        pytest.param(
            [("1", 500, 0, "USD"), ("1", 300, 0)],
            [("1", 500, 0, "USD"), ("1", 310, 0)],
            ["0 - 0: reference matched", "1 - 1: reference only amount"],
            id="the same currency before another",
        ),
    ],
)
def test_a_strong_rule_accounts_for_all_that_carries_its_reference(
    left: list[Row], right: list[Row], groups: list[str]
) -> None:
    assert linked(left, right, *STRONG) == groups
    mirrored = [
        " - ".join(reversed(text.split(": ")[0].split(" - "))) + ": " + text.split(": ")[1] for text in groups
    ]
    assert linked(right, left, *STRONG) == sorted(mirrored)


@pytest.mark.parametrize(
    ("left", "right", "groups"),
    [
        pytest.param(
            [("#AP-1001", 500, 0)], [("SHOP/1001-A", 500, 3)], ["0 - 0: number matched"], id="number in it"
        ),
        pytest.param(
            [("#1001", 500, 0)], [("SO 1001", 500, 20)], ["0 - 0: number timing"], id="number, late"
        ),
        pytest.param([("#1001", 500, 0)], [("SO 1001", 500, 31)], [], id="outside the window"),
        pytest.param(
            [("#1001", 500, 0)],
            [("A-1001", 500, 0), ("B-1001", 500, 0)],
            ["0 - 0 1: number ambiguous"],
            id="the same number twice, written differently",
        ),
        pytest.param(
            [("#1001", 500, 0)],
            [("A-1001", 500, 0), ("A-1001", 500, 1)],
            ["0 - 0 1: number duplicate"],
            id="the same number twice, written alike",
        ),
        pytest.param(
            [("#1001", 500, 0), ("#1001", 500, 0)],
            [("A-1001", 500, 0), ("A-1001", 500, 1)],
            ["0 1 - 0 1: number matched"],
            id="twins with a prefix",
        ),
        pytest.param(
            [("#1001", 700, 0), ("#1001", 300, 1)],
            [("A-1001", 1000, 1)],
            ["0 1 - 0: number matched"],
            id="sum with a prefix",
        ),
        pytest.param(
            [("#1001", 500, 0)],
            [("1001", 500, 1), ("A-1001", 500, 1)],
            ["0 - 0 1: reference duplicate"],
            id="booked twice, once with a prefix",
        ),
        pytest.param(
            [("#1001", 500, 0), ("#1001", 500, 0)],
            [("1001", 500, 1), ("A-1001", 500, 1)],
            ["0 1 - 0 1: reference matched"],
            id="twins, one with a prefix",
        ),
        pytest.param(
            [("#1001", 500, 0)], [("A-1001", 480, 1)], ["0 - 0: number only amount"], id="prefix and amount"
        ),
        pytest.param(
            [("#1001234", 500, 0)], [("1001243", 500, 1)], ["0 - 0: similar matched"], id="swapped digits"
        ),
        pytest.param([("#1001234", 500, 0)], [("1001243", 500, 6)], [], id="swapped digits, other time"),
        pytest.param([("#1001234", 500, 0)], [("1001243", 501, 0)], [], id="swapped digits, other amount"),
        pytest.param([("#1012", 500, 0)], [("INV/2026/01012", 500, 0)], [], id="a number of another series"),
        pytest.param([("#1012", 500, 0)], [("INV/1013", 500, 0)], [], id="a slip in another series"),
        pytest.param([("#1001234", 500, 0)], [("10012", 500, 1)], ["0 - 0: cut matched"], id="cut off"),
        pytest.param(
            [("#1001234", 500, 0), ("#1001239", 500, 0)],
            [("100123", 500, 0)],
            ["0 1 - 0: similar ambiguous"],
            id="cut off, two fit",
        ),
        pytest.param(
            [("#1001234", 500, 0), ("#1001299", 500, 0)],
            [("1001243", 500, 0), ("1001", 500, 0)],
            ["0 - 0: similar matched", "1 - 1: cut matched"],
            id="a slip is surer than a cut",
        ),
        pytest.param(
            [("#1001", 500, 0)], [("", 500, 5)], ["0 - 0: no reference matched"], id="amount and date"
        ),
        pytest.param([("#1001", 500, 0)], [(" ", 500, 6)], [], id="amount, other date"),
        pytest.param([("#1001", 500, 0)], [("cash", 500, 0)], [], id="another reference contradicts"),
        pytest.param(
            [("#1001", 500, 0), ("#1002", 500, 9)],
            [("", 500, 5)],
            ["0 1 - 0: no reference ambiguous"],
            id="amount and date of two",
        ),
        pytest.param(
            [("#1001", 500, 0), ("#1002", 500, 8), ("#1003", 500, 30)],
            [("", 500, 4), ("", 500, 12), ("", 500, 30)],
            ["0 1 - 0 1: no reference ambiguous", "2 - 2: no reference matched"],
            id="rivals that hang together",
        ),
        pytest.param(
            [("#1001", 500, 0), ("#1010", 720, 0)],
            [("1010", 500, 0), ("X1010", 720, 0)],
            ["0 - 0: similar matched", "1 - 1: number matched"],
            id="a slip into the number of another order",
        ),
    ],
)
def test_weak_rules_link_only_what_has_no_rival(left: list[Row], right: list[Row], groups: list[str]) -> None:
    assert linked(left, right, *ALL) == groups


def test_another_currency_is_linked_only_where_the_rule_says_so() -> None:
    left: list[Row] = [("#1001", 500, 0)]
    right: list[Row] = [("A-1001", 500, 0, "USD")]
    abroad = rule("abroad", Transform.CORE, same_currency=False)
    assert linked(left, right, NUMBER, NUMBER_ONLY) == []
    assert linked(left, right, NUMBER, abroad) == ["0 - 0: abroad field"]


def test_a_strong_rule_may_have_a_window_too() -> None:
    on = (Key("ref", "ref", Transform.ORDER_REF),)
    tight = Rule("tight", Side.PLATFORM, Side.ODOO, on, 3, Strength.STRONG, late_days=10)
    wide = Rule("wide", Side.PLATFORM, Side.ODOO, on, 20, Strength.STRONG, late_days=10)
    assert linked([("1", 500, 0)], [("1", 500, 4)], tight) == []
    assert linked([("1", 500, 0)], [("1", 500, 3)], tight) == ["0 - 0: tight matched"]
    assert linked([("1", 500, 0)], [("1", 500, 20)], wide) == ["0 - 0: wide timing"]
    assert linked([("1", 500, 0)], [("1", 500, 21)], wide) == []


def test_amount_and_date_alone_need_no_reference_field() -> None:
    alone = rule("amount and date", None, 3)
    assert linked([("x", 500, 0)], [("y", 500, 3)], alone) == ["0 - 0: amount and date matched"]
    assert linked([("x", 500, 0)], [("y", 500, 4)], alone) == []


def test_an_entry_without_amount_or_date_is_left_alone() -> None:
    assert linked([("1", NO_INT, 0)], [("1", NO_INT, 0)], *STRONG) == []
    assert linked([("#1001", 500, NO_INT)], [("", 500, NO_INT)], NO_REFERENCE) == []
    assert linked([("1", 500, NO_INT)], [("1", 500, 7)], REFERENCE) == ["0 - 0: reference matched"]


def test_an_entry_without_a_date_does_not_hide_that_others_are_far_apart() -> None:
    left: list[Row] = [("1", 500, 0), ("1", 500, NO_INT)]
    assert linked(left, [("1", 500, 100), ("1", 500, NO_INT)], REFERENCE) == ["0 1 - 0 1: reference timing"]
    assert linked(left, [("1", 500, 7), ("1", 500, NO_INT)], REFERENCE) == ["0 1 - 0 1: reference matched"]


def test_all_key_fields_have_to_agree() -> None:
    on = (Key("ref", "ref", Transform.ORDER_REF), Key("account", "account", Transform.EXACT))
    both = Rule("both", Side.PLATFORM, Side.ODOO, on, None, Strength.STRONG)
    sides = [
        Entries(
            text={"ref": ["#1", "#2", "#3"], "account": accounts},
            amount=np.array([5, 5, 5]),
            currency=["EUR"] * 3,
            day=np.array([0, 0, 0]),
        )
        for accounts in (["a", "a", ""], ["a", "b", ""])
    ]
    assert link(sides[0], sides[1], [both]).left.tolist() == [0, -1, -1]


def test_what_may_pair_can_be_said_by_direction() -> None:
    left, right = entries([("1", 500, 0)]), entries([("1", -500, 0)])
    one = np.array([1])
    same = [Entries(side.text, side.amount, side.currency, side.day, one) for side in (left, right)]
    assert link(same[0], same[1], [REFERENCE_ONLY]).left.tolist() == [0]
    assert link(left, right, [REFERENCE_ONLY]).left.tolist() == [-1]


def test_nothing_is_linked_to_nothing() -> None:
    assert linked([], [], *ALL) == []
    assert linked([("1", 500, 0)], [], *ALL) == []


def test_unequal_rules_are_told_apart_by_their_order() -> None:
    by_id = Rule("id", Side.PLATFORM, Side.ODOO, (Key("ref", "ref"),), None, Strength.EXACT)
    left: list[Row] = [("#1", 500, 0), ("#1", 500, 0)]
    right: list[Row] = [("#1", 500, 0), ("1", 500, 0)]
    # the byte for byte rule alone would see one of two; the next rule accounts for both
    assert linked(left, right, by_id) == ["0 1 - 0: id duplicate"]
    assert linked(left, right, by_id, REFERENCE) == ["0 1 - 0 1: reference matched"]


def test_cut_and_similar_look_at_equal_money_only() -> None:
    left: list[Row] = [(f"#10{number:05d}", 100 + number, 0) for number in range(200)]
    right: list[Row] = [(f"10{number:05d}"[:-1], 100 + number, 0) for number in range(200)]
    expected = sorted(f"{n} - {n}: similar matched" for n in range(200))
    assert linked(left, right, SIMILAR, CUT) == expected


def test_amounts_of_any_size_are_exact() -> None:
    big = 2**53 + 1
    assert linked([("1", big, 0)], [("1", big - 1, 0)], *STRONG) == ["0 - 0: reference only amount"]
    halves: list[Row] = [("1", 2**53, 0), ("1", 1, 0)]
    assert linked(halves, [("1", big, 0)], REFERENCE) == ["0 1 - 0: reference matched"]
