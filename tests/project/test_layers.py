"""Imports go only downwards, also those inside functions: read from the syntax trees of all modules."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "adpy").rglob("*.py"))

# A room may import from itself and from rooms on lower floors.
FLOORS = {
    "errors": 0,
    "examples": 0,
    "plain": 0,
    "tags": 0,
    "workspace": 1,
    "rules": 1,
    "capture": 2,
    "kernels": 2,
    "traced": 3,
    "accumulation": 4,
    "batching": 4,
    "forward": 4,
    "program": 5,
    "reverse": 4,
    "series": 7,
    "api": 6,
    "custom": 7,
    "diagnostics": 8,
    "estimates": 7,
    "checkpoint": 8,
    "sparse": 7,
    "__init__": 9,
    "testing": 10,
    "visual": 10,
    "__main__": 11,
}


def room_of(path: Path) -> str:
    """The room a file is in: the first part of its path below ``adpy``."""
    return path.relative_to(ROOT / "adpy").parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[tuple[str, int]]:
    """``(room, line)`` for every import of adpy in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "adpy":
                found.add((parts[1] if len(parts) > 1 else "__init__", node.lineno))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_downwards(path):
    room = room_of(path)
    for other, line in imported_rooms(path):
        if other == room:
            continue
        where = f"{path.relative_to(ROOT)}:{line}"
        assert FLOORS[other] < FLOORS[room], f"{where}: {room} must not import {other}"


def test_every_room_has_a_floor():
    assert {room_of(path) for path in MODULES} == set(FLOORS)
