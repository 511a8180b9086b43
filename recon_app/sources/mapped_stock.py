"""Stock of any system, as a CSV or workbook whose columns a person names: one row per product and place."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources import _mapped_columns as columns
from recon_app.sources._mapped import MappedSource
from recon_app.sources._mapped_columns import Kind, Target


class MappedStock(MappedSource):
    """One record is the stock of one product, at one place where the table names places."""

    id = "mapped_stock"
    title = "Stock levels of any system (CSV or Excel, you name the columns)"
    record_type = RecordType.INVENTORY_LEVEL
    key = ("sku", "location", "lot")
    snapshot = "location"
    progress = ("quantity", "available", "reserved", "incoming", "counted", "day", "at", "text")
    unique = ("sku", "location", "lot")
    targets = (
        Target("sku", "sku", Kind.ID, columns.SKU.words, required=True, filled=True),
        Target(
            "quantity",
            "quantity",
            Kind.QUANTITY,
            """quantity; qty; on hand; quantity on hand; stock; stock level; bestand; lagerbestand; menge;
            stock physique; quantite; en stock; cantidad; existencias; quantita; giacenza;
            aantal; voorraad""",
            required=True,
            filled=True,
        ),
        Target(
            "location",
            "location",
            Kind.ID,
            """location; warehouse; lager; lagerort; emplacement; entrepot; ubicacion; almacen; magazzino;
            ubicazione; locatie; magazijn""",
        ),
        Target(
            "lot",
            "lot",
            Kind.ID,
            "lot; lot number; serial number; batch; charge; seriennummer; lotto; lote; numero de lot",
        ),
        columns.BARCODE,
        Target(
            "available",
            "available",
            Kind.QUANTITY,
            "available; verfugbar; disponible; disponibile; beschikbaar",
        ),
        Target(
            "reserved",
            "reserved",
            Kind.QUANTITY,
            "reserved; committed; allocated; reserviert; reserve; reservado; riservato; gereserveerd",
        ),
        Target(
            "incoming",
            "incoming",
            Kind.QUANTITY,
            "incoming; on order; zulauf; en commande; entrante; in arrivo; inkomend",
        ),
        Target(
            "counted", "counted", Kind.QUANTITY, "counted; count; gezahlt; compte; contado; contato; geteld"
        ),
        Target(
            "unit", "unit", Kind.TEXT, "unit; uom; unit of measure; einheit; unite; unidad; unita; eenheid"
        ),
        Target("date", "day", Kind.DATE, columns.DATE.words),
        columns.TEXT,
    )
