"""Where Klatsch lives on this machine. Standard library only: read before any package is there."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """Where everything this installation keeps on disk lives."""
    return Path(os.environ.get("KLATSCH_DATA_DIR") or ROOT / "var").resolve()
