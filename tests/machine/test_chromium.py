"""Which browser the tests get, without fetching one."""

import pytest

from tests.machine import chromium


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without a browser, without root, with an empty data directory. Gives the directory on PATH."""
    monkeypatch.delenv("KLATSCH_CHROMIUM", raising=False)
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("KLATSCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    return tmp_path


def program(path, *, exits: int):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {exits}\n")
    path.chmod(0o755)
    return str(path)


def test_an_installed_browser_is_taken(bare, monkeypatch):
    program(bare / "chromium-browser", exits=1)  # a stub that only says where to get one
    installed = program(bare / "google-chrome", exits=0)
    assert chromium.provide_chromium() == installed


def test_the_one_that_is_named_goes_first(bare, monkeypatch):
    program(bare / "chromium", exits=0)
    named = program(bare / "mine", exits=0)
    monkeypatch.setenv("KLATSCH_CHROMIUM", named)
    assert chromium.provide_chromium() == named


def test_what_was_fetched_before_is_used_again(bare):
    fetched = program(bare / "data" / "chromium" / "147.0.0" / "chrome", exits=0)
    assert chromium.provide_chromium() == fetched


def test_a_fetched_one_that_does_not_start_is_told(bare):
    program(bare / "data" / "chromium" / "147.0.0" / "chrome", exits=1)
    with pytest.raises(chromium.NoChromium, match="does not start"):
        chromium.provide_chromium()


def test_without_any_way_to_one_it_says_what_was_tried(bare):
    with pytest.raises(chromium.NoChromium, match="no npm, and no uv"):
        chromium.provide_chromium()
    assert list((bare / "data" / "chromium").iterdir()) == []
