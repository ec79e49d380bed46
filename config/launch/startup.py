"""Starting a process. What is loaded stays for as long as the process lives: the collector need not search it for
garbage again and again while it grows (a sixth of a start), nor at any later collection, in the middle of a page."""

import gc
from importlib import import_module

import django


def load(*modules: str) -> None:
    """Set Django up, and import `modules`, which need it; what is there then is kept away from the collector."""
    gc.disable()
    try:
        django.setup()
        for name in modules:
            import_module(name)
    finally:
        gc.freeze()
        gc.enable()
