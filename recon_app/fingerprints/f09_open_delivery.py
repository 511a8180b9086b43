"""F9: an order was refunded in full before it was sent, and its delivery is still open in Odoo."""

from __future__ import annotations

from typing import ClassVar

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, grouped
from recon_app.fingerprints._fields import MOVES, REFUNDS, reading
from recon_app.fingerprints._words import goods, money, several
from recon_app.models.record import RecordType, Side


class OpenDelivery(Fingerprint):
    """Orders refunded in full with deliveries that are not done and not cancelled."""

    id = "f09_open_delivery"
    title = "Refunded in full, delivery still open"
    behaviour = (
        "A refund before shipping changes nothing about the delivery in Odoo: it has to be cancelled by "
        "hand, and until then its goods stay reserved or may be sent."
    )
    advice = ("Cancel the delivery in Odoo, so that the goods are free again.",)
    reads: ClassVar = reading(*MOVES, *REFUNDS)
    needs: ClassVar = (RecordType.ORDER, RecordType.STOCK_MOVE)

    def hits(self, books: Books) -> Found:
        """One hit per order and unit of measure."""
        orders, moves = books.orders, books.moves
        full = (orders["status"] == "refunded") & (orders["refunded"] >= orders["amount"])
        last = books.refunds.groupby("order")["day"].max()
        known = int(moves["day"][moves["done"]].max()) if moves["done"].any() else books.odoo_day
        # Odoo's export must be as new as the refund
        late = orders["order"].isin(last.index[last > known])
        refunded = orders[full & (orders["amount"] > 0) & ~late]
        waiting = grouped(moves[moves["open"] & moves["out"]], refunded["order"])
        found = Found()
        for row in refunded[refunded["order"].isin(waiting)].to_dict("records"):
            amount = money(row["refunded"], row["currency"])
            for unit, part in waiting[row["order"]].groupby("unit", sort=False):
                quantity, reserved = int(part["quantity"].sum()), int(part["reserved"].sum())
                held = f", {goods(reserved, str(unit))} reserved" if reserved else ""
                found.hits.append(
                    Hit(
                        key=f"{row['ref']}|{unit}",
                        text=f"Order {row['ref']}: {amount} refunded, all of it, and "
                        f"{several(list(part['grp'].unique()))} is still to be delivered: "
                        f"{goods(quantity, str(unit))}{held}.",
                        records={Side.SHOP: (row["id"],), Side.ODOO: tuple(part["id"].tolist())},
                        day=int(last.get(row["order"], row["day"])),
                        quantity=quantity,
                        unit=str(unit) or "Units",
                    )
                )
        return found
