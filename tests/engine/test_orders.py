"""Orders by the documents that name them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recon_app.engine.orders import agreed, order_hashes, orders_of, orders_of_transfers


def test_documents_of_one_number_tell_their_order_only_where_they_agree() -> None:
    found = agreed(pd.Series(["S1", "S1", "S2", "S2", "S3"]), np.array([7, 7, 7, 8, 0]))
    assert found.to_dict() == {"S1": 7}


def test_transfers_of_one_number_are_of_no_order_where_they_are_of_two() -> None:
    one, two = order_hashes(pd.Series(["#1001", "#1002"])).tolist()
    of_number = pd.Series([one, two], index=["S1", "S2"])
    rows = pd.DataFrame(
        {
            "grp": ["WH/OUT/1", "WH/OUT/1", "WH/OUT/2", "WH/IN/1"],
            "ref": ["S1", "S2", "S2", "Return of WH/OUT/2"],
        }
    )
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        found = orders_of_transfers(rows.iloc[order], of_number, np.array([one, two]))
        assert found.to_dict() == {"WH/OUT/2": two, "WH/IN/1": two}
    back = orders_of(pd.Series(["Return of WH/OUT/1"]), of_number, np.array([one, two]), found)
    assert back.tolist() == [0]
