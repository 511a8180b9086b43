"""Column mappings travel from one workspace to another, and only they."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.models.problem import FileRejected, UsageError
from recon_app.services import profiles
from recon_app.services.answers import remember, remembered
from recon_app.services.import_files import import_paths
from recon_app.store.settings import set_setting, settings_under
from recon_app.store.workspace import Workspace

HEADER = ["When", "How much", "What"]
OPTIONS = {"mapping.date": "When", "mapping.amount": "How much", "mapping.label": "What"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile.json"


def document(**changed: object) -> dict[str, object]:
    profile = {"source": "bank_csv", "header": "0123456789abcdef", "options": {"mapping.date": "When"}}
    return {"schema": profiles.SCHEMA, "profiles": [profile | changed]}


def test_a_mapping_travels(shelf: Workspace, path: Path, tmp_path: Path) -> None:
    remember(shelf, "bank_csv", [HEADER], OPTIONS)
    set_setting(shelf, "journal.Stripe", "secret of this company")
    assert profiles.export_profiles(shelf, path).profiles == 1
    content = path.read_bytes()
    assert b"secret" not in content
    assert json.loads(content)["schema"] == "recon/profile/1"
    other = Workspace.open(tmp_path / "other")
    try:
        assert remembered(other, "bank_csv", [HEADER]) == {}
        assert profiles.import_profiles(other, path, who="Ann") == 1
        assert remembered(other, "bank_csv", [HEADER]) == OPTIONS
        profiles.export_profiles(other, path)
    finally:
        other.close()
    assert path.read_bytes() == content


def test_a_profile_says_of_which_kind_a_table_is(shelf: Workspace, path: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text(
        "ref,when,value,money\nR1,2026-03-01,10.00,EUR\nR2,2026-03-02,4.00,EUR\n", encoding="utf-8"
    )
    names = {"transaction": "ref", "date": "when", "amount": "value", "currency": "money"}
    options = {f"mapping.{key}": name for key, name in names.items()}
    (done,) = import_paths(shelf, [table], source="mapped_payment_lines", options=options)
    assert done.added == 2
    profiles.export_profiles(shelf, path)
    with closing(Workspace.open(tmp_path / "other")) as other:
        (asked,) = import_paths(other, [table])
        assert asked.question is not None
        assert asked.question.option == "as"
        profiles.import_profiles(other, path)
        (taken,) = import_paths(other, [table])
    assert (taken.source, taken.added) == ("mapped_payment_lines", 2)


def test_without_mappings_there_is_nothing_to_export(shelf: Workspace, path: Path) -> None:
    with pytest.raises(UsageError, match="no columns were named yet"):
        profiles.export_profiles(shelf, path)
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_named(shelf: Workspace, path: Path) -> None:
    remember(shelf, "bank_csv", [HEADER], OPTIONS)
    with pytest.raises(UsageError, match="cannot be written"):
        profiles.export_profiles(shelf, path / "below")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"source": "nosuch"}, "source"),
        ({"source": "shopify_orders"}, "source"),
        ({"source": "../bank_csv"}, "profiles.1.source"),
        ({"header": "../../x"}, "profiles.1.header"),
        ({"options": {"maker_may_approve": "yes"}}, "profiles.1.options.maker_may_approve"),
        ({"options": {"mapping.nosuch": "a"}}, "profiles.1.options.mapping.nosuch"),
        ({"options": {"mapping.date": ""}}, "profiles.1.options.mapping.date"),
        ({"options": {"mapping.date": "a\u202eb"}}, "profiles.1.options.mapping.date"),
        ({"options": {"mapping.date_order": "now"}}, "profiles.1.options.mapping.date_order"),
        ({"options": {"mapping.header_row": "1e5"}}, "profiles.1.options.mapping.header_row"),
        ({"code": "import os"}, "profiles.1.code"),
    ],
)
def test_only_declared_options_are_taken(
    shelf: Workspace, path: Path, changed: dict[str, object], where: str
) -> None:
    path.write_text(json.dumps(document(**changed)), encoding="utf-8")
    with pytest.raises(FileRejected) as caught:
        profiles.import_profiles(shelf, path)
    assert [(each.code, each.column) for each in caught.value.problems] == [("E_RULE", where)]
    assert settings_under(shelf, "import.columns.") == {}


def test_one_bad_profile_keeps_all_out(shelf: Workspace, path: Path) -> None:
    good, bad = document(), document(options={"x": "y"})
    good["profiles"] = [*good["profiles"], *bad["profiles"]]  # type: ignore[misc]
    path.write_text(json.dumps(good), encoding="utf-8")
    with pytest.raises(FileRejected):
        profiles.import_profiles(shelf, path)
    assert settings_under(shelf, "import.columns.") == {}


def test_a_later_schema_is_refused(shelf: Workspace, path: Path) -> None:
    path.write_text(json.dumps(document() | {"schema": "recon/profile/2"}), encoding="utf-8")
    with pytest.raises(FileRejected, match="recon/profile/2"):
        profiles.import_profiles(shelf, path)


def test_a_missing_file_is_named(shelf: Workspace, path: Path) -> None:
    with pytest.raises(FileRejected) as caught:
        profiles.import_profiles(shelf, path)
    assert caught.value.problems[0].code == "E_PATH"


@pytest.mark.parametrize("source", ["bank_csv", "mapped_orders", "mapped_payouts", "mapped_stock"])
def test_every_kind_of_named_columns_can_be_shared(source: str) -> None:
    assert "mapping.date" in profiles.option_names(source) or source == "mapped_stock"
    assert "mapping.header_row" in profiles.option_names(source)
