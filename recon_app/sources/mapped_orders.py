"""Orders of any shop, as a CSV or workbook whose columns a person names: one row is one order."""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.record import RecordType
from recon_app.sources import _mapped_columns as columns
from recon_app.sources._base import Batch
from recon_app.sources._mapped import MappedSource
from recon_app.sources._mapped_columns import Kind, Target
from recon_app.sources._mapped_table import Table


class MappedOrders(MappedSource):
    """One record is one order."""

    id = "mapped_orders"
    title = "Orders of any shop (CSV or Excel, you name the columns)"
    record_type = RecordType.ORDER
    key = ("ident", "ref")
    asks_overlap = True
    unique = ("order",)
    targets = (
        Target("order", "ident", Kind.ID, columns.ORDER_WORDS, required=True, filled=True),
        columns.DATE,
        columns.AMOUNT,
        columns.DEBIT,
        columns.CREDIT,
        columns.DIRECTION,
        columns.CURRENCY,
        columns.STATUS,
        Target("refunded", "refunded", Kind.MONEY, "refunded; refunded amount; refund; erstattet; rembourse"),
        Target(
            "payment", "ref2", Kind.ID, "payment id; payment reference; transaction id; transaktionsnummer"
        ),
        Target(
            "gateway",
            "account",
            Kind.TEXT,
            "payment method; gateway; zahlungsart; mode de paiement; metodo di pagamento; betaalmethode",
        ),
        columns.SKU,
        Target(
            "quantity",
            "quantity",
            Kind.QUANTITY,
            "quantity; qty; menge; quantite; cantidad; quantita; aantal; stuck",
        ),
        columns.TEXT,
    )

    def complete(self, table: Table, batch: Batch, options: Mapping[str, str]) -> None:
        """The order number is what other sides refer to."""
        del table, options
        batch["ref"] = list(batch["ident"])
