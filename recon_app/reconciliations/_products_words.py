"""The sentences of findings about products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recon_app.models.case import Evidence, Kind
from recon_app.models.record import Record
from recon_app.reconciliations import _products_policy as policy
from recon_app.reconciliations._base import Facts

Note = Mapping[str, Any]


def _list(values: list[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _several(note: Note) -> str:
    count, shown = int(note["count"]), list(note["names"])
    more = f" and {count - len(shown)} more" if count > len(shown) else ""
    return f"{count} products of {note['side']} have the SKU '{note['sku']}': {_list(shown)}{more}."


def _damaged(note: Note) -> str:
    side, other = note["side"], "Odoo" if note["side"] == "Shopify" else "Shopify"
    fits = note["odoo"] if side == "Shopify" else note["shop"]
    guess = f"; in {other} it may be {_list(fits)}" if fits else f"; nothing in {other} fits it"
    return f"{side}: the SKU {note['why']}{guess}."


def _alone(here: str, there: str) -> Callable[[Note], str]:
    def said(note: Note) -> str:
        words = (("archived or a draft", "archived"), ("sold", "sold"))
        more = [word for word, flag in words if note.get(flag)]
        state = f" It is {' and '.join(more)} there." if more else ""
        name = f" ({note['called']})" if note["called"] else ""
        return f"'{note['sku']}'{name} is in {here} and not in {there}.{state}"

    return said


_SENTENCES: Mapping[str, Callable[[Note], str]] = {
    "sku_damaged": _damaged,
    "duplicate_sku": _several,
    "sku_written_twice": lambda note: (
        f"{note['side']} has {_list(note['skus'])}, which differ only by {note['ways']}."
    ),
    "sku_differs": lambda note: (
        f"'{note['shop'][0]}' in Shopify and '{note['odoo'][0]}' in Odoo: the SKU {note['why']}."
    ),
    "sku_ambiguous": lambda note: (
        f"{_list(note['shop'])} in Shopify and {_list(note['odoo'])} in Odoo fit in several ways: "
        f"{note['why']}."
    ),
    "other_sku": lambda note: (
        f"'{note['shop'][0]}' in Shopify has the {note['why']} as '{note['odoo'][0]}' in Odoo."
    ),
    "several_codes": lambda note: (
        f"{note['side']}: {note['called']} (barcode {note['barcode']}) has several SKUs: "
        f"{_list(note['skus'])}."
    ),
    "no_sku": lambda note: f"{note['called'] or 'A product'} has no SKU in {note['side']}.",
    "alias_without_product": lambda note: (
        f"'{note['sku']}' has the alias '{note['code']}', which is no product of Odoo."
    ),
    "alias_shared": lambda note: (
        f"{_list(note['skus'])} of Shopify are all '{note['code']}' of Odoo by an alias."
    ),
    "only_in_shop": _alone("Shopify", "Odoo"),
    "only_in_odoo": _alone("Odoo", "Shopify"),
    "barcode_damaged": lambda note: (
        f"{note['side']}: the barcode {note['barcode']} of '{note['sku']}' {note['what']}."
    ),
    "barcode_check_digit": lambda note: (
        f"{note['side']}: the barcode {note['barcode']} of '{note['sku']}' {note['what']}."
    ),
    "barcode_duplicate": lambda note: (
        f"{note['side']}: the barcode {note['barcode']} stands at several products: {_list(note['skus'])}."
    ),
    "barcode_differs": lambda note: (
        f"'{note['sku']}' has the barcode {note['shop']} in Shopify and {note['odoo']} in Odoo."
    ),
    "barcode_missing": lambda note: f"'{note['sku']}' has no barcode in {note['side']}.",
    "options_twice": lambda note: (
        f"{note['called']}: several variants have the same options ({note['options'] or 'none'}): "
        f"{_list(note['skus'])}."
    ),
    "options_disagree": lambda note: (
        f"'{note['sku']}' is '{note['shop']}' in Shopify and '{note['odoo']}' in Odoo."
    ),
    "unit_mismatch": lambda note: (
        f"'{note['sku']}' is counted in {note['unit']} in Odoo and in pieces in Shopify, and nobody said how "
        "many pieces that is."
    ),
    "kit_without_components": lambda note: (
        f"Odoo calls '{note['sku']}' a kit, and no file says what it is made of."
    ),
    "kit_component_unknown": lambda note: (
        f"The kit '{note['sku']}' needs '{note['part']}', which is no product of Odoo."
    ),
    "kit_known_differently": lambda note: (
        f"'{note['sku']}' is a kit in Odoo, while Shopify keeps a stock of its own for it."
    ),
    "archived_and_selling": lambda note: (
        f"'{note['sku']}' is {note['status']} in {note['side']}, and {note['why']}."
    ),
    "name_differs": lambda note: (
        f"'{note['sku']}' is called '{note['shop']}' in Shopify and '{note['odoo']}' in Odoo: the names have "
        "no word in common."
    ),
    "sku_odd_blanks": lambda note: f"{note['side']}: the SKU '{note['sku']}' begins or ends with blanks.",
    "sku_looks_numeric": lambda note: (
        f"{note['side']}: the SKU '{note['sku']}' looks numeric; a spreadsheet program would damage it."
    ),
}
#: What to do.
_NEXT = {
    "sku_damaged": "Export again without a spreadsheet program, and correct the SKU where it is kept.",
    "duplicate_sku": "Give each product a SKU of its own.",
    "sku_written_twice": "If it is one product, merge the two; else give one another SKU.",
    "sku_differs": "Write the SKU in one way on both sides, or approve an alias.",
    "sku_ambiguous": "Look at the products and give each a SKU of its own; nothing was decided.",
    "other_sku": "Use one SKU on both sides, or approve an alias.",
    "several_codes": "Keep one product, and archive the others.",
    "no_sku": "Give it a SKU: without one nothing can be compared.",
    "alias_without_product": "End the alias, or approve one for a product that Odoo has.",
    "alias_shared": "Use one SKU in Shopify, or end an alias: stock of one product cannot be kept twice.",
    "only_in_shop": "Create the product in Odoo, or approve an alias for it.",
    "only_in_odoo": "Nothing, when it is not sold in this shop.",
    "barcode_damaged": "Scan the article and correct the barcode.",
    "barcode_check_digit": "Scan the article and correct the barcode, unless it is a number of your own.",
    "barcode_duplicate": "Scan the articles and correct the barcodes.",
    "barcode_differs": "Scan the article and correct the side that is wrong.",
    "barcode_missing": "Enter the barcode, so that it can be scanned.",
    "options_twice": "Remove one of the variants, or correct its options.",
    "options_disagree": "Look at which variant the SKU is: stock and orders may be those of another one.",
    "unit_mismatch": "Answer unit.NAME, as in '12 Units', or change the unit in Odoo.",
    "kit_without_components": "Import the bills of materials.",
    "kit_component_unknown": "Correct the bill of materials, or import the archived products too.",
    "kit_known_differently": "Let the connector set its stock from its parts.",
    "archived_and_selling": "Bring it back, or stop selling it.",
    "name_differs": "Look whether the SKU was given to another product.",
    "sku_odd_blanks": "Take the blanks away.",
    "sku_looks_numeric": "Import the files as they were exported.",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what was found."""
    if facts.note.get("renamed"):
        return f"'{facts.note['shop']}' in Shopify is '{facts.note['odoo']}' in Odoo: an alias was approved."
    if facts.kind == Kind.MATCHED:
        record = next((record for records in facts.legs.values() for record in records), None)
        return f"'{record.values.get('sku', '') if record else ''}' is one product on both sides."
    said = _SENTENCES[facts.cause](facts.note)
    return f"Warning: {said}" if facts.kind == Kind.TOLERANCE else said


