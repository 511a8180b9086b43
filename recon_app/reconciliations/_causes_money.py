"""What became of the money of single orders, in words: paid, refunded, charged back, booked or not."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import agreed, looked_up, order_hashes
from recon_app.models.money import format_minor
from recon_app.models.record import NO_INT, Category, RecordType

Frames = Mapping[RecordType, pd.DataFrame]


@dataclass
class Story:
    """What became of the money of an order.

    Attributes:
        said: Short clauses, the most telling first.
        shop: Ids of records of the shop.
        platform: Ids of records of the platform.
        odoo: Ids of documents and payments in Odoo.
    """

    said: list[str] = field(default_factory=list)
    shop: list[int] = field(default_factory=list)
    platform: list[int] = field(default_factory=list)
    odoo: list[int] = field(default_factory=list)


class Money:
    """Looks the money of orders up.

    Attributes:
        now: The newest day that the money's records tell of; NO_INT for none.
    """

    def __init__(self, frames: Frames) -> None:
        self._lines = _named(frames[RecordType.PAYMENT_LINE])
        self._shop = _named(frames[RecordType.SHOP_TRANSACTION])
        self._payments = _named(frames[RecordType.ODOO_PAYMENT])
        self._documents = _documents(frames)
        kinds = (RecordType.PAYMENT_LINE, RecordType.SHOP_TRANSACTION, RecordType.ODOO_PAYMENT)
        days = [frames[kind]["day"].to_numpy(np.int64) for kind in (*kinds, RecordType.STOCK_MOVE)]
        self.now = max((int(each.max()) for each in days if len(each)), default=NO_INT)

    def charged_back(self) -> pd.DataFrame:
        """Chargebacks that were not taken back: order, id, day, amount (signed), currency."""
        lines = self._lines
        lost = lines[lines["category"] == str(Category.CHARGEBACK)]
        won = lines["order"][lines["category"] == str(Category.CHARGEBACK_REVERSAL)]
        return lost[~lost["order"].isin(won)].reset_index(drop=True)

    def stories(self, wanted: Iterable[int]) -> dict[int, Story]:
        """The stories of some orders."""
        orders = list(dict.fromkeys(wanted))
        found = {order: Story() for order in orders}
        for frame, tell in (
            (self._lines, self._platform),
            (self._shop, self._of_shop),
            (self._documents, self._document),
            (self._payments, self._payment),
        ):
            mine = frame[frame["order"].isin(orders)].sort_values(["day", "key"])
            for record in mine.to_dict("records"):
                tell(found[record["order"]], record)
        if len(self._payments):
            for order in orders:
                self._unbooked(found[order], order)
        return found

    def _platform(self, story: Story, line: Mapping[Hashable, Any]) -> None:
        story.platform.append(int(line["id"]))
        what = {
            str(Category.REFUND): "refund of {} paid",
            str(Category.REFUND_FAILURE): "refund of {} came back",
            str(Category.CHARGEBACK): "{} taken back by chargeback",
            str(Category.CHARGEBACK_REVERSAL): "chargeback of {} won",
        }.get(str(line["category"]))
        if what:
            self._tell(story, what, line)

    def _of_shop(self, story: Story, line: Mapping[Hashable, Any]) -> None:
        story.shop.append(int(line["id"]))
        known = any("refund of" in clause for clause in story.said)
        if line["category"] == str(Category.REFUND) and not known:
            done = str(line["status"]).casefold() == "success"
            self._tell(story, "refund of {} asked" if done else "refund of {} failed in the shop", line)

    def _document(self, story: Story, line: Mapping[Hashable, Any]) -> None:
        story.odoo.append(int(line["id"]))
        if line["category"] == str(Category.CREDIT_NOTE) and str(line["status"]).startswith("draft"):
            story.said.append("its credit note is a draft")

    def _payment(self, story: Story, line: Mapping[Hashable, Any]) -> None:
        story.odoo.append(int(line["id"]))

    def _unbooked(self, story: Story, order: int) -> None:
        booked = bool((self._payments["order"] == order).any())
        if story.platform and not booked:
            story.said.append("its payment is not booked in Odoo")

    def _tell(self, story: Story, what: str, line: Mapping[Hashable, Any]) -> None:
        amount = abs(int(line["amount"]))
        clause = what.format(f"{format_minor(amount, str(line['currency']))} {line['currency']}")
        story.said.append(f"{clause} {self.ago(int(str(line['day'])))}".rstrip())

    def ago(self, day: int) -> str:
        """How long ago a day was, as the files know; "" where they do not."""
        if NO_INT in (day, self.now):
            return ""
        days = max(self.now - day, 0)
        return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(order=order_hashes(frame["ref"]))


def _documents(frames: Frames) -> pd.DataFrame:
    """Invoices and credit notes with their order: by the sale order they come from, or their reference."""
    documents, sales = frames[RecordType.INVOICE], frames[RecordType.SALE_ORDER]
    order: Ints = looked_up(documents["ref2"], agreed(sales["grp"], order_hashes(sales["ref"])))
    return documents.assign(order=np.where(order == 0, order_hashes(documents["ref"]), order))
