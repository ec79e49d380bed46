"""A folder below a drop root, and a source whose files lie there."""

import pytest

from apps.channels.contract import SourceFacts
from apps.channels.toolkit.files.drop import Drop
from tests.channels.toolkit.files.layout import Lines


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_ROOTS = [tmp_path / "drop"]
    path = tmp_path / "drop" / "tills"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def drop():
    return Drop(Lines())


@pytest.fixture
def source(folder):
    return SourceFacts(0, "tills", "lines", settings={"folder": str(folder)})
