"""Product data health, finding by finding; nothing is decided where several products fit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from recon_app.engine.cases import SIDES, missing_sides
from recon_app.models.alias import Alias, Aliases
from recon_app.models.record import FIELDS, NO_INT, Origin, Record, RecordType, Side
from recon_app.reconciliations._base import Facts, Inputs
from recon_app.reconciliations._products_policy import FINDINGS
from recon_app.reconciliations.products import Products

_EAN, _OTHER_EAN = "4006381333931", "5901234123457"


class Ranges:
    """Collects the products of a shop and of Odoo, and checks them."""

    def __init__(self, **answers: str) -> None:
        self.answers = {f"product_check.{cause}": value for cause, value in answers.items()}
        self.aliases: Sequence[Alias] = ()
        self._rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in Products.reads}
        self._next = 1

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record; returns its id."""
        if isinstance(values.get("extra"), dict):
            values["extra"] = json.dumps(values["extra"], separators=(",", ":"))
        row = {spec.name: NO_INT if spec.integer else "" for spec in FIELDS} | {"source": "test"} | values
        self._rows[kind].append(row | {"id": self._next, "key": self._next * 7919})
        self._next += 1
        return self._next - 1

    def shop(self, sku: str, text: str = "Grinder", **values: Any) -> int:
        """A variant of Shopify."""
        given = {"status": "active", "grp": f"handle-{self._next}", "ref2": ""} | values
        return self.add(RecordType.SHOP_PRODUCT, sku=sku, text=text, **given)

    def odoo(self, sku: str, text: str = "Grinder", **values: Any) -> int:
        """A variant of Odoo."""
        given = {"status": "active", "unit": "Units", "ref2": "" if sku else text} | values
        return self.add(RecordType.ODOO_PRODUCT, sku=sku, text=text, **given)

    def both(self, sku: str, **values: Any) -> tuple[int, int]:
        """A product that is the same on both sides."""
        return self.shop(sku, **values), self.odoo(sku, **values)

    def check(self) -> Checked:
        """Run the checks."""
        frames = {
            kind: pd.DataFrame(rows)
            if rows
            else pd.DataFrame(
                {
                    **{spec.name: np.array([], np.int64 if spec.integer else object) for spec in FIELDS},
                    "source": np.array([], object),
                    "id": np.array([], np.int64),
                    "key": np.array([], np.int64),
                }
            )
            for kind, rows in self._rows.items()
        }
        inputs = Inputs(frames, self.answers, Aliases(tuple(self.aliases), 20_780))
        return Checked(inputs)


class Checked:
    """The findings of a run."""

    def __init__(self, inputs: Inputs) -> None:
        self.result = Products().reconcile(inputs, lambda *_: None)
        self.cases = self.result.cases
        assert self.cases["key"].is_unique

    def causes(self) -> list[str]:
        """All findings, sorted."""
        return sorted(self.cases["cause"][self.cases["cause"] != ""])

    def one(self, cause: str) -> Facts:
        """The only finding with this code."""
        (number,) = np.flatnonzero(self.cases["cause"] == cause).tolist()
        return self.facts(number)

    def facts(self, number: int) -> Facts:
        """What the screen knows of a case."""
        row, legs = self.cases.iloc[number], self.result.legs
        mine = legs.case == number
        records: dict[Side, tuple[Record, ...]] = {}
        for side, record in zip(legs.side[mine].tolist(), legs.record[mine].tolist(), strict=True):
            one = Record(record, RecordType.SHOP_PRODUCT, Origin("", "a.csv", "test", record), {})
            records[SIDES[side]] = (*records.get(SIDES[side], ()), one)
        note = self.result.notes.get(number, {})
        missing = missing_sides(int(row["missing"]))
        return Facts(row["kind"], row["cause"], row["rule"], missing, None, "", "", records, note)

    def says(self, cause: str) -> str:
        """The sentence of the only finding with this code."""
        return Products().sentence(self.one(cause))

    def records(self, cause: str) -> set[int]:
        """Ids of the records of the only finding with this code."""
        return {record.id for records in self.one(cause).legs.values() for record in records}


def test_equal_products_are_one_without_a_finding() -> None:
    ranges = Ranges()
    ranges.both("CF-001", barcode=_EAN)
    found = ranges.check()
    assert found.cases["kind"].tolist() == ["matched"]
    assert len(found.result.legs.record) == 2


