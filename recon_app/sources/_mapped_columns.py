"""What the columns of a table of any origin can be: targets, their header words in six languages, proposals.

A mapping names one column for each target (options ``mapping.amount=Betrag``), by its header or by ``#3`` for
the third. Nothing is proposed that two columns could be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recon_app.sources._bank_mapping import column_index, column_name, fold

PREFIX = "mapping."


class Kind(StrEnum):
    """How the cells of a column are read."""

    ID = "id"  # text byte for byte; damage by spreadsheets is found
    TEXT = "text"
    MONEY = "money"
    QUANTITY = "quantity"
    DATE = "date"  # day, with the moment where the cell has one
    CURRENCY = "currency"
    DIRECTION = "direction"  # a debit or credit mark
    CATEGORY = "category"


@dataclass(frozen=True)
class Target:
    """One thing that a column can be.

    Attributes:
        key: Its name in a mapping.
        field: Field of the record that takes the cells.
        kind: How they are read.
        required: Whether the table is of no use without it.
        filled: Whether every record needs a value.
        words: Folded header words, the surest first; a tier behind ``|`` counts when none before is found.
    """

    key: str
    field: str
    kind: Kind
    words: str = ""
    required: bool = False
    filled: bool = False

    @property
    def tiers(self) -> list[frozenset[str]]:
        """The words, tier by tier."""
        return [
            frozenset(" ".join(word.split()) for word in tier.split(";")) - {""}
            for tier in self.words.split("|")
        ]


DATE = Target(
    "date",
    "day",
    Kind.DATE,
    """date; datum; fecha; data; order date; transaction date; payment date; payout date; created at; created;
    bestelldatum; auftragsdatum; zahlungsdatum; buchungsdatum; buchungstag; date de commande; date commande;
    date de paiement; data ordine; data pagamento; fecha de pedido; fecha pedido; fecha de pago; besteldatum;
    orderdatum; betaaldatum; day; tag | date created; posting date; booking date; processed at; paid at""",
    required=True,
    filled=True,
)
AMOUNT = Target(
    "amount",
    "amount",
    Kind.MONEY,
    """amount; total; order total; grand total; total amount; gross; gross amount; betrag; gesamtbetrag;
    gesamtsumme; summe; bruttobetrag; brutto; montant; montant total; total ttc; importe; importe total;
    importo; importo totale; totale; bedrag; totaalbedrag; totaal
    | value; wert; net; net amount; netto; nettobetrag""",
    required=True,
    filled=True,
)
DEBIT = Target(
    "debit",
    "debit",
    Kind.MONEY,
    "debit; debits; soll; debe; dare; debet; paid out; money out; withdrawal; debit amount; montant debit",
)
CREDIT = Target(
    "credit",
    "credit",
    Kind.MONEY,
    "credit; credits; haben; haber; avere; paid in; money in; deposit; credit amount; montant credit",
)
DIRECTION = Target(
    "direction", "direction", Kind.DIRECTION, "d/c; c/d; dr/cr; debit/credit; s/h; soll/haben; af bij; sens"
)
CURRENCY = Target(
    "currency",
    "currency",
    Kind.CURRENCY,
    "currency; currency code; ccy; wahrung; waehrung; whg; devise; monnaie; moneda; divisa; valuta; munt",
)
STATUS = Target(
    "status",
    "status",
    Kind.TEXT,
    "status; state; zustand; statut; etat; estado; stato; payment status; order status",
)
SKU = Target(
    "sku",
    "sku",
    Kind.ID,
    """sku; product code; item code; item number; artikelnummer; artikelnr; article number; article; artikel;
    reference produit; code article; codigo; codigo de producto; codice; codice articolo;
    internal reference; default code
    | product; produkt; produit; producto; prodotto""",
)
BARCODE = Target(
    "barcode", "barcode", Kind.ID, "barcode; ean; ean13; gtin; upc; strichcode; code barre; codigo de barras"
)
TEXT = Target(
    "text",
    "text",
    Kind.TEXT,
    """description; text; label; memo; note; details; beschreibung; bezeichnung; verwendungszweck; libelle;
    designation; descripcion; concepto; descrizione; omschrijving; title; titel""",
)
ORDER_WORDS = """order id; order number; order no; order; order name; order reference; bestellnummer;
bestellung; bestell-nr; auftragsnummer; auftrag; numero de commande; no de commande; commande;
numero ordine; ordine; numero de pedido; pedido; ordernummer; bestelnummer; order_id; orderid"""


def propose(header: Sequence[str], targets: Sequence[Target]) -> dict[str, str]:
    """The columns whose header words leave no doubt, by key."""
    words = [fold(cell)[0].replace("_", " ") for cell in header]
    mapping: dict[str, str] = {}
    taken: set[int] = set()
    for target in targets:
        for tier in target.tiers:
            found = [place for place, word in enumerate(words) if word in tier and place not in taken]
            if found:
                if len(found) == 1:
                    mapping[target.key] = column_name(header, found[0])
                    taken.add(found[0])
                break
    if "amount" in mapping or not {"debit", "credit"} <= mapping.keys():
        mapping.pop("debit", None)
        mapping.pop("credit", None)
    return mapping


def told_columns(options: Mapping[str, str], targets: Sequence[Target]) -> dict[str, str]:
    """The columns that a person named, by key."""
    given = {target.key: options.get(PREFIX + target.key, "").strip() for target in targets}
    return {key: name for key, name in given.items() if name}


def header_score(row: Sequence[str], names: Sequence[str]) -> int:
    """How many of the named columns a row has."""
    return sum(column_index(row, name) is not None for name in names if not name.startswith("#"))
