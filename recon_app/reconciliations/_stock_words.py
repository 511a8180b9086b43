"""The sentences of stock cases: what both sides say, and the bridge from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recon_app.models.case import BridgeLine, Evidence, Kind
from recon_app.models.counted import counted as counted_noun
from recon_app.models.quantity import amount_of, format_quantity
from recon_app.models.record import Record, RecordType, Side
from recon_app.reconciliations._base import Facts

#: What each item of a bridge is called; it follows "of it".
ITEMS = {
    "on_one_side_only": "known on one side only",
    "negative_clamped": "Odoo is below zero and Shopify shows 0",
    "unit_of_measure": "unit of measure",
    "orders_not_imported": "orders not yet in Odoo",
    "cancelled_in_odoo": "cancelled in Odoo, still open in Shopify",
    "reserved_beyond_order": "reserved in Odoo beyond what the orders in Shopify say",
    "fulfilled_not_delivered": "fulfilled in Shopify, delivery still open in Odoo",
    "picked_not_fulfilled": "delivered in Odoo, not yet fulfilled in Shopify",
    "sent_beyond_order": "delivered in Odoo beyond what the orders in Shopify say",
    "returned_on_one_side": "returns restocked on one side only",
    "moved_between_exports": "moved between the two exports",
    "in_transit": "in transit between two places",
    "moved_within": "reserved in Odoo for moves within the place",
    "reserved_not_committed": "reserved in Odoo for others than this shop",
    "committed_not_reserved": "promised by Shopify, not reserved in Odoo",
    "quarantine": "not for sale in Odoo (quarantine, damaged or in inspection)",
    "consignment": "consigned goods",
    "safety_stock": "safety stock not held back in Shopify",
    "kit_component": "parts of kits",
    "receipt_not_validated": "receipts not validated in Odoo",
}
#: What to do about what does not go away by itself.
_NEXT = {
    "negative_clamped": "Odoo promised more than it has: count the product, then correct Odoo.",
    "safety_stock": "Hold the safety stock back in the connector, or set safety_stock to 0.",
    "quarantine": "Mark the goods as unavailable in Shopify, or bring them back into stock in Odoo.",
    "returned_on_one_side": "Validate the return in Odoo, or restock it in Shopify.",
    "receipt_not_validated": "Validate the receipt in Odoo with what really arrived.",
    "unit_of_measure": "Check the unit of measure of the product in Odoo.",
    "reserved_not_committed": "Another channel has taken it: Shopify must be told.",
    "committed_not_reserved": "Confirm the order in Odoo, and check the availability of its delivery.",
    "cancelled_in_odoo": "Cancel the order in Shopify too, or confirm it again in Odoo.",
    "reserved_beyond_order": "Cancelled, edited or imported twice: cancel the delivery in Odoo, or lower it.",
    "sent_beyond_order": "Stop the parcel, or take the goods back with a receipt; else correct the order.",
    "moved_within": "Validate or cancel the internal transfer in Odoo.",
}


def item_text(code: str, quantity: int) -> str:
    """An item with its signed quantity."""
    return f"{ITEMS[code]} {signed(quantity)}"


def signed(quantity: int) -> str:
    """A quantity that always shows its sign."""
    return f"+{format_quantity(quantity)}" if quantity > 0 else format_quantity(quantity)


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    if facts.rule == "count":
        return _count_sentence(facts)
    if facts.cause == "place_not_known":
        many = counted_noun(facts.note["products"], "product is", "products are")
        unknown = "nobody said where this Shopify location is in Odoo"
        return f"{facts.grp}: {unknown}, so {many} not compared."
    return f"{_where(facts)}: {_difference(facts)}"


def _difference(facts: Facts) -> str:
    """Say what the figures of a product at a place are."""
    note = facts.note
    if facts.kind == Kind.MATCHED:
        return "Shopify and Odoo agree."
    if special := _special(facts):
        return special
    if facts.kind == Kind.MISSING:
        return _one_side(note, facts)
    shop, odoo = _pair(facts)
    said = f"{shop[0]} {shop[1]} in Shopify, {odoo[1]} in Odoo"
    items = [item_text(item["code"], item["quantity"]) for item in note.get("bridge", ())]
    maybe = [text for _, text in note.get("causes", ())]
    hint = f" (perhaps {maybe[0]})" if len(maybe) == 1 else ""
    if other := int(note.get("other", 0)):
        rest = f"{signed(other)} is not explained{hint}"
        return f"{said}: {', '.join(items)}; {rest}." if items else f"{said}: {rest}."
    return f"{said}: {', '.join(items)}."


def _where(facts: Facts) -> str:
    note = facts.note
    if note:
        lot = f", lot {note['lot']}" if note.get("lot") else ""
        return f"{_visible(note.get('called') or note['sku'])} at {note['location']}{lot}"
    record = next((record for records in facts.legs.values() for record in records), None)
    return (
        f"{_visible(str(record.values.get('sku', '')))} at {facts.grp}" if record is not None else facts.grp
    )


def _visible(code: str) -> str:
    """A code whose blanks at its ends can be seen."""
    return code if code == code.strip() else f"'{code}'"


def _figure(facts: Facts, name: str) -> str:
    figures = facts.note["figures"]
    return amount_of(figures[name], facts.unit) if name in figures else "no figure"


def _pair(facts: Facts) -> tuple[tuple[str, str], tuple[str, str]]:
    """The compared figures with their names and units, Shopify's first."""
    if facts.note["pair"] == "on_hand":
        return ("on hand", _figure(facts, "shop_hand")), ("on hand", _figure(facts, "on_hand"))
    return ("available", _figure(facts, "available")), ("free to sell", _figure(facts, "free"))


