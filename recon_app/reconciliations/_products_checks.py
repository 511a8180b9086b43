"""The checks of product data: each finds what is wrong on one side or between both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import codes
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations._products_items import Catalogue, Frames
from recon_app.reconciliations._products_pairs import guesses

Mask = NDArray[np.bool_]
Rows = tuple[int, ...]

_ARCHIVED = frozenset({"archived", "draft", "unlisted"})
_PIECES = frozenset({"", "units", "unit(s)", "unit", "pcs", "pieces", "piece", "stk", "each"})
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes:
        cause: A code of :data:`recon_app.reconciliations._products_policy.FINDINGS`.
        about: What makes it the same finding in the next run: a code, a barcode, a product.
        shop: Rows of the shop's products.
        odoo: Rows of Odoo's products.
        note: Values that its sentence needs.
        missing: The side that lacks the product.
    """

    cause: str
    about: str
    shop: Rows = ()
    odoo: Rows = ()
    note: Mapping[str, Any] = field(default_factory=dict)
    missing: Side | None = None


def findings(shop: Catalogue, odoo: Catalogue, frames: Frames, units: Mapping[str, str]) -> list[Finding]:
    """Everything that the checks find.

    Args:
        shop: Products of Shopify.
        odoo: Products of Odoo.
        frames: The records, for what sells and what is in stock.
        units: Units whose size in pieces a person has told.
    """
    found: list[Finding] = []
    for mine in (shop, odoo):
        for check in (
            _blank,
            _twins,
            _alias_shared,
            _written_twice,
            _odd_blanks,
            _numeric,
            _barcodes,
            _options_twice,
        ):
            found += check(mine)
    if len(shop.items) and len(odoo.items):
        found += _between(shop, odoo, frames)
        found += _pairs(shop, odoo, frames, units)
    found += _kits(shop, odoo, frames)
    return found


def _on(mine: Catalogue, cause: str, about: str, rows: Iterable[int], **note: Any) -> Finding:
    """A finding on one side; ``about`` is told apart from the same on the other."""
    return Finding(cause, f"{mine.side}|{about}", *_sides(mine, rows), {"side": mine.name, **note})


def _sides(mine: Catalogue, rows: Iterable[int]) -> tuple[Rows, Rows]:
    """Rows of one side as those of the shop and those of Odoo."""
    return (tuple(rows), ()) if mine.side is Side.SHOP else ((), tuple(rows))


def _texts(mine: Catalogue, name: str) -> NDArray[np.object_]:
    return mine.items[name].to_numpy(object)


def _called(mine: Catalogue, row: int) -> str:
    """A variant as a person calls it."""
    item = mine.of(row)
    name = item["text"] or item["grp"]
    return " / ".join(dict.fromkeys(filter(None, (name, item["ref2"]))))


def _groups(keys: pd.Series, rows: NDArray[np.int64]) -> Iterator[tuple[str, Rows]]:
    """Rows whose keys are equal, where there are several; a blank equals nothing."""
    there = (keys != "").to_numpy(bool)
    several = keys[there][keys[there].duplicated(keep=False)]
    for key, same in several.groupby(several, sort=True):
        yield str(key), tuple(rows[same.index.to_numpy(np.int64)].tolist())


def _all_groups(mine: Catalogue, keys: pd.Series) -> Iterator[tuple[str, Rows]]:
    return _groups(keys.reset_index(drop=True), np.arange(len(mine.items)))


def _blank(mine: Catalogue) -> Iterator[Finding]:
    blank = mine.items["code"].str.strip() == ""
    blank &= ~np.isin(mine.values("type"), ["service", "combo"])
    blank &= mine.values("gift_card") == ""
    for row in np.flatnonzero(blank.to_numpy(bool)).tolist():
        name = _called(mine, row)
        about = f"{mine.items['grp'].iloc[row]}|{name}"
        yield _on(mine, "no_sku", about, (row,), called=name)


def _twins(mine: Catalogue) -> Iterator[Finding]:
    for sku, rows in _all_groups(mine, mine.items["sku"]):
        names = [_called(mine, row) for row in rows]
        yield _on(mine, "duplicate_sku", sku, rows, sku=sku, names=names[:5], count=len(rows))


