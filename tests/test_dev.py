from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dev


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_display(platform: str, env: dict[str, str], expected: bool) -> None:
    assert dev.has_display(platform, env) is expected


def test_missing_packages_are_those_the_linker_does_not_find() -> None:
    def load(library: str) -> object:
        if library == "libGL.so.1":
            raise OSError(library)
        return library

    libraries = {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1"}
    assert dev.missing_packages(libraries, load) == {"libGL.so.1": "libgl1"}


def test_the_real_linker_is_asked() -> None:
    assert dev.missing_packages({"libnowhere.so.9": "libnowhere9"}) == {"libnowhere.so.9": "libnowhere9"}


def test_advice_is_one_line_for_apt_and_names_the_libraries_otherwise() -> None:
    needed = {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1"}
    assert dev.install_advice(needed, apt=True) == "run: sudo apt-get install -y libgl1 libegl1"
    assert dev.install_advice(needed, apt=False).endswith("libGL.so.1 libEGL.so.1")


def test_missing_packages_stop_a_user_who_may_not_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "needed_packages", lambda **_: {"libGL.so.1": "libgl1"})
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(dev.SetUpError, match=r"missing: libGL\.so\.1"):
        dev.install_system_packages(screen=False)


def test_a_new_lock_or_another_folder_makes_a_new_environment() -> None:
    stamp = dev.lock_stamp(b"a==1", Path("one"))
    assert stamp != dev.lock_stamp(b"a==2", Path("one"))
    assert stamp != dev.lock_stamp(b"a==1", Path("two"))


def test_an_up_to_date_environment_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    python, lock = tmp_path / "python", tmp_path / "lock"
    python.touch()
    lock.write_bytes(b"a==1")
    for name, value in {"VENV": tmp_path, "PYTHON": python, "LOCK": lock, "ROOT": tmp_path}.items():
        monkeypatch.setattr(dev, name, value)
    monkeypatch.setattr(dev, "run", lambda command: calls.append([str(word) for word in command]))
    dev.install_python_packages()
    assert ["--require-hashes" in call for call in calls] == [True, False]
    dev.install_python_packages()
    assert len(calls) == 2


def test_a_failed_installation_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    for name, value in {"VENV": tmp_path, "PYTHON": tmp_path / "no", "LOCK": lock}.items():
        monkeypatch.setattr(dev, name, value)

    def fail(_: object) -> None:
        raise dev.SetUpError("no network")

    monkeypatch.setattr(dev, "run", fail)
    with pytest.raises(dev.SetUpError, match="no network"):
        dev.install_python_packages()
    assert not (tmp_path / "lock.stamp").exists()


def test_counts_are_told_by_size_without_zeros() -> None:
    assert dev.counts_line({"missing": 4, "matched": 280, "tolerance": 0}) == "280 matched, 4 missing"
    assert dev.counts_line({}) == "no cases"


def test_the_committed_lock_pins_everything_and_names_no_index() -> None:
    lines = dev.LOCK.read_text(encoding="utf-8").splitlines()
    assert dev.index_addresses(lines) == []
    pins = [line for line in lines if line[:1].isalnum()]
    assert pins
    assert [pin for pin in pins if "==" not in pin or not pin.endswith("\\")] == []


@pytest.mark.parametrize("line", ["--index-url x", "--extra-index-url x", "a @ https://host/a.whl"])
def test_an_index_in_the_lock_is_found(line: str) -> None:
    assert dev.index_addresses(["a==1 \\", line]) == [line]


def test_source_date_is_given_or_the_last_commit() -> None:
    assert dev.source_date({"SOURCE_DATE_EPOCH": "12"}) == "12"
    assert int(dev.source_date({})) > 1_700_000_000


def test_folder_size_counts_files_and_no_link_targets(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(b"12345")
    assert dev.folder_size(tmp_path) == 5


def test_an_unexpected_status_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit(3)"]
    assert dev.run(command, accept=(3,)) == 3
    with pytest.raises(dev.SetUpError, match="status 3"):
        dev.run(command)


def test_a_failing_check_shows_its_output(capfd: pytest.CaptureFixture[str]) -> None:
    assert dev.passes("good", [sys.executable, "-c", "print('quiet')"])
    assert not dev.passes("bad", [sys.executable, "-c", "print('loud'); raise SystemExit(1)"])
    output = capfd.readouterr().out
    assert "quiet" not in output
    assert "loud" in output


def test_what_a_person_says_of_the_tests_comes_last_and_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def note(command: list[object], **_: object) -> int:
        commands.append([str(word) for word in command])
        return 0

    monkeypatch.setattr(dev, "set_up", lambda **_: None)
    monkeypatch.setattr(dev, "passes", lambda name, _: name != "mypy")
    monkeypatch.setattr(dev, "run", note)
    assert dev.test(["-n", "0", "-k", "payout"]) == 1  # mypy is not forgotten
    assert [command[1:] for command in commands] == [
        ["-m", "pytest", *dev.ON_ALL_CORES, "-n", "0", "-k", "payout"]
    ]


def test_only_test_takes_further_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "test", len)
    assert dev.main(["test", "-k", "payout", "tests/engine"]) == 3
    with pytest.raises(SystemExit):
        dev.main(["demo", "-k", "payout"])


def test_the_script_parses_on_its_own() -> None:
    done = subprocess.run([sys.executable, "-I", dev.__file__, "--help"], capture_output=True, check=True)
    assert b"demo,test,bundle,lock" in done.stdout
