"""What was sold, spent and given back on gift cards in the shop, and what the account of that debt says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.money import MoneyError, parse_minor
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations._goods_cases import Texts
from recon_app.reconciliations._orders_records import NEVER, RANKS, Orders, of_orders

#: What is done with gift cards; the debt to their holders grows by the first two.
SOLD, GIVEN_BACK, SPENT = "sold", "given_back", "spent"
_CARD = re.compile(
    r"gift ?card|gift voucher|geschenk(?:karte|gutschein)|carte cadeau|cadeaubon", re.IGNORECASE
)
_EXPIRED = re.compile(r"expire|breakage|verfall|forfeit", re.IGNORECASE)
_TENDER = re.compile(r"gift[ _]?card", re.IGNORECASE)
_ACCOUNT = re.compile(r"gift ?card|geschenk|voucher|gutschein", re.IGNORECASE)
_PAID = RANKS["paid"]
_JOIN = " | "


@dataclass(frozen=True)
class Moves:
    """What the shop did, a row each.

    Attributes:
        frame: id, type (record type), ref, order (reference as compared), what, day, minor (what it adds to
            the debt) and currency.
        used: Orders that were paid with cards: order, total, by_card, currency.
    """

    frame: pd.DataFrame
    used: pd.DataFrame


def moves(inputs: Inputs, proposals: dict[str, str], remarks: list[str]) -> Moves:
    """Sales of cards, payments with cards and refunds onto cards."""
    frames, told = money.told_by_shop(inputs.frames)
    remarks += told
    orders = frames[RecordType.ORDER].reset_index(drop=True)
    parts = [
        _sold(inputs, orders, proposals),
        _tendered(frames[RecordType.SHOP_TRANSACTION], orders, remarks),
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.assign(order=np.array(money.references(frame["ref"].tolist()), object))
    return Moves(frame, _used(frame, orders))


def _sold(inputs: Inputs, orders: pd.DataFrame, proposals: dict[str, str]) -> pd.DataFrame:
    """Lines of paid orders that are gift cards."""
    code, names = pd.factorize(np.array(money.references(orders["ref"].tolist()), object))
    known = Orders([str(name) for name in names], orders.assign(code=code), orders[:0], [])
    lines = of_orders(inputs.frames[RecordType.ORDER_LINE], known)
    products = inputs.frames[RecordType.SHOP_PRODUCT]
    cards = money.texts(money.parsed(products), "gift_card")
    skus = set(products["sku"][np.isin(cards, ("true", "True"))]) - {""}
    chosen = []
    for sku, text, extra in zip(lines["sku"], lines["text"], money.parsed(lines), strict=True):
        chosen.append(sku in skus or _by_name(sku, text, extra, inputs.answers, proposals))
    ranks = {word: RANKS.get(word, 0) for word in set(orders["status"].str.casefold())}
    paid = np.array([ranks[word] >= _PAID for word in orders["status"].str.casefold()], np.bool_)
    done = np.zeros(len(names) + 1, np.bool_)
    done[code[paid]] = True
    lines = lines[np.array(chosen, np.bool_) & done[lines["code"].to_numpy(np.int64)]]
    return _rows(lines, RecordType.ORDER_LINE, SOLD, lines["amount"].to_numpy(np.int64))


def _by_name(
    sku: str, text: str, extra: Mapping[str, object], answers: Mapping[str, str], proposals: dict[str, str]
) -> bool:
    """Whether a line is called a gift card and is not shipped; a person can answer otherwise."""
    asked = f"gift_card_product.{sku or text}"
    if asked in answers:
        return answers[asked].casefold() == "yes"
    if not _CARD.search(text) or extra.get("requires_shipping") == "true":
        return False
    proposals[asked] = "yes"
    return True


def _tendered(transactions: pd.DataFrame, orders: pd.DataFrame, remarks: list[str]) -> pd.DataFrame:
    """Payments with cards and refunds onto them; without transactions, orders paid with nothing else."""
    if len(transactions):
        card = np.array([bool(_TENDER.fullmatch(name.strip())) for name in transactions["account"]], np.bool_)
        done = transactions["status"].str.casefold() == "success"
        moved = transactions["category"].isin((str(Category.CHARGE), str(Category.REFUND)))
        mine = transactions[card & (done & moved).to_numpy(bool)]
        minor = -mine["amount"].to_numpy(np.int64)
        return _rows(
            mine, RecordType.SHOP_TRANSACTION, np.where(minor < 0, SPENT, GIVEN_BACK).astype(object), minor
        )
    mixed = np.array([bool(_TENDER.search(name)) for name in orders["account"]], np.bool_)
    alone = np.array([bool(_TENDER.fullmatch(name.strip())) for name in orders["account"]], np.bool_)
    alone &= ~orders["status"].str.casefold().isin(NEVER).to_numpy(bool)
    if count := int((mixed & ~alone).sum()):
        remarks.append(
            f"{count} orders were paid with a gift card and something else; import the transaction histories "
            "to see the part of the card."
        )
    mine = orders[alone]
    return _rows(mine, RecordType.ORDER, SPENT, -mine["amount"].to_numpy(np.int64))


def _rows(records: pd.DataFrame, kind: RecordType, what: str | Texts, minor: Ints) -> pd.DataFrame:
    frame = pd.DataFrame({name: records[name].to_numpy() for name in ("id", "ref", "day", "currency")})
    found: pd.DataFrame = frame.assign(type=str(kind), what=what, minor=minor)
    return found[(found["minor"] != NO_INT) & (found["minor"] != 0)]


def _used(frame: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    spent = (
        frame[frame["what"] == SPENT].groupby(["order", "currency"], sort=True)["minor"].sum().reset_index()
    )
    total = pd.Series(orders["amount"].to_numpy(np.int64), index=money.references(orders["ref"].tolist()))
    total = total[~total.index.duplicated(keep=False)]
    return spent.assign(
        by_card=-spent["minor"], total=total.reindex(spent["order"]).fillna(0).to_numpy(np.int64)
    )


@dataclass(frozen=True)
class Account:
    """The account of the debt in one currency.

    Attributes:
        codes: Its codes.
        items: id, day, minor (what it adds to the debt), order (that it names, "" for none) and expired.
        opening: What is owed before the first move of the shop.
    """

    codes: tuple[str, ...]
    items: pd.DataFrame
    opening: int


def account(
    currency: str, inputs: Inputs, mine: pd.DataFrame, proposals: dict[str, str], remarks: list[str]
) -> Account:
    """The account as answered or by its name, with what its items say."""
    items = inputs.frames[RecordType.JOURNAL_ITEM]
    items = items[items["status"].isin(("posted", "")) & (items["currency"] == currency)]
    codes = _codes(currency, items, inputs.answers, proposals)
    items = items[items["account"].isin(codes) & (items["amount"] != NO_INT)]
    words = (items["ref"] + " " + items["text"]).tolist()
    found = pd.DataFrame(
        {
            "id": items["id"].to_numpy(np.int64),
            "day": items["day"].to_numpy(np.int64),
            "minor": -items["amount"].to_numpy(np.int64),
            "order": _named(words, set(mine["order"]) - {""}),
            "expired": np.array([bool(_EXPIRED.search(text)) for text in words], np.bool_),
        }
    )
    return Account(codes, found, _opening(currency, inputs.answers, found, mine, proposals, remarks))


def _codes(
    currency: str, items: pd.DataFrame, answers: Mapping[str, str], proposals: dict[str, str]
) -> tuple[str, ...]:
    asked = f"gift_card_account.{currency}"
    if asked in answers:
        return tuple(code for code in answers[asked].split(_JOIN) if code != "-")
    names = money.texts(money.parsed(items), "account_name")
    fits = np.array([bool(_ACCOUNT.search(name)) for name in names], np.bool_)
    codes = tuple(sorted(set(items["account"].to_numpy(object)[fits])))
    if codes:
        proposals[asked] = _JOIN.join(codes)
    return codes


def _named(words: list[str], orders: set[str]) -> Texts:
    """The order that a label names, "" for none."""
    found = []
    for text in words:
        parts = [part.strip("(),;:") for part in text.split()]
        found.append(next((ref for ref in money.references(parts) if ref in orders), ""))
    return np.array(found, object)


def _opening(
    currency: str,
    answers: Mapping[str, str],
    items: pd.DataFrame,
    mine: pd.DataFrame,
    proposals: dict[str, str],
    remarks: list[str],
) -> int:
    """What is owed before the first move: as answered, else what the account has until then for no order."""
    asked = f"gift_card_opening.{currency}"
    if asked in answers:
        try:
            return parse_minor(answers[asked], currency)
        except MoneyError as error:
            remarks.append(f"The answer {asked}: {error}.")
    first = int(mine["day"].min()) if len(mine) else NO_INT
    before = items[(items["order"] == "") & (items["day"] <= first) & ~items["expired"]]
    minor = int(before["minor"].sum())
    if minor:
        proposals[asked] = money.signed(minor, currency).partition(" ")[0]
    return minor
