"""Make the demo: one coherent, made-up shop month as export files, with known breaks.

Run ``python3 resources/demo/make_demo.py`` to write the files beside this script; they are the same bytes
on every machine. Standard library only.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from making.admin_files import admin_files
from making.bank_files import bank_files
from making.books import books
from making.documents import Books
from making.goods import ODOO_EXPORT, SHOPIFY_EXPORT, Goods
from making.goods_files import goods_files
from making.handoffs import handoff_files
from making.odoo_files import odoo_files
from making.planted import Planted, Planting, as_json
from making.planted_flow import FlowPlanting, PlantedFlow
from making.planted_goods import GoodsPlanting, PlantedGoods
from making.platforms import Platform, shopify_payments, stripe
from making.shop import Order, orders
from making.shopify_files import shopify_files
from making.stripe_files import stripe_files
from making.table import Table, money

FOLDER = "2026-10"
#: What the files do not say themselves: options of the import and answers to the comparison of stock.
GIVEN = {
    "options": {"timezone": "Europe/Berlin"},
    "answers": {
        "stock_figure.Shop": "on_hand=on_hand",
        "exported_at.Shopify": f"{SHOPIFY_EXPORT:%Y-%m-%dT%H:%M}+01:00",
        "exported_at.Odoo": f"{ODOO_EXPORT:%Y-%m-%dT%H:%M}+01:00",
    },
}
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Made:
    """The month and its files."""

    sold: list[Order]
    euro: Platform
    dollar: Platform
    booked: Books
    goods: Goods
    tables: list[Table]

    @property
    def files(self) -> dict[str, bytes]:
        """Path inside of the demo folder -> content."""
        return {f"{FOLDER}/{table.file}": table.content for table in self.tables}


def made_month(*, clean: bool = False) -> Made:
    """Make the month; ``clean`` leaves out everything that is planted."""
    sold = orders(clean=clean)
    euro, dollar = shopify_payments(sold, clean=clean), stripe(sold, clean=clean)
    booked = books(sold, euro, dollar)
    goods = Goods(sold, clean=clean)
    tables = [
        *shopify_files(sold, euro),
        *admin_files(sold),
        *stripe_files(dollar),
        *odoo_files(sold, booked),
        *bank_files(booked),
        *goods_files(sold, booked, goods),
        *handoff_files(sold, booked, goods),
    ]
    return Made(sold, euro, dollar, booked, goods, tables)


def month() -> dict[str, bytes]:
    """Make all files of the demo: path inside the demo folder -> content."""
    found = made_month()
    sold, goods, tables = found.sold, found.goods, found.tables
    planted = Planting(sold, found.euro, found.dollar, found.booked, tables).all()
    made = found.files
    of_goods, of_flow = GoodsPlanting(goods, tables).all(), FlowPlanting(sold, goods, tables).all()
    sections: dict[str, list[dict[str, object]]] = {
        name: [item.entry() for item in items] for name, items in (*of_goods.items(), *of_flow.items())
    }
    made["planted.json"] = as_json(
        {"given": GIVEN, "settlements": [item.entry() for item in planted], **sections}
    )
    made["README.md"] = _readme(planted, of_goods, of_flow).encode()
    return made


_INTRODUCTION = """\
# The demo month

October 2026 of a shop that does not exist: Quillfern Stationers sells notebooks, inks and pens from Berlin.
Everything here is made up: buyers are called "Buyer 5001", addresses are left out, the bank is a
"Musterbank". `make_demo.py` writes all of it, always the same bytes:

    python3 resources/demo/make_demo.py

With `--clean FOLDER` it writes the same month without anything planted: there, nothing differs.

## What a clerk finds in `{folder}`

