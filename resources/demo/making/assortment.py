"""The products of the shop: what each system calls them, where they lie, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from making.shop import CATALOGUE, draw

DOZEN = 12


@dataclass(frozen=True)
class Product:
    """One product, with the code that each system knows it by.

    Attributes:
        sku: Its code in Odoo, "" where Odoo does not have it.
        shop_sku: Its code in Shopify, "" where Shopify does not have it.
        price: Sales price of a piece in cents; it costs two fifths of that.
        depot: Pieces in the depot before anything special happened.
        shelf: Pieces in the shop in Mitte, None where it is not stocked.
        per: Pieces in the unit that Odoo counts it in.
        barcode: Barcode in Odoo.
        shop_barcode: Barcode in Shopify.
        kit: Whether Odoo takes it apart when it is delivered.
        service: Whether there is nothing to keep in stock.
        active: Whether Odoo still has it; otherwise it is archived.
        colours: Option values in Shopify, all with the same SKU.
    """

    sku: str
    shop_sku: str
    name: str
    price: int
    depot: int = 0
    shelf: int | None = None
    per: int = 1
    barcode: str = ""
    shop_barcode: str = ""
    kit: bool = False
    service: bool = False
    active: bool = True
    colours: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The code by which the demo itself knows the product."""
        return self.sku or self.shop_sku

    @property
    def cost(self) -> int:
        """Cost of a piece in cents."""
        return 0 if self.kit or self.service else self.price * 2 // 5

    @property
    def unit(self) -> str:
        """The unit that Odoo counts it in."""
        return "Dozens" if self.per == DOZEN else "Units"

    @property
    def display(self) -> str:
        """How Odoo shows it."""
        return f"[{self.sku}] {self.name}"

    @property
    def handle(self) -> str:
        """The last part of its address in the shop."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.name.casefold())
        return "-".join(words.split())


#: What kits are made of: kit -> (component, pieces).
KITS = {
    "QF-SEAL-SET": (("QF-SEAL-STAMP", 1), ("QF-WAX-STICK", 3)),
    "QF-GIFTBOX": (("QF-INK-RUST", 1), ("QF-PEN-CEDAR", 1)),
}
_SOLD_IN_MITTE = ("QF-NB-A5-DOT", "QF-NB-A6-PLN", "QF-INK-FERN", "QF-PEN-BRASS", "QF-CASE-3", "QF-LETTER-50")
_SPECIAL_ORDERS = (
    ("QF-DESK-SET", "Desk set, walnut", 17995),
    ("QF-STAMP-8", "Stamp set, eight motifs", 8000),
    ("QF-BINDING", "Hand-bound guest book", 19505),
)
#: More goods that were not sold on the web in October: SKU, name, price, depot, shelf, pieces in a unit.
_MORE = (
    ("QF-SEAL-STAMP", "Seal stamp, leaf", 1490, 34, None, 1),
    ("QF-WAX-STICK", "Sealing wax stick", 290, 400, None, 1),
    ("QF-INK-RUST", "Ink 50 ml, Rust", 1450, 22, None, 1),
    ("QF-PEN-CEDAR", "Fountain pen, cedar wood", 5400, 17, None, 1),
    ("QF-RULER-30", "Brass ruler 30 cm", 1890, 40, 6, 1),
    ("QF-GLUE-STICK", "Glue stick", 350, 30, 8, 1),
    ("QF-SCISSORS", "Paper scissors", 1640, 25, None, 1),
    ("QF-CORK-BOARD", "Cork board", 2990, 15, None, 1),
    ("QF-GLOBE", "Desk globe", 6900, 14, 2, 1),
    ("QF-WAX-RED", "Wax beads, red", 790, 0, None, 1),
    ("QF-STAPLER", "Stapler, black", 2250, 27, 5, 1),
    ("QF-LAMP", "Reading lamp", 7800, 11, None, 1),
    ("QF-CALENDAR", "Wall calendar 2026", 1850, 7, None, 1),
    ("QF-PENCIL-HB", "Pencil HB", 120, 100, None, DOZEN),
    ("QF-CHALK", "Chalk stick", 60, 120, None, DOZEN),
    ("QF-ERASER", "Eraser", 180, 60, None, DOZEN),
    ("QF-BLOTTER-XL", "Rocker blotter, large", 3300, 9, None, 1),
    ("QF-MAP-TUBE", "Map tube", 2400, 16, 20, 1),
    ("QF-LABELS-100", "Labels, 100 pieces", 640, 80, 18, 1),
    ("QF-STICKERS", "Sticker sheet", 390, 55, 12, 1),
    ("QF-GLASS-PEN", "Glass pen", 2700, 19, 4, 1),
    ("QF-RIBBON", "Silk ribbon, 3 m", 520, 41, None, 1),
    ("QF-TWINE", "Paper twine, 20 m", 450, 63, None, 1),
    ("QF-BOOKMARK", "Leather bookmark", 980, 44, 16, 1),
    ("QF-INKWELL", "Inkwell, porcelain", 3100, 13, 5, 1),
    ("QF-NIB-SET", "Set of ten nibs", 1950, 20, 9, 1),
    ("QF-FOLDER-A4", "Folder A4, linen", 1150, 33, None, 1),
    ("QF-CARD-BLANK", "Blank card with envelope", 230, 150, 25, 1),
    ("QF-CLIPS", "Brass clips", 480, 70, None, 1),
    ("QF-PINS", "Steel pins", 310, 90, None, 1),
    ("QF-TACKS", "Brass tacks", 330, 65, None, 1),
    ("QF-ENVELOPE-C6", "Envelope C6, laid", 90, 200, None, 1),
)
_SERVICES = (("SHIP", "Shipping", 495), ("DISC", "Shop discount", 0), ("TIP", "Tip", 0))
_PINS, _TACKS, _MISTYPED, _CUT = "QF-PINS", "QF-TACKS", "QF-ENVELOPE-C6", "QF-CARD-BLANK"


def products(*, clean: bool = False) -> dict[str, Product]:
    """All products by the code that the demo knows them by; ``clean`` leaves out what is planted."""
    every = [*_ordinary(clean), *_services(), *(() if clean else _odd())]
    return {product.key: _cleaned(product) if clean else product for product in every}


def _cleaned(product: Product) -> Product:
    """The product without mistakes: one barcode, one unit, no kit."""
    barcode = "" if product.service else _barcode(product.key)
    return replace(
        product, per=1, kit=False, active=True, barcode=barcode, shop_barcode=barcode,
        depot=product.depot or (0 if product.service else 40),
    )  # fmt: skip


def _ordinary(clean: bool) -> list[Product]:
    made = []
    for sku, name, price in (*CATALOGUE, *_SPECIAL_ORDERS):
        kit = sku in KITS and not clean
        shelf = 4 + draw(f"{sku} shelf", 12) if sku in _SOLD_IN_MITTE else None
        depot = 0 if kit else 35 + draw(f"{sku} depot", 60)
        made.append(_coded(Product(sku, sku, name, price, depot, shelf, kit=kit)))
    made.append(_coded(Product("QF-GIFTBOX", "QF-GIFTBOX", "Gift box, ink and pen", 6850, kit=True)))
    for sku, name, price, pieces, shelf, per in _MORE:
        made.append(_coded(Product(sku, sku, name, price, pieces, shelf, per, active=sku != "QF-CALENDAR")))
    return made


def _odd() -> list[Product]:
    """Products that one side has only, or under another code."""
    every = [
        Product("QF-TRAVEL-KIT", "QF-TRAVEL-KIT", "Travel kit", 4900, 5, kit=True),
        Product("", "QF-POSTER", "Poster, fern leaves", 2450, 5),
        Product("QF-SAMPLE-BOX", "", "Paper sample box", 1200, 6),
        Product("QF-WASHI", "QF-WASHI", "Washi tape", 360, 48, colours=("Mint", "Rose")),
        Product("QF-TAPE-KRAFT", "QF-Tape-Kraft", "Kraft paper tape", 540, 21),
        Product("00812", "812", "Tracing paper, 50 sheets", 1380, 18),
        Product("60250.0", "60250", "Carbon paper, 10 sheets", 890, 26),
        Product("12E45", "12E45", "Ink eraser pen", 270, 38),
    ]
    return [_coded(product) for product in every]


def _services() -> list[Product]:
    services = [Product(sku, "", name, price, service=True) for sku, name, price in _SERVICES]
    return [*services, Product("QF-GIFT-100", "QF-GIFT-100", "Gift card 100 EUR", 10000, service=True)]


def _coded(product: Product) -> Product:
    """Give a product its barcodes, the same on both sides but where they are planted wrong."""
    right = _barcode(_PINS if product.key == _TACKS else product.key)
    if product.key == "QF-CLIPS":
        right = ""
    elif product.key == _CUT:
        right = "073912480529"
    in_shop = right
    if product.key == _MISTYPED:
        in_shop = f"{right[:-1]}{(int(right[-1]) + 4) % 10}"
    elif product.key == _CUT:
        in_shop = right.lstrip("0")
    return replace(product, barcode=right if product.sku else "", shop_barcode=in_shop)


def _barcode(label: str) -> str:
    """An EAN-13 of the range for use inside of a company, made up from the label."""
    digits = f"20{draw(f'{label} barcode', 10**10):010}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
