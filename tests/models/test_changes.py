"""What two services touched is what each of them did."""

from __future__ import annotations

from dataclasses import fields

import pytest

from recon_app.models.changes import Changes


@pytest.mark.parametrize("name", [field.name for field in fields(Changes)])
def test_both_changes_are_told(name: str) -> None:
    one = Changes(**{name: True})
    assert one | Changes() == Changes() | one == one
    assert Changes() | Changes() == Changes()
