"""Which column of a bank's table is what: proposed by header words in six languages, decided by a person.

A mapping is a plain dict of :data:`KEYS`. Columns are named by their header, or ``#3`` for the third when the
name is missing or stands twice; ``date`` and ``label`` may name several, joined by ``|``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise

from recon_app.models.problem import AnswerNeeded
from recon_app.sources._bank import CURRENCIES
from recon_app.sources._base import clean_header
from recon_app.sources._detect import direction, looks_like_amount, looks_like_date

#: Keys whose values name columns.
COLUMN_KEYS = (
    "date",
    "value_date",
    "amount",
    "debit",
    "credit",
    "direction",
    "balance",
    "currency",
    "label",
    "reference",
    "bank_reference",
    "account",
)
#: Keys whose values are answers and not columns: ``account_id`` is the statement's own account,
#: ``sign`` is "inverted" for a credit card whose purchases are positive, ``header_row`` counts from 1.
ANSWER_KEYS = (
    "currency_code",
    "account_id",
    "date_order",
    "decimal_mark",
    "debit_sign",
    "sign",
    "header_row",
    "delimiter",
)
KEYS = COLUMN_KEYS + ANSWER_KEYS
#: Keys whose value may name several columns, joined by this mark.
JOINED_KEYS = ("date", "label")
JOIN = "|"
_PREFIX = "mapping."
_QUESTIONS = {  # options without the prefix, as the questions of all sources call them
    "date_order": "date_order",
    "decimal_mark": "decimal_mark",
    "debit_sign": "debit_sign",
    "currency": "currency_code",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in text.split(";"))


# Folded header words in English, German, French, Dutch, Spanish and Italian, the surest tier first. A tier
# that names two different columns decides nothing.
_WORDS: dict[str, tuple[frozenset[str], ...]] = {
    "date": (
        _words(
            """booking date; posting date; posted date; entry date; accounting date; date posted; buchungstag;
            buchungsdatum; buchung; date de comptabilisation; date comptable; date de l'operation;
            date d'operation; date operation; dateop; boekingsdatum; boekdatum; transactiedatum;
            fecha operacion; fecha de operacion; f. operacion; fecha contable; data contabile;
            data operazione; data registrazione"""
        ),
        _words("date; datum; fecha; data; transaction date; completed date; date completed"),
        _words("trade date"),
    ),
    "value_date": (
        _words(
            """value date; valuta; valutadatum; valuta datum; valuta-datum; wertstellung; wert;
            wertstellungsdatum; date de valeur; date valeur; dateval; rentedatum; valutadag; fecha valor;
            fecha de valor; f. valor; data valuta"""
        ),
    ),
    "amount": (
        _words("amount; betrag; umsatz; montant; bedrag; importe; importo"),
        _words(
            """transaction amount; montant de l'operation; montant operation; transactiebedrag;
            importe operacion; importo operazione; umsatzbetrag"""
        ),
    ),
    "debit": (
        _words(
            """debit; debits; debit amount; amount debit; withdrawal; withdrawals; paid out; money out; soll;
            belastung; belastungen; lastschrift; montant debit; debet; cargo; cargos; debe; debito; dare;
            uscite; addebiti; addebito"""
        ),
    ),
    "credit": (
        _words(
            """credit; credits; credit amount; amount credit; deposit; deposits; paid in; money in; haben;
            gutschrift; gutschriften; montant credit; abono; abonos; haber; credito; avere; entrate;
            accrediti; accredito"""
        ),
    ),
    "direction": (
        _words(
            """d/c; c/d; dc; dr/cr; cr/dr; debit/credit; credit/debit; s/h; soll/haben; af bij; af/bij;
            bij/af; sens; debe/haber; d/h; dare/avere; d/a; credit debit indicator;
            debit credit indicator; cdtdbtind"""
        ),
    ),
    "balance": (
        _words(
            """balance; running balance; balance after; saldo; kontostand; solde; saldo nach buchung;
            saldo na trn; saldo na mutatie; saldo contabile"""
        ),
    ),
    "currency": (
        _words(
            """currency; currency code; ccy; wahrung; waehrung; whg; devise; munt; muntsoort; moneda; divisa;
            valuta; account currency; kontowahrung"""
        ),
    ),
    "reference": (
        _words(
            """payment reference; end-to-end id; end to end id; endtoendid; end-to-end-id; kundenreferenz;
            kundenreferenz (end-to-end); end-to-end-referenz; betalingskenmerk"""
        ),
        _words("reference; referenz; referentie; kenmerk; referencia; riferimento; ref"),
    ),
    "bank_reference": (
        _words(
            """transaction no; transaction number; transaction id; operation number; bank reference;
            transaktionsnummer; transaktions-nr; numero d'operation; transactiereferentie;
            numero operacion; numero operazione; fitid"""
        ),
    ),
    "account": (
        _words(
            """account; account number; account no; account id; own account; auftragskonto;
            iban auftragskonto; iban/bban; rekening; rekeningnummer; numero de compte; compte; cuenta;
            numero de cuenta; numero conto; conto"""
        ),
    ),
}
_LABELS = _words(
    """label; description; details; detail; narrative; memo; text; particulars; payee; name; partner name;
    counterparty; counterparty name; beneficiary; merchant; notes; verwendungszweck; buchungstext;
    beschreibung; beguenstigter/zahlungspflichtiger; begunstigter/zahlungspflichtiger;
    auftraggeber/empfanger; auftraggeber / begunstigter; empfanger; zahlungsempfanger;
    zahlungsempfanger*in; zahlungspflichtige*r; libelle; libelle operation; libelle de l'operation;
    detail de l'ecriture; communication; communications; nom; omschrijving; mededelingen; mededeling;
    naam / omschrijving; naam tegenpartij; naam; concepto; descripcion; observaciones; beneficiario;
    descrizione; descrizione operazioni; descrizione operazione; causale"""
)
# Columns that payment platforms, shops and accounting systems export and banks do not.
_FOREIGN = _words(
    """gross; net; brutto; netto; brut; lordo; gross sales; payment method; payout id; order id; order; sku;
    order reference; journal; journal entry; settlement reference; card brand; charge id; livemode;
    balance transaction; customer id; invoice number; payment type; partner type; quantity; shop name;
    checkout; reconciled; matching"""
)
# Words of other business tables: they rule out a table that is only known by its shape.
_BUSINESS = re.compile(
    r"\b(company|partner|customer|contact|product|orders?|invoice|quantity|location|shipping|tax|e-?mail|payout"
    r"|fees?|charges?|status|transfer|stock|sku)\b"
)
_TECHNICAL_ID = re.compile(r"(^|[_/])id$")  # a column of exports that programs make for programs
_IN_CURRENCY = re.compile(
    r"\s*(?:\bin\b|\ben\b)?\s*[(\[]?\b(?P<code>[a-z]{3})\b[)\]]?$|\s*[(\[]?(?P<euro>€)[)\]]?$"
)
_NUMBERED = re.compile(r"[\s-]*[0-9]+$")


def bare(cell: str) -> str:
    """A cell without blanks around it and without ``="..."``, which keeps a spreadsheet from changing it."""
    text = cell.strip()
    return text[2:-1] if text.startswith('="') and text.endswith('"') and len(text) > 2 else text


def mapping_from_options(options: Mapping[str, str]) -> dict[str, str]:
    """Take the mapping out of the options of an import (``mapping.date=Buchungstag``).

    Answers to the questions of a source (``date_order``, ``decimal_mark``, ``debit_sign``, ``currency``)
    stand without the prefix.
    """
    mapping = {key: options[_PREFIX + key] for key in KEYS if options.get(_PREFIX + key)}
    return mapping | {key: options[name] for name, key in _QUESTIONS.items() if options.get(name)}


def options_from_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """Write a saved mapping as options, the reverse of :func:`mapping_from_options`."""
    return {_PREFIX + key: value for key, value in mapping.items() if key in KEYS and value}


def fold(cell: str) -> tuple[str, str]:
    """Fold a header cell: no accents, capitals, end marks or currency; and the currency it names or ""."""
    bare = unicodedata.normalize("NFKD", clean_header(cell))
    word = "".join(char for char in bare if not unicodedata.combining(char)).casefold().strip(" :.*")
    match = _IN_CURRENCY.search(word)
    code = "" if match is None else "EUR" if match["euro"] else match["code"].upper()
    if match is None or code not in CURRENCIES or not match.start():
        return word.replace("\u2019", "'"), ""
    return word[: match.start()].strip(" :("), code


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the row that can be the header of a bank's table; None when there is none.

    Either its words name a date and an amount, or (in another language) only words stand above a row with a
    date and an amount.
    """
    by_words = (index for index, row in enumerate(rows) if names_a_statement(row))
    by_shape = (
        index
        for index, (row, below) in enumerate(pairwise(rows))
        if _is_header_shape(row) and _is_data_shape(below, len(row))
    )
    return next(chain(by_words, by_shape), None)


