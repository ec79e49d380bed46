"""One name, one thing: what classes and modules may be called."""

import ast
from collections import Counter
from pathlib import Path

from config.paths import ROOT
from tests.architecture.test_budgets import ours

# What Django, or the framework around a module, names for us.
FRAMEWORK = {"Command"}
# The former names of modules: riddles, or verbs.
FORMER = {
    "alike", "bell", "days", "doings", "doors", "doubles", "draining", "handing", "likeness", "measures", "measuring",
    "parting", "permitting", "pulling", "rail", "receiving", "resting", "sealing", "setbacks", "settled", "showing",
    "sitting", "stepping", "stopping", "syncing", "taking", "telling", "travelling", "unnamed", "watching", "weeks",
    "wellbeing",
}  # fmt: skip
# Words of the field that are nouns, whatever their ending.
NOUNS = {
    "billing", "clustering", "feed", "field_mapping", "keyring", "listening", "mapping", "masking", "matching",
    "person_mapping", "shadowing", "tracking",
}  # fmt: skip


def classes(path: Path) -> list[str]:
    """Those at the top of a module: what is nested (`Meta`, choices) is named through its owner."""
    return [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


def test_every_class_has_a_name_of_its_own():
    places = {path: classes(path) for path in ours("apps")}
    uses = Counter(name for names in places.values() for name in names if name not in FRAMEWORK)
    assert uses["InteractionDraft"] == 1
    twice = {
        name: sorted(str(path.relative_to(ROOT)) for path, names in places.items() if name in names)
        for name, count in uses.items()
        if count > 1
    }
    assert twice == {}


def modules() -> set[str]:
    """The names of modules and packages."""
    return {name for path in ours("apps", "config") for name in (path.stem, path.parent.name)}


def test_no_module_has_a_name_it_had_before():
    assert "receive" in modules()
    assert modules() & FORMER == set()


def test_modules_are_named_by_nouns():
    verbs = {name for name in modules() if name.endswith(("ing", "ed")) and name not in NOUNS}
    assert verbs == set()
