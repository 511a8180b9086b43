"""The window's own options: what it does not know is said before anything opens."""

from __future__ import annotations

import pytest

from recon_app.app import run_window


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--workspace", "x", "import", "a.csv"],
            "import a.csv: not known to the window; a command comes first",
        ),
        (["--json", "run"], "--json run: not known to the window; a command comes first"),
        (["--workspace", " "], "an empty path; write . for the present folder"),
        (["--platform"], "expected one argument"),
    ],
)
def test_wrong_use_of_the_window(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        run_window(words)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err
