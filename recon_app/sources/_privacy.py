"""Personal data in exports: what is left out, what is masked, and what is kept for a reason.

Sources read the columns that a comparison needs, and names, e-mail addresses, postal addresses and phone
numbers are none of them. E-mail addresses within descriptions are masked before they are stored, unless the
option ``personal=keep`` asks for them. Two kinds of text are kept as they stand:

* lines of a bank statement: the counterparty and the remittance text tell which deposit is which, and a
  statement must be shown as the bank wrote it;
* a column of any other table that a person named to be read.

The imported file itself is kept, compressed, as the proof of every record: it holds what the export held.
Removing the file from the workspace deletes it and its records. Masks in the preview follow the header words
in English, German, French, Dutch, Spanish and Italian; ``personal=keep`` shows the cells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch

OPTION, KEEP = "personal", "keep"
_FIELDS = ("text", "extra")  # free text; references and ids are no sentences
_EMAIL = re.compile(r"(?<![\w.+-])([\w+-])[\w.+-]*@([\w-])[\w-]*(?:\.[\w-]+)+", re.ASCII)
_DIGITS = re.compile(r"[0-9]")
_WORD = re.compile(r"\w+")
_PERSONS_NAME = re.compile(r"[^\W\d_]+[.'\u2019-]?(?:[ -]+[^\W\d_]+[.'\u2019-]?){1,3}")
_MOST_WORDS = 3
#: Folded header words of columns that hold personal data, whatever else the table holds.
_PERSONAL = re.compile(
    r"""
    .*\b(e-?mail|e-?mail[ -]?(address|adresse|adres)|courriel|correo(\ electronico)?|posta\ elettronica)\b.*
    |.*\b(tele)?(phone|fon|foon|fono)(nummer|number)?\b.*|.*\b(mobile|handy|gsm|movil|cellulare)(nummer)?\b.*
    |.*\b(first|last|given|family|full|customer|client|billing|shipping|buyer|payer|sender|recipient|cardholder
        |card\ holder|contact|receiver|consignee)[ _/-]*names?\b.*
    |(customer|client|buyer|payer|cardholder|recipient|invoice\ partner\ display\ name|customer/vendor|partner
        |partner\ name|contact)
    |(kunde|kundenname|kunden?\ name|kaufer|name\ des\ kaufers|vorname|nachname|empfanger|absender|zahler
        |karteninhaber|ansprechpartner)
    |(nom\ du\ client|client|acheteur|prenom|nom\ de\ famille|destinataire|titulaire(\ de\ la\ carte)?)
    |(klant|klantnaam|koper|voornaam|achternaam|ontvanger|kaarthouder)
    |(cliente|nombre\ del\ cliente|comprador|apellidos?|destinatario|titular(\ de\ la\ tarjeta)?)
    |(nome\ cliente|nome\ del\ cliente|acquirente|cognome|titolare(\ della\ carta)?)
    |.*\b(street|address([ ]?(line[ ]?)?[12])?|strasse|anschrift|adresse|rue|adres|straat|calle|direccion
        |indirizzo|zip|zip[ /-]?code|postal[ -]?code|postcode|plz|postleitzahl|code\ postal|codigo\ postal|cap
        |city|town|stadt|wohnort|ville|ciudad|citta|woonplaats)\b.*
    |.*\b(date\ of\ birth|birthday|geburtsdatum)\b.*|.*\bip[ _-]?address\b.*
    """,
    re.VERBOSE,
)
#: The same where the cells look like names of persons: in other tables it is the name of an order or product.
_NAMES = frozenset({"name", "nom", "naam", "nombre", "nome"})
_NOT_PERSONAL = re.compile(r".*\b(marketing|status|type|count(ry)?|currency|id)\b.*")


def keeps(options: Mapping[str, str]) -> bool:
    """Whether somebody asked for personal data."""
    return options.get(OPTION) == KEEP


def without_personal(batch: Batch, kind: RecordType, options: Mapping[str, str], *, named: bool) -> Batch:
    """A batch whose free text holds no e-mail address.

    Args:
        batch: Records of one source.
        kind: What they are.
        options: Options of the import.
        named: Whether a person named the columns that are read.
    """
    if kind is RecordType.BANK_LINE or named or keeps(options):
        return batch
    for name in _FIELDS:
        column = batch.get(name)
        if isinstance(column, list) and "@" in "".join(column):
            batch = {**batch, name: [_without_email(cell) if "@" in cell else cell for cell in column]}
    return batch


def _without_email(text: str) -> str:
    return _EMAIL.sub(r"\1…@\2…", text)


def masked_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The first rows of a table with the cells of personal columns masked.

    The header is the first of the rows with the most cells; what stands above it is shown.
    """
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    header = widths.index(max(widths)) if any(widths) else 0
    sure, perhaps = personal_columns(rows[header]) if rows else (set(), set())
    shown = [list(row) for row in rows]
    for row in shown[header + 1 :]:
        for column, cell in enumerate(row):
            if column in sure or (column in perhaps and _PERSONS_NAME.fullmatch(cell.strip())):
                row[column] = masked(cell)
            elif "@" in cell:
                row[column] = _without_email(cell)
    return shown


def personal_columns(header: Sequence[str]) -> tuple[set[int], set[int]]:
    """Columns that hold personal data, and those that do where the cells look like names of persons."""
    words = [_folded(cell) for cell in header]
    sure = {
        column
        for column, word in enumerate(words)
        if _PERSONAL.fullmatch(word) and not _NOT_PERSONAL.fullmatch(word)
    }
    return sure, {column for column, word in enumerate(words) if word in _NAMES}


def _folded(cell: str) -> str:
    """A header cell without accents, capitals and doubled blanks."""
    bare = unicodedata.normalize("NFKD", cell.replace("ß", "ss"))
    word = "".join(char for char in bare if not unicodedata.combining(char)).casefold()
    return " ".join(word.replace("_", " ").split())


def masked(cell: str) -> str:
    """A cell of which only the first letters are seen, of a number the last two digits."""
    if _EMAIL.search(cell):
        return _without_email(cell)
    digits = _DIGITS.findall(cell)
    if len(digits) > 2 and not re.search(r"[^\W\d_]", cell):
        return f"…{''.join(digits[-2:])}"
    words = _WORD.findall(cell)
    return " ".join(f"{word[0]}…" for word in words[:_MOST_WORDS])
