"""One fault per fingerprint, planted in the clean shop."""

from __future__ import annotations

from collections.abc import Callable

from recon_app.models.record import NO_INT, RecordType
from tests.fingerprints.register import ONE
from tests.fingerprints.shop import CATALOGUE, FIRST, Sale, Shop

Plant = Callable[[Shop], None]


def f01_default_product(shop: Shop) -> None:
    sale = shop.plain()
    shop.drop(RecordType.STOCK_MOVE, sale.moves[0])
    sale.so_lines[0] |= {"sku": "", "ref2": "Ecommerce-Sale", "text": "Ecommerce-Sale"}


def f02_cents_no_invoice(shop: Shop) -> None:
    sale = shop.plain()
    shop.so_line(sale.so["grp"], sale.name, "ADJ", "[ADJ] Total adjustment", 1, -1, 0)
    sale.so["amount"] -= 1
    not_invoiced(shop, sale)


def not_invoiced(shop: Shop, sale: Sale) -> None:
    """Take the invoice and the payment of a sale out of Odoo."""
    shop.note(sale.so, invoices=None, invoice_status="to_invoice")
    shop.drop(RecordType.INVOICE, sale.invoice)
    shop.drop(RecordType.ODOO_PAYMENT, sale.payment)


def f03_refund_skipped(shop: Shop) -> None:
    sale = shop.plain()
    shop.refund(sale, sale.day + 2, amount=250, credit=False)
    second = shop.put(RecordType.INVOICE, **{**sale.invoice, "grp": "INV/2026/90001", "amount": 1, "id": 0})
    shop.note(second, tax=0)


def f04_draft_credit_notes(shop: Shop) -> None:
    sale = shop.plain()
    note = shop.refund(sale, sale.day + 2, amount=250)
    assert note is not None
    note["status"] = "draft/not_paid"


def f05_refund_adjustment(shop: Shop) -> None:
    sale = shop.plain()
    shop.refund(sale, sale.day + 2, amount=250)
    shop.note(sale.so, invoices=[sale.invoice["grp"]])


def f06_return_not_synced(shop: Shop) -> None:
    sale = shop.plain()
    shop.refund(sale, sale.day + 3, lines=[(0, "return")], back=False)


def f07_restock_not_chosen(shop: Shop) -> None:
    sale = shop.plain()
    shop.refund(sale, sale.day + 3, lines=[(0, "no_restock")])
    shop.come_back(sale, 0, sale.day + 3)


def f08_deleted_refund(shop: Shop) -> None:
    sale = shop.plain()
    shop.refund(sale, sale.day + 2, amount=250)
    shop.drop(RecordType.REFUND, *sale.refunds)
    shop.refund(sale, sale.day + 6, amount=170, credit=False)


def f09_open_delivery(shop: Shop) -> None:
    sale = shop.plain()
    for move in sale.moves:
        move |= {"status": "assigned", "done": NO_INT, "reserved": move["quantity"]}
    every = [(place, "cancel") for place in range(len(sale.lines))]
    shop.refund(sale, sale.day + 1, lines=every, shipping=True)


def f10_part_paid(shop: Shop) -> None:
    sale = shop.plain()
    sale.order |= {"status": "partially_paid", "open": 400}
    not_invoiced(shop, sale)


def f11_stock_fetched(shop: Shop) -> None:
    at = (FIRST + 20) * 86_400 + 7_200
    for number, (sku, _) in enumerate(CATALOGUE[:8]):
        shop.correct(sku, 2, at + number)


def f12_shared_location(shop: Shop) -> None:
    shop.answers |= {"stock_location.Depot": "Depot", "stock_location.Fair": "Depot"}
    for sku, _ in CATALOGUE[:4]:
        shop.add(RecordType.INVENTORY_LEVEL, sku=sku, location="Fair", quantity=ONE, available=ONE)


def f13_pushed_stock(shop: Shop) -> None:
    shop.stock("QF-77", "Depot", 2, 5, shop=(0, 0))


