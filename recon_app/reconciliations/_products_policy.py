"""How grave each finding about products is: the decision of the shop, with defaults.

An answer ``product_check.<finding>`` is ``block`` (a person has to act), ``warn`` (shown, needs nobody's
work) or ``off``.
"""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.case import Kind

WORD = "product_check"
BLOCK, WARN, OFF = "block", "warn", "off"

#: Findings by code: what kind of difference it is, and how grave without an answer.
FINDINGS: Mapping[str, tuple[Kind, str]] = {
    "sku_damaged": (Kind.FIELD, BLOCK),
    "duplicate_sku": (Kind.DUPLICATE, BLOCK),
    "sku_written_twice": (Kind.DUPLICATE, BLOCK),
    "sku_differs": (Kind.FIELD, BLOCK),
    "sku_ambiguous": (Kind.AMBIGUOUS, BLOCK),
    "other_sku": (Kind.FIELD, BLOCK),
    "several_codes": (Kind.DUPLICATE, BLOCK),
    "no_sku": (Kind.FIELD, BLOCK),
    "alias_without_product": (Kind.MISSING, BLOCK),
    "alias_shared": (Kind.DUPLICATE, BLOCK),
    "only_in_shop": (Kind.MISSING, BLOCK),
    "only_in_odoo": (Kind.MISSING, WARN),
    "barcode_damaged": (Kind.FIELD, BLOCK),
    "barcode_check_digit": (Kind.FIELD, WARN),
    "barcode_duplicate": (Kind.DUPLICATE, BLOCK),
    "barcode_differs": (Kind.FIELD, BLOCK),
    "barcode_missing": (Kind.FIELD, WARN),
    "options_twice": (Kind.DUPLICATE, BLOCK),
    "options_disagree": (Kind.FIELD, BLOCK),
    "unit_mismatch": (Kind.FIELD, BLOCK),
    "kit_without_components": (Kind.FIELD, BLOCK),
    "kit_component_unknown": (Kind.FIELD, BLOCK),
    "kit_known_differently": (Kind.FIELD, WARN),
    "archived_and_selling": (Kind.FIELD, BLOCK),
    "name_differs": (Kind.FIELD, WARN),
    "sku_odd_blanks": (Kind.FIELD, WARN),
    "sku_looks_numeric": (Kind.FIELD, WARN),
}


def severities(answers: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """How grave each finding is, and what is wrong with the answers, as sentences."""
    found = {cause: severity for cause, (_, severity) in FINDINGS.items()}
    remarks = []
    for name, value in sorted(answers.items()):
        word, _, cause = name.partition(".")
        if word != WORD:
            continue
        if cause not in FINDINGS:
            remarks.append(f"{name} names no finding; there are {', '.join(FINDINGS)}.")
        elif value in (BLOCK, WARN, OFF, "-"):
            found[cause] = OFF if value == "-" else value
        else:
            remarks.append(f"{name} is '{value}'; write {BLOCK}, {WARN} or {OFF}. {found[cause]} was taken.")
    return found, remarks