def test_id_02_identifiers_are_texts_and_damaged_ones_are_named() -> None:
    ranges = Ranges(barcode_missing="off")
    for sku in ("00123", "123", "73928e05", "4.687E+11"):
        ranges.shop(sku)
    found = ranges.check()
    assert found.causes() == ["sku_looks_numeric", "sku_written_twice"]
    ranges.odoo("00123")
    ranges.odoo("468700012345")
    found = ranges.check()
    assert found.says("sku_looks_numeric") == (
        "Warning: Shopify: the SKU '73928e05' looks numeric; a spreadsheet program would damage it."
    )
    assert found.says("sku_damaged") == (
        "Shopify: the SKU '4.687E+11' has lost digits; in Odoo it may be '468700012345'."
    )
    assert (found.cases["kind"] == "matched").sum() == 0  # 00123 is one with 00123, and 123 makes it doubtful


@pytest.mark.parametrize(
    ("shop", "odoo", "how", "alias"),
    [
        ("cf-001", "CF-001", "case", True),
        (" CF-001", "CF-001", "blanks", True),
        ("123", "00123", "leading zeros", True),
        ("CF001", "CF-001", "dashes", False),
        ("cf001", "CF-001", "case and dashes", False),
    ],
)
def test_skus_that_differ_only_in_writing_are_proposed_as_one(
    shop: str, odoo: str, how: str, alias: bool
) -> None:
    ranges = Ranges(sku_odd_blanks="off")
    records = {ranges.shop(shop), ranges.odoo(odoo)}
    found = ranges.check()
    assert found.causes() == ["sku_differs"]
    assert (
        found.says("sku_differs")
        == f"'{shop}' in Shopify and '{odoo}' in Odoo: the SKU differs only by {how}."
    )
    assert found.records("sku_differs") == records
    told = [line.rule for line in Products().evidence(found.one("sku_differs"))]
    assert ("proposal" in told) is alias


def test_a_tie_between_skus_is_not_decided() -> None:
    ranges = Ranges()
    ranges.shop("cf-001")
    ranges.odoo("CF-001")
    ranges.odoo("CF001")
    found = ranges.check()
    assert found.causes() == ["sku_ambiguous", "sku_written_twice"]
    assert found.one("sku_ambiguous").kind == "ambiguous"
    assert not found.one("sku_ambiguous").note["alias"]


def test_duplicate_skus_are_named_on_either_side() -> None:
    ranges = Ranges()
    ranges.both("A")
    twice = {ranges.shop("B", "Jar"), ranges.shop("B", "Lid")}
    ranges.odoo("B", "Jar")
    found = ranges.check()
    assert found.says("duplicate_sku") == "2 products of Shopify have the SKU 'B': 'Jar', 'Lid'."
    assert found.records("duplicate_sku") == twice


def test_one_product_with_several_codes_and_several_products_with_one_barcode() -> None:
    ranges = Ranges(only_in_odoo="off")
    ranges.odoo("A", "Jar", barcode=_EAN)
    ranges.odoo("A-old", "Jar", barcode=_EAN)
    ranges.odoo("B", "Lid", barcode=_OTHER_EAN)
    ranges.odoo("C", "Cup", barcode=_OTHER_EAN)
    ranges.both("D", barcode="96385074")
    found = ranges.check()
    assert found.causes() == ["barcode_duplicate", "several_codes"]
    assert found.says("several_codes") == f"Odoo: Jar (barcode {_EAN}) has several SKUs: 'A', 'A-old'."
    assert "'B', 'C'" in found.says("barcode_duplicate")


def test_barcodes_missing_damaged_and_different() -> None:
    ranges = Ranges()
    ranges.shop("A", barcode=_EAN)
    ranges.odoo("A", barcode=_OTHER_EAN)
    ranges.shop("B", barcode="36000291452")
    ranges.odoo("B", barcode="036000291452")
    ranges.shop("C", barcode="4.00638E+12")
    ranges.odoo("C")
    ranges.both("D", barcode="4006381333932")
    found = ranges.check()
    assert found.causes() == [
        *["barcode_check_digit"] * 2,
        *["barcode_damaged"] * 2,
        *["barcode_differs"] * 2,
        "barcode_missing",
    ]
    assert found.says("barcode_missing") == "Warning: 'C' has no barcode in Odoo."
    said = [Products().sentence(found.facts(number)) for number in range(len(found.cases))]
    assert "Shopify: the barcode 36000291452 of 'B' has lost its leading zeros." in said
    assert "Shopify: the barcode 4.00638E+12 of 'C' has lost digits." in said


def test_upc_and_ean_of_one_article_do_not_differ() -> None:
    ranges = Ranges()
    ranges.shop("A", barcode="036000291452")
    ranges.odoo("A", barcode="0036000291452")
    assert ranges.check().causes() == []