def _one_side(note: Mapping[str, Any], facts: Facts) -> str:
    shop, odoo = _pair(facts)
    instead = ""
    if "similar" in note:
        instead = f", but '{note['similar']}', which differs only by case, blanks or zeros"
    if Side.ODOO in facts.missing:
        return f"Shopify has {shop[1]}, and Odoo does not know the SKU{instead}."
    if not note["variants"]:
        return f"Odoo has {odoo[1]}, and Shopify does not know the SKU there{instead}."
    return f"Odoo has {odoo[1]}, and Shopify gives no figure there (not stocked or not tracked)."


def _special(facts: Facts) -> str:
    """Say what keeps the figures from being compared, or is wrong although they agree; "" for none of it."""
    note = facts.note
    side = "Shopify" if Side.ODOO in facts.missing else "Odoo"
    several = (
        f"{note['variants']} variants of Shopify" if note["variants"] > 1 else "several products of Odoo"
    )
    places, archived = ", ".join(note["places"]), " and ".join(note["archived"])
    held = _pair(facts)[0][1]
    return {
        "no_sku": f"it has no SKU in {side}, so nothing can be compared; give it one.",
        "duplicate_sku": f"{several} have this SKU; give each its own.",
        "shared_location": f"these Shopify locations share {places} in Odoo, so they cannot be told apart.",
        "archived_with_stock": f"archived or a draft in {archived}, and still holds stock ({held}).",
        "unknown_unit": "its unit in Odoo has no known size in pieces; answer unit.NAME, as in '12 Units'.",
        "kit_without_components": "Odoo calls it a kit, and its bill of materials is not loaded.",
    }.get(facts.cause, "")


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say why the records belong together, what each side says, and every line of the bridge."""
    if facts.rule == "count":
        return tuple(_count_evidence(facts))
    note = facts.note
    if facts.cause == "place_not_known":
        name = note["location"]
        return (Evidence("answer", f"Answer stock_location.{name} with Odoo locations, or - for none."),)
    if not note:
        return (Evidence("sku", "The SKU is the same on both sides, and the compared figures are equal."),)
    found = []
    if facts.rule:
        places = ", ".join(note["places"])
        found.append(
            Evidence(facts.rule, f"Linked by the SKU; '{note['location']}' in Shopify is {places} in Odoo.")
        )
    if facts.rule == "kit":
        found.append(Evidence("kit", "It is a kit: Odoo's figures are what its parts make."))
    found += _figures(note, facts.unit)
    found += _lines(note, facts)
    found += [Evidence("archived", f"Archived or a draft in {side}.") for side in note.get("archived", ())]
    found += [Evidence("warning", f"{text}.") for text in note.get("warnings", ())]
    if facts.cause in _NEXT:
        found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def _figures(note: Mapping[str, Any], unit: str) -> list[Evidence]:
    """What each side says, in the order in which its figures add up."""
    shop = _listed(
        note,
        {
            "shop_hand": "on hand",
            "committed": "committed",
            "unavailable": "unavailable",
            "available": "available",
        },
    )
    odoo = _listed(
        note,
        {
            "on_hand": "on hand",
            "reserved": "reserved",
            "quarantine": "not for sale",
            "consigned": "consigned",
            "safety": "safety stock",
            "free": "free to sell",
        },
    )
    found = [Evidence("shop", f"Shopify: {shop} ({unit}).")] if shop else []
    return [*found, *([Evidence("odoo", f"Odoo: {odoo} ({unit}).")] if odoo else [])]


def _listed(note: Mapping[str, Any], names: Mapping[str, str]) -> str:
    plain = ("on_hand", "free", "shop_hand", "available", "committed", "reserved")
    figures = note["figures"]
    shown = [
        f"{said} {format_quantity(figures[name])}"
        for name, said in names.items()
        if name in figures and (figures[name] or name in plain)
    ]
    return ", ".join(shown)


def _lines(note: Mapping[str, Any], facts: Facts) -> list[Evidence]:
    if "bridge" not in note and "other" not in note:
        return []
    shop, odoo = _pair(facts)
    found = [Evidence("bridge", f"Bridge: Odoo {odoo[0]} {odoo[1]}.")]
    for item in note.get("bridge", ()):
        records = [f"{what} {signed(quantity)}" for what, quantity in item["records"]]
        if item["more"]:
            records.append(f"{item['more']} more")
        behind = f" ({', '.join(records)})" if records else ""
        found.append(Evidence(item["code"], f"{item_text(item['code'], item['quantity'])}{behind}"))
    if note.get("other"):
        found.append(Evidence("other", f"not explained {signed(note['other'])}"))
    found.append(Evidence("bridge", f"= Shopify {shop[0]} {shop[1]}."))
    if note.get("causes"):
        maybe = "; or ".join(text for _, text in note["causes"])
        found.append(Evidence("candidates", f"What is not explained would be made up by: {maybe}."))
    return found


def bridge(facts: Facts) -> tuple[BridgeLine, ...]:
    """The lines that lead from Odoo's figure to Shopify's, or from what Odoo has to what was counted."""
    if facts.rule == "count":
        return tuple(_count_bridge(facts.note))
    note = facts.note
    if "other" not in note:
        return ()
    names = ("on_hand", "shop_hand") if note["pair"] == "on_hand" else ("free", "available")
    if any(name not in note["figures"] for name in names):
        return ()
    (shop, _), (odoo, _) = _pair(facts)
    return (
        BridgeLine("figure", f"Odoo, {odoo}", note["figures"][names[0]]),
        *(_item(item) for item in note.get("bridge", ())),
        *([BridgeLine("other", "Not explained", note["other"])] if note["other"] else []),
        BridgeLine("figure", f"Shopify, {shop}", note["figures"][names[1]]),
    )


def _item(item: Mapping[str, Any]) -> BridgeLine:
    records = [f"{what} {signed(quantity)}" for what, quantity in item["records"]]
    records += [f"{item['more']} more"] if item["more"] else []
    title = ITEMS[item["code"]]
    return BridgeLine(item["code"], f"{title[:1].upper()}{title[1:]}", item["quantity"], ", ".join(records))


def _count_bridge(note: Mapping[str, Any]) -> list[BridgeLine]:
    found = [BridgeLine("figure", "Odoo, on hand", note["book"])]
    if note["moved"]:
        found.append(BridgeLine("moved_since", "Moved since the count", -note["moved"]))
    if "counted" not in note:
        return found
    difference = note["counted"] - note["book"] + note["moved"]
    if difference:
        found.append(BridgeLine("other", "Counted differently", difference))
    return [*found, BridgeLine("figure", "Counted", note["counted"])]


def _count_sentence(facts: Facts) -> str:
    note, unit = facts.note, facts.unit
    where = _where(facts)
    book = format_quantity(note["book"] - note["moved"])
    if "counted" not in note:
        return f"{where}: Odoo has {amount_of(note['book'] - note['moved'], unit)}, and nobody counted it."
    counted = amount_of(note["counted"], unit)
    said = f"{where}: {counted} counted, {book} in Odoo"
    partner = note.get("partner", "")
    endings = {
        "": f"{where}: {counted} counted, as in Odoo.",
        "counts_disagree": f"{where}: the counts of it disagree; have another person count it.",
        "not_in_odoo": f"{where}: {counted} counted, and Odoo has none there.",
        "wrong_location": f"{said}; {partner} is off by as many the other way: it may have been moved.",
        "wrong_lot": f"{said}; lot {partner} is off by as many the other way.",
    }
    return endings.get(facts.cause, f"{said} ({signed(facts.delta or 0)}).")


def _count_evidence(facts: Facts) -> list[Evidence]:
    note, unit = facts.note, facts.unit
    found = [Evidence("count", "Compared at the place and lot that the count sheet names.")]
    if note.get("who"):
        found.append(Evidence("who", f"Counted by {note['who']}."))
    if note["moved"]:
        found.append(
            Evidence(
                "moved_since",
                f"Odoo has {amount_of(note['book'], unit)} now, {signed(note['moved'])} since then.",
            )
        )
    if "counted" in note and not note["timed"]:
        found.append(
            Evidence("no_time", "The count has no time, so moves since then could not be taken into account.")
        )
    return found


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records do not stand in one case."""
    goods = {RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT, RecordType.STOCK_COUNT}
    if not {left.type, right.type} <= goods:
        return (Evidence("type", "Only stock figures and counts are compared with each other here."),)
    if left.type is right.type:
        return (Evidence("type", "Both are of the same side; they are one case when SKU and place agree."),)
    found = []
    for name, word in (("sku", "SKU"), ("lot", "lot")):
        one, other = (str(record.values.get(name, "")) for record in (left, right))
        if one == other:
            continue
        found.append(Evidence(name, f"The {word} differs: '{one}' and '{other}'.{_nearly(one, other)}"))
    one, other = (str(record.values.get("location", "")) for record in (left, right))
    found.append(
        Evidence(
            "location",
            f"The places are '{one}' and '{other}': the answer stock_location says which Odoo locations a "
            "Shopify location is.",
        )
    )
    return tuple(found)


def _nearly(one: str, other: str) -> str:
    """A hint where two codes look like one."""
    if not one or not other:
        return " One is blank, which equals nothing."
    if one.strip().casefold() == other.strip().casefold():
        return " They differ only by case or blanks."
    if one.strip().lstrip("0") == other.strip().lstrip("0"):
        return " They differ only by leading zeros."
    return ""
