"""The desk's one stylesheet, put together of its parts."""

from pathlib import Path

from django.contrib.staticfiles import finders

from apps.desktop.shell.stylesheets import StylesheetFinder, whole


def test_imports_are_put_in_their_places(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "desk.css").write_text('/* The\n list. */\n@layer a, b;\n\n@import "parts/a.css";\n@import "b.css";\n')
    (tmp_path / "parts/a.css").write_text('/* A. */\na {\n  src: url("../../x/y.woff2");\n}\n')
    (tmp_path / "b.css").write_text('b {\n  background: url("data:image/png;base64,AA");\n}\n')
    assert whole(tmp_path / "desk.css") == (
        '@layer a, b;\na {\nsrc: url("../x/y.woff2");\n}\nb {\nbackground: url("data:image/png;base64,AA");\n}\n'
    )


def test_the_sheet_that_is_served_is_whole(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    finder = StylesheetFinder()
    found = Path(finder.find("desktop/desk.css"))
    assert found.is_relative_to(tmp_path)
    text = found.read_text()
    assert "@import" not in text
    assert ".entry footer" in text
    assert finder.find("desktop/desk.css", find_all=True) == [str(found)]
    assert finder.find("desktop/door.css") == []


def test_the_sheet_is_written_anew_only_where_it_changed(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    finder = StylesheetFinder()
    (found,) = [Path(storage.path(path)) for path, storage in finder.list(None)]
    first = found.stat().st_mtime_ns
    finder.find("desktop/desk.css")
    assert found.stat().st_mtime_ns == first
    found.write_text("old")
    finder.find("desktop/desk.css")
    assert found.read_text() != "old"
    assert [path.name for path in found.parent.iterdir()] == ["desk.css"]


def test_it_comes_before_the_list_itself():
    assert "stylesheets" in str(finders.find("desktop/desk.css"))