def test_the_same_barcode_under_another_sku_is_proposed_when_it_stands_once_on_each_side() -> None:
    ranges = Ranges()
    ranges.shop("SHOP-1", barcode=_EAN)
    ranges.odoo("CF-001", barcode=_EAN)
    found = ranges.check()
    assert found.causes() == ["other_sku"]
    assert found.says("other_sku") == "'SHOP-1' in Shopify has the same barcode as 'CF-001' in Odoo."
    assert found.one("other_sku").note["alias"]


def test_blank_skus_are_named_but_not_of_services_and_gift_cards() -> None:
    ranges = Ranges(only_in_odoo="off", only_in_shop="off")
    ranges.shop("", "Jar")
    ranges.shop("", "Gift card", extra={"gift_card": "true"})
    ranges.odoo("", "Delivery", extra={"type": "service"})
    ranges.odoo("X", "Cup")
    assert ranges.check().says("no_sku") == "Jar has no SKU in Shopify."


def test_variants_whose_options_disagree_or_are_the_same_twice() -> None:
    ranges = Ranges(name_differs="off")
    ranges.shop("S-M", ref2="M / Red", grp="shirt")
    ranges.odoo("S-M", extra={"variant": "Size: L,Colour: Red"})
    ranges.shop("S-L", ref2="L", grp="shirt")
    ranges.odoo("S-L", extra={"variant": "Size: L,Colour: Red"})
    ranges.shop("S-L2", ref2="L", grp="shirt")
    ranges.odoo("S-L2")
    found = ranges.check()
    assert found.causes() == ["options_disagree", "options_twice"]
    assert (
        found.says("options_disagree") == "'S-M' is 'M / Red' in Shopify and 'Size: L,Colour: Red' in Odoo."
    )
    assert found.says("options_twice") == "shirt: several variants have the same options (L): 'S-L', 'S-L2'."


def test_uom_units_that_nobody_explained_block_and_explained_ones_do_not() -> None:
    ranges = Ranges()
    ranges.shop("A")
    ranges.odoo("A", unit="Dozens")
    assert ranges.check().causes() == ["unit_mismatch"]
    ranges.answers["unit.Dozens"] = "12 Units"
    assert ranges.check().causes() == []


def test_kits_without_components_with_unknown_ones_and_counted_by_shopify() -> None:
    ranges = Ranges()
    ranges.shop("KIT-1", extra={"tracker": "shopify"})
    ranges.odoo("KIT-1", extra={"kit": True})
    ranges.both("KIT-2")
    ranges.odoo("KIT-3", extra={"kit": True})
    ranges.shop("KIT-3")
    ranges.add(RecordType.KIT_COMPONENT, grp="KIT-1", sku="KIT-2", status="phantom")
    ranges.add(RecordType.KIT_COMPONENT, grp="KIT-1", sku="GONE", status="phantom")
    found = ranges.check()
    assert found.causes() == ["kit_component_unknown", "kit_known_differently", "kit_without_components"]
    assert found.says("kit_component_unknown") == "The kit 'KIT-1' needs 'GONE', which is no product of Odoo."
    assert found.says("kit_without_components") == (
        "Odoo calls 'KIT-3' a kit, and no file says what it is made of."
    )


@pytest.mark.parametrize(
    ("shop", "odoo", "stock", "said"),
    [
        ("active", "archived", 0, "'A' is archived in Odoo, and Shopify sells it."),
        ("archived", "active", 5, "'A' is archived in Shopify, and Odoo still has it in stock."),
        ("archived", "active", 0, ""),
        ("archived", "archived", 5, ""),
    ],
)
def test_archived_on_one_side_and_going_on_on_the_other(shop: str, odoo: str, stock: int, said: str) -> None:
    ranges = Ranges()
    ranges.shop("A", status=shop)
    ranges.odoo("A", status=odoo)
    ranges.add(RecordType.STOCK_QUANT, sku="A", quantity=stock * 10**6)
    found = ranges.check()
    assert [Products().sentence(found.facts(number)) for number in range(1) if found.causes()] == [
        said
    ] * bool(said)


def test_names_without_a_word_in_common_are_a_warning() -> None:
    ranges = Ranges()
    ranges.shop("A", "Burr grinder steel")
    ranges.odoo("A", "Storage jar")
    found = ranges.check()
    assert (found.causes(), found.one("name_differs").kind) == (["name_differs"], "tolerance")


