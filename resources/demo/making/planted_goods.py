"""The list of what is wrong, open or worth knowing about the goods of the month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from making.assortment import KITS
from making.goods import (
    DEPOT,
    ORPHAN_OPEN,
    ORPHAN_RESERVED,
    SHOP,
    Goods,
)
from making.goods_documents import BOOKED_BY_HAND, STOCK_ACCOUNT
from making.shop import FLAWS
from making.table import Table, money

_NUMBERS = {flaw: number for number, flaw in FLAWS.items()}
_LEVELS, _QUANTS = "shopify/inventory_export_1.csv", "odoo/stock_quants.csv"
_SHOP_PRODUCTS, _ODOO_PRODUCTS = "shopify/products_export_1.csv", "odoo/products.csv"
_MOVES, _COUNTS = "odoo/stock_moves.csv", "counts/count_shop_2026-10-31.csv"
_PURCHASES, _ACCOUNT = "odoo/purchase_order_lines.csv", "odoo/stock_account_items.csv"
_CODE = "Product/Internal Reference"


@dataclass
class PlantedGoods:
    """One planted item.

    Attributes:
        kind: Kind of the case that must be found.
        cause: Its cause, None where nothing explains the difference.
        text: What a warehouse lead should be told.
        skus: Every one of them has such a case.
        place: Shopify's location, or the place that was counted; "" where there is none.
        delta: Shopify less Odoo, counted less Odoo, received less ordered and the like, in pieces, or an
            amount of money.
        unit: What ``delta`` is in.
        missing: Sides that lack a record.
        records: Where to look: side, file and number of the record.
    """

    id: str
    kind: str
    cause: str | None
    text: str
    skus: tuple[str, ...]
    place: str = ""
    delta: str = ""
    unit: str = "Units"
    missing: tuple[str, ...] = ()
    records: list[dict[str, object]] = field(default_factory=list)

    def entry(self) -> dict[str, object]:
        """The item for programs."""
        made: dict[str, object] = {
            "id": self.id,
            "kind": self.kind,
            "cause": self.cause,
            "missing": list(self.missing),
            "skus": list(self.skus),
        }
        made |= {"place": self.place} if self.place else {}
        made |= {"delta": self.delta, "unit": self.unit} if self.delta else {}
        return made | {"text": self.text, "records": self.records}


class GoodsPlanting:
    """Makes the lists from the goods and their files."""

    def __init__(self, goods: Goods, tables: Sequence[Table]) -> None:
        self._goods = goods
        self._tables = {table.file: table for table in tables}

    def all(self) -> dict[str, list[PlantedGoods]]:
        """All items by the comparison that finds them."""
        return {
            "stock": [*self._orders(), *self._places(), *self._codes(), *self._units()],
            "counts": self._counts(),
            "products": [*self._catalogue(), *self._barcodes(), *self._warnings()],
            "receipts": self._receipts(),
            "transfers": self._transfers(),
            "reserved": [self._orphan()],
            "valuation": [self._by_hand()],
        }

    def _orders(self) -> list[PlantedGoods]:
        back = self._sold("received_not_restocked")
        stock = self._stock
        return [
            stock("orders-not-imported", "timing", "orders_not_imported", "QF-PEN-ASH-F", -1,
                f"Order {_name('unpaid')} is not paid yet, so Odoo does not have it; Shopify has "
                "promised the pen already."),
            stock("fulfilled-not-delivered", "timing", "fulfilled_not_delivered", "QF-DESKPAD", -1,
                f"Order {_name('not_delivered')} was sent, but its delivery in Odoo is still open and "
                "nothing is reserved for it. Validate the delivery."),
            stock("picked-not-fulfilled", "timing", "picked_not_fulfilled", "QF-NB-A5-DOT", 1,
                f"Order {_name('picked')} was handed over in the shop and delivered in Odoo; Shopify still "
                "has it as unfulfilled. On hand differs, what can be sold does not.", place="Shop"),
            stock("committed-not-reserved", "amount", "committed_not_reserved", "00417", -2,
                f"Order {_name('not_reserved')} waits in Odoo with nothing reserved for it. Check "
                "availability."),
            stock("reserved-not-committed", "amount", "reserved_not_committed", "QF-RULER-30", 6,
                "6 rulers are reserved in Odoo for a stationer who orders by mail (S00902); Shopify still "
                "sells them."),
            stock("orders-not-imported-paid", "timing", "orders_not_imported", "QF-PEN-ASH-M", -1,
                f"Order {_name('not_imported')} is paid and not in Odoo, so nothing is reserved for it."),
            *(stock(f"imported-twice-{sku}", "amount", "reserved_beyond_order", sku, pieces,
                f"Order {_name('imported_twice')} stands in Odoo twice, and each of the two reserves its "
                f"goods: Odoo can sell {pieces} of {sku} less than Shopify.")
              for sku, pieces in (("QF-NB-A5-DOT", 2), ("QF-NB-B5-GRD", 1))),
            *(stock(f"cancelled-after-pick-{sku}", "amount", "sent_beyond_order", sku, 1,
                f"Order {_name('cancelled_after_pick')} was cancelled in Shopify after Odoo had delivered "
                "it: 1 piece is out of the house, or back without a receipt.")
              for sku in ("QF-PEN-BRASS", "QF-NB-A6-PLN")),
            stock("open-delivery-of-refunded", "amount", "reserved_beyond_order", "QF-INK-FERN", 1,
                f"Order {_name('refunded_before_shipping')} was refunded before it was sent; its delivery "
                "in Odoo still holds 1 bottle of ink."),
            stock("restocked-not-received", "amount", "returned_on_one_side", "QF-NB-A5-LIN", 1,
                f"Shopify put the notebook of order {_name('never_received')} back on the shelf; nothing "
                "came back in Odoo."),
            stock("restocked-receipt-open", "amount", "returned_on_one_side", "QF-INK-SLATE", 2,
                f"Shopify put the 2 bottles of order {_name('receipt_open')} back on the shelf; their "
                "receipt in Odoo is not validated."),
            stock("returned-in-odoo", "amount", "returned_on_one_side", back, -2,
                f"2 pieces of order {_name('received_not_restocked')} came back into stock in Odoo; Shopify "
                "did not restock them."),
        ]  # fmt: skip

    def _places(self) -> list[PlantedGoods]:
        stock = self._stock
        globe = stock(
            "in-transit", "timing", "in_transit", "QF-GLOBE", 6,
            "6 globes left the depot for the shop in Mitte and have not arrived; Shopify still has them "
            "in the depot.",
        )  # fmt: skip
        globe.records += self._rows(_MOVES, {_CODE: "QF-GLOBE"}, "QF-GLOBE")
        return [
            globe,
            stock("quarantine", "amount", "quarantine", "QF-GLUE-STICK", 4,
                "4 glue sticks lie in quarantine in Odoo; Shopify sells them."),
            stock("moved-between-exports", "timing", "moved_between_exports", "QF-CORK-BOARD", -10,
                "10 cork boards were received at 21:20, after Shopify's export of 21:00 and before Odoo's of "
                "21:40."),
            stock("negative-clamped", "amount", "negative_clamped", "QF-WAX-RED", 2,
                "Odoo has -2 of the wax beads: more was delivered than received. Shopify shows 0."),
            stock("unexplained", "amount", None, "QF-STAPLER", -3,
                "3 staplers are missing in Shopify and no document says why. Count them."),
            stock("receipt-not-validated", "amount", None, "QF-BLOTTER-XL", 12,
                "Shopify sells 12 more blotters than Odoo has. That is as many as the open receipt of "
                "P00014 is about; nothing proves that they arrived."),
            stock("only-in-shopify", "missing", "on_one_side_only", "QF-POSTER", 5,
                "Shopify has 5 posters; Odoo does not know the product.", missing=("odoo",)),
            stock("only-in-odoo", "missing", "on_one_side_only", "QF-SAMPLE-BOX", -6,
                "Odoo has 6 sample boxes; Shopify does not know the product.", missing=("shop",)),
            stock("not-stocked", "missing", "on_one_side_only", "QF-LAMP", -4,
                "Odoo has 4 lamps in the shop in Mitte. Shopify does not stock the lamp there, which is "
                "not a stock of 0.", place="Shop", missing=("shop",)),
            stock("archived-with-stock", "field", "archived_with_stock", "QF-CALENDAR", 0,
                "The calendar is archived in Odoo and 7 are still there."),
        ]  # fmt: skip

    def _codes(self) -> list[PlantedGoods]:
        """What wrong codes do to the comparison of stock."""
        made = [
            self._stock("kit-without-parts-stock", "field", "kit_without_components", "QF-TRAVEL-KIT", None,
                "Odoo calls the travel kit a kit and no bill of materials says what it is made of, so its "
                "stock is not known."),
            self._stock("duplicate-sku-stock", "duplicate", "duplicate_sku", "QF-WASHI", None,
                "Two variants in Shopify share the SKU of the washi tape, so nobody can say which of them "
                "Odoo means."),
        ]  # fmt: skip
        for sku, pieces in (("QF-TAPE-KRAFT", 21), ("00812", 18), ("60250.0", 26)):
            product = self._goods.products[sku]
            for code, sign, side in ((product.shop_sku, 1, "odoo"), (product.sku, -1, "shop")):
                there, here = ("Odoo", "Shopify") if side == "odoo" else ("Shopify", "Odoo")
                made.append(
                    self._stock(
                        f"other-code-{code}", "missing", "on_one_side_only", code, sign * pieces,
                        f"{there} does not know the code '{code}' that {here} has for its {product.name}.",
                        missing=(side,),
                    )
                )  # fmt: skip
        return made

    def _units(self) -> list[PlantedGoods]:
        reserved = self._goods.reserved
        made = [
            self._stock("rounded-dozens", "amount", "unit_of_measure", "QF-PENCIL-HB", None,
                "Odoo counts the 100 pencils in dozens and can only write 8.33 of them: 99.96 pencils."),
            self._stock("dozens-as-pieces", "amount", "unit_of_measure", "QF-CHALK", -110,
                "Odoo has 10 dozens of chalk; Shopify took the number over as 10 pieces."),
        ]  # fmt: skip
        made[0].delta = "0.04"
        for part, _ in KITS["QF-SEAL-SET"]:
            pieces = reserved[DEPOT, part]
            made.append(
                self._stock(
                    f"kit-component-{part}", "amount", "kit_component", part, pieces,
                    f"{pieces} of {part} are reserved in Odoo for seal sets that were sold; Shopify still "
                    "sells them one by one.",
                )
            )  # fmt: skip
        return made

    def _counts(self) -> list[PlantedGoods]:
        items = (
            ("count-short", "amount", "counted_differently", "QF-NIB-SET", -2, "2 fewer than in Odoo", ()),
            ("count-over", "amount", "counted_differently", "QF-INKWELL", 1, "1 more than in Odoo", ()),
            ("count-not-in-odoo", "missing", "not_in_odoo", "QF-FOLDER-A4", 3,
             "3 there, and Odoo has none", ("odoo",)),
            ("count-moved-since", "matched", None, "QF-BOOKMARK", 0,
             "3 more than Odoo has now: they went to the depot at 17:00, after the count", ()),
        )  # fmt: skip
        made = []
        for name, kind, cause, sku, pieces, said, missing in items:
            text = f"{self._goods.products[sku].name}, counted in the shop: {said}."
            item = PlantedGoods(name, kind, cause, text, (sku,), SHOP, str(pieces), missing=missing)
            item.records += self._rows(_COUNTS, {"SKU": sku}, sku)
            item.records += self._rows(_QUANTS, {_CODE: sku, "Location": SHOP}, sku)
            made.append(item)
        return made

    def _catalogue(self) -> list[PlantedGoods]:
        product = self._product
        return [
            product("duplicate-sku", "duplicate", "duplicate_sku", "QF-WASHI",
                "Two variants of the washi tape have the same SKU in Shopify."),
            product("case-only", "field", "sku_differs", "QF-TAPE-KRAFT",
                "'QF-Tape-Kraft' in Shopify is 'QF-TAPE-KRAFT' in Odoo: only the case differs."),
            product("lost-zero", "field", "sku_differs", "00812",
                "'812' in Shopify is '00812' in Odoo: leading zeros were lost."),
            product("became-a-number", "field", "sku_damaged", "60250.0",
                "'60250' in Shopify is '60250.0' in Odoo: a spreadsheet program turned the code into a "
                "number."),
            product("only-shop-product", "missing", "only_in_shop", "QF-POSTER",
                "The poster is in Shopify and not in Odoo.", missing=("odoo",)),
            product("archived-and-selling", "field", "archived_and_selling", "QF-CALENDAR",
                "The calendar is archived in Odoo, and Shopify sells it."),
            product("kit-without-components", "field", "kit_without_components", "QF-TRAVEL-KIT",
                "Odoo calls the travel kit a kit, and nothing says what it is made of."),
            *(product(f"unit-mismatch-{sku}", "field", "unit_mismatch", sku,
                "Odoo counts it in dozens and Shopify in pieces, and nobody has confirmed how many pieces "
                f"that is: {sku}.")
              for sku in ("QF-CHALK", "QF-ERASER", "QF-PENCIL-HB")),
        ]  # fmt: skip

    def _barcodes(self) -> list[PlantedGoods]:
        product = self._product
        twins = "The steel pins and the brass tacks have the same barcode in"
        return [
            product("barcode-twice-shopify", "duplicate", "barcode_duplicate", "QF-PINS",
                f"{twins} Shopify.", "QF-TACKS", file=_SHOP_PRODUCTS),
            product("barcode-twice-odoo", "duplicate", "barcode_duplicate", "QF-PINS",
                f"{twins} Odoo.", "QF-TACKS", file=_ODOO_PRODUCTS),
            product("barcode-cut", "field", "barcode_damaged", "QF-CARD-BLANK",
                "The barcode of the blank card lost its leading zero in Shopify.", file=_SHOP_PRODUCTS),
            product("barcode-cut-differs", "field", "barcode_differs", "QF-CARD-BLANK",
                "Shopify and Odoo have different barcodes for the blank card."),
            product("barcode-mistyped-differs", "field", "barcode_differs", "QF-ENVELOPE-C6",
                "Shopify and Odoo have different barcodes for the envelope."),
        ]  # fmt: skip

    def _warnings(self) -> list[PlantedGoods]:
        product = self._product
        return [
            product("barcode-mistyped", "tolerance", "barcode_check_digit", "QF-ENVELOPE-C6",
                "The last digit of the envelope's barcode is wrong in Shopify.", file=_SHOP_PRODUCTS),
            product("barcode-missing", "tolerance", "barcode_missing", "QF-CLIPS",
                "The brass clips have no barcode on either side.", file=_SHOP_PRODUCTS),
            product("looks-like-a-number", "tolerance", "sku_looks_numeric", "12E45",
                "A spreadsheet program would read the code 12E45 as a very large number.",
                file=_SHOP_PRODUCTS),
            product("only-odoo-product", "tolerance", "only_in_odoo", "QF-SAMPLE-BOX",
                "The sample box is in Odoo and not in Shopify.", missing=("shop",)),
            *(product(f"kit-with-own-stock-{kit}", "tolerance", "kit_known_differently", kit,
                f"{kit} is a kit in Odoo, and Shopify keeps a stock of its own for it.")
              for kit in (*KITS, "QF-TRAVEL-KIT")),
        ]  # fmt: skip

    def _receipts(self) -> list[PlantedGoods]:
        items = (
            ("amount", "short", "QF-STICKERS", -2, "2 of the 20 sticker sheets of P00010 did not come"),
            ("amount", "over", "QF-GLASS-PEN", 2, "2 glass pens more than the 10 of P00011 came"),
            (
                "timing",
                "received_not_billed",
                "QF-CORK-BOARD",
                -10,
                "10 cork boards of P00013 have no bill yet",
            ),
            ("timing", "awaited", "QF-BLOTTER-XL", -12, "12 blotters of P00014 have not been taken in yet"),
        )
        return [
            PlantedGoods(
                f"receipt-{cause.replace('_', '-')}", kind, cause, f"{said}.", (sku,), delta=str(pieces),
                records=self._rows(_PURCHASES, {_CODE: sku}, sku),
            )
            for kind, cause, sku, pieces, said in items
        ]  # fmt: skip

    def _transfers(self) -> list[PlantedGoods]:
        items = (
            (
                "short",
                "QF-LABELS-100",
                -2,
                "10 labels left the depot on 26 October, 8 arrived, 2 are missing",
            ),
            (
                "on-its-way",
                "QF-GLOBE",
                -6,
                "6 globes left the depot on 30 October and are still on their way",
            ),
        )
        return [
            PlantedGoods(
                f"transfer-{name}", "timing", "in_transit", f"{said}.", (sku,), delta=str(pieces),
                records=self._rows(_MOVES, {_CODE: sku}, sku),
            )
            for name, sku, pieces, said in items
        ]  # fmt: skip

    def _orphan(self) -> PlantedGoods:
        sku = "QF-MAP-TUBE"
        text = (
            f"{ORPHAN_RESERVED} map tubes are reserved in the shop in Mitte, and open transfers ask for "
            f"{ORPHAN_OPEN}: {ORPHAN_RESERVED - ORPHAN_OPEN} are reserved for nothing."
        )
        records = self._rows(_QUANTS, {_CODE: sku, "Location": SHOP}, sku)
        records += self._rows(_MOVES, {_CODE: sku}, sku)
        delta = str(ORPHAN_RESERVED - ORPHAN_OPEN)
        return PlantedGoods(
            "orphan-reservation", "amount", "orphan_reserved", text, (sku,), SHOP, delta, records=records
        )

    def _by_hand(self) -> PlantedGoods:
        text = (
            f"The account {STOCK_ACCOUNT} is {money(BOOKED_BY_HAND)} EUR above the value of the stock: "
            "packing material was booked there by hand."
        )
        records = self._rows(_ACCOUNT, {"Label": "Packing material, by hand"}, "by hand")
        delta = money(BOOKED_BY_HAND)
        return PlantedGoods(
            "valuation-gap", "amount", "manual_entry", text, (), "", delta, "EUR", records=records
        )

    def _stock(
        self, name: str, kind: str, cause: str | None, sku: str, pieces: int | None, text: str, *,
        place: str = "Depot", missing: tuple[str, ...] = (),
    ) -> PlantedGoods:  # fmt: skip
        delta = "" if pieces is None else str(pieces)
        item = PlantedGoods(name, kind, cause, text, (sku,), place, delta, missing=missing)
        item.records += self._rows(_LEVELS, {"SKU": sku, "Location": place}, sku)
        item.records += self._rows(_QUANTS, {_CODE: sku, "Location": f"{place}/Stock"}, sku)
        return item

    def _product(
        self, name: str, kind: str, cause: str, key: str, text: str, other: str = "", *, file: str = "",
        missing: tuple[str, ...] = (),
    ) -> PlantedGoods:  # fmt: skip
        item = PlantedGoods(name, kind, cause, text, tuple(filter(None, (key, other))), missing=missing)
        for one in item.skus:
            product = self._goods.products[one]
            code = product.shop_sku
            shown = f"'{code}" if code.isdigit() else code
            if code and file in ("", _SHOP_PRODUCTS):
                item.records += self._rows(_SHOP_PRODUCTS, {"Variant SKU": shown}, code)
            if product.sku and file in ("", _ODOO_PRODUCTS):
                item.records += self._rows(_ODOO_PRODUCTS, {"Internal Reference": product.sku}, product.sku)
        return item

    def _rows(self, file: str, cells: dict[str, str], key: str) -> list[dict[str, object]]:
        table = self._tables[file]
        name = file.rsplit("/", maxsplit=1)[-1]
        return [{"side": table.side, "file": name, "row": row, "key": key} for row in table.find(cells)]

    def _sold(self, flaw: str) -> str:
        number = f"Depot/OUT/{_NUMBERS[flaw] - 5000:05}"
        return next(each for each in self._goods.transfers if each.number == number).moves[0].key


def _name(flaw: str) -> str:
    return f"#{_NUMBERS[flaw]}"
