"""Constant folding: scalar operations on constants, and those that give back an operand to the last bit.

``x * 1``, ``x / 1``, ``x - 0``, ``x ** 1`` are ``x``; ``x + 0`` is not, for the zero with a sign.
"""

from __future__ import annotations

from adpy.kernels.opcodes import BINARY
from adpy.program.passes.draft import Draft

__all__ = ["fold_constants"]


def fold_constants(draft: Draft) -> None:
    """Fold in a draft; decisions that only constants took are no guards."""
    from adpy.kernels import simplifying

    simplifying.fold(draft.ops, draft.firsts, draft.seconds, draft.values, draft.fixed, BINARY, draft.same)
    draft.settle()
    draft.guards = [(a, outcome) for a, outcome in draft.guards if not draft.fixed[draft.same[a]]]
