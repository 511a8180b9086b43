"""Tracking numbers of parcels on both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.reconciliations._fulfilment_figures import Figures
from recon_app.reconciliations._goods_cases import Mask
from recon_app.reconciliations._orders_records import Orders

_ASK = "tracking"
_BETWEEN = re.compile(r"[,;\s]+")
_DEAD = frozenset({"cancel", "cancelled", "canceled", "failure", "error"})


@dataclass(frozen=True)
class Tracking:
    """What the tracking numbers say, per order number.

    Attributes:
        shop: Numbers in the shop.
        odoo: Numbers in Odoo.
        missing: Orders that were sent and lack a number on a side that should have it.
        apart: Orders with other numbers in the shop than in Odoo.
        parcels: In how many parcels an order was sent, 0 where nobody says.
        proposals: Answers that were assumed.
        remarks: Answers nobody can read.
    """

    shop: Mapping[int, list[str]]
    odoo: Mapping[int, list[str]]
    missing: Mask
    apart: Mask
    parcels: Ints
    proposals: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def several(self) -> Mask:
        """Orders sent in several parcels."""
        several: Mask = self.parcels > 1
        return several


def tracking(told: Figures, found: Orders, answers: Mapping[str, str]) -> Tracking:
    """Compare the tracking numbers of both sides.

    A side should have them as answered in ``tracking.Shopify`` and ``tracking.Odoo`` (yes or no), else where
    most of its parcels have one.
    """
    sent = told.sent[~told.sent["status"].str.casefold().isin(_DEAD)]
    done = told.transfers[
        (told.transfers["status"] == "done") & told.transfers["outward"] & (told.transfers["code"] >= 0)
    ]
    sides = {"Shopify": sent, "Odoo": done}
    numbers = {side: _numbers(frame) for side, frame in sides.items()}
    known = {side: _mask(frame, found.count) for side, frame in sides.items()}
    has = {side: np.isin(np.arange(found.count), list(numbers[side])) for side in sides}
    proposals: dict[str, str] = {}
    remarks: list[str] = []
    missing = np.zeros(found.count, np.bool_)
    for side in sides:
        if _wanted(side, has[side], known[side], answers, proposals, remarks):
            missing |= known[side] & ~has[side]
    shop, odoo = (numbers[side] for side in ("Shopify", "Odoo"))
    apart = np.zeros(found.count, np.bool_)
    for code in shop.keys() & odoo.keys():
        one, other = set(shop[code]), set(odoo[code])
        apart[code] = not (one <= other or other <= one)
    return Tracking(shop, odoo, missing, apart, _parcels(sent, done, found.count), proposals, remarks)


def _numbers(frame: pd.DataFrame) -> dict[int, list[str]]:
    """Tracking numbers by order, each once."""
    found: dict[int, set[str]] = {}
    some = frame.loc[frame["ref2"] != "", ["code", "ref2"]].drop_duplicates()
    for code, text in zip(some["code"].tolist(), some["ref2"], strict=True):
        found.setdefault(int(code), set()).update(filter(None, _BETWEEN.split(text)))
    return {code: sorted(numbers) for code, numbers in found.items() if numbers}


def _mask(frame: pd.DataFrame, count: int) -> Mask:
    found = np.zeros(count, np.bool_)
    found[frame["code"].to_numpy(np.int64)] = True
    return found


def _wanted(
    side: str,
    has: Mask,
    known: Mask,
    answers: Mapping[str, str],
    proposals: dict[str, str],
    remarks: list[str],
) -> bool:
    """Whether the parcels of a side should have a tracking number."""
    name = f"{_ASK}.{side}"
    given = answers.get(name, "").casefold()
    if given in ("yes", "no"):
        return given == "yes"
    if given:
        remarks.append(f"{name} is '{answers[name]}'; it must be yes or no.")
    usual = bool(2 * int((has & known).sum()) > int(known.sum()))
    if known.any():
        proposals[name] = "yes" if usual else "no"
    return usual


def _parcels(sent: pd.DataFrame, done: pd.DataFrame, count: int) -> Ints:
    """Parcels by order, as that side says it that knows of more."""
    found = np.zeros(count, np.int64)
    for frame, name in ((sent, "ident"), (done, "grp")):
        each = frame[["code", name]].drop_duplicates()["code"].to_numpy(np.int64)
        found = np.maximum(found, np.bincount(each, minlength=count))
    return found
