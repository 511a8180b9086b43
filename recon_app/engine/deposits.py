"""Payouts to the lines that carry them: bank deposits, or entries on the clearing account.

Ordered from certain to weak: the line names the payout; the amount fits one payout only; the amount is the
sum of one set of payouts only. What fits twice is left to a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from recon_app.models.record import NO_INT

_TOKEN = re.compile(r"[A-Z0-9][A-Z0-9_]{4,}")
_DOTTED = re.compile(r"[A-Z0-9]+(?:\.[A-Z0-9]+)+")  # Mollie's 1234567.2610.01
_SHORT = 8  # a shorter name may stand in a text by chance: postcodes, invoice numbers
_MAX_SET = 4  # payouts in one deposit; more would fit by chance
_MAX_BLOCK = 16


@dataclass
class Links:
    """Which lines carry which payouts.

    Attributes:
        lines: Lines per payout row.
        payouts: Payouts per line row; a line with several is a collected deposit.
        rule: Rule that linked a line row.
        rivals: Lines per payout row that fit as well as another one: nobody has decided.
        abroad: Lines per payout row that name it and are in another currency, so that no sum can be compared.
    """

    lines: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    payouts: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    rule: dict[int, str] = field(default_factory=dict)
    rivals: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    abroad: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, payouts: Iterable[int], line: int, rule: str) -> None:
        """Link one line with the payouts it carries."""
        for payout in payouts:
            self.lines[payout].append(line)
            self.payouts[line].append(payout)
        self.rule[line] = rule

    def of(self, payout: int) -> set[int]:
        """All lines that carry a payout or may do so."""
        return {line for found in self._all() for line in found.get(payout, ())}

    def by_line(self) -> dict[int, list[int]]:
        """Payouts that each line carries or may carry."""
        payouts: dict[int, list[int]] = defaultdict(list)
        for found in self._all():
            for payout, lines in found.items():
                for line in lines:
                    payouts[line].append(payout)
        return payouts

    def _all(self) -> tuple[dict[int, list[int]], ...]:
        return self.lines, self.rivals, self.abroad


def link(payouts: pd.DataFrame, lines: pd.DataFrame, before: int, after: int) -> Links:
    """Link payouts with lines.

    Args:
        payouts: Columns id and reference of the bank (or ""), amount (minor units a line should have),
            currency, due (days).
        lines: Columns ref, ref2, text, amount, currency, day, belongs (bool: the line names the platform or
            stands on its account, so it may be matched by amount).
        before: Days a line may be earlier than the payout date.
        after: Days it may be later.
    """
    links = Links()
    _by_name(payouts, lines, links)
    _by_amount(payouts, lines, before, after, links, "amount_and_date")
    _by_sum(payouts, lines, before, after, links)
    return links


def link_more(
    links: Links, payouts: pd.DataFrame, lines: pd.DataFrame, before: int, after: int, rule: str
) -> None:
    """Link what is left with other amounts of the payouts, also of those that have lines; 0 searches none."""
    _by_amount(payouts, lines, before, after, links, rule, again=True)


def tokens(*texts: str) -> set[str]:
    """Words of at least five letters or digits, folded: what an id looks like inside a bank text.

    Words with dots between them count whole too.
    """
    folded = [text.upper().replace("-", "") for text in texts]
    return {word for text in folded for form in (_TOKEN, _DOTTED) for word in form.findall(text)}


def _by_name(payouts: pd.DataFrame, lines: pd.DataFrame, links: Links) -> None:
    """Lines that name a payout id or a bank reference; short ones where the line belongs."""
    named: dict[str, set[int]] = defaultdict(set)
    for payout, (ident, reference) in enumerate(zip(payouts["id"], payouts["reference"], strict=True)):
        for text in (ident, reference):
            word = text.upper().replace("-", "").replace(" ", "")
            if len(word) >= 5:
                named[word].add(payout)
    currency = payouts["currency"].to_numpy(object)
    if not named:
        return
    belongs = lines["belongs"].to_numpy(bool)
    rows = zip(lines["ref"], lines["ref2"], lines["text"], lines["currency"], strict=True)
    for line, (ref, ref2, text, code) in enumerate(rows):
        words = tokens(ref, ref2, text) & named.keys()
        words = {word for word in words if belongs[line] or len(word) >= _SHORT}
        found = {payout for word in words for payout in named[word]}
        home = {payout for payout in found if currency[payout] == code}
        if home:
            links.add(sorted(home), line, "names_payout")
        else:
            for payout in found:
                links.abroad[payout].append(line)


def _by_amount(
    payouts: pd.DataFrame,
    lines: pd.DataFrame,
    before: int,
    after: int,
    links: Links,
    rule: str,
    *,
    again: bool = False,
) -> None:
    """Exactly equal amounts inside the window, linked when they fit one payout and one line only."""
    done = () if again else links.lines
    fits = _fitting(payouts, lines, before, after, links, done)
    wanted: dict[int, list[int]] = defaultdict(list)
    for payout, same in fits.items():
        for line in same:
            wanted[line].append(payout)
    for payout, same in fits.items():
        if len(same) == 1 and len(wanted[same[0]]) == 1:
            links.add([payout], same[0], rule)
        else:
            links.rivals[payout] += same


def _fitting(
    payouts: pd.DataFrame,
    lines: pd.DataFrame,
    before: int,
    after: int,
    links: Links,
    done: Collection[int],
) -> dict[int, list[int]]:
    """Free lines of the same amount and currency inside the window, per payout that is not done."""
    by_amount: dict[tuple[int, str], list[int]] = defaultdict(list)
    booked, code = lines["amount"].tolist(), lines["currency"].tolist()
    for line in _free_lines(lines, links):
        by_amount[booked[line], code[line]].append(line)
    day = lines["day"].to_numpy(np.int64)
    fits = {}
    columns = zip(payouts["amount"], payouts["currency"], payouts["due"], strict=True)
    for payout, (amount, currency, due) in enumerate(columns):
        if payout in done or due == NO_INT or amount in {0, NO_INT}:
            continue
        same = [
            line for line in by_amount.get((int(amount), currency), ()) if -before <= day[line] - due <= after
        ]
        if same:
            fits[payout] = same
    return fits


def _free_lines(lines: pd.DataFrame, links: Links) -> list[int]:
    taken = links.by_line()
    belongs = np.flatnonzero(lines["belongs"].to_numpy(bool)).tolist()
    return [line for line in belongs if line not in taken]


def _by_sum(payouts: pd.DataFrame, lines: pd.DataFrame, before: int, after: int, links: Links) -> None:
    """One line for several payouts (deposit = sum of payouts), if nothing else fits line or payouts."""
    free = _free_lines(lines, links)
    day, booked, code = lines["day"].tolist(), lines["amount"].tolist(), lines["currency"].tolist()
    sums: dict[tuple[int, str], dict[int, list[tuple[int, ...]]]] = {}
    fits: dict[int, tuple[int, ...]] = {}
    claims: dict[int, list[int]] = defaultdict(list)
    for line in free:
        place = day[line], code[line]
        if place not in sums:
            sums[place] = _sums(payouts, *place, before, after, links)
        sets = sums[place].get(booked[line], [])
        if len(sets) == 1:
            fits[line] = sets[0]
        for payout in {payout for chosen in sets for payout in chosen}:
            claims[payout].append(line)
    for line, chosen in fits.items():
        if all(claims[payout] == [line] for payout in chosen):
            links.add(chosen, line, "sum_of_payouts")
    for payout, claimed in claims.items():
        if payout not in links.lines:
            links.rivals[payout] += claimed


def _sums(
    payouts: pd.DataFrame, day: int, currency: str, before: int, after: int, links: Links
) -> dict[int, list[tuple[int, ...]]]:
    """Sums of the small sets of free payouts that a line of a day may carry, with their sets."""
    due, amount = payouts["due"].to_numpy(np.int64), payouts["amount"].to_numpy(np.int64)
    near = (due != NO_INT) & (day - due >= -before) & (day - due <= after)
    near &= (payouts["currency"] == currency).to_numpy(bool) & (amount != 0)
    block = [
        payout
        for payout in np.flatnonzero(near).tolist()
        if payout not in links.lines and payout not in links.rivals
    ]
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    if len(block) <= _MAX_BLOCK:
        for size in range(2, _MAX_SET + 1):
            for chosen in combinations(block, size):
                found[sum(int(amount[payout]) for payout in chosen)].append(chosen)
    return found
