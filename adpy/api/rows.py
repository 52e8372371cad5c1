"""The Jacobian by reverse mode: one record of the function, one sweep a row."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from adpy.api.blocks import split_result
from adpy.api.holomorphic import check_holomorphic, is_complex
from adpy.api.results import is_number
from adpy.api.running import run
from adpy.api.trees import flatten
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.reverse.limited import LimitedTape
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape
from adpy.traced.dispatch import coerce

__all__ = ["Record", "by_rows", "recorded"]


@dataclass(frozen=True)
class Record:
    """One call of a function on a tape.

    Attributes
    ----------
    tape : Tape
    y, aux : object
        The result and its companion.
    leaves : list
        The leaves of the result.
    """

    tape: Tape
    y: Any
    aux: Any
    leaves: list

    def is_active(self, leaf: Any) -> bool:
        """Does a result leaf depend on the inputs?"""
        return type(leaf) in TRACED_TYPES and leaf.frame is self.tape and leaf.active

    @property
    def active(self) -> list:
        """The result leaves that depend on the inputs."""
        return [leaf for leaf in self.leaves if self.is_active(leaf)]


@contextmanager
def recorded(call: tuple, has_aux: bool, limit: int | None = None) -> Iterator[Record]:
    """Record a call; the tape is closed at the end, and may take ``limit`` bytes (see :class:`LimitedTape`)."""
    tape, y = run(Tape if limit is None else functools.partial(LimitedTape, limit), *call)
    try:
        y, aux = split_result(y, tape, has_aux)
        leaves = [coerce(leaf) if type(leaf) is np.ndarray and leaf.dtype == object else leaf for _, leaf in flatten(y)]
        yield Record(tape, y, aux, leaves)
    finally:
        tape.close()


def by_rows(record: Record, inputs: list) -> list:
    """For each result leaf the Jacobian with respect to each input leaf (None where not a number)."""
    return [_rows(record, leaf, inputs) if is_number(leaf) else None for leaf in record.leaves]


def _rows(record: Record, leaf: Any, inputs: list) -> list:
    """The Jacobian of one result leaf with respect to each input leaf."""
    if not record.is_active(leaf):
        return [np.zeros(np.shape(leaf) + np.shape(x))[()] for x in inputs]
    shape = leaf.shape
    reference = leaf.reference()
    rows = [_row(record.tape, leaf, reference, i, inputs) for i in range(leaf.size)]
    blocks = []
    for position, x in enumerate(inputs):
        block = np.stack([row[position] for row in rows]) if rows else np.zeros(0)
        blocks.append(np.reshape(block, shape + np.shape(x))[()])
    return blocks


def _row(tape: Tape, leaf: Any, reference: tuple, i: int, inputs: list) -> list:
    """Derivatives of entry ``i`` of a result leaf."""
    bars = sweep(tape, [(reference, _unit(leaf, i, 1.0))], tape.inputs)
    whole = leaf.dtype.kind == "c"
    if not whole and not any(is_complex(x) for x in inputs):
        return bars
    turned = sweep(tape, [(reference, _unit(leaf, i, 1j))], tape.inputs) if whole else [0.0 * bar for bar in bars]
    row = []
    for x, bar, other in zip(inputs, bars, turned, strict=True):
        if is_complex(x):
            check_holomorphic(bar, other)
            row.append(np.conjugate(bar))
        else:
            row.append(bar + 1j * other if whole else bar)
    return row


def _unit(leaf: Any, i: int, unit: complex) -> Any:
    """The cotangent that picks entry ``i``."""
    if hasattr(leaf, "address"):
        return 1.0
    seed = np.zeros(leaf.size, leaf.dtype)
    seed[i] = unit
    return seed.reshape(leaf.shape) if leaf.ndim else seed[0]
