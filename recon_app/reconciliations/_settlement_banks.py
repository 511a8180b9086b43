"""Which bank lines count when several files tell of one account: each booking once.

A statement (camt.053, MT940, BAI2, OFX, CSV) is final. A camt.054 notification, a camt.052 report and an
MT942 report tell of the same bookings earlier, so on the days that a statement has they count no more. Of two
statements of one account, lines of one day with one amount are one booking, as often as the statement with
more of them has it.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

BANK_IN_ODOO = "odoo_bank_statement_lines"
#: Sources of bank files and their names, the most trusted first; a source that is not listed comes last of
#: the statements.
_STATEMENTS = {
    "bank_camt": "CAMT.053",
    "bank_mt940": "MT940",
    "bank_bai2": "BAI2",
    "bank_ofx": "OFX",
    "bank_csv": "CSV",
    "bank_qif": "QIF",
}
_EARLY = {"bank_camt052": "CAMT.052", "bank_mt942": "MT942", "bank_camt054": "CAMT.054"}
_NAMES = _STATEMENTS | _EARLY
_RANKS = {name: rank for rank, name in enumerate((*_STATEMENTS, "", *_EARLY))}
_LAST_STATEMENT = _RANKS[""]
_IBAN = re.compile(r"([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}?)(?:[A-Z]{3})?")
_GERMAN = re.compile(r"([0-9]{8})/([0-9]{1,10})")


def counted_once(bank: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The bank lines that count, in their order, and what was left out or is doubtful, as sentences.

    Lines that Odoo exported are not looked at here.
    """
    from_bank = (bank["source"] != BANK_IN_ODOO).to_numpy(bool)
    pending = from_bank & (bank["status"] != "").to_numpy(bool)
    remarks = []
    if pending.any():
        remarks.append(f"{int(pending.sum())} bank lines that the bank has not booked yet were left out.")
    lines = bank.loc[from_bank & ~pending, ["source", "account", "currency", "day", "amount"]]
    left_out = pending
    if len(set(lines["source"])) > 1:
        again, told = _repeated(_ranked(lines))
        left_out = pending | bank.index.isin(again)
        remarks += told
    return (bank[~left_out].reset_index(drop=True) if left_out.any() else bank), remarks


def _ranked(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines with the rank of their source, the most trusted first, and one name for each account."""
    ranks = lines["source"].map(_RANKS).fillna(_LAST_STATEMENT).astype(np.int64)
    ranked = lines.assign(rank=ranks).sort_values("rank", kind="stable")
    first: dict[str, str] = {}
    names = {name: first.setdefault(same_account(name), name) for name in ranked["account"].unique()}
    return ranked.assign(account=ranked["account"].map(names))


def same_account(text: str) -> str:
    """One form of the ways in which files name one account.

    Blanks fall away, as does a currency behind an IBAN (``NL71RABO0123456789EUR``); a German bank code with
    an account number becomes what an IBAN has of them.
    """
    plain = "".join(text.split()).upper()
    german = _GERMAN.fullmatch(plain)
    if german:
        return "DE" + german[1] + german[2].zfill(10)
    iban = _IBAN.fullmatch(plain)
    if iban is None:
        return plain
    return "DE" + iban[1][4:22] if plain.startswith("DE") else iban[1]


def _repeated(lines: pd.DataFrame) -> tuple[list[int], list[str]]:
    """Index of the lines that repeat others, and what to say of them."""
    early = _early_repeats(lines)
    rest = lines[~early]
    same = ["account", "currency", "day", "amount"]
    ordinal = rest.groupby([*same, "source"], sort=False).cumcount()
    twin = rest.assign(ordinal=ordinal).duplicated([*same, "ordinal"]) & (rest["account"] != "")
    again = [*lines.index[early], *rest.index[twin]]
    remarks = _left_out(lines[early], "a statement has these days")
    remarks += _left_out(rest[twin], "another file has the same bookings")
    remarks += _doubtful(rest[~twin]) + _without_account(rest)
    return again, remarks


def _early_repeats(lines: pd.DataFrame) -> Mask:
    """Lines of notifications and reports on days of which a statement of their account has lines."""
    days = ["account", "currency", "day"]
    final = lines["rank"] <= _LAST_STATEMENT
    covered = pd.MultiIndex.from_frame(lines.loc[final, days].drop_duplicates())
    known = pd.MultiIndex.from_frame(lines[days]).isin(covered)
    return known & (~final & (lines["account"] != "")).to_numpy(bool)


def _left_out(lines: pd.DataFrame, why: str) -> list[str]:
    groups = Counter(zip(lines["source"], lines["account"], lines["currency"], strict=True))
    return [
        f"{count} {currency} lines of account {account} from {_name(source)} were left out: {why}."
        for (source, account, currency), count in sorted(groups.items())
    ]


def _doubtful(lines: pd.DataFrame) -> list[str]:
    """Say where two kinds of file tell of the same days of an account and do not agree."""
    days = ["account", "currency", "day"]
    named = lines[lines["account"] != ""]
    several = named.groupby(days, sort=False)["source"].transform("nunique") > 1
    found = named[several].groupby(["account", "currency"], sort=True)
    return [
        f"Account {account}: {_listed(group['source'])} have lines of the same days that differ "
        f"({len(group)} in {currency}); all of them count. Keep one kind of file for this account."
        for (account, currency), group in found
    ]


def _without_account(lines: pd.DataFrame) -> list[str]:
    """Say which lines without an account may be bookings that another file has too."""
    same = ["currency", "day", "amount"]
    nameless = lines["account"] == ""
    known = pd.MultiIndex.from_frame(lines.loc[~nameless, same])
    maybe = lines[nameless & pd.MultiIndex.from_frame(lines[same]).isin(known)]
    return [
        f"{len(group)} lines from {_name(str(source))} name no account and have day and amount of lines of "
        "another bank file; they count. If it is the same account, remove one of the files."
        for source, group in maybe.groupby("source", sort=True)
    ]


def _listed(sources: pd.Series) -> str:
    names = [_name(str(source)) for source in sources.unique()]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _name(source: str) -> str:
    return _NAMES.get(source, source)