def test_products_on_one_side_only() -> None:
    ranges = Ranges()
    ranges.both("A")
    ranges.shop("B", "Cup")
    ranges.add(RecordType.ORDER_LINE, sku="B")
    ranges.odoo("C", "Jar")
    found = ranges.check()
    assert found.says("only_in_shop") == "'B' (Cup) is in Shopify and not in Odoo. It is sold there."
    assert found.one("only_in_shop").missing == (Side.ODOO,)
    assert found.one("only_in_odoo").kind == "tolerance"
    assert found.one("only_in_odoo").missing == (Side.SHOP,)


def test_the_policy_blocks_warns_or_leaves_out() -> None:
    ranges = Ranges(only_in_odoo="block", only_in_shop="off", name_differs="loud", nothing="warn")
    ranges.shop("B")
    ranges.odoo("C")
    found = ranges.check()
    assert found.one("only_in_odoo").kind == "missing"
    assert found.causes() == ["only_in_odoo"]
    assert "1 findings of the kind 'only in shop' are switched off and not shown." in found.result.remarks
    assert any(remark.startswith("product_check.name_differs is 'loud'") for remark in found.result.remarks)
    assert any(remark.startswith("product_check.nothing names no finding") for remark in found.result.remarks)


def test_an_alias_makes_two_skus_one_product() -> None:
    ranges = Ranges()
    ranges.shop("SHOP-1")
    ranges.odoo("CF-001")
    ranges.shop("SHOP-2")
    ranges.aliases = (Alias("SHOP-1", "CF-001"), Alias("SHOP-2", "GONE"))
    found = ranges.check()
    (number,) = np.flatnonzero(found.cases["kind"] == "matched").tolist()
    assert Products().sentence(found.facts(number)) == (
        "'SHOP-1' in Shopify is 'CF-001' in Odoo: an alias was approved."
    )
    assert (
        found.says("alias_without_product") == "'SHOP-2' has the alias 'GONE', which is no product of Odoo."
    )


def test_without_lists_of_products_stock_says_which_skus_there_are() -> None:
    ranges = Ranges()
    for location in ("Berlin", "Rome"):
        ranges.add(RecordType.INVENTORY_LEVEL, sku="A", grp="a", location=location)
    ranges.add(RecordType.STOCK_QUANT, sku="A", text="[A] Grinder", quantity=1)
    ranges.add(RecordType.STOCK_QUANT, sku="A", text="[A] Grinder", lot="L2", quantity=1)
    found = ranges.check()
    assert found.cases["kind"].tolist() == ["matched"]
    assert sum("No list of products" in remark for remark in found.result.remarks) == 2


def test_a_variant_that_two_kinds_of_files_tell_of_counts_once() -> None:
    ranges = Ranges()
    ranges.both("A", grp="a")
    ranges.both("C", grp="c")
    ranges.shop("A", grp="a", source="shopify_bulk_products")
    found = ranges.check()
    assert found.causes() == []
    assert "1 variants were loaded from two kinds of files and count once." in found.result.remarks


def test_every_finding_has_a_sentence_and_something_to_do() -> None:
    from recon_app.reconciliations import _products_words as words

    assert set(words._SENTENCES) == set(FINDINGS)
    assert set(words._NEXT) == set(FINDINGS)


def test_what_blocks_comes_first_then_warnings_then_what_agrees() -> None:
    ranges = Ranges()
    ranges.both("B")
    ranges.both("A")
    ranges.odoo("C", "Jar")
    ranges.shop("D", "Cup")
    ranges.shop("", "Lid")
    kinds = ranges.check().cases["kind"].tolist()
    assert kinds == ["field", "missing", "tolerance", "matched", "matched"]


def test_two_skus_with_an_alias_to_one_product_are_named() -> None:
    ranges = Ranges()
    ranges.shop("A")
    ranges.shop("A-web")
    ranges.odoo("A")
    ranges.aliases = (Alias("A-web", "A"),)
    found = ranges.check()
    assert found.causes() == ["alias_shared"]
    assert found.says("alias_shared") == "'A', 'A-web' of Shopify are all 'A' of Odoo by an alias."


def test_id_02_products_of_one_sku_are_told_alike_in_any_order() -> None:
    said = []
    for rows in (("Grinder", "Kettle"), ("Kettle", "Grinder")):
        ranges = Ranges()
        for place, text in enumerate(rows):
            ranges.shop("G-1", text, grp=text.casefold())
            ranges.odoo("K-1", text, status="active" if place else "archived")
        ranges.both("M-1")
        checked = ranges.check()
        notes = checked.result.notes.values()
        said.append(sorted(json.dumps(note, sort_keys=True) for note in notes))
        alone = [note for note in notes if note.get("archived") is not None]
        assert {note["called"] for note in alone} == {""}
        assert not any(note["archived"] for note in alone)
    assert said[0] == said[1]