def f14_untaxed_remainder(shop: Shop) -> None:
    sale = shop.plain()
    note = shop.refund(sale, sale.day + 3, lines=[(0, "return")])
    assert note is not None
    net = sale.lines[0]["amount"]
    shop.note(note, lines=[["[QF-01] Thing", net - 1, "19%"], ["Rounding difference", 1, ""]])


def f15_payout_not_booked(shop: Shop) -> None:
    payout = shop.rows()[RecordType.PAYOUT][1]
    payout["amount"] -= 5
    unbooked(shop, payout["ident"])


def unbooked(shop: Shop, payout: str) -> None:
    """Take the entry of a payout out of Odoo."""
    items = shop.rows()[RecordType.JOURNAL_ITEM]
    shop.drop(RecordType.JOURNAL_ITEM, *(row for row in items if row["ref"] == f"Payout {payout}"))


def f16_tolerance_paid(shop: Shop) -> None:
    sale = shop.plain()
    sale.payment["amount"] -= sale.total * 2 // 100


def f17_duplicate_orders(shop: Shop) -> None:
    sale = shop.plain()
    shop.put(RecordType.SALE_ORDER, **{**sale.so, "grp": "S90010", "extra": ""})
    for line in sale.so_lines:
        shop.put(RecordType.SALE_ORDER_LINE, **{**line, "grp": "S90010"})


def f18_tax_step(shop: Shop) -> None:
    for sale in shop.sales[31:]:
        shop.note(sale.so, tax=2 * sale.tax)


def f19_unlinked_credit_notes(shop: Shop) -> None:
    note = shop.sales[3].credits[0]
    note |= {"ref2": "", "ref": f"Refund of {shop.sales[3].name}"}
    shop.note(note, reversal_of=None, no_reversal=True)


def f20_rounding_method(shop: Shop) -> None:
    sale = shop.sell(FIRST + 8, [(sku, 1, 849) for sku, _ in CATALOGUE[:7]], rate=21, foreign=False)
    # 7 x 8.49 at 21 %: 12.46 per line, 12.48 over all (TAX-01); shipping, 4.95 or 7.90, is the same
    tax = {495: 1352, 790: 1414}[sale.shipping]
    shop.note(sale.so, tax=tax)
    sale.so["amount"] += tax - sale.tax


def f21_exchange_twice(shop: Shop) -> None:
    sale = shop.sell(FIRST + 8, [("QF-01", 1, 1591)], foreign=False)  # 18.93 with tax (REF-01)
    note = shop.refund(sale, FIRST + 12, lines=[(0, "return")])
    assert note is not None
    shop.note(sale.refunds[0], refund_total=1893 - 365)
    sale.order["refunded"] = 1893 - 365
    note["amount"] = -(1893 + 365)


def f22_presentment_shipping(shop: Shop) -> None:
    sale = shop.sell(FIRST + 8, [("QF-01", 1, 1000)], foreign=True)
    note = shop.refund(sale, FIRST + 10, lines=[(0, "return")], shipping=True)
    assert note is not None
    with_tax = 1190  # the goods; what is left of the refund is shipping
    seen = sale.charge["foreign_amount"]
    own = sale.total - with_tax
    note["amount"] -= round(own * seen / sale.total) - own


def f23_no_payout_id(shop: Shop) -> None:
    sale = shop.plain()
    store = sale.charge["grp"]
    sale.charge |= {"grp": "", "due": NO_INT}
    payout = next(row for row in shop.rows()[RecordType.PAYOUT] if row["ident"] == store)
    items = shop.rows()[RecordType.JOURNAL_ITEM]
    for row in (payout, *(item for item in items if item["ref"] == f"Payout {store}")):
        row["amount"] -= sale.charge["net"]


def f24_payout_gaps(shop: Shop) -> None:
    payouts = [row for row in shop.rows()[RecordType.PAYOUT] if row["extra"].count("202")]
    unbooked(shop, payouts[2]["ident"])


PLANTS: dict[str, Plant] = {
    name: plant for name, plant in sorted(globals().items()) if name[:1] == "f" and name[1:3].isdigit()
}

#: These change payouts, which are made anew when money is added.
LATE = ("f15_payout_not_booked", "f23_no_payout_id", "f24_payout_gaps")
