"""A source that was written without a real file takes only files that prove themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from recon_app.models.problem import FileRejected
from recon_app.models.record import RecordType
from recon_app.services.reading import read_rows
from recon_app.sources._base import Batch, InputFile, Reading, Source


class Untried(Source):
    """Two lines of EUR 1.00 and a sum in the first line of the file."""

    id = "untried"
    title = "Untried payouts"
    record_type = RecordType.PAYOUT
    key = ("ident",)
    unproven = True

    def recognises(self, file: InputFile) -> bool:
        return file.head.startswith(b"sum")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        del options
        amounts = np.array([100, 100], np.int64)
        reading.rows += 2
        reading.total("amount", "EUR", amounts)
        reading.identity("rows", np.array([], np.bool_), np.array([], np.int64))
        for number in file.text().split()[1:]:
            reading.sum_proof("lines = sum", "EUR", int(number), 200)
        yield {"row": np.array([1, 2], np.int64), "amount": amounts, "currency": ["EUR", "EUR"]}


class Taker:
    """Counts the rows it is given."""

    rows = 0

    def add(self, batch: Batch) -> None:
        self.rows += len(batch["row"])


def read(path: Path, text: str, source: Source) -> int:
    path.write_text(text)
    taker = Taker()
    read_rows(taker, InputFile(path), source, {}, Reading(), lambda *_: None)
    return taker.rows


def test_a_file_that_proves_itself_is_taken(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "sum 200", Untried()) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sum", "it holds nothing to check the lines against"),
        ("sum 200 300", "lines = sum (expected 3.00 EUR, found 2.00 EUR)"),
    ],
)
def test_any_other_is_refused_with_its_totals(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(FileRejected) as caught:
        read(tmp_path / "a.txt", text, Untried())
    (problem,) = caught.value.problems
    assert problem.problem == (
        "the reader for Untried payouts has never seen a real file, and this one does not prove that it is "
        f"read rightly: {why}. Control totals (records: 2): amount 2.00 EUR"
    )
    assert "header line" in problem.advice
    assert "mapping assistant" in problem.advice


def test_other_sources_are_marked_and_not_refused(tmp_path: Path) -> None:
    class Tried(Untried):
        unproven = False

    assert read(tmp_path / "a.txt", "sum 300", Tried()) == 2