#: What the decision about a kind of finding means.
_WEIGHT = {
    policy.BLOCK: "It has to be put right: other comparisons stand on these codes.",
    policy.WARN: "It is a warning: nobody has to act.",
    policy.OFF: "Findings of this kind are switched off.",
}


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say how grave it is and what to do."""
    note = facts.note
    if note.get("renamed"):
        return (Evidence("alias", "A person approved the alias; it counts today."),)
    if facts.kind == Kind.MATCHED:
        return (Evidence("sku", "The SKU is the same on both sides and stands once on each."),)
    found = []
    if note.get("alias"):
        found.append(
            Evidence("proposal", f"An alias is proposed: '{note['shop'][0]}' is '{note['odoo'][0]}' in Odoo.")
        )
    found.append(Evidence("policy", _WEIGHT.get(note["severity"], "")))
    found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say why two products are not one."""
    from recon_app.engine import codes

    if left.type.side is right.type.side:
        return (Evidence("type", "Both are of the same side."),)
    one, other = (str(record.values.get("sku", "")) for record in (left, right))
    if not one or not other:
        return (Evidence("sku", "One has no SKU, and nothing else links products."),)
    if one == other:
        return (Evidence("sku", f"The SKU '{one}' stands more than once on a side, so none was chosen."),)
    ways = codes.difference(one, other)
    how = f"they differ only by {' and '.join(ways)}; approve an alias" if ways else "they are two codes"
    found = [Evidence("sku", f"The SKUs are '{one}' and '{other}': {how}.")]
    first, second = (codes.gtin(str(record.values.get("barcode", ""))) for record in (left, right))
    if first and first == second:
        found.append(Evidence("barcode", f"The barcode {first.lstrip('0')} is the same; approve an alias."))
    return tuple(found)
