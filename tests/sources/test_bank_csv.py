"""Tables of any bank: columns bound or asked, signs proven by balances, nothing skipped in silence."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected, UsageError
from recon_app.sources._bank_mapping import column_index, column_name, fold
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_csv import (
    BankCsv,
    header_row,
    mapping_from_options,
    options_from_mapping,
    propose_mapping,
)

HEADER = ["Date", "Description", "Amount", "Currency", "Balance"]
LINES = [
    ["2026-01-02", "One", "-5.00", "EUR", "95.00"],
    ["2026-01-03", "Two", "10.00", "EUR", "105.00"],
    ["2026-01-04", "Three", "0.50", "EUR", "105.50"],
]
Rows = Sequence[Sequence[str]]


@pytest.fixture
def read(
    write_csv: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    def read_rows(rows: Rows, **options: str) -> dict[str, Any]:
        given = {name.replace("__", "."): value for name, value in options.items()}
        return read_sample(BankCsv(), write_csv(rows), given)

    return read_rows


def amounts(result: dict[str, Any]) -> list[int]:
    return [record["amount"] for record in result["records"]]


def oks(result: dict[str, Any]) -> list[bool]:
    return [proof["ok"] for proof in result["proofs"]]


@pytest.mark.parametrize(
    "name",
    [
        "preamble_newest_first.csv",
        "semicolon_decimal_comma.csv",
        "balances_around.csv",
        "mark_against_sign.csv",
    ],
)
def test_samples(
    name: str, read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]
) -> None:
    result = read_sample(BankCsv(), name)
    check_expected(result, name)
    assert all(oks(result))


def test_a_workbook_reads_like_a_csv(
    write_xlsx: Callable[..., Path],
    read: Callable[..., dict[str, Any]],
    read_sample: Callable[..., dict[str, Any]],
) -> None:
    cells = [
        [datetime.fromisoformat(day), text, float(amount), code, float(balance)]
        for day, text, amount, code, balance in LINES
    ]
    assert read_sample(BankCsv(), write_xlsx([HEADER, *cells])) == read([HEADER, *LINES])


# columns


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"Booking Date": "2026-01-02", "Value Date": "2026-01-03", "Payee": "Shop", "Reference": "R1"}
            | {"Amount (EUR)": "1.00", "Balance": "5.00"},
            {"date": "Booking Date", "value_date": "Value Date", "label": "Payee", "reference": "Reference"}
            | {"amount": "Amount (EUR)", "balance": "Balance", "currency_code": "EUR"},
        ),
        (
            {
                "Buchungstag": "02.01.26",
                "Valutadatum": "02.01.26",
                "Buchungstext": "x",
                "Verwendungszweck": "y",
            }
            | {"Kontonummer/IBAN": "DE1", "Betrag": "1,00", "Waehrung": "EUR", "Info": "z"},
            {"date": "Buchungstag", "value_date": "Valutadatum", "label": "Buchungstext|Verwendungszweck"}
            | {"amount": "Betrag", "currency": "Waehrung"},
        ),
        (
            {"Date de l'opération": "02/01/2026", "Libellé": "Achat", "Détail de l'écriture": "Carte"}
            | {"Montant de l'opération": "-1,00", "Devise": "EUR"},
            {"date": "Date de l'opération", "label": "Libellé|Détail de l'écriture"}
            | {"amount": "Montant de l'opération", "currency": "Devise"},
        ),
        (
            {"Datum": "20260102", "Naam / Omschrijving": "x", "Rekening": "NL1", "Tegenrekening": "NL2"}
            | {"Code": "GT", "Af Bij": "Af", "Bedrag (EUR)": "1,00", "Mededelingen": "y"},
            {"date": "Datum", "label": "Naam / Omschrijving|Mededelingen", "account": "Rekening"}
            | {"direction": "Af Bij", "amount": "Bedrag (EUR)", "currency_code": "EUR"},
        ),
        (
            {"F. Operación": "02/01/2026", "Concepto": "x", "F. Valor": "02/01/2026", "Importe": "-1,00"}
            | {"Saldo": "5,00", "Referencia": "R1"},
            {"date": "F. Operación", "label": "Concepto", "value_date": "F. Valor", "amount": "Importe"}
            | {"balance": "Saldo", "reference": "Referencia"},
        ),
        (
            {"Data": "02/01/2026", "Valuta": "03/01/2026", "Dare": "1,00", "Avere": "", "Causale": "48"},
            {"date": "Data", "value_date": "Valuta", "debit": "Dare", "credit": "Avere", "label": "Causale"},
        ),
        (
            {"Date": "2026-01-02", "Paid out": "1.00", "Paid in": "", "Valuta": "EUR"},
            {"date": "Date", "debit": "Paid out", "credit": "Paid in", "currency": "Valuta"},
        ),
        ({"Date": "2026-01-02", "Debit": "1.00"}, {"date": "Date"}),
        ({"Date": "yesterday", "Amount": "much"}, {}),
    ],
)
def test_proposed_mapping(columns: dict[str, str], expected: dict[str, str]) -> None:
    assert propose_mapping(list(columns), [list(columns.values())]) == expected


def test_a_name_that_stands_twice_is_certain_only_over_equal_cells() -> None:
    header = ["Date", "Date", "Amount"]
    assert propose_mapping(header, [["2026-01-02", "2026-01-03", "1.00"]]) == {"amount": "Amount"}
    same = propose_mapping(header, [["2026-01-02", "2026-01-02", "1.00"]])
    assert same == {"date": "#1", "amount": "Amount"}


@pytest.mark.parametrize(
    ("rows", "options", "option"),
    [
        ([["Kuupäev", "Selgitus", "Summa"], ["2026-01-02", "Pood", "1.00"]], {}, "mapping.date"),
        (
            [["Kuupäev", "Selgitus", "Summa"], ["2026-01-02", "Pood", "1.00"]],
            {"mapping__date": "Kuupäev"},
            "mapping.amount",
        ),
        ([["Date", "Debit", "x"], ["2026-01-02", "1.00", "2"]], {}, "mapping.amount"),
        (
            [["Date", "Debit", "x"], ["2026-01-02", "1.00", "2"]],
            {"mapping__debit": "Debit"},
            "mapping.credit",
        ),
        (
            [["Date", "Credit", "x"], ["2026-01-02", "1.00", "2"]],
            {"mapping__credit": "Credit"},
            "mapping.debit",
        ),
        ([HEADER, *LINES], {"mapping__amount": "Gone"}, "mapping.amount"),
        ([HEADER, *LINES], {"mapping__label": "Description|#9"}, "mapping.label"),
    ],
)
def test_columns_that_are_not_certain_are_asked(
    read: Callable[..., dict[str, Any]], rows: Rows, options: dict[str, str], option: str
) -> None:
    with pytest.raises(AnswerNeeded) as needed:
        read(rows, **options)
    assert needed.value.option == option
    assert needed.value.choices == tuple(rows[0])


def test_a_saved_mapping_is_followed(read: Callable[..., dict[str, Any]]) -> None:
    mapping = {
        "date": "Kuupäev",
        "amount": "#3",
        "label": "Selgitus|Summa",
        "currency_code": "EUR",
        "account_id": "EE38",
        "date_order": "mdy",
        "decimal_mark": "comma",
    }
    options = options_from_mapping(mapping)
    assert mapping_from_options(options) == mapping
    rows = [["Kuupäev", "Selgitus", "Summa"], ["01/02/2026", "Pood", "1,234"]]
    with pytest.raises(FileRejected, match="is not an exact amount of its currency"):
        read(rows, **{name.replace(".", "__"): value for name, value in options.items()})
    options["mapping.currency_code"] = "KWD"
    result = read(rows, **{name.replace(".", "__"): value for name, value in options.items()})
    record = result["records"][0]
    assert (record["day"], record["amount"], record["account"]) == ("2026-01-02", 1234, "EE38")
    assert record["text"] == "Pood 1,234"


@given(st.dictionaries(st.sampled_from(["date", "amount", "label", "delimiter"]), st.text(min_size=1)))
def test_a_mapping_survives_as_options(mapping: dict[str, str]) -> None:
    assert mapping_from_options(options_from_mapping(mapping)) == mapping


def test_answers_to_questions_need_no_prefix() -> None:
    options = {
        "date_order": "dmy",
        "decimal_mark": "dot",
        "debit_sign": "books",
        "currency": "CHF",
        "other": "x",
    }
    assert mapping_from_options(options) == {
        "date_order": "dmy",
        "decimal_mark": "dot",
        "debit_sign": "books",
        "currency_code": "CHF",
    }


def test_column_names() -> None:
    header = ["Date", " Amount ", "", "Amount", "A|B"]
    names = [column_name(header, index) for index in range(len(header))]
    assert names == ["Date", "#2", "#3", "#4", "#5"]
    assert [column_index(header, name) for name in names] == [0, 1, 2, 3, 4]
    assert column_index(header, "date") == 0
    assert column_index(header, "#6") is None


def test_folded_headers() -> None:
    assert fold("Betrag (€)") == ("betrag", "EUR")
    assert fold("Umsatz in EUR") == ("umsatz", "EUR")
    assert fold("Montant EUR:") == ("montant", "EUR")
    assert fold("Pay day") == ("pay day", "")
    assert fold("EUR") == ("eur", "")
    assert fold("\ufeffWährung\u00a0") == ("wahrung", "")


def test_header_row_and_delimiter_can_be_told(
    tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        "Date,Amount,Currency\n2025-01-01,9.00,EUR\nDate;Amount;Currency\n2026-01-02;1.00;EUR\n",
        encoding="utf-8",
    )
    options = {"mapping.header_row": "3", "mapping.delimiter": "semicolon"}
    assert amounts(read_sample(BankCsv(), path, options)) == [100]
    for wrong in ({"mapping.header_row": "9"}, {"mapping.header_row": "x"}, {"mapping.delimiter": "ab"}):
        with pytest.raises(UsageError):
            read_sample(BankCsv(), path, wrong)


# rows


def test_rows_that_are_no_lines_are_counted(read: Callable[..., dict[str, Any]]) -> None:
    rows = [
        HEADER,
        LINES[0],
        ["", "second line", "", "", ""],
        ["", "part", "", "", "1.00"],
        ["", "card payment", "7.00", "EUR", ""],
        [],
        LINES[1],
        ["Total", "", "5.00", "", ""],
        ["", "Closing balance", "", "", "105.00"],
        ["Printed on 5 January", "", "", "", ""],
    ]
    result = read(rows)
    assert amounts(result) == [-500, 1000]
    assert [record["row"] for record in result["records"]] == [1, 5]
    assert result["records"][0]["text"] == "One second line"
    assert result["notes"][:3] == [
        "1 row without a date and an amount (part of a batch) left out",
        "1 row without a date and a balance (not booked) left out",
        "3 rows with a balance, a total or a remark, not a line",
    ]
    assert oks(result) == [True]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (["2026-01-05", "x", "", "EUR", "1.00"], "Amount", "is empty"),
        (["", "x", "1.00", "EUR", "1.00"], "Date", "is empty"),
        (["soon", "x", "1.00", "EUR", "1.00"], "Date", "'soon' is not a date"),
        (
            ["31.02.2026", "x", "1.00", "EUR", "1.00"],
            "Date",
            "'31.02.2026' is not a date (in the order year-month-day)",
        ),
        (["2026-01-05", "x", "1.00"], None, "the record has 3 cells where the header has 5"),
        (
            ["2026-01-05", "x", "1.00", "EUR", "1.00", "y"],
            None,
            "the record has 6 cells where the header has 5",
        ),
        (HEADER, None, "the header stands here again"),
        (["2026-01-05", "x", "1,00", "EUR", ""], "Amount", "'1,00' is not an amount (with a decimal dot)"),
        (["2026-01-05", "x", "1.005", "EUR", ""], "Amount", "'1.005' is not an exact amount of its currency"),
        (
            ["2026-01-05", "x", "1.00 USD", "EUR", ""],
            "Amount",
            "'1.00 USD' is not in the currency of its row",
        ),
        (["2026-01-05", "x", "1.00", "Euro", ""], "Currency", "'Euro' is not a currency code"),
        (["2026-01-05", "x", "1.00", "", ""], "Currency", "is empty"),
    ],
)
def test_faults_name_row_and_column(
    read: Callable[..., dict[str, Any]], row: Sequence[str], column: str | None, problem: str
) -> None:
    with pytest.raises(FileRejected) as caught:
        read([HEADER, *LINES, row])
    first = caught.value.problems[0]
    assert (first.row, first.column, first.problem) == (4, column, problem)


def test_a_file_without_lines_says_so(read: Callable[..., dict[str, Any]]) -> None:
    result = read([HEADER])
    assert (result["rows"], result["notes"]) == (0, ["the table has no lines"])


def test_empty_cells_behind_the_header_and_escaped_cells_are_fine(
    read: Callable[..., dict[str, Any]],
) -> None:
    line = ['="2026-01-02"', "One", '="-5.00"', "EUR", "95.00", "", ""]
    assert amounts(read([HEADER, line])) == [-500]


# readings


def test_ambiguous_dates_and_amounts_are_asked_one_after_the_other(
    read: Callable[..., dict[str, Any]],
) -> None:
    rows = [["Date", "Amount"], ["03/04/2026", "1,234"]]
    answers: dict[str, str] = {}
    for option, answer in (("date_order", "dmy"), ("decimal_mark", "dot"), ("currency", "JPY")):
        with pytest.raises(AnswerNeeded) as needed:
            read(rows, **answers)
        assert needed.value.option == option
        assert answer in needed.value.choices or option == "currency"
        answers[option] = answer
    record = read(rows, **answers)["records"][0]
    assert (record["day"], record["amount"], record["currency"]) == ("2026-04-03", 1234, "JPY")


@pytest.mark.parametrize(
    ("header", "line", "above"),
    [
        (["Date", "Amount (CHF)"], ["2026-01-02", "1.00"], []),
        (["Date", "Amount"], ["2026-01-02", "1.00 CHF"], []),
        (["Date", "Amount"], ["2026-01-02", "1.00"], [["Currency:", "CHF"]]),
        (["Date", "Amount", "Currency"], ["2026-01-02", "1.00", "chf"], []),
    ],
)
def test_currency_from_the_file(
    read: Callable[..., dict[str, Any]], header: list[str], line: list[str], above: Rows
) -> None:
    assert read([*above, header, line])["records"][0]["currency"] == "CHF"


def test_two_currencies_above_the_table_are_asked(read: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AnswerNeeded, match="names no currency"):
        read([["EUR", "CHF"], ["Date", "Amount"], ["2026-01-02", "1.00"]])


@pytest.mark.parametrize(
    ("debits", "balances", "expected", "ok"),
    [
        (["5.00", "2.00", ""], ["95.00", "93.00", "103.00"], [-500, -200, 1000], True),
        (["-5.00", "-2.00", ""], ["95.00", "93.00", "103.00"], [-500, -200, 1000], True),
        (["5.00", "-2.00", ""], ["95.00", "97.00", "107.00"], [-500, 200, 1000], True),
        (["-5.00", "2.00", ""], ["95.00", "97.00", "107.00"], [-500, 200, 1000], True),
        (["5.00", "2.00", ""], ["105.00", "107.00", "97.00"], [500, 200, -1000], True),
        (["5.00", "-2.00", ""], ["1.00", "2.00", "3.00"], [-500, -200, 1000], False),
        (["5.00", "2.00", ""], ["1.00", "2.00", "3.00"], [-500, -200, 1000], False),
    ],
)
def test_balances_decide_the_signs_of_debits(
    read: Callable[..., dict[str, Any]],
    debits: list[str],
    balances: list[str],
    expected: list[int],
    ok: bool,
) -> None:
    rows = [
        ["2026-01-02", debit, credit, "EUR", balance]
        for debit, credit, balance in zip(debits, ["", "", "10.00"], balances, strict=True)
    ]
    result = read([["Date", "Debit", "Credit", "Currency", "Balance"], *rows])
    assert amounts(result) == expected
    assert oks(result) == [ok]


def test_negative_debits_without_balances_are_asked(read: Callable[..., dict[str, Any]]) -> None:
    header = ["Date", "Debit", "Credit", "Currency"]
    rows = [header, ["2026-01-02", "5.00", "", "EUR"], ["2026-01-02", "-2.00", "", "EUR"]]
    with pytest.raises(AnswerNeeded) as needed:
        read(rows)
    assert needed.value.option == "debit_sign"
    assert amounts(read(rows, debit_sign="reversal")) == [-500, 200]
    assert amounts(read(rows[:2])) == [-500]


def test_debit_and_credit_on_one_line_are_refused(read: Callable[..., dict[str, Any]]) -> None:
    rows = [["Date", "Debit", "Credit", "Currency"], ["2026-01-02", "5.00", "2.00", "EUR"]]
    with pytest.raises(FileRejected) as caught:
        read(rows)
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (1, "Debit")
    assert amounts(read([rows[0], ["2026-01-02", "5.00", "0.00", "EUR"]])) == [-500]


def test_an_amount_column_comes_before_debit_and_credit(read: Callable[..., dict[str, Any]]) -> None:
    rows = [["Date", "Debit", "Credit", "Amount", "Currency"], ["2026-01-02", "5.00", "", "-5.00", "EUR"]]
    told = {"mapping__amount": "Amount", "mapping__debit": "Debit", "mapping__credit": "Credit"}
    assert amounts(read(rows)) == amounts(read(rows, **told)) == [-500]


def test_an_unknown_debit_mark_is_refused(read: Callable[..., dict[str, Any]]) -> None:
    header = ["Date", "Amount", "D/C", "Currency"]
    lines = [["2026-01-02", "5.00", mark, "EUR"] for mark in ("D", "C", "X", "")]
    with pytest.raises(FileRejected) as caught:
        read([header, *lines])
    assert [problem.row for problem in caught.value.problems] == [3, 4]
    result = read([header, *lines[:2]])
    assert amounts(result) == [-500, 500]


def test_a_credit_card_can_be_turned(read: Callable[..., dict[str, Any]]) -> None:
    lines = [["2026-01-02", "x", "5.00", "EUR", "95.00"], ["2026-01-03", "x", "7.00", "EUR", "88.00"]]
    result = read([HEADER, *lines])
    assert oks(result) == [False]
    assert any("mapping.sign=inverted" in note for note in result["notes"])
    turned = read([HEADER, *lines], mapping__sign="inverted")
    assert amounts(turned) == [-500, -700]
    assert oks(turned) == [True]
    with pytest.raises(UsageError):
        read([HEADER, *lines], mapping__sign="upside down")


# proofs


def test_running_balance_oldest_or_newest_first(read: Callable[..., dict[str, Any]]) -> None:
    for lines in (LINES, LINES[::-1]):
        assert oks(read([HEADER, *lines])) == [True]
    gaps = [[*line[:4], ""] if index == 1 else line for index, line in enumerate(LINES)]
    assert oks(read([HEADER, *gaps])) == [True]


def test_a_missing_line_breaks_the_running_balance(read: Callable[..., dict[str, Any]]) -> None:
    result = read([HEADER, LINES[0], LINES[2]])
    assert oks(result) == [False]
    assert result["proofs"][0]["found"] == "0 rows, first broken: row 2"


def test_accounts_and_currencies_have_their_own_balance(read: Callable[..., dict[str, Any]]) -> None:
    dollars = [[day, text, amount, "USD", balance] for day, text, amount, _, balance in LINES]
    mixed = [line for pair in zip(LINES, dollars, strict=True) for line in pair]
    assert oks(read([HEADER, *mixed])) == [True]


def test_opening_and_closing_balance_around_the_lines(read: Callable[..., dict[str, Any]]) -> None:
    header, lines = HEADER[:4], [line[:4] for line in LINES]
    rows = [["Opening balance:", "100.00"], header, *lines, ["", "Closing balance", "105.50", ""]]
    assert oks(read(rows)) == [True]
    result = read([["Opening balance: 100.00"], header, *lines[:2], ["Closing balance: 105.50"]])
    assert [(p["expected"], p["found"], p["ok"]) for p in result["proofs"]] == [
        ("105.50 EUR", "105.00 EUR", False)
    ]
    nothing = read([header, *lines])
    assert nothing["proofs"] == []
    assert any("no opening and no closing balance" in note for note in nothing["notes"])


def test_dated_balance_rows_are_balances(read: Callable[..., dict[str, Any]]) -> None:
    opening = ["2026-01-01", "Opening balance", "", "EUR", "100.00"]
    closing = ["2026-01-04", "Closing balance", "", "EUR", "105.50"]
    result = read([HEADER, opening, *LINES, closing])
    assert amounts(result) == [-500, 1000, 50]
    assert oks(result) == [True, True]
    header = ["Date", "Amount", "Description", "Currency"]
    lines = [[line[0], line[2], line[1], line[3]] for line in LINES]
    ends = [
        ["2026-01-01", "100.00", "Opening balance", "EUR"],
        ["2026-01-04", "105.50", "Closing balance", "EUR"],
    ]
    result = read([header, ends[0], *lines, ends[1]])
    assert amounts(result) == [-500, 1000, 50]
    assert oks(result) == [True]


# recognition


def recognised(path: Path) -> bool:
    return BankCsv().recognises(InputFile(path))


@pytest.mark.parametrize(
    "header",
    [
        "Date,Type,Gross,Fee,Net,Balance,Amount",
        "Date,Journal,Label,Amount",
        "id,date,amount",
        "date,journal_id/id,amount",
        "Order,Date,Amount",
    ],
)
def test_exports_of_other_systems_are_not_taken_for_statements(tmp_path: Path, header: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"{header}\n2026-01-02,a,b,c,1.00\n", encoding="utf-8")
    assert not recognised(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text\nof two lines\n",
        "!Type:Bank\nD12/8/26\nT-1,000.00\nPShop\n^\n",
        "01,BANK,8888,260105,0713,1,,,2/\n02,8888,BANK,1,260105,2340,GBP,2/\n16,191,001,V,260105,,123,RP/\n",
        "| file | rows | note |\n|---|---:|---|\n| a.csv | 3 | 2026-01-02 |\n",
        "Product,Changed,Price\nShoe,2026-01-02,1.00\n",
    ],
)
def test_other_text_is_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    assert not recognised(path)


def test_the_fallback_is_asked_last() -> None:
    assert BankCsv.fallback


def test_the_header_is_found_behind_a_preamble() -> None:
    rows = [["Account", "1"], ["Period", "2026-01-01", "2026-01-31"], [], HEADER, *LINES]
    assert header_row(rows) == 3
    assert header_row(rows[:3]) is None


@settings(max_examples=150)
@given(st.integers(0, 260), st.text('0123456789.,;"-\n\x00ü', max_size=4))
def test_damage_ends_in_a_reading_a_question_or_a_clear_refusal(
    data: Path, tmp_path: Path, place: int, damage: str
) -> None:
    text = (data / "bank_csv" / "balances_around.csv").read_text(encoding="utf-8")
    path = tmp_path / "damaged.csv"
    path.write_text(text[:place] + damage + text[place + 1 :], encoding="utf-8", newline="")
    file = InputFile(path)
    reading = Reading()
    rows = 0
    with contextlib.suppress(FileRejected, AnswerNeeded):
        if BankCsv().recognises(file):
            for batch in BankCsv().read(file, {}, reading):
                rows += len(batch["row"])
    assert rows == reading.rows
