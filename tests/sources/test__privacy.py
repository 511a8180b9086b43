"""Personal data: seen by its header words, masked in the preview, not stored."""

from __future__ import annotations

import csv
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from recon_app.models.problem import ReconError
from recon_app.models.record import RecordType
from recon_app.registry import sources
from recon_app.sources._base import HEAD_ROWS, Batch, InputFile, Reading, Source
from recon_app.sources._privacy import masked, masked_rows, personal_columns, without_personal

SAMPLES = Path(__file__).parent / "data"
PERSONAL = """
    Email; E-Mail; Customer Email; From Email Address; To Email Address; customer_email; Courriel;
    Adresse e-mail; Correo electrónico; Posta elettronica; E-mailadres; Absender E-Mail-Adresse; First Name;
    Last Name;
    Billing Name; Shipping Name; customer_name; Customer; Customer/Vendor; Partner; Contact; Cardholder Name;
    Invoice Partner Display Name; Vorname; Nachname; Käufer; Name des Käufers; Kunde; Empfänger;
    Nom du client; Prénom; Acheteur; Klantnaam; Achternaam; Apellidos; Cliente; Nombre del cliente; Cognome;
    Nome cliente; Billing Street; Shipping Address1; Address Line 1; Default Address City; Straße;
    Lieferanschrift Straße; Rue; Calle; Dirección; Indirizzo; Straat; Zip; Billing Zip; Postleitzahl;
    Code postal; CAP; Town/City; Stadt; Ville; Ciudad; Città; Woonplaats; Phone; Billing Phone;
    Contact Phone Number; Telefon; Telefonnummer; Téléphone; Teléfono; Mobile; Handynummer; Geburtsdatum;
    IP Address"""
OTHERS = """
    Order; Order ID; Customer ID; customer_order_id; Amount; Date; Currency; SKU; Lineitem name; Product name;
    Shop name; File name; Accepts Email Marketing; Address Status; Partner Type; Partner fee; Billing Country;
    Company; Journal; Reference; Gross; Payment Method; Description; Capture; Escape; Capital; Email Status;
    Shipping; Location; Streetwear; Contactless; Nominal; Cityscape"""
CANARY = "Ann Kanarie ann@kanarie.example"


@pytest.mark.parametrize("word", PERSONAL.split(";"))
def test_personal_columns_are_known_by_their_words(word: str) -> None:
    assert personal_columns(["Order", word.strip(), "Amount"])[0] == {1}


@pytest.mark.parametrize("word", OTHERS.split(";"))
def test_other_columns_are_shown(word: str) -> None:
    assert personal_columns([word.strip()])[0] == set()


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Ann Müller", "A… M…"),
        ("Ann", "A…"),
        ("ann.mueller+shop@mail.example.com", "a…@m…"),
        ("+49 170 1234567", "…67"),
        ("Hauptstraße 12a", "H… 1…"),
        ("10115", "…15"),
        ("a b c d e", "a… b… c…"),
        ("", ""),
    ],
)
def test_of_a_masked_cell_the_first_letters_are_seen(cell: str, shown: str) -> None:
    assert masked(cell) == shown


def test_the_preview_masks_below_the_header() -> None:
    rows = [
        ["Export of Ann Müller"],
        ["Name", "Email", "Total", "Note"],
        ["#1001", "ann@example.com", "10.00", "write to bob@example.org, please"],
        ["Ann Müller", "", "5.00", ""],
    ]
    assert masked_rows(rows) == [
        *rows[:2],
        ["#1001", "a…@e…", "10.00", "write to b…@e…, please"],
        ["A… M…", "", "5.00", ""],
    ]
    assert masked_rows([]) == []
    assert masked_rows([[], [""]]) == [[], [""]]


def test_free_text_is_stored_without_e_mail_addresses() -> None:
    batch: Batch = {
        "row": np.array([1, 2]),
        "text": ["for ann@example.com", "plain"],
        "ref": ["a@b.example", ""],
    }
    found = without_personal(batch, RecordType.PAYMENT_LINE, {}, named=False)
    assert found["text"] == ["for a…@e…", "plain"]
    assert found["ref"] == ["a@b.example", ""]
    assert batch["text"] == ["for ann@example.com", "plain"]


@pytest.mark.parametrize(
    ("kind", "options", "named"),
    [
        (RecordType.PAYMENT_LINE, {"personal": "keep"}, False),
        (RecordType.PAYMENT_LINE, {}, True),
        (RecordType.BANK_LINE, {}, False),
    ],
)
def test_what_was_asked_for_or_is_needed_is_kept(
    kind: RecordType, options: dict[str, str], named: bool
) -> None:
    batch: Batch = {"row": np.array([1]), "text": ["for ann@example.com"]}
    assert without_personal(batch, kind, options, named=named) == batch


def readers(path: Path) -> list[Source]:
    """The sources that claim a file, without those of bank statements."""
    file = InputFile(path)
    return [
        source
        for source in sources().values()
        if not source.fallback and source.record_type is not RecordType.BANK_LINE and claims(source, file)
    ]


def claims(source: Source, file: InputFile) -> bool:
    try:
        return source.recognises(file)
    except ReconError:
        return False


def with_canary(path: Path, folder: Path) -> Path:
    """A copy of a sample whose personal columns are filled."""
    file = InputFile(path)
    rows = list(file.rows())
    header = max(range(min(len(rows), HEAD_ROWS)), key=lambda index: len(list(filter(None, rows[index]))))
    columns, _ = personal_columns(rows[header])
    for row in rows[header + 1 :]:
        for column in columns:
            if len(row) == len(rows[header]):
                row[column] = CANARY
    copy = folder / path.name
    with copy.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=file.delimiter).writerows(rows)
    return copy


def test_no_source_stores_what_stands_in_personal_columns(tmp_path: Path) -> None:
    read = set()
    for path in sorted(SAMPLES.glob("*/*.csv")):
        for source in readers(path):
            copy = with_canary(path, tmp_path)
            with suppress(ReconError):  # some samples need an answer, or check the names
                for batch in source.read(InputFile(copy), {}, Reading()):
                    kept = without_personal(batch, source.record_type, {}, named=False)
                    texts = [column for column in kept.values() if isinstance(column, list)]
                    stored = "\n".join(chain.from_iterable(texts))
                    assert "Kanarie" not in stored, path
                    assert "@" not in stored, path
                    read.add(source.id)
    assert {"shopify_orders", "odoo_invoices", "odoo_sale_orders"} <= read
