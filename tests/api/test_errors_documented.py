"""The tables of docs/errors.md: what was written raises the error with that message, and the fix works."""

import doctest
import re

import numpy as np
import pytest

from adpy import errors
from tests.project.documents import ROOT, blocks

PATH = ROOT / "docs" / "errors.md"
HEADING = re.compile(r"^## (\w+)$")
ROW = re.compile(r"^\| `(adpy[^|]*)` \| (.+) \| `(adpy[^|]*)` \|$")


def rows():
    """``(error, written, message, instead)`` of every row that holds code."""
    error, found = None, []
    for line in PATH.read_text(encoding="utf-8").splitlines():
        if heading := HEADING.match(line):
            error = getattr(errors, heading[1], None)
        elif row := ROW.match(line):
            found.append((error, row[1], row[2].strip("`"), row[3]))
    return found


ROWS = rows()


@pytest.fixture(scope="module")
def space():
    """The names that the page defines before its tables."""
    names = {}
    block = next(b for b in blocks(PATH) if b.language == "python")
    for example in doctest.DocTestParser().get_examples(block.text):
        exec(example.source, names)
    return names


@pytest.mark.parametrize("error, written, message, instead", ROWS, ids=[row[1] for row in ROWS])
def test_row(error, written, message, instead, space):
    with pytest.raises(error) as caught, np.errstate(all="ignore"):
        eval(written, dict(space))
    pattern = ".*".join(re.escape(part) for part in message.split("…"))
    assert re.search(pattern, str(caught.value), re.DOTALL), str(caught.value)
    eval(instead, dict(space))


def test_every_table_is_read():
    lines = PATH.read_text(encoding="utf-8").splitlines()
    assert len(ROWS) == len([line for line in lines if line.startswith("| `adpy.")])
    assert len({row[0] for row in ROWS}) == 6


def test_every_error_stands_on_the_page():
    text = PATH.read_text(encoding="utf-8")
    for name in errors.__all__:
        assert f"`{name}`" in text or f"errors.{name}`" in text, name
