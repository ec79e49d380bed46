"""What was retracted is read by nobody: SQL that is written by hand says so itself."""

import re

from config.paths import ROOT
from tests.architecture.test_budgets import ours

READS = re.compile(r"(FROM|JOIN)\s+interactions_interaction\b")
# Only what sources report, which nobody corrects, or everything that there is, whether it stands or not.
ALL_OF_IT = {
    "apps/interactions/admin.py": "the names of the sources",
    "apps/interactions/sights.py": "an order is told again",
    "apps/interactions/visits.py": "a visit goes on",
}


def test_sql_that_reads_interactions_leaves_out_what_was_withdrawn():
    forgetful = {}
    for path in ours("apps"):
        name, text = str(path.relative_to(ROOT)), path.read_text()
        reads, says = len(READS.findall(text)), text.count("withdrawn = ''")
        if reads > says and name not in ALL_OF_IT and not name.startswith("apps/demo/"):
            forgetful[name] = (reads, says)
    assert forgetful == {}
