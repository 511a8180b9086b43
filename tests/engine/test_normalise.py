from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.normalise import BLANK, normalised, span_codes, spans
from recon_app.models.rule import Transform


@pytest.mark.parametrize(
    ("text", "order_ref", "core"),
    [
        ("#1001", "1001", "1001"),
        ("1001", "1001", "1001"),
        ("##1001", "#1001", "1001"),
        ("#00123", "00123", "00123"),
        ("#AP-516072", "ap-516072", "516072"),
        ("AI-1001", "ai-1001", "1001"),
        ("SHOP/1001-A", "shop/1001-a", "1001"),
        (" # 1001\u00a0", "1001", "1001"),
        ("10\t01\n", "1001", "1001"),
        ("#12", "12", ""),
        ("2026/1001", "2026/1001", ""),
        ("PSHOP/2026/00026", "pshop/2026/00026", "00026"),
        ("Straße 1001", "strasse1001", "1001"),
        ("no number", "nonumber", ""),
        (" ", "", ""),
        ("#", "", ""),
        ("", "", ""),
    ],
)
def test_texts_are_normalised(text: str, order_ref: str, core: str) -> None:
    assert normalised(text, Transform.EXACT) == text
    assert normalised(text, Transform.ORDER_REF) == order_ref
    assert normalised(text, Transform.CORE) == core
    for transform in (Transform.SIMILAR, Transform.CUT, Transform.ABSENT):
        assert normalised(text, transform) == order_ref


TEXTS = st.lists(
    st.one_of(
        st.text(alphabet="#A a01\n\\\u00a0é", max_size=9),
        st.text(max_size=12),
        st.integers(0, 10**20).map(str),
        st.sampled_from(["", "12345678", "123456789", "12345678\0", "1" * 40, "\udc80"]),
    ),
    max_size=30,
)


@given(TEXTS, st.sampled_from([*Transform]))
def test_codes_are_equal_exactly_where_the_normalised_texts_are(
    texts: list[str], transform: Transform
) -> None:
    codes = span_codes(spans(texts, transform)).tolist()
    alone = [normalised(text, transform) for text in texts]
    assert [code == BLANK for code in codes] == [not text for text in alone]
    assert [[a == b for b in codes] for a in codes] == [[a == b for b in alone] for a in alone]


@given(TEXTS, st.sampled_from([*Transform]))
def test_a_column_is_normalised_as_its_texts_are(texts: list[str], transform: Transform) -> None:
    assert spans(texts, transform).texts() == [normalised(text, transform) for text in texts]
