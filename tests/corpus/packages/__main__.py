"""Hunt for functions, judge tools on them, write the report: ``python -m tests.corpus.packages --help``."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.corpus.packages.catalogue import PACKAGES
from tests.corpus.packages.report import markdown
from tests.corpus.packages.tools import TOOLS
from tests.corpus.packages.worker import read_lines

RESTARTS = 40
MINUTES = 15


def main() -> None:
    """Parse the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.packages", description=__doc__)
    parser.add_argument("action", choices=["discover", "judge", "report", "all"])
    parser.add_argument("--packages", nargs="*", default=list(PACKAGES), help="distributions (default: all)")
    parser.add_argument("--tools", nargs="*", default=["adpy"], choices=list(TOOLS))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "adpy-corpus")
    parser.add_argument("--output", type=Path, default=Path("docs/coverage.md"))
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    if options.action in ("discover", "all"):
        for package in options.packages:
            _work("discover", package, options.cache / f"{package}.calls")
    if options.action in ("judge", "all"):
        for tool in options.tools:
            for package in options.packages:
                target = options.cache / f"{package}.{tool}"
                target.unlink(missing_ok=True)
                _work("judge", package, target, str(options.cache / f"{package}.calls"), tool)
    if options.action in ("report", "all"):
        options.output.write_text(markdown(options.cache, options.packages, options.tools))


def _work(action: str, package: str, target: Path, *more: str) -> None:
    """Run the worker, and again after a crash, until it ends by itself."""
    command = [sys.executable, "-m", "tests.corpus.packages.worker", action, package, str(target), *more]
    for _ in range(RESTARTS):
        before = len(read_lines(target))
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60 * MINUTES, check=False).returncode
        except subprocess.TimeoutExpired:
            ended = None
        if ended == 0 or len(read_lines(target)) == before:
            break
    print(action, package, sum("path" in line for line in read_lines(target)), "functions", flush=True)


if __name__ == "__main__":
    main()
