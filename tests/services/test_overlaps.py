"""Tables of any origin that hold records of earlier files, and what a person once said about a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.services.import_files import FileReport, Status, import_paths
from recon_app.services.preview import preview
from recon_app.store.imports import list_imports
from recon_app.store.records import read_columns
from recon_app.store.workspace import Workspace

ORDERS = {"mapping.order": "No", "mapping.date": "When", "mapping.amount": "Sum", "mapping.currency": "Money"}
HEADER = "No,When,Sum,Money\n"
DATA = Path(__file__).parents[1] / "sources" / "data"
Write = Callable[..., Path]


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with closing(Workspace.open(tmp_path / "ws")) as ws:
        yield ws


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text(header + "".join(f"{row}\n" for row in rows), encoding=encoding)
        return path

    return written


def one(ws: Workspace, path: Path, source: str | None = None, **options: str) -> FileReport:
    (report,) = import_paths(ws, [path], source=source, options=options)
    return report


def order(number: int, amount: str = "5.00", day: str = "2026-03-31") -> str:
    return f"{number},{day},{amount},EUR"


def amounts(ws: Workspace) -> list[int]:
    with ws.cache.connect() as cache:
        rows = cache.exec_driver_sql("SELECT amount FROM record ORDER BY id").fetchall()
    return [row[0] for row in rows]


def place(report: FileReport) -> tuple[str, int | None, str | None]:
    (problem,) = report.problems
    return problem.code, problem.line, problem.column


def test_known_records_are_asked_and_then_left_out(ws: Workspace, write: Write) -> None:
    one(ws, write("a.csv", order(1), order(2)), "mapped_orders", **ORDERS)
    again = write("b.csv", order(3), order(2), order(4))
    asked = one(ws, again)
    assert asked.question is not None
    assert (asked.status, asked.question.option) == (Status.AMBIGUOUS, "mapping.overlap")
    assert place(asked) == ("E_DUP_ROW", 3, "No")
    assert len(list_imports(ws)) == 1
    assert list((ws.folder / "originals").iterdir()) != []
    done = one(ws, again, **{"mapping.overlap": "add_new"})
    assert (done.status, done.added, done.known) == (Status.IMPORTED, 2, 1)
    assert one(ws, write("c.csv", order(4), order(5))).added == 1  # said once


HISTORY = "Order,Name,Kind,Gateway,Created At,Status,Amount,Currency,Card Type\n"


def sale(number: int) -> str:
    return f"50{number},#{number},sale,manual,2026-03-01 10:00:{number:02} +0100,success,5.00,EUR,"


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([1, 2, 1, 2], "records 3 to 4 repeat 1 to 2"),  # the same export twice
        ([1, 2, 3, 1, 2, 3, 1, 2, 3], "records 4 to 9 repeat 1 to 6"),
        ([*range(1, 8), *range(3, 12)], "records 8 to 12 repeat 3 to 7"),  # two that overlap
    ],
)
def test_exports_that_were_joined_are_asked_about(
    ws: Workspace, write: Write, numbers: list[int], words: str
) -> None:
    path = write("joined.csv", *map(sale, numbers), header=HISTORY)
    asked = one(ws, path)
    assert asked.question is not None
    assert (asked.status, asked.question.option) == (Status.AMBIGUOUS, "repeated")
    assert words in asked.question.text
    assert amounts(ws) == []
    assert one(ws, path, repeated="keep").added == len(numbers)


@pytest.mark.parametrize("numbers", [[1, 1], [1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 1, 2, 3, 4, 5]])
def test_a_few_twins_are_no_joined_exports(ws: Workspace, write: Write, numbers: list[int]) -> None:
    assert one(ws, write("twins.csv", *map(sale, numbers), header=HISTORY)).added == len(numbers)


def test_changed_records_are_asked_each_time(ws: Workspace, write: Write) -> None:
    one(ws, write("a.csv", order(1), order(2)), "mapped_orders", **ORDERS)
    changed = write("b.csv", order(3), order(2, "7.00"))
    asked = one(ws, changed)
    assert asked.question is not None
    assert (asked.question.option, place(asked)) == ("mapping.changes", ("E_CONFLICT", 3, "Sum"))
    done = one(ws, changed, **{"mapping.changes": "keep_old"})
    assert (done.added, done.changed) == (1, 1)
    assert amounts(ws) == [500, 500, 500]
    again = one(ws, write("c.csv", order(2, "8.00")))
    assert again.question is not None
    assert again.question.option == "mapping.changes"


def test_stock_moves_on_without_a_question(ws: Workspace, write: Write) -> None:
    stock = {"mapping.sku": "Code", "mapping.quantity": "Count"}
    one(ws, write("a.csv", "A,1", header="Code,Count\n"), "mapped_stock", **stock)
    later = one(ws, write("b.csv", "A,2", header="Code,Count\n"))
    assert (later.status, later.source, later.changed) == (Status.IMPORTED, "mapped_stock", 1)


def test_a_table_is_known_again_by_its_header(ws: Workspace, write: Write) -> None:
    first = write("a.csv", order(1))
    asked = one(ws, first)
    assert asked.question is not None
    assert (asked.question.option, "mapped_orders" in asked.question.choices) == ("as", True)
    one(ws, first, "mapped_orders", **ORDERS)
    second = write("b.csv", order(2))
    assert preview(ws, second).sources == ("mapped_orders",)
    assert one(ws, second).source == "mapped_orders"


def test_an_answer_is_used_where_it_fits(ws: Workspace, write: Write) -> None:
    told = ORDERS | {"date_order": "dmy"}
    one(ws, write("a.csv", order(1, day="04/05/2026")), "mapped_orders", **told)
    same = write("b.csv", order(2, day="05/06/2026"))
    assert preview(ws, same).options["date_order"] == "dmy"
    assert one(ws, same).status is Status.IMPORTED
    other = one(ws, write("c.csv", order(3, day="05/31/2026"), order(4, day="05/06/2026")))
    assert other.question is not None
    assert (other.question.option, other.question.choices) == ("date_order", ("mdy",))
    assert one(ws, write("d.csv", order(5, day="2026-05-31"))).status is Status.IMPORTED
    days = read_columns(ws, [entry.id for entry in list_imports(ws)], ["day"])["day"].tolist()
    assert days == [20577, 20609, 20604]
    assert list_imports(ws)[1].options["date_order"] == "dmy"


def test_an_encoding_is_known_again(ws: Workspace, write: Write) -> None:
    header = "No,When,Sum,Money,Name\n"
    told = ORDERS | {"mapping.text": "Name", "encoding": "cp1252"}
    one(
        ws, write("a.csv", f"{order(1)},Ren\u00e9", header=header, encoding="cp1252"), "mapped_orders", **told
    )
    again = write("b.csv", f"{order(2)},Zo\u00eb", header=header, encoding="cp1252")
    assert one(ws, again).status is Status.IMPORTED
    assert read_columns(ws, [2], ["text"])["text"].tolist() == ["Zo\u00eb"]
    foreign = write("c.csv", "1,Zo\u00eb", header="Other,Name\n", encoding="cp1252")
    assert one(ws, foreign).status is Status.AMBIGUOUS


def test_warnings_are_told_and_kept(ws: Workspace, write: Write) -> None:
    report = one(ws, write("a.csv", order(1), "Total,,5.00,"), "mapped_orders", **ORDERS)
    assert [(each.code, each.line) for each in report.warnings] == [("W_TOTAL_ROW", 3)]
    assert "line 3: 'Total': a total, left out" in list_imports(ws)[0].findings.notes


@pytest.mark.parametrize(
    "source", ["shopify_payment_transactions", "shopify_payouts", "stripe_payout_reconciliation"]
)
def test_damage_by_a_spreadsheet_is_named(ws: Workspace, tmp_path: Path, source: str) -> None:
    sample = next(path for path in sorted((DATA / source).iterdir()) if path.suffix == ".csv")
    damaged = tmp_path / "saved.csv"
    text = sample.read_text(encoding="utf-8-sig")
    rounded, changed = re.subn(r"(?<=[,\"_])[0-9]{8,}(?=[,\"\n])", "5.37518E+12", text)
    turned, dates = re.subn(r"\b(20\d\d)-(\d\d)-(\d\d)\b", r"\3/\2/\1", text)
    for content, number, code, words in (
        (rounded, changed, "E_ID_DAMAGED", "has lost its digits"),
        (turned, dates, "E_DATE", "a spreadsheet program has rewritten it"),
    ):
        if number:
            damaged.write_text(content, encoding="utf-8")
            report = one(ws, damaged, source, currency="EUR")
            assert report.status is Status.REJECTED
            problem = report.problems[0]
            assert (problem.code, problem.line, words in problem.problem) == (code, 2, True), problem
    assert changed + dates
