"""The part that runs in a process of its own: one package, records appended as lines of JSON.

``python -m tests.corpus.packages.worker discover PACKAGE FILE`` or ``... judge PACKAGE FILE CALLS TOOL``.
A line ``{"started": path}`` goes before each trial, so that the one which kills the process is known and skipped.
"""

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

__all__ = ["main", "read_lines"]


def read_lines(file: Path) -> list[dict]:
    """All records of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def main(action: str, distribution: str, target: str, calls: str = "", tool: str = "") -> None:
    """Do ``action`` for every function of ``distribution`` that ``target`` does not mention yet."""
    from tests.corpus.packages.catalogue import PACKAGES
    from tests.corpus.packages.discovery import paths
    from tests.corpus.packages.tools import TOOLS, prepare
    from tests.corpus.packages.trial import discover, judge

    file, package = Path(target).resolve(), PACKAGES[distribution]
    known = {line.get("started") for line in read_lines(file)}
    root = package.modules[0].split(".")[0]
    if action == "discover":
        todo = [{"path": path} for path in paths(package, root)]
    else:
        todo = [r for r in read_lines(Path(calls).resolve()) if r.get("status") == "usable"]
        for record in todo:
            _import(record["path"].partition(":")[0])
        prepare(tool, root)
        transform = TOOLS[tool]()
    os.chdir(tempfile.mkdtemp())
    with file.open("a") as out:
        for record in todo:
            if record["path"] in known:
                continue
            print(json.dumps({"started": record["path"]}), file=out, flush=True)
            result = discover(record["path"]) if action == "discover" else judge(record, transform)
            print(json.dumps(result), file=out, flush=True)


def _import(module: str) -> None:
    try:
        importlib.import_module(module)
    except BaseException:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
