"""What the legs of refunds come to, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT
from recon_app.reconciliations._goods_cases import Texts
from recon_app.reconciliations._refunds_cases import NOTE, PAYMENT, PLATFORM, Cases, grosses
from recon_app.reconciliations._refunds_link import Mask
from recon_app.reconciliations._refunds_platform import CHARGEBACK
from recon_app.reconciliations._refunds_records import DONE
from recon_app.reconciliations._refunds_scope import World
from recon_app.reconciliations._refunds_tax import Explained, explain

_OF_RATE = ("amount", "foreign_amount", "currency", "foreign_currency")


@dataclass
class Money:
    """Figures of every case in minor units, negative as refunds are; NO_INT for none.

    Attributes:
        shop: What the shop refunded.
        settled: What the platform took from the balance, in its own currency.
        platform: The same in the currency that is compared, 0 for none.
        same_currency: The platform settles in the currency of the case.
        odoo: What Odoo booked: credit notes and invoices of exchanged goods, else payments.
        at_platform: Platform less shop, 0 where one of them is not there.
        at_odoo: Odoo less what was given back, 0 where one of them is not there.
        rate: What another day's rate cost (negative) or brought, minor units of rate_currency; 0 for nothing.
        rate_currency: The platform's currency.
        charged: What was charged for the refunded part, in that currency.
        tax: Tax of the credit notes less that of the shop's refund; 0 for no difference.
        in_tax: The whole difference of Odoo is in the tax.
        why_tax: What explains the tax of the credit note.
        shop_tax: Tax of the shop's refund, positive.
        odoo_tax: Tax of the credit notes, positive.
        exchange: Value of the new goods that the refund is net of, NO_INT for none.
        not_invoiced: The credit note is of all goods, and no invoice is of the new ones.
        exchanged_twice: The difference is twice the value of the new goods (REF-01).
        parts: The order says less than its refunds add up to, although it was exported after them.
        fee_kept: Fee of the sale that the platform kept, NO_INT for not known.
    """

    shop: Ints
    settled: Ints
    platform: Ints
    same_currency: Mask
    odoo: Ints
    at_platform: Ints
    at_odoo: Ints
    rate: Ints
    rate_currency: Texts
    charged: Ints
    tax: Ints
    in_tax: Mask
    why_tax: Explained
    shop_tax: Ints
    odoo_tax: Ints
    exchange: Ints
    not_invoiced: Mask
    exchanged_twice: Mask
    parts: Mask
    fee_kept: Ints


def money(seen: World, cases: Cases) -> Money:
    """Add the legs of every case up and compare them."""
    size, shop = len(cases), seen.shop.table
    given = np.full(size, NO_INT, np.int64)
    done = (shop["status"] == DONE).to_numpy(bool)
    given[: len(shop)] = np.where(done, shop["amount"], NO_INT)
    asked = np.zeros(size, np.int64)
    asked[: len(shop)] = shop["paid"].to_numpy(np.int64)
    links = cases.links[PLATFORM]
    paid = seen.paid.table.iloc[links["row"]].reset_index(drop=True)
    part = links["amount"].to_numpy(np.int64)
    taken = (paid["amount"] - paid["net"]).to_numpy(np.int64)
    compared = _added(links["case"], np.where(taken != 0, 0, part), size)
    single = ~links["row"].duplicated(keep=False).to_numpy(bool)
    own = np.where(single, paid["net"].to_numpy(np.int64), np.where(taken != 0, 0, part))
    settled = _added(links["case"], own, size)
    same = _all_same(
        links["case"], (paid["currency"] == cases.table["currency"].to_numpy(object)[links["case"]]), size
    )
    odoo, notes = _booked(seen, cases)
    reference = np.where(given != NO_INT, given, np.where(compared != NO_INT, compared, NO_INT))
    both = (compared != NO_INT) & (given != NO_INT) & (asked != 0) & (compared != 0)
    at_platform = np.where(both, compared - asked, 0)
    usable = notes & (reference != NO_INT) & (reference != 0)
    at_odoo = np.where(usable, odoo - reference, 0)
    exchange, not_invoiced, twice = _exchanged(seen, cases, at_odoo, given)
    rate, rated, charged = _rate(seen, cases, links, paid, size)
    shop_tax, odoo_tax = _taxes(seen, cases, size)
    tax_known = (shop_tax != NO_INT) & (odoo_tax != NO_INT) & notes & (exchange == NO_INT)
    in_tax = tax_known & (at_odoo != 0) & (at_odoo == shop_tax - odoo_tax)
    tax_known &= at_odoo == 0
    return Money(
        shop=given,
        settled=settled,
        platform=np.where(compared == NO_INT, 0, compared),
        same_currency=same,
        odoo=odoo,
        at_platform=at_platform,
        at_odoo=at_odoo,
        rate=rate,
        rate_currency=rated,
        charged=charged,
        tax=np.where(tax_known, odoo_tax - shop_tax, 0),
        in_tax=in_tax,
        why_tax=explain(seen, cases, shop_tax, odoo_tax),
        shop_tax=shop_tax,
        odoo_tax=odoo_tax,
        exchange=exchange,
        not_invoiced=not_invoiced,
        exchanged_twice=twice,
        parts=_parts(seen, size),
        fee_kept=_fees(seen, cases, links, paid, size),
    )


def _added(case: pd.Series, values: Ints, size: int) -> Ints:
    """Sum per case, NO_INT where it has no link."""
    found, known = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    rows = case.to_numpy(np.int64)
    np.add.at(found, rows, values)
    known[rows] = True
    return np.where(known, found, NO_INT)


def _all_same(case: pd.Series, mask: pd.Series, size: int) -> Mask:
    found = np.ones(size, np.bool_)
    found[case.to_numpy(np.int64)[~mask.to_numpy(bool)]] = False
    return found


def _booked(seen: World, cases: Cases) -> tuple[Ints, Mask]:
    """What Odoo booked, and which cases have a document of it in their own currency."""
    size = len(cases)
    links = cases.links[NOTE]
    notes = _added(links["case"], links["amount"].to_numpy(np.int64), size)
    sold = cases.invoices.drop_duplicates("row")
    value = seen.booked.invoices["amount"].to_numpy(np.int64)[sold["row"].to_numpy(np.int64)]
    invoices = _added(sold["case"], value, size)
    paid = cases.links[PAYMENT]
    payments = _added(paid["case"], paid["amount"].to_numpy(np.int64), size)
    currency = seen.booked.notes["currency"].to_numpy(object)[links["row"].to_numpy(np.int64)]
    own = cases.table["currency"].to_numpy(object)[links["case"].to_numpy(np.int64)]
    same = _all_same(links["case"], pd.Series(currency == own), size)
    has = notes != NO_INT
    whole = np.where(has, notes + np.where(invoices == NO_INT, 0, invoices), payments)
    return whole, (has & same) | (~has & (payments != NO_INT) & (not seen.has["notes"]))


def _exchanged(seen: World, cases: Cases, at_odoo: Ints, given: Ints) -> tuple[Ints, Mask, Mask]:
    """Value of exchanged goods where the books show it, and what is wrong with them (REF-01)."""
    shop, size = seen.shop.table, len(cases)
    exchange = np.full(size, NO_INT, np.int64)
    lacks, twice = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    invoiced = np.zeros(size, np.bool_)
    invoiced[cases.invoices["case"].to_numpy(np.int64)] = True
    for gross in grosses(shop):
        value = np.full(size, NO_INT, np.int64)
        known = gross != NO_INT
        value[: len(shop)] = np.where(known, shop["amount"].to_numpy(np.int64) - gross, NO_INT)
        some = (value != NO_INT) & (given != NO_INT) & (exchange == NO_INT)
        short = some & (at_odoo == -value) & ~invoiced
        # taken off once more: from the refund itself, or beside an invoice of the new goods
        double = some & ((np.abs(at_odoo) == 2 * value) | ((at_odoo == value) & ~invoiced))
        closes = some & invoiced & (at_odoo == 0)
        exchange = np.where(short | double | closes, value, exchange)
        lacks |= short
        twice |= double
    return exchange, lacks, twice


def _rate(
    seen: World, cases: Cases, links: pd.DataFrame, paid: pd.DataFrame, size: int
) -> tuple[Ints, Texts, Ints]:
    """What another day's rate made of the refund: the sale's share in it less what was paid (FX-02)."""
    rate, charged = np.zeros(size, np.int64), np.full(size, NO_INT, np.int64)
    currency = np.full(size, "", object)
    sales = seen.paid.charges
    order = cases.table["order"].to_numpy(np.int64)[links["case"].to_numpy(np.int64)]
    place = pd.Index(sales["order"]).get_indexer(pd.Index(order))
    abroad = (paid["foreign_currency"] != "") & (paid["foreign_currency"] != paid["currency"])
    abroad &= (
        (paid["foreign_amount"] != NO_INT) & (paid["net"] == paid["amount"]) & (paid["kind"] != CHARGEBACK)
    )
    rows = np.flatnonzero(abroad.to_numpy(bool) & (place >= 0))
    refunds = zip(*(paid[name].iloc[rows].tolist() for name in _OF_RATE), strict=True)
    charges = zip(*(sales[name].iloc[place[rows]].tolist() for name in _OF_RATE), strict=True)
    for case, refund, sale in zip(links["case"].iloc[rows].tolist(), refunds, charges, strict=True):
        (amount, foreign, *own), (sold, whole, *other) = refund, sale
        part = abs(foreign)
        if own != other or whole <= 0 or part > whole:
            continue
        share = (2 * sold * part + whole) // (2 * whole)  # of a part, the nearest minor unit
        rate[case] += amount + share
        currency[case] = own[0]
        charged[case] = share + (0 if charged[case] == NO_INT else charged[case])
    return rate, currency, charged


def _taxes(seen: World, cases: Cases, size: int) -> tuple[Ints, Ints]:
    """Tax of the shop's refund and of its credit notes; none where one of them stands for several refunds."""
    shop, notes, links = seen.shop.table, seen.booked.notes, cases.links[NOTE]
    told = np.full(size, NO_INT, np.int64)
    own = shop["tax"].to_numpy(np.int64)
    rest = np.abs(shop["amount"].to_numpy(np.int64)) - np.abs(shop["lines"].to_numpy(np.int64))
    # of shipping and adjustments nobody tells the tax
    told[: len(shop)] = np.where((rest == 0) | (rest == own), own, NO_INT)
    tax = notes["tax"].to_numpy(np.int64)[links["row"].to_numpy(np.int64)]
    shared = links["row"].duplicated(keep=False).to_numpy(bool) | (tax == NO_INT)
    booked = _added(links["case"], np.where(shared, 0, tax), size)
    booked[links["case"].to_numpy(np.int64)[shared]] = NO_INT
    return told, booked


