"""Objects of Shopify's Admin GraphQL interface: results of bulk operations, and saved answers of queries.

A bulk operation gives one JSON object per line (JSONL). An object of a connection, such as a line of an
order, is a line of its own that names its parent in ``__parentId``; since version 2026-01 it may stand
anywhere after it. A saved answer is one JSON document in which the same objects stand in ``nodes``, ``edges``
or lists. Ids are texts such as ``gid://shopify/Order/1``, amounts decimal texts without needless zeros
(``"29.9"``), times UTC. Names of fields are those of the interface's reference (2026-10).
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from recon_app.models.money import MoneyError, exponent, parse_minor
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.quantity import QuantityError, parse_quantity
from recon_app.models.record import INT_FIELDS, NO_INT
from recon_app.sources import _values
from recon_app.sources._base import Batch, InputFile, Reading, Source, checked
from recon_app.sources._goods import Sums
from recon_app.sources._strict_json import JsonError, parse

#: An object of the interface, and one record before it is put into columns: texts and whole numbers.
Object = dict[str, Any]
Row = dict[str, "str | int"]

_GID = re.compile(r"gid://shopify/([A-Za-z]+)/[0-9A-Za-z_?=&-]+")
_BATCH = 1_000
_LONGEST_LINE = 64 << 20  # characters; also of a whole document
_MARK = b"gid://shopify/"
_AGAIN = "run the bulk operation again and import its result as it is"


def is_admin_json(file: InputFile) -> bool:
    """Whether a file is JSON with ids of Shopify's Admin interface."""
    head = file.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith((b"{", b"[")) and _MARK in head and b"admin_graphql_api_id" not in head


def holds(file: InputFile, *marks: bytes) -> bool:
    """Whether one of some short texts stands anywhere in the file."""
    rest = b""
    with file.path.open("rb") as stream:
        while block := stream.read(1 << 20):
            block = rest + block
            if any(mark in block for mark in marks):
                return True
            rest = block[-64:]
    return False


def objects(
    file: InputFile, marks: Sequence[str], reading: Reading | None = None
) -> Iterator[tuple[int, Object]]:
    """Objects with their number: that of the line, or the place within a document.

    Args:
        file: The file.
        marks: Texts of which a line must have one to be looked at; all lines are, when there are none.
        reading: Counts the objects and takes the faults of lines; without it they are passed over.

    Raises:
        FileRejected: the file is no text in UTF-8, or a document that cannot be read.
    """
    number = 0
    for line, alone in _texts(file):
        if marks and not alone and not any(mark in line for mark in marks):
            number += 1
            continue
        try:
            found = list(_top(parse(line)))
        except JsonError as error:
            if reading is not None:
                reading.rows = number + 1
                reading.problem(number + 1, None, f"the {'file' if alone else 'line'} {error}", _AGAIN)
            number += 1
            continue
        for item in found:
            number += 1
            yield number, item
    if reading is not None:
        reading.rows = number


def _texts(file: InputFile) -> Iterator[tuple[str, bool]]:
    """The JSON texts of a file, and whether it is the only one."""
    try:
        with file.path.open(encoding="utf-8-sig") as stream:
            lines = filter(str.strip, iter(lambda: stream.readline(_LONGEST_LINE), ""))
            first = next(lines, "")
            if _is_object(first):
                for line in chain([first], lines):
                    yield line, False
                return
            text = first + stream.read(_LONGEST_LINE)
            if len(text) >= _LONGEST_LINE:
                raise FileRejected(Problem(None, None, "the document is too big", "run a bulk operation"))
            yield text, True
    except UnicodeDecodeError as error:
        raise FileRejected(Problem(None, None, f"byte {error.start} is not UTF-8", _AGAIN)) from error


def _is_object(line: str) -> bool:
    """Whether a line is a whole object, as in JSONL; a line that is nearly one is a damaged line of such."""
    line = line.strip()
    return line.startswith("{") and line.endswith("}")


def _top(value: Any) -> Iterator[Object]:
    """The outermost objects that have an id or a parent."""
    if isinstance(value, list):
        for item in value:
            yield from _top(item)
    elif isinstance(value, dict):
        if kind_of(value):
            yield value
        else:
            for item in value.values():
                yield from _top(item)


def kind_of(item: Object) -> str:
    """The type of an object: by its id, else by fields that only one type has; "" for none."""
    match = _GID.fullmatch(item["id"]) if isinstance(item.get("id"), str) else None
    if match is not None:
        return match[1]
    if "__parentId" in item:
        return next((kind for field, kind in _TELLING.items() if field in item), "unknown")
    return ""


_TELLING = {"quantities": "InventoryLevel", "kind": "OrderTransaction", "sku": "LineItem"}