def _alias_shared(mine: Catalogue) -> Iterator[Finding]:
    """Several SKUs that an alias makes one."""
    if (mine.items["code"] == mine.items["sku"]).all():
        return
    for code, rows in _all_groups(mine, mine.items["code"]):
        skus = list(dict.fromkeys(_skus(mine, rows)))
        if len(skus) > 1:
            yield _on(mine, "alias_shared", code, rows, code=code, skus=skus[:5])


def _written_twice(mine: Catalogue) -> Iterator[Finding]:
    """Codes of one side that only their writing tells apart."""
    once = mine.items.drop_duplicates("sku")
    keys = once["sku"].map(codes.folded)
    for _, rows in _groups(keys.reset_index(drop=True), once.index.to_numpy(np.int64)):
        skus = [str(mine.items["sku"].iloc[row]) for row in rows]
        ways = " and ".join(codes.difference(skus[0], skus[1]))
        yield _on(mine, "sku_written_twice", codes.folded(skus[0]), rows, skus=skus, ways=ways)


def _odd_blanks(mine: Catalogue) -> Iterator[Finding]:
    """Codes with blanks at their ends, which nobody sees."""
    sku = mine.items["sku"]
    for row in np.flatnonzero((sku != sku.str.strip()).to_numpy(bool)).tolist():
        yield _on(mine, "sku_odd_blanks", sku.iloc[row], (row,), sku=sku.iloc[row])


def _numeric(mine: Catalogue) -> Iterator[Finding]:
    wrong = mine.items["sku"].map(codes.looks_numeric).to_numpy(bool)
    for row in np.flatnonzero(wrong).tolist():
        sku = str(mine.items["sku"].iloc[row])
        yield _on(mine, "sku_looks_numeric", sku, (row,), sku=sku)


def _barcodes(mine: Catalogue) -> Iterator[Finding]:
    barcode = mine.items["barcode"]
    if not (barcode != "").any():
        return
    faults = barcode.map(codes.barcode_fault).to_numpy(object)
    for row in np.flatnonzero(faults != "").tolist():
        note = {"sku": _sku(mine, row), "barcode": str(barcode.iloc[row]), "what": str(faults[row])}
        cause = "barcode_check_digit" if faults[row] == codes.WRONG_CHECK_DIGIT else "barcode_damaged"
        yield _on(mine, cause, f"{_sku(mine, row)}|{note['barcode']}", (row,), **note)
    goods = mine.items["listed"].to_numpy(bool) & (mine.values("type") != "service")
    for row in np.flatnonzero((barcode == "").to_numpy(bool) & goods).tolist():
        yield _on(
            mine, "barcode_missing", f"{_sku(mine, row)}|{_called(mine, row)}", (row,), sku=_sku(mine, row)
        )
    for code, rows in _all_groups(mine, barcode.map(codes.gtin)):
        skus = list(dict.fromkeys(_sku(mine, row) for row in rows))
        if len(skus) < 2:
            continue  # one SKU twice is told as that
        names = {_called(mine, row).casefold() for row in rows}
        cause = "several_codes" if len(names) == 1 else "barcode_duplicate"
        said = {"barcode": code.lstrip("0"), "called": _called(mine, rows[0])}
        yield _on(mine, cause, code, rows, skus=skus[:5], **said)


def _sku(mine: Catalogue, row: int) -> str:
    return mine.texts["sku"][row] or _called(mine, row)


def _skus(mine: Catalogue, rows: Rows) -> list[str]:
    return [_sku(mine, row) for row in rows]


def _options_twice(mine: Catalogue) -> Iterator[Finding]:
    """Variants of one product that nothing tells apart."""
    if mine.side is not Side.SHOP or not mine.listed:
        return
    items = mine.items
    keys = pd.Series(np.where(items["grp"] != "", items["grp"] + "\x1f" + items["ref2"], ""), dtype=object)
    for key, rows in _all_groups(mine, keys):
        grp, _, options = key.partition("\x1f")
        skus = [_sku(mine, row) for row in rows]
        yield _on(mine, "options_twice", key, rows, called=grp, options=options, skus=skus[:5])