- **shopify/**: the orders, their payment history, the transactions and the payouts of Shopify Payments.
  The same orders once more as Shopify's Admin interface answers (`admin_orders_*.json`): with refunds line by
  line, what became of the goods, and parcels with their tracking numbers.
  The shop sells in euros; buyers in the United States see and pay dollars. Shopify pays out in euros on
  Mondays, Wednesdays and Fridays, two days after a sale at the earliest.
- **stripe/**: the itemised payout report. Buyers pay euros, Stripe settles US dollars, on Tuesdays and
  Fridays, to an account in dollars. The report is in Berlin time and ends with the last payout of the month.
- **odoo/**: payments, journal items, invoices with credit notes, and sale orders, as Odoo 18 exports them;
  supplier bills, the entries on the tax account 177600, and those on 217000, what is owed to holders of gift
  cards.
  The company's currency is the euro. A card payment is booked on the platform's clearing account (101410
  Shopify Payments, 101420 Stripe). When a payout arrives, the net amount goes from there to the bank and the
  fees go to 627100; both entries name the payout. What Shopify holds back as a reserve goes to 101415.
  Stripe's entries are in dollars, at one rate for the whole month (1 EUR = 1.0850 USD); compare them in
  dollars.
- **bank/**: a CAMT.053 statement of the euro account and a CSV of the dollar account. The euro statement also
  has lines that are no payouts: rent, a courier, bank fees and three bank transfers of buyers.

The goods of the shop lie in two places that are called the same everywhere: the depot in Berlin ("Depot") and
the shop in Mitte ("Shop").

- **shopify/**: also the products and the inventory, exported on 31 October at 21:00.
- **odoo/**: also the products, the stock with its quarantine location, moves and transfers of the month,
  lines of sale and purchase orders, the parts of two kits, and the entries on the stock account 110100,
  exported at 21:40. Pencils, chalk and erasers are counted in dozens there.
- **counts/**: what Mia counted in the shop on the same day at 16:30.

What the files do not say has to be told: Odoo's times are those of Berlin (`import --option
timezone=Europe/Berlin`), when the files were exported (`exported_at`), and that the shop is compared by what
is on hand (`stock_figure.Shop`). `planted.json` has it all under `given`.

## What is planted

`planted.json` is the same list for programs, by comparison. Every order of an item (every payout, where no
orders are named) has a case of that kind and cause; without a cause the case needs none. `delta` is Odoo
minus platform, bank minus payout, or payout minus its lines. `row` counts the data records of a file from 1.

"""

_GOODS = """
## What is planted in the goods

`delta` is Shopify minus Odoo, counted minus Odoo, received minus ordered or billed minus received, arrived
minus sent, reserved minus asked for, or the account minus the stock. Every SKU of an item has such a case;
those without a cause have nothing that explains them.

| Comparison | Kind | Cause | Delta | What the warehouse lead should be told |
|---|---|---|---:|---|
"""


_FLOW = """
## What is planted on the way of orders and refunds

`delta` is Odoo minus Shopify. Every order of an item has such a case; what is `matched` looks odd and is
right. What a connector did is found by its rule, `F01` to `F24`. A difference of stock stands twice: as it
is, and under `causes` with the order behind it.

| Comparison | Kind | Cause | Delta | What the clerk should be told |
|---|---|---|---:|---|
"""


def _readme(
    planted: Sequence[Planted],
    of_goods: Mapping[str, Sequence[PlantedGoods]],
    of_flow: Mapping[str, Sequence[PlantedFlow]],
) -> str:
    lines = [_INTRODUCTION.format(folder=FOLDER)]
    lines += ["| Kind | Cause | Amount | What the clerk should be told |\n", "|---|---|---:|---|\n"]
    for item in planted:
        amount = f"{money(item.amount)} {item.currency}"
        orders_named = f" Orders: {', '.join(item.orders)}." if len(item.orders) > 2 else ""
        lines.append(f"| {item.kind} | {item.cause or 'none'} | {amount} | {item.text}{orders_named} |\n")
    lines.append(_GOODS)
    for section, items in of_goods.items():
        for each in items:
            delta = f"{each.delta} {each.unit}" if each.delta else ""
            cause = each.cause or "none"
            lines.append(f"| {section} | {each.kind} | {cause} | {delta} | {each.text} |\n")
    lines.append(_FLOW)
    for section, flow in of_flow.items():
        for one in flow:
            delta = f"{one.delta} EUR" if one.delta else ""
            row = (section, one.kind, one.cause or "none", delta, one.text)
            lines.append(f"| {' | '.join(row)} |\n")
    return "".join(lines)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Write the made-up demo month.")
    parser.add_argument("--out", type=Path, default=_HERE, help="folder to write to (default: this one)")
    parser.add_argument(
        "--clean", type=Path, metavar="DIR", help="write the month without anything planted to this folder"
    )
    given = parser.parse_args()
    out: Path = given.clean or given.out
    for name, content in (made_month(clean=True).files if given.clean else month()).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path.name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
