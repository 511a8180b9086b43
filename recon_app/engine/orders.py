"""Orders of the shop by the hash of their reference, and which of them a document of Odoo is about.

References are normalised as order references; 0 stands for none.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import span_hashes, spans
from recon_app.models.record import NO_INT
from recon_app.models.rule import Transform

Ints = NDArray[np.int64]
_RETURN = "Return of "


def order_hashes(texts: pd.Series) -> Ints:
    """Hash of each order reference, 0 for none."""
    return span_hashes(spans(texts.tolist(), Transform.ORDER_REF))


def among(hashes: Ints | pd.Series, known: Ints) -> NDArray[np.bool_]:
    """Which hashes are known; many times as fast as numpy, which sorts them."""
    found: NDArray[np.bool_] = pd.Series(hashes).isin(known).to_numpy(bool)
    return found


def looked_up(texts: pd.Series, known: pd.Series) -> Ints:
    """What is known of each text, 0 for nothing. A hash must not become a float on its way."""
    place = known.index.get_indexer(pd.Index(texts))
    values = np.append(known.to_numpy(np.int64), 0)  # the last one is for nothing
    found: Ints = values[place]
    return found


def agreed(numbers: pd.Series, orders: Ints | pd.Series) -> pd.Series:
    """Order by number of a document; where documents of one number are of several orders, nobody knows which.

    Args:
        numbers: How each document is called.
        orders: The order of each, 0 for none.
    """
    order = np.asarray(orders, np.int64)
    told = order != 0
    known = pd.Series(order[told], index=pd.Index(np.asarray(numbers, object)[told], dtype=object))
    if known.index.is_unique:  # mostly, and the look-up that follows needs the same table of hashes
        return known
    pairs = pd.DataFrame({"number": known.index, "order": known.to_numpy(np.int64)}).drop_duplicates()
    pairs = pairs[~pairs["number"].duplicated(keep=False)]
    return pairs.set_index("number")["order"]


def number_in(extra: pd.Series, name: str) -> Ints:
    """A whole number out of JSON objects, NO_INT where it is not there."""
    found = np.full(len(extra), NO_INT, np.int64)
    marker = f'"{name}":'
    texts = extra.tolist()
    has = [place for place, text in enumerate(texts) if marker in text]
    for place in has:
        digits = texts[place].partition(marker)[2].partition(",")[0].rstrip("}")
        if digits.lstrip("-").isdigit():
            found[place] = int(digits)
    return found


def orders_of(
    origins: pd.Series, of_number: pd.Series, shop_orders: Ints, of_transfer: pd.Series | None = None
) -> Ints:
    """Order of each source document: ``S00055 - #1055``, ``Shopify #1055``, ``Return of WH/OUT/00004``.

    Args:
        origins: Source documents.
        of_number: Order by number of Odoo's sale order.
        shop_orders: The orders that the shop's files name.
        of_transfer: Order by number of the transfer, for returns.
    """
    codes, texts = pd.factorize(origins)
    unique = pd.Series(texts, dtype=object)
    if not len(unique):
        return np.array([], np.int64)
    parts = [text.partition(" - ") for text in texts]
    found = looked_up(pd.Series([head for head, _, _ in parts], dtype=object), of_number)
    last = [text.rpartition(" ")[2] for text in texts]
    for part in ([tail for _, _, tail in parts], texts, last):
        direct = order_hashes(pd.Series(part, dtype=object))
        found = np.where((found == 0) & among(direct, shop_orders), direct, found)
    if of_transfer is not None:
        returned = unique.where(unique.str.startswith(_RETURN), "").str.removeprefix(_RETURN)
        found = np.where(found == 0, looked_up(returned, of_transfer), found)
    result: Ints = found[codes]
    return result


def orders_of_transfers(transfers: pd.DataFrame, of_number: pd.Series, shop_orders: Ints) -> pd.Series:
    """Order by number of the transfer, those of returns found through what they return."""
    code = orders_of(transfers["ref"], of_number, shop_orders)
    first = agreed(transfers["grp"], code)
    again = orders_of(transfers["ref"], of_number, shop_orders, first)
    return agreed(transfers["grp"], again)
