"""Product variants exported from Odoo (``product.product``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._goods import Sums, known
from recon_app.sources._odoo import Part, cells, extras
from recon_app.sources._odoo_goods import OdooGoodsSource, plain_numbers
from recon_app.sources._odoo_goods_fields import PRODUCT, PRODUCT_TYPES, TRACKINGS


class OdooProducts(OdooGoodsSource):
    """One record per variant; several may share a code, and some have none."""

    id = "odoo_products"
    title = "Odoo products"
    record_type = RecordType.ODOO_PRODUCT
    # A product without a code is known by its name; the external id is in some exports only.
    key = ("sku", "ref2")
    progress = ("barcode", "text", "status", "unit", "quantity", "available", "incoming", "extra")
    names = PRODUCT
    needs = (("sku",), ("name", "display"))
    marks = cells(
        "Variant Values | Product Template | Free To Use Quantity | Forecasted Quantity | Track Inventory | "
        "Is Kits | qty_available | free_qty | virtual_available | is_storable | lst_price | "
        "product_template_variant_value_ids | product_tmpl_id"
    )
    hints = cells("Quantity On Hand | Sales Price | Cost | Barcode | standard_price | barcode | uom_id")
    never = cells(
        "Order Reference | Product | product_id | Location | location_id | Handle | Debit | Component | "
        "# Product Variants | Products | product_variant_count | product_variant_ids"
    )
    summed = ("on_hand", "free", "forecast")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the variants; say so when the list looks like one of products with variants."""
        yield from super().read(file, options, reading)
        if _is_of_templates(file.head_rows):
            reading.notes.append(
                "This looks like the list Products; one with several variants has no code of its own there: "
                "export the list Product Variants instead"
            )

    def convert(self, part: Part, reading: Reading, sums: Sums) -> Batch:
        """Turn some variants into normalised fields."""
        units = part.text("unit")
        on_hand, incoming = part.quantities("on_hand"), part.quantities("incoming")
        free, forecast = part.quantities("free"), part.quantities("forecast")
        kits = part.flags("kit")
        _prove(part, reading)
        sums.add({"on hand": on_hand, "free to use": free}, units)
        codes, names = part.text("sku"), part.text("name", "display")
        return {
            "row": part.rows,
            "ident": part.text("external_id"),
            "ref2": ["" if code else name for code, name in zip(codes, names, strict=True)],
            "sku": codes,
            "barcode": part.text("barcode"),
            "status": [_STATUSES[flag] for flag in part.flags("active")],
            "unit": units,
            "quantity": on_hand,
            "available": free,
            "incoming": incoming,
            "text": names,
            "extra": extras(
                part,
                {
                    "variant": part.lists("variant_values"),
                    "type": part.keys(PRODUCT_TYPES, "type"),
                    "storable": part.flags("storable"),
                    "tracking": part.keys(TRACKINGS, "tracking"),
                    "kit": [flag or None for flag in kits],
                    "forecast": forecast,
                    "purchase_unit": part.text("purchase_unit"),
                    "price": plain_numbers(part, "price"),
                    "cost": plain_numbers(part, "cost"),
                },
            ),
        }


def _is_of_templates(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the header is that of product.template, whose price has a plain blank in its label.

    That of product.product (lst_price) has a no-break space.
    """
    cells = {cell for row in rows for cell in row}
    of_variants = {"Variant Values", "Product Template", "lst_price", "Sales\u00a0Price"}
    return bool(cells & {"Sales Price", "list_price"}) and not cells & of_variants


_STATUSES = {True: "active", False: "archived", None: ""}


def _prove(part: Part, reading: Reading) -> None:
    """Check forecast = on hand + incoming - outgoing, where the file has all four."""
    if not part.has("on_hand", "incoming", "outgoing", "forecast"):
        return
    on_hand, incoming, outgoing, forecast = (
        part.quantities(name) for name in ("on_hand", "incoming", "outgoing", "forecast")
    )
    some = known(on_hand, incoming, outgoing, forecast)
    name = f"{part.title('forecast')} = {part.title('on_hand')} + incoming - outgoing"
    reading.identity(name, (forecast == on_hand + incoming - outgoing)[some], part.rows[some])
