"""Make up an inventory export of Shopify and a stock export of Odoo, with known differences.

``python -m benchmarks.stock_files FOLDER --rows 200000`` writes both files and ``truth.csv``: SKU, Shopify
location and Shopify's available less what Odoo has free, one row for every place that differs.
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path

SHOPIFY, ODOO = "inventory_export_1.csv", "stock_quant.csv"
#: Shopify location and its place in Odoo.
PLACES = {"Berlin": "BER", "Paris": "PAR", "Rome": "ROM", "Web store": "WEB"}
_SHOP_HEADER = (
    *("Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Option3 Name", "Option3 Value", "SKU", "HS Code", "COO", "Location"),
    *("Incoming", "Unavailable", "Committed", "Available", "On hand"),
)
_ODOO_HEADER = (
    *("Location", "Product", "Product/Internal Reference", "Lot/Serial Number", "Package", "Owner"),
    *("Quantity", "Reserved Quantity", "Available Quantity", "Unit of Measure"),
)
_DIFFERS, _IN_TWO_PLACES = 0.02, 0.2


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=200_000, help="SKU x location")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(given.seed)
    with (
        (given.folder / SHOPIFY).open("w", encoding="utf-8", newline="") as shop_file,
        (given.folder / ODOO).open("w", encoding="utf-8", newline="") as odoo_file,
        (given.folder / "truth.csv").open("w", encoding="utf-8", newline="") as truth_file,
    ):
        shop, odoo, truth = csv.writer(shop_file), csv.writer(odoo_file), csv.writer(truth_file)
        shop.writerow(_SHOP_HEADER)
        odoo.writerow(_ODOO_HEADER)
        for number in range(given.rows):
            sku, place = f"{number // len(PLACES):07}", list(PLACES)[number % len(PLACES)]
            hand, reserved = chance.randint(10, 500), chance.randint(0, 5)
            off = chance.choice((-3, -2, -1, 1, 2, 3)) if chance.random() < _DIFFERS else 0
            variant = [f"product-{sku}", f"Product {sku}", "Title", "Default Title", "", "", "", ""]
            levels = [0, 0, reserved, hand - reserved + off, hand + off]
            shop.writerow([*variant, sku, "", "", place, *levels])
            aside = chance.randint(1, hand - reserved) if chance.random() < _IN_TWO_PLACES else 0
            for location, quantity, held in (
                (f"{PLACES[place]}/Stock", hand - aside, reserved),
                (f"{PLACES[place]}/Stock/Shelf A", aside, 0),
            ):
                if quantity or held:
                    numbers = [f"{figure}.0" for figure in (quantity, held, quantity - held)]
                    name = f"[{sku}] Product {sku}"
                    odoo.writerow([location, name, sku, "", "", "", *numbers, "Units"])
            if off:
                truth.writerow([sku, place, off])


if __name__ == "__main__":
    main()
