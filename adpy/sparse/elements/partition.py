"""Partition: the stream of a code as classes of elements, each in some of the results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from adpy.kernels.opcodes import HOLE
from adpy.plain import np
from adpy.sparse.detection.structure import dependence
from adpy.sparse.elements import classes, forms
from adpy.sparse.evaluator import Unsuitable

__all__ = ["Group", "Partition", "partition"]

LONGEST = 4000
"""Operations of an element at most."""
REPEATED = 12
"""How often an operation may be done again, on average, because several elements have it."""
ROOM = 20_000
"""Operations of all classes together at most."""


@dataclass(frozen=True, eq=False)
class Group:
    """One class of elements, lane by lane.

    Attributes
    ----------
    steps : tuple
        The operations, see :func:`adpy.sparse.elements.classes.unpacked`.
    leaves : ndarray of int32, shape (leaves, lanes)
        Their numbers.
    elements : ndarray of int64, shape (results, lanes)
        Numbers of the elements.
    """

    steps: tuple
    leaves: np.ndarray
    elements: np.ndarray


@dataclass(eq=False)
class Partition:
    """Results as sums of elements.

    Attributes
    ----------
    values : ndarray of float64
        Values of constants, by number.
    kinds : ndarray of uint8
        See :mod:`adpy.sparse.elements.forms`.
    linear : tuple of ndarray
        Row, number of the input, and coefficient of each linear entry.
    groups : list of Group
    target_starts : ndarray of int64
        Element ``e`` is in the rows ``target_rows[target_starts[e]:target_starts[e + 1]]``.
    target_rows : ndarray of int32
    target_coefficients : ndarray of float64
    decisions : list of (Group, ndarray)
        What decided, and what it must be, lane by lane.
    loose : ndarray of bool, or None
        Constants that differ from one recording to the next.
    flat : frozenset of int
        Opcodes whose derivative is zero.
    """

    values: np.ndarray
    kinds: np.ndarray
    flat: frozenset[int]
    linear: tuple[np.ndarray, np.ndarray, np.ndarray]
    target_starts: np.ndarray
    target_rows: np.ndarray
    target_coefficients: np.ndarray
    groups: list[Group] = field(default_factory=list)
    decisions: list[tuple[Group, np.ndarray]] = field(default_factory=list)
    loose: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class _Columns:
    """The operations as the walks read them."""

    ops: np.ndarray
    firsts: np.ndarray
    seconds: np.ndarray
    thirds: np.ndarray

    @property
    def all(self) -> tuple[np.ndarray, ...]:
        return self.ops, self.firsts, self.seconds, self.thirds


def partition(stream: Any, wrt: Sequence[int]) -> Partition:
    """The results of a stream as sums of elements of the inputs ``wrt``.

    Raises
    ------
    Unsuitable
        If there are instructions in Python, or elements are too large or too different.
    """
    if stream.calls:
        raise Unsuitable("instructions in Python")
    ops = stream.ops.astype(np.int32)
    values = stream.values.copy()
    columns = _Columns(ops, *[np.ascontiguousarray(x, np.int32) for x in _operands(stream)])
    flat = frozenset(op for op in np.unique(ops).tolist() if op != HOLE and not dependence(op))
    kinds = np.zeros(len(ops), np.uint8)
    kinds[(ops == HOLE) & ~stream.fixed] = forms.PASSIVE
    for k in wrt:
        kinds[stream.inputs[k]] = forms.ACTIVE
    forms.activity(*columns.all, _marked(flat), values, kinds)
    roots = np.concatenate([np.zeros(0, np.int32), *stream.outputs]).astype(np.int32)
    uses = np.zeros(len(ops), np.int32)
    forms.tops(ops, columns.firsts, columns.seconds, kinds, roots, uses)
    starts, atoms, factors, coefficients = forms.expand(
        ops, columns.firsts, columns.seconds, values, kinds, uses, roots, 10**7 + 8 * len(ops)
    )
    if len(starts) != len(roots) + 1:
        raise Unsuitable("too many terms")
    rows = np.repeat(np.arange(len(roots), dtype=np.int32), np.diff(starts))
    here = (ops[atoms] == HOLE) & (factors < 0)
    linear = rows[here], atoms[here], coefficients[here]
    rows, atoms, factors, coefficients = [x[~here] for x in (rows, atoms, factors, coefficients)]
    of_entry = np.empty(len(atoms), np.int32)
    firsts = classes.elements(atoms, factors, of_entry)
    order = np.argsort(of_entry, kind="stable")
    targets = np.bincount(of_entry, minlength=len(firsts))
    target_starts = np.concatenate([[0], np.cumsum(targets)])
    rows, coefficients = rows[order], coefficients[order]
    classes.sort_targets(target_starts, rows, coefficients)
    found = Partition(values, kinds, flat, linear, target_starts, rows, coefficients)
    atoms, factors = atoms[firsts], factors[firsts]
    if len(atoms):
        bundled = classes.bundles(atoms, factors, *columns.all, kinds, LONGEST, REPEATED * len(ops) + 10**6)
        found.groups += _groups(columns, kinds, *bundled, atoms, factors, targets)
    decided, outcomes = stream.guards
    varying = kinds[decided] != forms.CONSTANT
    decided, outcomes = decided[varying].astype(np.int32), outcomes[varying]
    if np.isnan(outcomes).any():
        raise Unsuitable("a decision that is not a number")
    if len(decided):
        each = np.arange(len(decided) + 1), np.arange(len(decided))
        alone = np.full(len(decided), -1, np.int32), np.ones(len(decided), np.int64)
        for group in _groups(columns, kinds, *each, decided, *alone):
            found.decisions.append((group, outcomes[group.elements[0]]))
    return found


def _operands(stream: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    thirds = stream.thirds if len(stream.thirds) else np.full(len(stream.ops), -1, np.int32)
    return stream.firsts, stream.seconds, thirds


def _marked(flat: frozenset[int]) -> np.ndarray:
    marks = np.zeros(256, bool)
    marks[list(flat)] = True
    return marks


def _groups(columns: _Columns, kinds: np.ndarray, starts, order, atoms, factors, targets) -> Iterator[Group]:
    """Classes of bundles."""
    if len(starts) < 2:
        raise Unsuitable("elements too large")
    found = classes.classify(
        *(starts, order, atoms, factors, targets.astype(np.int64)), *columns.all, kinds, LONGEST, ROOM
    )
    class_of, words, word_starts, leaves, leaf_starts = found
    if not len(class_of):
        raise Unsuitable("elements too different")
    members = np.argsort(class_of, kind="stable")
    ends = np.cumsum(np.bincount(class_of))
    for c, end in enumerate(ends.tolist()):
        mine = members[ends[c - 1] if c else 0 : end]
        steps = tuple(classes.unpacked(words[word_starts[c] : word_starts[c + 1]]))
        length = int(leaf_starts[mine[0] + 1] - leaf_starts[mine[0]])
        results = int(starts[mine[0] + 1] - starts[mine[0]])
        yield Group(
            steps,
            leaves[leaf_starts[mine] + np.arange(length)[:, None]],
            order[starts[mine] + np.arange(results)[:, None]],
        )
