"""The code in README, docs and tutorials runs and prints what it says; links lead somewhere."""

import doctest
import re

import pytest

from adpy.rules import load_all
from adpy.rules.table import TABLE
from tests.project.documents import ROOT, anchors, blocks, documents, links

NAMES = [str(path.relative_to(ROOT)) for path in documents()]
WITH_CODE = [name for name in NAMES if any(b.language == "python" for b in blocks(ROOT / name))]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture
def rows_restored():
    """Take the rows that a document adds out of the rule table again."""
    load_all()
    before = set(TABLE)
    yield
    for function in set(TABLE) - before:
        del TABLE[function]


def run_session(block, name, space):
    """Run a block of a prompt's lines and compare what they print."""
    title = f"{name}:{block.line}"  # doctest finds the source of a function, which compilers ask for, by the title
    test = doctest.DocTestParser().get_doctest(block.text, space, title, name, block.line - 1)
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=report.append, clear_globs=False)
    assert not runner.failures, "".join(report)
    space.update(test.globs)


@pytest.mark.parametrize("name", WITH_CODE)
@pytest.mark.usefixtures("rows_restored")
def test_code_runs(name):
    path = ROOT / name
    space = {"__name__": "__document__"}
    for block in blocks(path):
        if block.language == "python":
            if block.text.startswith(">>>"):
                run_session(block, name, space)
            else:
                exec(compile("\n" * (block.line - 1) + block.text, str(path), "exec"), space)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    path = ROOT / name
    for target in links(path):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        goal = (path.parent / file).resolve() if file else path
        assert goal.exists(), f"{name}: {target}"
        if anchor:
            assert anchor in anchors(goal), f"{name}: {target}"


def test_tutorials_exist():
    assert [name for name in WITH_CODE if name.startswith("tutorials/01_")]


def test_readme_opens_with_two_commands():
    first = blocks(ROOT / "README.md")[0]
    assert first.language == "sh"
    assert len([line for line in first.text.splitlines() if line and not line.startswith("#")]) == 2
