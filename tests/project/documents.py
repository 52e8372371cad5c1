"""Read the project's Markdown files: their code blocks, headings and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Block", "anchors", "blocks", "documents", "links"]

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]+`")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the line of its first line, and its text."""

    language: str
    line: int
    text: str


def documents() -> list[Path]:
    """All Markdown files of the project."""
    folders = [ROOT.glob("*.md"), *[ROOT.glob(f"{name}/**/*.md") for name in ("docs", "tutorials", "examples")]]
    return sorted(path for folder in folders for path in folder)


def blocks(path: Path) -> list[Block]:
    """Fenced blocks of a file."""
    text = path.read_text(encoding="utf-8")
    return [Block(m[1], text[: m.start(2)].count("\n") + 1, m[2]) for m in _FENCE.finditer(text)]


def _prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


def links(path: Path) -> list[str]:
    """Targets of the links of a file; code between backticks has none."""
    return _LINK.findall(_CODE.sub("code", _prose(path)))


def anchors(path: Path) -> set[str]:
    """Anchors of the headings of a file, as GitHub makes them."""
    found = set()
    for heading in _HEADING.findall(_prose(path)):
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(plain.replace(" ", "-"))
    return found
