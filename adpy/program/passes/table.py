"""The table of passes, in the order in which they are done, and which of them a program wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adpy.errors import ArgumentError
from adpy.program.passes.copies import remove_copies
from adpy.program.passes.dead_code import remove_dead_code
from adpy.program.passes.draft import Draft
from adpy.program.passes.folding import fold_constants
from adpy.program.passes.subexpressions import merge_subexpressions

__all__ = ["PASSES", "chosen", "optimised"]

PASSES: dict[str, Callable[[Draft], None] | None] = {
    "constant folding": fold_constants,
    "common subexpressions": merge_subexpressions,
    "copies": remove_copies,
    "dead code": remove_dead_code,
    "index movement": None,
    "fusion": None,
    "local results": None,
    "memory placement": None,
    "re-rolling": None,
}
"""What is done to a recording: name → function of a :class:`Draft`; None for what happens while it is lowered."""


def chosen(passes: Any) -> frozenset[str]:
    """Names of the passes that are switched on.

    Parameters
    ----------
    passes : bool, str, mapping of str to bool, or iterable of str
        All or none; those named; all but those that a mapping switches off.

    Raises
    ------
    ArgumentError
        For anything else; names the passes that there are.

    Examples
    --------
    >>> sorted(chosen(["fusion", "dead code"]))
    ['dead code', 'fusion']
    >>> "fusion" in chosen({"fusion": False}), "dead code" in chosen({"fusion": False})
    (False, True)
    """
    if isinstance(passes, bool):
        return frozenset(PASSES if passes else ())
    named = (passes,) if isinstance(passes, str) else passes
    if not isinstance(named, Iterable):
        raise ArgumentError("passes", "True, False, or names of passes", type(passes).__name__)
    named = dict(named) if isinstance(named, Mapping) else list(named)
    for name in named:
        if name not in PASSES:
            raise ArgumentError("passes", f"names among {', '.join(PASSES)}", repr(name))
    if isinstance(named, dict):
        return frozenset(name for name in PASSES if named.get(name, True))
    return frozenset(named)


def optimised(recorder: Any, outputs: Sequence, passes: frozenset[str]) -> Draft:
    """The draft of a recording after the passes.

    Parameters
    ----------
    recorder : Recorder
    outputs : sequence
        References of the results.
    passes : frozenset of str
    """
    draft = Draft(recorder, outputs, passes)
    before = draft.operations(), draft.array_operations()
    for name, run in PASSES.items():
        if run is not None and name in passes:
            run(draft)
            after = draft.operations(), draft.array_operations()
            draft.removed[name] = (before[0] - after[0], before[1] - after[1])
            before = after
    return draft