def _between(shop: Catalogue, odoo: Catalogue, frames: Frames) -> Iterator[Finding]:
    """Products without an equal code on the other side: those that may belong together, and the rest."""
    seen: dict[Side, set[int]] = {Side.SHOP: set(), Side.ODOO: set()}
    for guess in guesses(shop, odoo):
        seen[Side.SHOP].update(guess.shop)
        seen[Side.ODOO].update(guess.odoo)
        note = {
            "shop": _skus(shop, guess.shop[:5]),
            "odoo": _skus(odoo, guess.odoo[:5]),
            "why": guess.why,
            "alias": guess.strong,
            "side": shop.name if any(map(codes.damage, _skus(shop, guess.shop))) else odoo.name,
        }
        about = "|".join([*_skus(shop, guess.shop), "", *_skus(odoo, guess.odoo)])
        yield Finding(guess.cause, about, guess.shop, guess.odoo, note)
    sold = set(frames[RecordType.ORDER_LINE]["sku"])
    for mine, other, cause in ((shop, odoo, "only_in_shop"), (odoo, shop, "only_in_odoo")):
        code = mine.items["code"]
        alone = (code.str.strip() != "") & ~code.isin(set(other.items["code"]))
        alone &= ~code.index.isin(list(seen[mine.side]))
        rows_of = code.index[alone].to_series().groupby(code[alone]).agg(tuple)
        for rows in rows_of.tolist():
            row = rows[0]
            item = mine.of(row)
            # several of one SKU are told of as such; what they do not have in common is not said here
            names = {_called(mine, each) for each in rows}
            called = names.pop() if len(names) == 1 else ""
            note = {"sku": item["sku"], "called": called, "sold": item["sku"] in sold}
            if item["code"] != item["sku"]:
                yield _on(mine, "alias_without_product", item["sku"], rows, **note, code=item["code"])
                continue
            note["archived"] = all(mine.of(each)["status"] in _ARCHIVED for each in rows)
            yield Finding(cause, item["sku"], *_sides(mine, rows), note, other.side)


def _pairs(shop: Catalogue, odoo: Catalogue, frames: Frames, units: Mapping[str, str]) -> Iterator[Finding]:
    """Products whose code is equal and occurs once on each side, and what of them is not equal."""
    left, right = matched(shop, odoo)
    stocked = set(frames[RecordType.STOCK_QUANT]["sku"][frames[RecordType.STOCK_QUANT]["quantity"] > 0])
    sold = set(frames[RecordType.ORDER_LINE]["sku"])
    known = {unit.casefold() for unit in units} | _PIECES
    variants = odoo.values("variant")
    suspects = _suspects(shop, odoo, left, right, known)
    for one, other in zip(left[suspects].tolist(), right[suspects].tolist(), strict=True):
        mine, theirs = shop.of(one), {**odoo.of(other), "variant": str(variants[other])}
        for cause, check in _PAIR_CHECKS.items():
            note = check(mine, theirs)
            if note is not None:
                yield Finding(cause, mine["sku"], (one,), (other,), {"sku": mine["sku"], **note})
        if theirs["unit"].casefold() not in known:
            note = {"sku": mine["sku"], "unit": theirs["unit"]}
            yield Finding("unit_mismatch", mine["sku"], (one,), (other,), note)
        note = _archived(mine, theirs, sold=mine["sku"] in sold, stocked=theirs["sku"] in stocked)
        if note is not None:
            yield Finding("archived_and_selling", mine["sku"], (one,), (other,), note)