def _parts(seen: World, size: int) -> Mask:
    """Refunds of orders that say less was refunded, in an export made after the refund."""
    shop = seen.shop.table
    found = np.zeros(size, np.bool_)
    later = (shop["at"] != NO_INT) & (seen.written != NO_INT) & (shop["at"] <= seen.written)
    less = (shop["said"] != NO_INT) & (shop["said"] < shop["parts"])
    moved = (shop["status"] == DONE) & (shop["amount"] != 0)
    found[: len(shop)] = (later & less & moved).to_numpy(bool)
    return found


def _fees(seen: World, cases: Cases, links: pd.DataFrame, paid: pd.DataFrame, size: int) -> Ints:
    """Fee of the sale that stayed with the platform, of refunds of the whole sale (SET-05)."""
    found = np.full(size, NO_INT, np.int64)
    sales = seen.paid.charges
    order = cases.table["order"].to_numpy(np.int64)
    place = pd.Index(sales["order"]).get_indexer(pd.Index(order))
    fee = np.where((paid["fee"] == NO_INT) | (paid["net"] != paid["amount"]), 0, paid["fee"]).astype(np.int64)
    back = _added(links["case"], fee, size)
    amount = _added(links["case"], paid["net"].to_numpy(np.int64), size)
    foreign = _added(
        links["case"], np.where(paid["foreign_amount"] == NO_INT, 0, paid["foreign_amount"]), size
    )
    sold, abroad, cost = (
        np.append(sales[name].to_numpy(np.int64), 0)[place] for name in ("amount", "foreign_amount", "fee")
    )
    whole = (amount == -sold) | ((foreign == -abroad) & (abroad > 0))
    known = (place >= 0) & (order != 0) & (amount != NO_INT) & (amount != 0) & whole
    return np.where(known, cost + back, found)
