"""Packed columns behave in a frame as plain texts do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine import normalise
from recon_app.engine.normalise import span_codes, spans
from recon_app.engine.texts import (
    TextArray,
    common_codes,
    different,
    distinct,
    packed_frame,
    pieces,
    plain,
    starting,
    told,
)
from recon_app.models.lines import as_lines
from recon_app.models.rule import Transform

WORDS = ["EUR", "", "line\nbreak", "żółć 💶", "a much longer reference", "EUR", "x\0", "#1001"]
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=30)


def frame(texts: list[str]) -> pd.DataFrame:
    """The texts in all three ways in which frames hold them."""
    packed = packed_frame({"ref": as_lines(texts), "status": as_lines(texts)})
    return packed.assign(plain=pd.Series(texts, dtype=object))


@given(TEXTS)
def test_all_columns_hold_the_same_texts(texts: list[str]) -> None:
    columns = frame(texts)
    for name in columns:
        assert columns[name].tolist() == texts
        assert list(columns[name].array) == texts
        assert columns[name].to_numpy(object).tolist() == texts
        assert pieces(columns[name].array).texts() == texts
        assert (columns[name] == "").tolist() == [text == "" for text in texts]
        assert (columns[name] != "EUR").tolist() == [text != "EUR" for text in texts]
        assert different(columns[name]) == sorted(set(texts))
        assert told(columns[name], str.isascii).tolist() == [text.isascii() for text in texts]
        assert starting(columns[name], "EU").tolist() == [text.startswith("EU") for text in texts]
        codes, found = distinct(columns[name])
        assert [found[code] for code in codes] == texts
    assert plain(columns).dtypes.tolist() == [object] * 3


@given(TEXTS, st.data())
def test_rows_are_chosen_as_of_plain_texts(texts: list[str], data: st.DataObject) -> None:
    columns = frame(texts)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))), np.bool_)
    kept = columns[mask]
    wanted = [text for text, chosen in zip(texts, mask.tolist(), strict=True) if chosen]
    assert kept["ref"].tolist() == kept["status"].tolist() == wanted
    both = pd.concat([kept, columns], ignore_index=True)
    assert both["ref"].tolist() == wanted + texts
    assert isinstance(both["ref"].array, TextArray)
    codes, found = pd.factorize(both["ref"])
    assert [found[int(code)] for code in codes] == wanted + texts
    assert codes.tolist() == pd.factorize(pd.Series(wanted + texts, dtype=object))[0].tolist()
    for transform in Transform:
        chosen = kept["ref"].array
        assert isinstance(chosen, TextArray)
        assert spans(chosen.pieces.alone(), transform).texts() == spans(wanted, transform).texts()


@given(TEXTS, TEXTS)
def test_codes_of_two_columns_are_equal_where_their_texts_are(one: list[str], other: list[str]) -> None:
    for name in ("ref", "status", "plain"):
        left, right = common_codes(frame(one)[name], frame(other)["ref"])
        assert [[a == b for b in right] for a in left] == [[a == b for b in other] for a in one]


def test_places_that_are_not_there_are_blank() -> None:
    column = TextArray._from_sequence(["a", "b"])
    assert column.take([1, -1], allow_fill=True).tolist() == ["b", ""]
    assert column[:0].take([-1], allow_fill=True).tolist() == [""]
    assert column[-1] == "b"
    assert not column.isna().any()
    assert column.nbytes > 0


@given(TEXTS)
def test_texts_whose_hashes_are_equal_are_told_apart(texts: list[str]) -> None:
    mixer = normalise._MIXER
    normalise._MIXER = np.uint64(0)
    try:
        codes = span_codes(spans(texts, Transform.EXACT)).tolist()
    finally:
        normalise._MIXER = mixer
    if any(len(text.encode(errors="surrogatepass")) > 8 for text in texts):
        assert [[a == b for b in codes] for a in codes] == [[a == b for b in texts] for a in texts]


@pytest.mark.parametrize("count", [1, 5])
def test_many_equal_rows_have_one_category(count: int) -> None:
    column = packed_frame({"currency": as_lines(["EUR"] * count)})["currency"]
    assert column.cat.categories.tolist() == ["EUR"]
