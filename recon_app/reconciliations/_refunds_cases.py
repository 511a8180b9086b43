"""One case per refund: the legs of all sides, put together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recon_app.engine.cases import SIDES, Legs
from recon_app.engine.normalise import Ints
from recon_app.engine.orders import among
from recon_app.models.money import format_minor
from recon_app.models.quantity import format_quantity
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._goods_cases import Texts
from recon_app.reconciliations._refunds_goods import cells
from recon_app.reconciliations._refunds_link import ALONE, CAME_BACK, Items, Linker, Mask, codes
from recon_app.reconciliations._refunds_orders import Fits
from recon_app.reconciliations._refunds_platform import CHARGEBACK
from recon_app.reconciliations._refunds_records import hashes
from recon_app.reconciliations._refunds_scope import World

#: What a case starts from.
SHOP, PLATFORM, NOTE, PAYMENT, GOODS = "shop", "platform", "note", "payment", "goods"
_WINDOW = 5  # days between a refund and a movement that names no order
_RETURNS = ("return", "legacy_restock", "restocked", "processing_required")


#: Cases and records of one side.
Part = tuple[Side, Ints, Ints]


@dataclass
class Cases:
    """Refunds with their legs.

    Attributes:
        table: One row per case: origin, row (in the table of its origin), order, of (hash of Shopify's own
            number of the order, 0 for not known), name, amount (negative, what was given back as its origin
            says), currency, day, key.
        links: Per side (platform, note, payment, goods) columns case, row (of that side), amount (its part)
            and rule; the case a movement starts is linked to it too.
        invoices: Invoices of exchanged goods: case and row.
        orders: Orders of the shop that each case may be of.
        rivals: Sides and texts of what else fits, by case.
        surplus: Cases that are one movement too many.
        remarks: What was left out.
        parts: Legs and supports: side, case and record.
    """

    table: pd.DataFrame
    links: dict[str, pd.DataFrame]
    invoices: pd.DataFrame
    orders: Fits
    rivals: dict[int, list[list[str]]] = field(default_factory=dict)
    surplus: set[int] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    behind: list[Part] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.table)

    def legs(self) -> Legs:
        """The compared records; each stands in one case."""
        return _as_legs(self.parts)

    def support(self) -> Legs:
        """Records behind the cases, that are not legs of the same case."""
        return _as_legs(self.behind)


def _as_legs(parts: list[Part]) -> Legs:
    found = [Legs.of_side(side, case, record) for side, case, record in parts if len(case)]
    return Legs.concat(Legs.none(), *found)


def linked(seen: World) -> Cases:
    """Link the legs, from the surest to the weakest, and give each movement that is left its own case."""
    return _Linking(seen).cases()


class _Linking:
    """Puts the cases together, side after side."""

    def __init__(self, seen: World) -> None:
        self.seen = seen
        shop = seen.shop.table
        self.base = _base(SHOP, shop)
        self.links: dict[str, pd.DataFrame] = {}
        self.rivals = {case: [list(each) for each in found] for case, found in seen.shop.rivals.items()}
        self.surplus: set[int] = set()
        self.remarks: list[str] = []

    def cases(self) -> Cases:
        """Link one side after the other."""
        self._platform()
        self._notes()
        invoices = self._exchanges()
        self._payments()
        self._goods()
        base = self.base
        orders = self.seen.orders.fits(
            base["order"].to_numpy(np.int64), base["of"].to_numpy(np.int64), base["currency"].to_numpy(object)
        )
        made = Cases(base, self.links, invoices, orders, self.rivals, self.surplus, self.remarks)
        _put_records(self.seen, made)
        return made

    # -- sides ---------------------------------------------------------------------------------------

    def _platform(self) -> None:
        table = self.seen.paid.table
        back = (table["kind"] != CHARGEBACK).to_numpy(bool)
        gone = table["failed"].to_numpy(bool)
        amount, currency = _compared(table, self.base)
        table["compared"], table["in"] = amount, currency
        asked = self.seen.shop.table["paid"].to_numpy(np.int64)
        left = np.where(asked != 0, asked, self.base["amount"].to_numpy(np.int64))
        right = table.assign(amount=np.where(back & ~gone, amount, NO_INT))
        linker = self._linker(left, right, currency)
        linker.right_free &= back & ~gone
        shop, own = self.seen.shop.numbers, self.seen.paid.numbers
        linker.by_number(
            *((part["unit"].to_numpy(np.int64), part["number"].to_numpy(np.int64)) for part in (shop, own))
        )
        _steps(linker)
        failed = self._linker(left, table.assign(amount=np.where(back & gone, amount, NO_INT)), currency)
        failed.right_free &= back & gone
        failed.left_free &= linker.left_free
        failed.equal()
        failed.left_free &= linker.left_free
        failed.again()
        links = pd.concat([linker.links(), failed.links().assign(rule=CAME_BACK)], ignore_index=True)
        self._keep(PLATFORM, links, linker.rivals, linker.surplus, table, "")

    def _notes(self) -> None:
        table = self.seen.booked.notes
        linker = self._linker(self._money(), table, table["currency"])
        linker.equal()
        for gross in self._gross():
            linker.equal(gross)
        _steps(linker)
        self._keep(NOTE, linker.links(), linker.rivals, linker.surplus, table, "credit notes")

    def _payments(self) -> None:
        table = self.seen.booked.payments
        linker = self._linker(self._money(), table, table["currency"])
        notes = self.links[NOTE]
        numbers = hashes(self.seen.booked.notes["number"].tolist())
        of_case = (
            notes["case"].to_numpy(np.int64),
            numbers[notes["row"]] if len(notes) else np.array([], np.int64),
        )
        pairs = [(row, name) for row, names in enumerate(table["notes"]) for name in names]
        of_row = (
            np.array([row for row, _ in pairs], np.int64),
            hashes([name for _, name in pairs]) if pairs else np.array([], np.int64),
        )
        linker.by_number(of_case, of_row)
        _steps(linker)
        self._keep(PAYMENT, linker.links(), linker.rivals, linker.surplus, table, "payments to customers")

    def _goods(self) -> None:
        table, lines = self.seen.back.table, self.seen.shop.goods
        moved = table.assign(order=cells(table["order"].to_numpy(np.int64), table["sku"]))
        units = lines["unit"].to_numpy(np.int64)
        sold = lines.assign(
            order=cells(lines["order"].to_numpy(np.int64), lines["sku"]),
            amount=lines["quantity"],
            day=self.base["day"].to_numpy(np.int64)[units],
            key=self.base["key"].to_numpy(np.int64)[units],
        )
        back = sold["restock"].isin(_RETURNS).to_numpy(bool)
        found, free, tied = [], np.ones(len(table), np.bool_), []
        for chosen in (back, ~back):
            mine = sold[chosen].reset_index(drop=True)
            linker = Linker(*(Items.of(part, np.zeros(len(part), np.int64)) for part in (mine, moved)))
            linker.right_free &= free
            linker.equal()
            linker.sums()
            linker.alone()
            links = linker.links()
            free &= linker.right_free
            unit = mine["unit"].to_numpy(np.int64)
            found.append(links.assign(left=unit[links["left"]]))
            tied += [(int(unit[left]), right) for left, right in linker.rivals]
        found.append(self._only_case(table, free))
        links = pd.concat(found, ignore_index=True)
        links = (
            links.groupby(["left", "right"], sort=False).agg({"amount": "sum", "rule": "first"}).reset_index()
        )
        self._keep(GOODS, links, tied, np.zeros(len(table), np.bool_), table, "returns")

    # -- parts ---------------------------------------------------------------------------------------

    def _linker(self, amount: Ints, right: pd.DataFrame, currency: pd.Series | Texts) -> Linker:
        texts = np.concatenate([self.base["currency"].to_numpy(object), np.asarray(currency, object)])
        code = pd.factorize(texts)[0].astype(np.int64)
        size = len(self.base)
        left = self.base.assign(amount=amount)
        return Linker(Items.of(left, code[:size]), Items.of(right, code[size:]))

    def _money(self) -> Ints:
        """What Odoo should book of each case."""
        return self.base["amount"].to_numpy(np.int64)

    def _gross(self) -> list[Ints]:
        """What the lines of a refund come to that is net of exchanged goods: with and without their tax."""
        shop = self.seen.shop.table
        rest = np.full(len(self.base) - len(shop), NO_INT, np.int64)
        return [np.concatenate([gross, rest]) for gross in grosses(shop)]

    def _of_the_shop(self, table: pd.DataFrame, what: str) -> Ints:
        """Places of what belongs to an order of the shop, or names no order at all."""
        known = self.seen.shop.orders
        if not len(known):
            known = self.base["order"].to_numpy(np.int64)
        order = table["order"].to_numpy(np.int64)
        unnamed = (order == 0) & (table["name"] == "").to_numpy(bool)
        kept = ((order != 0) & among(order, known)) | unnamed
        if (~kept).any():
            self.remarks.append(
                f"{int((~kept).sum())} {what} of Odoo name no order of the shop's files and were left out."
            )
        return np.flatnonzero(kept)

    def _only_case(self, table: pd.DataFrame, free: Mask) -> pd.DataFrame:
        """Goods of an order that has one refund only: they belong to it, whatever the products are."""
        single = self.base[(self.base["order"] != 0) & ~self.base["order"].duplicated(keep=False)]
        place = pd.Index(single["order"]).get_indexer(table["order"])
        right = np.flatnonzero((place >= 0) & free)
        left = single.index.to_numpy(np.int64)[place[right]]
        amount = table["amount"].to_numpy(np.int64)[right]
        return pd.DataFrame({"left": left, "right": right, "amount": amount, "rule": ALONE})

    def _keep(
        self,
        side: str,
        links: pd.DataFrame,
        tied: list[tuple[int, int]],
        surplus: Mask,
        table: pd.DataFrame,
        what: str,
    ) -> None:
        """Keep the links of a side, and start cases with what is left of it.

        Args:
            side: The side.
            links: Its links; left is a case.
            tied: Cases and rows that fit as well as others.
            surplus: Rows that are one too many.
            table: The side's movements.
            what: What they are called where some belong to no order of the shop; "" keeps all.
        """
        size = len(self.base)
        left = np.ones(len(table), np.bool_)
        left[links["right"].to_numpy(np.int64)] = False
        free = np.flatnonzero(left).astype(np.int64)
        if what:
            free = free[self._of_the_shop(table.iloc[free], what)]
        own = pd.DataFrame(
            {
                "left": size + np.arange(len(free)),
                "right": free,
                "amount": table["amount"].to_numpy(np.int64)[free],
                "rule": "",
            }
        )
        whole = pd.concat([links, own], ignore_index=True).rename(columns={"left": "case", "right": "row"})
        self.links[side] = whole.sort_values(["case", "row"], kind="stable", ignore_index=True)
        for case, right in tied:
            self._rival(case, side, table.iloc[right])
        place = {row: size + number for number, row in enumerate(free.tolist())}
        for case, right in tied:
            if right in place:
                self._rival(place[right], str(self.base["origin"].iloc[case]), self.base.iloc[case])
        self.surplus |= set((size + np.flatnonzero(surplus[free])).tolist())
        self.base = pd.concat([self.base, _base(side, table.iloc[free], free)], ignore_index=True)

    def _rival(self, case: int, side: str, row: pd.Series) -> None:
        text = [_SIDE_OF[side], _shown(row, side)]
        if text not in self.rivals.setdefault(case, []):
            self.rivals[case].append(text)

    def _exchanges(self) -> pd.DataFrame:
        """Invoices of exchanged goods: the only one of the order with the value that the refund is net of."""
        shop = self.seen.shop.table
        sold = self.seen.booked.invoices.assign(row=np.arange(len(self.seen.booked.invoices)))
        notes = self.links[NOTE]
        linked_ = notes[notes["case"] < len(shop)]
        booked = linked_.groupby("case")["amount"].sum()
        amount = shop["amount"].to_numpy(np.int64)
        reversed_ = set(self.seen.booked.notes["reverses"])
        sold = sold[~sold["grp"].isin(reversed_)].reset_index(drop=True)
        by_order = sold.groupby("order").indices
        found = []
        for gross in grosses(shop):
            for case in booked.index[booked.to_numpy(np.int64) == gross[booked.index]].tolist():
                value = int(amount[case] - gross[case])
                rows = np.asarray(by_order.get(shop["order"][case], ()), np.int64)
                fits = [row for row in rows.tolist() if int(sold["amount"].iloc[row]) == value]
                if value > 0 and len(fits) == 1:
                    found.append((case, int(sold["row"].iloc[fits[0]])))
        found = list(dict.fromkeys(found))
        return pd.DataFrame(found, columns=["case", "row"], dtype=np.int64)


def grosses(shop: pd.DataFrame) -> list[Ints]:
    """Value of the refunded lines where it is more than the refund: prices with tax, and tax on top."""
    lines, tax = shop["lines"].to_numpy(np.int64), shop["tax"].to_numpy(np.int64)
    amount = shop["amount"].to_numpy(np.int64)
    tax = np.where(tax == NO_INT, 0, tax)
    known = (lines != NO_INT) & (amount != 0) & (lines != amount) & (lines - tax != amount)
    taxed = np.where(tax != 0, lines - tax, NO_INT)
    return [np.where(known & (gross < amount) & (gross != NO_INT), gross, NO_INT) for gross in (lines, taxed)]


def _steps(linker: Linker) -> None:
    linker.equal()
    linker.sums()
    linker.again()
    linker.alone()
    linker.nearby(_WINDOW)


_SIDE_OF = {
    SHOP: str(Side.SHOP),
    PLATFORM: str(Side.PLATFORM),
    NOTE: str(Side.ODOO),
    PAYMENT: str(Side.ODOO),
    GOODS: str(Side.GOODS),
}


def _base(origin: str, table: pd.DataFrame, rows: Ints | None = None) -> pd.DataFrame:
    """New cases, one for each row of a table."""
    side = SIDES.index(Side(_SIDE_OF[origin]))
    if origin == GOODS:
        table = table.assign(amount=0)  # pieces are no money
    return pd.DataFrame(
        {
            "origin": pd.Series([origin] * len(table), dtype=object),
            "row": np.arange(len(table)) if rows is None else rows,
            **{name: table[name].to_numpy(np.int64) for name in ("order", "amount", "day")},
            "of": table["of"].to_numpy(np.int64) if "of" in table else np.zeros(len(table), np.int64),
            **{name: table[name].to_numpy(object) for name in ("name", "currency")},
            "key": table["key"].to_numpy(np.int64) ^ np.int64(side << 56),
        }
    )


def _compared(table: pd.DataFrame, base: pd.DataFrame) -> tuple[Ints, Texts]:
    """Amounts in the currency of the order where the platform settles in another one but names it too."""
    known = base[["order", "currency"]].drop_duplicates()
    texts = np.concatenate([known["currency"], table["foreign_currency"], table["currency"]])
    code = pd.factorize(texts)[0].astype(np.int64)
    ours, presented, settled = np.split(code, np.cumsum([len(known), len(table)]))
    order = table["order"].to_numpy(np.int64)
    whole = codes(np.concatenate([known["order"], order, order]), np.concatenate([ours, presented, settled]))
    mine, by_foreign, by_own = np.split(whole, np.cumsum([len(known), len(table)]))
    abroad = table["foreign_currency"].to_numpy(object)
    # an order may have refunds in several currencies: what it has in the platform's own stays in that
    foreign = pd.Series(by_foreign).isin(mine).to_numpy(bool) & ~pd.Series(by_own).isin(mine).to_numpy(bool)
    foreign &= (order != 0) & (abroad != "") & (table["foreign_amount"] != NO_INT).to_numpy(bool)
    amount = np.where(foreign, table["foreign_amount"], table["amount"]).astype(np.int64)
    return amount, np.where(foreign, abroad, table["currency"].to_numpy(object))


def _shown(row: pd.Series, side: str) -> str:
    """A rival in words."""
    day = goods.iso(int(row["day"])) if row["day"] != NO_INT else "no date"
    name = row["name"] or row.get("number", "") or "no order"
    if side == GOODS:
        figure = format_quantity(int(row["amount"])) if row["amount"] != NO_INT else "?"
        return f"{row.get('grp', '')} {name}: {figure} of {row.get('sku', '')}, {day}".strip()
    figure = f"{format_minor(abs(int(row['amount'])), row['currency'])} {row['currency']}"
    number = f" {row['number']}" if row.get("number", "") and row["number"] != name else ""
    return f"{name}{number}: {figure}, {day}"


def _put_records(seen: World, cases: Cases) -> None:
    """The records of the cases; one that stands for several refunds is a leg of the first only."""
    legs, more, own = seen.shop.legs, seen.shop.support, seen.paid.legs
    carries = _carrying(legs)
    cases.parts = [_part(Side.SHOP, legs["unit"][carries], legs["record"][carries])]
    cases.behind = [_part(Side.SHOP, part["unit"], part["record"]) for part in (legs[~carries], more)]
    tables = {
        NOTE: seen.booked.notes["id"],
        PAYMENT: seen.booked.payments["id"],
        GOODS: seen.back.table["id"],
    }
    records = {
        side: pd.DataFrame({"unit": np.arange(len(ids)), "record": ids}) for side, ids in tables.items()
    }
    for side, of_row in {PLATFORM: own, **records}.items():
        links = cases.links[side]
        again = links["row"].duplicated()
        for target, chosen in ((cases.parts, ~again), (cases.behind, again)):
            found = links[chosen][["case", "row"]].merge(of_row, left_on="row", right_on="unit")
            target.append(_part(Side(_SIDE_OF[side]), found["case"], found["record"]))
    sold = cases.invoices.drop_duplicates("row")
    ids = seen.booked.invoices["id"].to_numpy(np.int64)
    cases.parts.append(_part(Side.ODOO, sold["case"], pd.Series(ids[sold["row"].to_numpy(np.int64)])))
    cases.behind += _around(seen, cases)


def _carrying(legs: pd.DataFrame) -> Mask:
    """The shop's records that the amount is made of: its transactions, or what else tells of the refund.

    Refunded lines beside a transaction tell of the same money once more, and stand behind it.
    """
    moves = (legs["amount"] != NO_INT).to_numpy(bool)
    found: Mask = moves | ~legs["unit"].isin(legs["unit"][moves]).to_numpy(bool)
    return found


def _part(side: Side, case: pd.Series, record: pd.Series) -> Part:
    return side, case.to_numpy(np.int64), record.to_numpy(np.int64)


def _around(seen: World, cases: Cases) -> list[Part]:
    """The orders behind each case, their cancelled credit notes, and the receipts behind the moves."""
    case = cases.orders.asked
    record = seen.orders.table["id"].to_numpy(np.int64)[cases.orders.row]
    free = ~among(record, seen.shop.legs["record"].to_numpy(np.int64))
    found = [(Side.SHOP, case[free], record[free])]
    mine = cases.table[["order"]].assign(case=np.arange(len(cases)))
    dead = seen.booked.cancelled[seen.booked.cancelled["order"] != 0].merge(mine, on="order")
    found.append(_part(Side.ODOO, dead["case"], dead["id"]))
    links, back = cases.links[GOODS], seen.back
    ids = back.transfers
    number = back.table["grp"].to_numpy(object)[links["row"].to_numpy(np.int64)]
    at = pd.Index(ids.index).get_indexer(pd.Index(number))
    pairs = pd.DataFrame({"case": links["case"][at >= 0], "id": ids.to_numpy(np.int64)[at[at >= 0]]})
    pairs = pairs[~pairs["id"].isin(back.table["id"])].drop_duplicates()
    found.append(_part(Side.GOODS, pairs["case"], pairs["id"]))
    return found
