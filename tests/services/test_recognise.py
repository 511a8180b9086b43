"""A table that no source knows is not refused: a person says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon_app import registry
from recon_app.models.problem import FileRejected
from recon_app.services.recognise import claims, kinds_of_files
from recon_app.sources._base import InputFile

GENERAL = {name for name, source in registry.sources().items() if source.fallback}


def claimed(tmp_path: Path, content: str) -> list[str]:
    path = tmp_path / "table.csv"
    path.write_text(content, encoding="utf-8")
    return [source.id for source in claims(InputFile(path))]


def test_an_unknown_table_can_be_anything_general(tmp_path: Path) -> None:
    assert set(claimed(tmp_path, "Item;Where;Mood\n1;x;good\n2;y;bad\n")) == GENERAL


def test_what_the_header_words_say_comes_first(tmp_path: Path) -> None:
    assert claimed(tmp_path, "SKU,Quantity,Mood\nA,1,good\n")[0] == "mapped_stock"


def test_orders_are_not_taken_for_a_bank_statement(tmp_path: Path) -> None:
    table = "Bestellnummer;Bestelldatum;Gesamtbetrag\n1;23.11.2026;5,00\n2;24.11.2026;6,00\n"
    assert {"bank_csv", "mapped_orders"} <= set(claimed(tmp_path, table))


def test_a_bank_statement_is_read_without_a_question(tmp_path: Path) -> None:
    table = "Booking date,Description,Amount,Currency\n2026-11-23,Rent,-5.00,EUR\n"
    assert claimed(tmp_path, table) == ["bank_csv"]


@pytest.mark.parametrize(
    "content", ["# Notes\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "Dear all,\nsee you, Ann\n\nYours\n"]
)
def test_a_text_is_no_table(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileRejected, match="not recognised"):
        claimed(tmp_path, content)


def test_a_person_is_offered_kinds_of_files_that_are_read_by_themselves() -> None:
    kinds = kinds_of_files()
    assert {"shopify_orders", "bank_camt", "bank_csv", "odoo_products", "matrixify_orders"} <= set(kinds)
    never = {
        "shopify_customers",
        "shopify_analytics",
        "shopify_rest",
        "odoo_numbers",
        "adyen_payment_accounting",
    }
    assert not never & set(kinds)
    assert not {"matrixify_payouts", "shopify_bulk_transactions"} & set(kinds)
