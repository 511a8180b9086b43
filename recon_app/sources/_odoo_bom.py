"""Bills of materials exported from Odoo: which components make a kit, and how many of each.

Two lists hold them: the lines (``mrp.bom.line``), and the bills with their lines stacked (``mrp.bom``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._extra import json_objects
from recon_app.sources._odoo import OdooSource, Part
from recon_app.sources._odoo_goods import code_of_display
from recon_app.sources._odoo_goods_fields import BOM_TYPES


class OdooComponents(OdooSource):
    """One record per component of a bill of materials."""

    record_type = RecordType.KIT_COMPONENT
    key = ("grp", "sku", "ref2")
    progress = ("ref", "status", "quantity", "unit", "text", "extra")
    needs = (("line_product",), ("line_quantity",), ("kit", "kit_variant", "kit_sku"))
    summed = ()

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the components."""
        unnamed = 0
        for part in self.parts(file, options, reading):
            batch = _batch(part)
            unnamed += list(batch["sku"]).count("")
            yield batch
        if unnamed:
            reading.notes.append(
                f"Components without a product code: {unnamed}; export with the Internal Reference of the "
                "component"
            )


def _batch(part: Part) -> Batch:
    places, owners = part.lines("line_product")
    lines = [part.line_cells(name) for name in ("line_product", "line_sku", "line_unit")]
    shown, codes, units = ([cells[place] for place in places.tolist()] for cells in lines)
    if not part.has("line_sku"):
        codes = [code_of_display(cell) for cell in shown]
    kits, names = _kits(part)
    of_kit = {
        "grp": kits,
        "ref": part.text("code"),
        "status": part.keys(BOM_TYPES, "type"),
        "kit": names,
    }
    carried = {name: [cells[owner] for owner in owners.tolist()] for name, cells in of_kit.items()}
    return {
        "row": part.line_numbers()[places],
        "grp": carried["grp"],
        "ref": carried["ref"],
        "status": carried["status"],
        "sku": codes,
        "ref2": ["" if code else cell for code, cell in zip(codes, shown, strict=True)],
        "unit": units,
        "quantity": part.line_quantities("line_quantity")[places],
        "text": shown,
        "extra": json_objects({"kit": carried["kit"], "per": part.quantities("per")[np.asarray(owners)]}),
    }


def _kits(part: Part) -> tuple[list[str], list[str]]:
    """The code of each bill's product, else its name in the file; and that name."""
    variants, templates = part.text("kit_variant"), part.text("kit")
    names = [variant or template for variant, template in zip(variants, templates, strict=True)]
    codes = part.text("kit_sku") if part.has("kit_sku") else [code_of_display(name) for name in names]
    return [code or name for code, name in zip(codes, names, strict=True)], names