def children(item: Object, name: str) -> list[Object]:
    """The objects of a connection or list of an object."""
    value = item.get(name)
    if isinstance(value, dict):
        value = value.get("nodes") or [of(edge, "node") for edge in value.get("edges") or ()]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def of(item: object, *names: str) -> Object:
    """The object under a path of names, empty where there is none."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else None
    return item if isinstance(item, dict) else {}


def text(item: object, *names: str) -> str:
    """The text under a path of names, "" where there is none."""
    value = of(item, *names[:-1]).get(names[-1])
    return "" if value is None or isinstance(value, dict | list) else str(value)


def word(item: object, *names: str) -> str:
    """A word of an enumeration, which the interface writes in capitals, in lower case."""
    return text(item, *names).casefold()


def packed(values: Mapping[str, str | int]) -> str:
    """The field ``extra``: a JSON object of the values there are, "" for none."""
    some = {name: value for name, value in values.items() if value not in ("", NO_INT)}
    return json.dumps(some, ensure_ascii=False, separators=(",", ":")) if some else ""


class Values:
    """Reads amounts and quantities of one file and reports those that cannot be read."""

    def __init__(self, options: Mapping[str, str], reading: Reading) -> None:
        self._options = options
        self._reading = reading
        self.row = 0

    def currency(self, *codes: str) -> str:
        """The first code there is, else the option ``currency``.

        Raises:
            AnswerNeeded: there is none.
        """
        code = next(filter(None, codes), "") or self._options.get("currency", "").strip().upper()
        try:
            exponent(code)
        except MoneyError as error:
            if code:
                raise FileRejected(Problem(self.row, "currencyCode", str(error), _AGAIN)) from error
            question = "The file does not say in which currency its amounts are. Which is it?"
            raise AnswerNeeded("currency", (), question) from None
        return code

    def minor(self, item: object, name: str, currency: str) -> int:
        """Minor units of an amount, in the shop's currency where there are two; none where there is none."""
        value = bag(item, name)
        amount = text(value, "amount")
        if not amount:
            return NO_INT
        code = text(value, "currencyCode")
        if code and code != currency:
            self.problem(name, f"{amount} is in {code} and not in {currency}")
            return NO_INT
        try:
            return parse_minor(amount, currency)
        except MoneyError as error:
            self.problem(name, str(error))
            return NO_INT

    def quantity(self, item: object, name: str) -> int:
        """Millionths of a quantity, none where there is none."""
        number = text(item, name)
        if not number:
            return NO_INT
        try:
            return parse_quantity(number)
        except QuantityError as error:
            self.problem(name, str(error))
            return NO_INT

    def identity(self, name: str, holds: bool) -> None:
        """Check an identity that must hold in every object that has its terms."""
        self._reading.identity(name, np.array([holds]), np.array([self.row], np.int64))

    def problem(self, name: str, problem: str) -> None:
        """Record a fault of the object that is being read."""
        self._reading.problem(self.row, name, problem, _AGAIN)


def bag(item: object, name: str) -> Object:
    """An amount with its currency: ``{"amount": ..., "currencyCode": ...}``, alone or as ``shopMoney``."""
    return of(item, name, "shopMoney") or of(item, name)


class BulkSource(Source):
    """Records of one kind from objects of the Admin interface.

    Attributes:
        kinds: Types of objects of which the file must have one; other lines are not looked at.
        fields: Names of fields that only such objects have, where their ids may not have been asked for.
        parents: Types of objects that records need values of; they are kept while the file is read.
        kept: The fields of parents that are kept.
        quantity_words: Fields of quantities that are added up, each with the name of its sum.
    """

    beside = "shopify_bulk_orders"
    kinds: ClassVar[tuple[str, ...]]
    fields: ClassVar[tuple[str, ...]] = ()
    parents: ClassVar[tuple[str, ...]] = ()
    kept: ClassVar[tuple[str, ...]] = ()
    quantity_words: ClassVar[tuple[tuple[str, str], ...]] = ()

    def recognises(self, file: InputFile) -> bool:
        """Whether the file has objects of which records are made."""
        return is_admin_json(file) and holds(file, *(mark.encode() for mark in self._marks()))

    def _marks(self) -> list[str]:
        return [f"gid://shopify/{kind}/" for kind in self.kinds] + [f'"{name}"' for name in self.fields]

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the objects, some hundreds of records at a time."""
        values, sums = Values(options, reading), Sums()
        known = dict(self._parents(file)) if self.parents and holds(file, b'"__parentId"') else {}
        rows: list[Row] = []
        for number, item in objects(file, self._marks() if self.beside else (), reading):
            values.row = number
            parent = known.get(text(item, "__parentId"), {})
            rows.extend({"row": number, **row} for row in self.rows(item, parent, values))
            if len(rows) >= _BATCH:
                yield self._batch(rows, reading, sums)
                rows = []
        if rows:
            yield self._batch(rows, reading, sums)
        self.finish(reading)
        sums.note(reading)

    def _parents(self, file: InputFile) -> Iterator[tuple[str, Object]]:
        marks = [f'"id":{gap}"gid://shopify/{kind}/' for kind in self.parents for gap in ("", " ")]
        for _, item in objects(file, marks):
            if kind_of(item) in self.parents:
                yield text(item, "id"), {name: item[name] for name in ("id", *self.kept) if name in item}

    def _batch(self, rows: list[Row], reading: Reading, sums: Sums) -> Batch:
        names = dict.fromkeys(name for row in rows for name in row)
        batch: Batch = {}
        for name in names:
            if name in INT_FIELDS:
                batch[name] = np.array([row.get(name, NO_INT) for row in rows], np.int64)
            else:
                batch[name] = [str(row.get(name, "")) for row in rows]
        if "when" in batch:
            batch["day"], batch["at"] = _times(batch, reading)
        self.prove(batch, reading)
        for name, title in self.quantity_words:
            sums.add({title: np.asarray(batch.get(name, []), np.int64)})
        return checked(batch, len(rows))

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add records to control totals and identities."""

    def finish(self, reading: Reading) -> None:
        """Tell what only the whole file shows."""

    @abstractmethod
    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The records of one object; a field ``when`` is its time.

        Args:
            item: The object.
            parent: Kept fields of the object that it names as its parent.
            values: Reads amounts and quantities.
        """


def _times(batch: Batch, reading: Reading) -> tuple[Any, Any]:
    cells = [str(cell) for cell in batch.pop("when")]
    days, at, bad = _values.moments(cells)
    for index in np.flatnonzero(bad).tolist():
        problem = f"{cells[index][:60]!r} is not a time YYYY-MM-DDTHH:MM:SSZ"
        reading.problem(int(batch["row"][index]), None, problem, _AGAIN)
    return days, at
