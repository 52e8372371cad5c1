"""``docs/operators.md`` is what ``docs/operators.py`` writes today."""

import re
import runpy

from tests.project.documents import ROOT

_ROW = re.compile(r"^\| `([\w.']+)` \|.*$", re.MULTILINE)


def rows(text):
    """The lines of the tables, by the name of the function."""
    return {match[1]: match[0] for match in _ROW.finditer(text)}


def test_operator_table_is_current():
    made = runpy.run_path(str(ROOT / "docs" / "operators.py"))["document"]()
    kept = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    if made.splitlines()[:4] == kept.splitlines()[:4]:
        assert made == kept, "run: python docs/operators.py"
    # Another NumPy or SciPy has other functions; what both have agrees.
    fresh, old = rows(made), rows(kept)
    common = fresh.keys() & old.keys()
    assert len(common) > 0.9 * len(old)
    assert {name: fresh[name] for name in common} == {name: old[name] for name in common}