def matched(shop: Catalogue, odoo: Catalogue) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of products that are one beyond doubt: their code is equal and stands once on each side."""
    left, right = (
        side.items["code"][
            (side.items["code"].str.strip() != "") & ~side.items["code"].duplicated(keep=False)
        ]
        for side in (shop, odoo)
    )
    place = pd.Index(right).get_indexer(pd.Index(left))
    return left.index.to_numpy(np.int64)[place >= 0], right.index.to_numpy(np.int64)[place[place >= 0]]


def _suspects(
    shop: Catalogue,
    odoo: Catalogue,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    known: Iterable[str],
) -> Mask:
    """Pairs that have to be looked at one by one: those whose texts are not simply equal."""

    def column(side: Catalogue, name: str, rows: NDArray[np.int64]) -> pd.Series:
        return side.items[name].iloc[rows].reset_index(drop=True)

    differs = [
        column(shop, name, left) != column(odoo, name, right) for name in ("barcode", "text", "status")
    ]
    differs.append(column(shop, "ref2", left) != "")
    differs.append(~column(odoo, "unit", right).str.casefold().isin(set(known)))
    found: Mask = np.logical_or.reduce([each.to_numpy(bool) for each in differs])
    return found


def _barcode_differs(mine: dict[str, str], theirs: dict[str, str]) -> dict[str, Any] | None:
    one, other = codes.gtin(mine["barcode"]), codes.gtin(theirs["barcode"])
    if not one or not other or one == other:
        return None
    return {"shop": mine["barcode"], "odoo": theirs["barcode"]}


def _options_disagree(mine: dict[str, str], theirs: dict[str, str]) -> dict[str, Any] | None:
    """Option values of which neither side's are among the other's: size M here, size L there."""
    one = {part.strip().casefold() for part in mine["ref2"].split(" / ")} - {""}
    variant = theirs["variant"]
    other = {part.rpartition(":")[2].strip().casefold() for part in re.split(r"[,;\n]", variant)} - {""}
    if not one or not other or one <= other or other <= one:
        return None
    return {"shop": mine["ref2"], "odoo": variant}


def _name_differs(mine: dict[str, str], theirs: dict[str, str]) -> dict[str, Any] | None:
    """Names without a word in common: the code may have been given to another product."""
    one, other = (set(_WORD.findall(item["text"].casefold())) for item in (mine, theirs))
    if not one or not other or one & other:
        return None
    return {"shop": mine["text"], "odoo": theirs["text"]}


_PAIR_CHECKS: Mapping[str, Callable[[dict[str, str], dict[str, str]], dict[str, Any] | None]] = {
    "barcode_differs": _barcode_differs,
    "options_disagree": _options_disagree,
    "name_differs": _name_differs,
}


def _archived(
    mine: dict[str, str], theirs: dict[str, str], *, sold: bool, stocked: bool
) -> dict[str, Any] | None:
    """A product that one side has put away while the other goes on with it."""
    gone, gone_there = mine["status"] in _ARCHIVED, theirs["status"] in _ARCHIVED
    if gone_there and not gone and (mine["status"] == "active" or sold):
        return {"sku": mine["sku"], "side": "Odoo", "status": theirs["status"], "why": "Shopify sells it"}
    if gone and not gone_there and stocked:
        why = "Odoo still has it in stock"
        return {"sku": mine["sku"], "side": "Shopify", "status": mine["status"], "why": why}
    return None


def _kits(shop: Catalogue, odoo: Catalogue, frames: Frames) -> Iterator[Finding]:
    """Kits (bills of materials of type kit): without components, with unknown ones, counted by Shopify."""
    lines = frames[RecordType.KIT_COMPONENT]
    lines = lines[lines["status"].isin(["phantom", ""])]
    codes_of = odoo.items["code"].where(odoo.items["code"] != "", odoo.items["text"])
    flagged = odoo.values("kit") == "True"
    made = set(lines["grp"])
    names = _rows_of(codes_of)
    for row in np.flatnonzero(flagged & ~codes_of.isin(made).to_numpy(bool)).tolist():
        yield _on(odoo, "kit_without_components", str(codes_of.iloc[row]), (row,), sku=_sku(odoo, row))
    unknown = (
        lines[~lines["sku"].isin(set(odoo.items["code"])) | (lines["sku"] == "")]
        if odoo.listed
        else lines[:0]
    )
    for (kit, part), _ in unknown.groupby([unknown["grp"], unknown["sku"] + unknown["ref2"]], sort=True):
        if kit in names:
            about = f"{kit}|{part}"
            yield _on(odoo, "kit_component_unknown", about, names[kit], sku=str(kit), part=str(part))
    by_code = _rows_of(shop.items["code"])
    tracked = shop.values("tracker") == "shopify"
    for code, rows in sorted(names.items()):
        own = tuple(row for row in by_code.get(code, ()) if code and tracked[row])
        if own and (flagged[list(rows)].any() or code in made):
            yield Finding("kit_known_differently", code, own, rows, {"sku": code})


def _rows_of(column: pd.Series) -> dict[str, Rows]:
    """All rows of each code."""
    found: dict[str, list[int]] = {}
    for row, code in enumerate(column.tolist()):
        found.setdefault(str(code), []).append(row)
    return {code: tuple(rows) for code, rows in found.items()}
