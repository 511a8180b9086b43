"""The run over product data: what is one product beyond doubt, and every finding as a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.cases import Legs, missing_bits
from recon_app.engine.normalise import span_hashes, spans
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT
from recon_app.models.rule import Transform
from recon_app.reconciliations import _products_policy as policy
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._products_checks import Finding, findings, matched
from recon_app.reconciliations._products_items import Catalogue, odoo_items, shop_items

Ints = NDArray[np.int64]
_SEPARATOR = "\x1f"
_UNIT = "unit."
#: Findings are shown in this order, those that block before those that warn.
_PLACES = {cause: place for place, cause in enumerate(policy.FINDINGS)}


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run all checks; see :meth:`Reconciliation.reconcile`."""
    progress("Products", 0, 2)
    shop, odoo = shop_items(inputs.frames, inputs.aliases), odoo_items(inputs.frames)
    severity, remarks = policy.severities(inputs.answers)
    units = {
        name.removeprefix(_UNIT): value for name, value in inputs.answers.items() if name.startswith(_UNIT)
    }
    progress("Checks", 1, 2)
    found = findings(shop, odoo, inputs.frames, units)
    listed = sorted(
        (finding for finding in found if severity[finding.cause] != policy.OFF),
        key=lambda each: (severity[each.cause] == policy.WARN, _PLACES[each.cause], each.about),
    )
    result = _result(shop, odoo, listed, severity)
    result.remarks = [*shop.remarks, *_loaded(shop, odoo), *remarks, *_off(found, severity)]
    return result


def _result(shop: Catalogue, odoo: Catalogue, found: Sequence[Finding], severity: dict[str, str]) -> Result:
    """One case per finding, and one for each product that is the same on both sides; a warning hides none."""
    grave = [finding for finding in found if severity[finding.cause] == policy.BLOCK]
    seen = {row for finding in grave for row in finding.shop}
    seen_there = {row for finding in grave for row in finding.odoo}
    left, right = matched(shop, odoo)
    calm = ~np.isin(left, list(seen)) & ~np.isin(right, list(seen_there))
    left, right = left[calm], right[calm]
    by_sku = np.argsort(shop.items["sku"].to_numpy(object)[left], kind="stable")
    left, right = left[by_sku], right[by_sku]
    count, pairs = len(found), len(left)
    kinds = [
        str(Kind.TOLERANCE if severity[each.cause] == policy.WARN else policy.FINDINGS[each.cause][0])
        for each in found
    ]
    missing = [missing_bits(each.missing) if each.missing else 0 for each in found]
    cases = pd.DataFrame(
        {
            "key": _keys([f"{each.cause}{_SEPARATOR}{each.about}" for each in found], shop, left),
            "kind": np.array([*kinds, *[str(Kind.MATCHED)] * pairs], object),
            "cause": np.array([*(each.cause for each in found), *[""] * pairs], object),
            "rule": np.array([*[""] * count, *["sku"] * pairs], object),
            "missing": np.array([*missing, *[0] * pairs], np.int64),
            "grp": np.array([""] * (count + pairs), object),
            "day": np.full(count + pairs, NO_INT, np.int64),
            "delta": np.full(count + pairs, NO_INT, np.int64),
            "currency": np.array([""] * (count + pairs), object),
            "unit": np.array([""] * (count + pairs), object),
        }
    )
    result = Result(cases=cases, legs=_legs(shop, odoo, found, left, right), support=Legs.none())
    result.notes = {
        number: {**each.note, "severity": severity[each.cause]} for number, each in enumerate(found)
    }
    sku, code = (shop.items[name].to_numpy(object)[left] for name in ("sku", "code"))
    for place in np.flatnonzero(sku != code).tolist():
        result.notes[count + place] = {"renamed": True, "shop": sku[place], "odoo": code[place]}
    return result


def _keys(texts: list[str], shop: Catalogue, left: Ints) -> Ints:
    """Keys that stay the same over runs; a finding about the same thing twice gets a number."""
    seen: Counter[str] = Counter()
    named = []
    for text in texts:
        seen[text] += 1
        named.append(text if seen[text] == 1 else f"{text}{_SEPARATOR}{seen[text]}")
    skus = [f"matched{_SEPARATOR}{sku}" for sku in shop.items["sku"].to_numpy(object)[left]]
    every = [*named, *skus]
    return span_hashes(spans(every, Transform.EXACT)) if every else np.array([], np.int64)


def _legs(shop: Catalogue, odoo: Catalogue, found: Sequence[Finding], left: Ints, right: Ints) -> Legs:
    """The products of the cases; one with several findings stands in each of them."""
    parts = []
    for catalogue, name, pairs in ((shop, "shop", left), (odoo, "odoo", right)):
        rows = [getattr(finding, name) for finding in found]
        case = np.repeat(np.arange(len(found)), [len(each) for each in rows]).astype(np.int64)
        row = np.array([row for each in rows for row in each], np.int64)
        ids = catalogue.items["id"].to_numpy(np.int64)
        case = np.concatenate([case, np.arange(len(found), len(found) + len(pairs))])
        parts.append(Legs.of_side(catalogue.side, case, ids[np.concatenate([row, pairs])]))
    return Legs.concat(*parts)


def _loaded(shop: Catalogue, odoo: Catalogue) -> list[str]:
    """Say what could not be checked because no file tells of it."""
    remarks = []
    for side, what in ((shop, "the products of Shopify"), (odoo, "the product variants of Odoo")):
        if not len(side.items):
            remarks.append(f"Nothing tells of the products of {side.name}: the sides were not compared.")
        elif not side.listed:
            remarks.append(
                f"No list of products of {side.name} is loaded, so its SKUs come from stock or orders; "
                f"export {what} for names, barcodes and what is archived."
            )
        if len(side.items) and not (side.items["barcode"] != "").any():
            remarks.append(f"No product of {side.name} has a barcode here, so barcodes were not checked.")
    return remarks


def _off(found: Sequence[Finding], severity: dict[str, str]) -> list[str]:
    counts = Counter(finding.cause for finding in found if severity[finding.cause] == policy.OFF)
    return [
        f"{count} findings of the kind '{cause.replace('_', ' ')}' are switched off and not shown."
        for cause, count in sorted(counts.items())
    ]