def is_bank_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows look like a bank's table and not like the export of a shop, a platform or Odoo."""
    index = header_row(rows)
    if index is None:
        return False
    words = [fold(cell)[0] for cell in rows[index]]
    if any(word in _FOREIGN or _TECHNICAL_ID.search(word) for word in words):
        return False
    return names_a_statement(rows[index]) or not any(_BUSINESS.search(word) for word in words)


def names_a_statement(header: Sequence[str]) -> bool:
    words = {fold(cell)[0] for cell in header}
    return _names(words, "date") and any(_names(words, key) for key in ("amount", "debit", "credit"))


def _names(words: set[str], key: str) -> bool:
    return any(words & tier for tier in _WORDS[key])


def _is_header_shape(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return len(cells) >= 3 and all(
        any(map(str.isalpha, cell)) and not any(map(str.isdigit, cell)) for cell in cells
    )


def _is_data_shape(row: Sequence[str], width: int) -> bool:
    return (
        len(row) == width
        and any(looks_like_date(cell) for cell in row)
        and any(looks_like_amount(cell) and not looks_like_date(cell) for cell in row)
    )


def propose_mapping(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Propose which column is what, from the header words and from what stands below them.

    Only what is certain is proposed: a header word that stands over one column (or over columns with the same
    cells) whose cells are of the right kind. What is missing must be asked.

    Args:
        header: The header cells.
        rows: Some rows below the header; they may be shorter or longer than it.

    Returns:
        A mapping with :data:`COLUMN_KEYS` and, when a header names it, ``currency_code``.
    """
    columns = [[bare(row[index]) if index < len(row) else "" for row in rows] for index in range(len(header))]
    words = [fold(cell)[0] for cell in header]
    found = {key: _column(words, columns, key) for key in _WORDS}
    mapping = {key: column_name(header, index) for key, index in found.items() if index is not None}
    if "amount" in mapping or not ("debit" in mapping and "credit" in mapping):
        mapping.pop("debit", None)
        mapping.pop("credit", None)
    if "amount" not in mapping:
        mapping.pop("direction", None)
    _add_second_date(mapping, header, words, columns)
    labels = [index for index, word in enumerate(words) if _NUMBERED.sub("", word) in _LABELS]
    if labels:
        mapping["label"] = JOIN.join(column_name(header, index) for index in labels)
    codes = {
        fold(column)[1] for key in ("amount", "debit", "credit") for column in [mapping.get(key, "")]
    } - {""}
    if "currency" not in mapping and len(codes) == 1:
        mapping["currency_code"] = codes.pop()
    return mapping


_FITS: dict[str, Callable[[str], bool]] = {
    "date": looks_like_date,
    "value_date": looks_like_date,
    "amount": looks_like_amount,
    "debit": looks_like_amount,
    "credit": looks_like_amount,
    "balance": looks_like_amount,
    "direction": lambda cell: direction(cell) != 0,
    "currency": lambda cell: bool(re.fullmatch(r"[A-Za-z]{3}", cell)),
}


def _column(words: Sequence[str], columns: Sequence[Sequence[str]], key: str) -> int | None:
    """The one column of the surest tier, None when there is none or when it is not certain."""
    for tier in _WORDS[key]:
        named = [index for index, word in enumerate(words) if word in tier]
        fitting = [index for index in named if _holds(columns[index], _FITS.get(key))]
        if fitting:
            same = all(columns[index] == columns[fitting[0]] for index in fitting)
            return fitting[0] if same else None
    return None


def _holds(cells: Sequence[str], fits: Callable[[str], bool] | None) -> bool:
    """Whether at least half of the filled cells are of the right kind (trailer lines are not)."""
    filled = [cell for cell in cells if cell.strip()]
    return fits is None or sum(map(fits, filled)) * 2 >= len(filled)


def _add_second_date(
    mapping: dict[str, str], header: Sequence[str], words: Sequence[str], columns: Sequence[Sequence[str]]
) -> None:
    """Where some lines have no booking date yet (card payments), name the column that fills the gap."""
    first = column_index(header, mapping["date"]) if "date" in mapping else None
    if first is None:
        return
    later = _WORDS["date"][1] | _WORDS["date"][2]
    for index, word in enumerate(words):
        if word in later and columns[index] != columns[first] and _holds(columns[index], looks_like_date):
            mapping["date"] += JOIN + column_name(header, index)
            return


def column_name(header: Sequence[str], index: int) -> str:
    """The name by which a mapping calls a column: its header, ``#3`` when that is blank or stands twice."""
    names = [clean_header(cell) for cell in header]
    unique = names[index] and names.count(names[index]) == 1 and JOIN not in names[index]
    return names[index] if unique else f"#{index + 1}"


def column_index(header: Sequence[str], name: str) -> int | None:
    """The column that a mapping names, None when the file has no such column."""
    if re.fullmatch(r"#[0-9]{1,3}", name):
        return int(name[1:]) - 1 if 0 < int(name[1:]) <= len(header) else None
    names = [clean_header(cell).casefold() for cell in header]
    wanted = clean_header(name).casefold()
    return names.index(wanted) if wanted in names else None


def complete(
    header: Sequence[str], rows: Sequence[Sequence[str]], given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Merge what a person said with what is certain.

    Returns:
        The mapping, and the indexes of the columns by key.

    Raises:
        AnswerNeeded: the date or the amount is not certain, or a named column does not exist.
    """
    proposed = propose_mapping(header, rows)
    if "amount" in given or "debit" in given or "credit" in given:
        for key in ("amount", "debit", "credit", "direction"):
            proposed.pop(key, None)
    mapping = proposed | dict(given)
    names = tuple(column_name(header, index) for index in range(len(header)))
    indexes: dict[str, list[int]] = {}
    for key in COLUMN_KEYS:
        for name in _named(mapping, key):
            index = column_index(header, name)
            if index is None:
                raise AnswerNeeded(
                    _PREFIX + key, names, f"The file has no column {name!r}. Which one is {key}?"
                )
            indexes.setdefault(key, []).append(index)
    if "date" not in indexes:
        raise AnswerNeeded("mapping.date", names, "Which column holds the booking date?")
    if "amount" not in indexes and not ("debit" in indexes and "credit" in indexes):
        missing = "credit" if "debit" in indexes else "debit" if "credit" in indexes else "amount"
        raise AnswerNeeded(_PREFIX + missing, names, f"Which column holds the {missing}?")
    for other in ("debit", "credit") if "amount" in indexes else ("direction",):
        indexes.pop(other, None)  # one way to write amounts, never two
    return mapping, indexes


def _named(mapping: Mapping[str, str], key: str) -> list[str]:
    value = mapping.get(key, "")
    return [name for name in (value.split(JOIN) if key in JOINED_KEYS else [value]) if name.strip()]
