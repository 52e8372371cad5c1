"""Plan: the kernels of all classes, and where each of their entries goes in the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adpy.plain import np
from adpy.sparse.elements import slots, templates
from adpy.sparse.elements.classes import LEAF
from adpy.sparse.elements.execution import Execution
from adpy.sparse.elements.expressions import Expressions, number
from adpy.sparse.elements.forms import CONSTANT
from adpy.sparse.elements.kernel import Kernel
from adpy.sparse.elements.partition import Group, Partition
from adpy.sparse.pattern import Pattern

__all__ = ["Plan", "Places", "build"]


@dataclass(frozen=True, eq=False)
class Places:
    """Which numbers of a stream are inputs, and which columns they have.

    Attributes
    ----------
    position, column : ndarray of int32
        Entry of all inputs one after the other, and column of the matrix, of each number; -1 for none.
    shape : (int, int)
        Of the matrix.
    """

    position: np.ndarray
    column: np.ndarray
    shape: tuple[int, int]


@dataclass(eq=False)
class _Class:
    """A group with what is known of its entries, and the text of a lane."""

    group: Group
    template: templates.Template
    loads: list[str]
    constants: np.ndarray
    inputs: np.ndarray
    out: Expressions = field(default_factory=lambda: Expressions(0))
    entries: list[tuple[str, int, int, np.ndarray]] = field(default_factory=list)
    """Text, element, number of the target, and slots: entries that vary."""


@dataclass(eq=False)
class Plan:
    """How the nonzeros are computed.

    Attributes
    ----------
    pattern : Pattern
    base : ndarray of float64, or None
        What stays the same, if it is not all zero.
    written : bool
        Does every entry get its value from one kernel?
    operations : float
    """

    pattern: Pattern
    base: np.ndarray | None
    written: bool
    operations: float
    execution: Execution

    def evaluate(self, x: np.ndarray, data: np.ndarray) -> bool:
        """Fill ``data``; are the decisions those of the recording?"""
        if not self.written:
            if self.base is None:
                data.fill(0.0)
            else:
                data[...] = self.base
        return self.execution.run(x, data)


def build(found: Partition, places: Places, derive: Callable, second: bool, pattern: Pattern | None) -> Plan:
    """Put a plan together.

    Parameters
    ----------
    found : Partition
    places : Places
    derive : callable
        :func:`adpy.sparse.elements.templates.gradients` or ``hessians``.
    second : bool
        Are rows columns, too?
    pattern : Pattern or None
        A pattern that has all entries; None for that of the entries themselves.

    Raises
    ------
    PatternError
        If the pattern misses an entry.
    """
    known = [_class(found, group, places) for group in found.groups]
    rows, columns, values = [], [], []
    if not second:
        rows.append(found.linear[0])
        columns.append(places.column[found.linear[1]])
        values.append(found.linear[2])
    wanted = []
    for c in known:
        for element, key, text in _derived(c, derive):
            for target, at_rows, at_columns, coefficients in _targets(found, c, places, element, key, second):
                if (literal := number(text)) is not None:
                    rows.append(at_rows)
                    columns.append(at_columns)
                    values.append(coefficients * literal)
                else:
                    wanted.append((c, text, element, target, at_rows, at_columns))
    wanted_rows, wanted_columns = [w[4] for w in wanted], [w[5] for w in wanted]
    everything = [
        np.concatenate([np.zeros(0, np.int32), *known]).astype(np.int32, copy=False)
        for known in ([*rows, *wanted_rows], [*columns, *wanted_columns])
    ]
    own = slots.pattern_of(places.shape, *everything)
    if pattern is None:
        pattern = own
    else:
        pattern.check_covers(own)
    base = np.zeros(pattern.nnz)
    for r, c, v in zip(rows, columns, values, strict=True):
        np.add.at(base, slots.slots_of(pattern.indptr, pattern.indices, r, c), v)
    uses = np.zeros(pattern.nnz, np.int32)
    for c, text, element, target, r, column in wanted:
        at = slots.slots_of(pattern.indptr, pattern.indices, r, column)
        c.entries.append((text, element, target, at))
        uses += np.bincount(at, minlength=pattern.nnz).astype(np.int32)
    uses[base != 0.0] += 1
    return _planned(found, known, places, pattern, base, uses)


def _class(found: Partition, group: Group, places: Places) -> _Class:
    """Leaves of a class: inputs, numbers that all lanes share, numbers of the lane."""
    texts, loads, constants, inputs = [], [], [], []
    kinds = [a for op, a, _, _ in group.steps if op == LEAF]
    for leaf, kind in enumerate(kinds):
        numbers = group.leaves[leaf]
        texts.append(f"l{leaf}")
        if kind != CONSTANT:
            loads.append("x")
            inputs.append(places.position[numbers])
            continue
        values = found.values[numbers]
        if _literal(values) and (found.loose is None or not found.loose[numbers].any()):
            texts[-1] = repr(float(values[0]))
            loads.append(texts[-1])
        else:
            loads.append("c")
            constants.append(values)
    lanes = group.leaves.shape[1]
    template = templates.Template(group.steps, tuple(texts), found.flat)
    return _Class(group, template, loads, *[np.array(x).reshape(-1, lanes) for x in (constants, inputs)])


def _literal(values: np.ndarray) -> bool:
    """Are all lanes' numbers the same, and can it be written?"""
    return bool(np.isfinite(values[0]) and (values == values[0]).all())


def _derived(c: _Class, derive: Callable) -> list[tuple[int, Any, str]]:
    """Element, leaf or pair, and text of each derivative that is not zero."""
    found = derive(c.template, c.out)
    return [(element, key, text) for element, texts in enumerate(found) for key, text in texts.items() if text != "0.0"]


def _targets(found: Partition, c: _Class, places: Places, element: int, key: Any, second: bool):
    """Number, rows, columns and coefficients of the places of a derivative, lane by lane."""
    numbers = c.group.elements[element]
    if second:
        coefficients = found.target_coefficients[found.target_starts[numbers]]
        i, j = (places.column[c.group.leaves[leaf]] for leaf in key)
        yield 0, i, j, coefficients
        if key[0] != key[1]:
            yield 0, j, i, coefficients
        return
    columns = places.column[c.group.leaves[key]]
    for target in range(c.template.roots[element][2]):
        at = found.target_starts[numbers] + target
        yield target, found.target_rows[at], columns, found.target_coefficients[at]


def _planned(
    found: Partition, known: list[_Class], places: Places, pattern: Pattern, base: np.ndarray, uses: np.ndarray
) -> Plan:
    """Kernels of all classes."""
    kernels = [_kernel(found, c, uses) for c in known if c.entries]
    kernels += [_decision(_class(found, group, places), outcomes) for group, outcomes in found.decisions]
    operations = float(pattern.nnz + sum(kernel.size * kernel.lanes for kernel in kernels))
    written = bool((uses == 1).all()) and not base.any()
    return Plan(pattern, base if base.any() else None, written, operations, Execution(kernels))


def _kernel(found: Partition, c: _Class, uses: np.ndarray) -> Kernel:
    """The kernel of a class."""
    constants, loads = list(c.constants), list(c.loads)
    coefficients: dict[tuple[int, int], str] = {}
    texts = []
    for text, element, target, _ in c.entries:
        if (element, target) not in coefficients:
            values = found.target_coefficients[found.target_starts[c.group.elements[element]] + target]
            if _literal(values) and (found.loose is None or abs(values[0]) == 1.0):
                coefficients[element, target] = repr(float(values[0]))
            else:
                coefficients[element, target] = f"l{len(loads)}"
                loads.append("c")
                constants.append(values)
        texts.append(c.out.times(text, coefficients[element, target]))
    slots = [at for *_, at in c.entries]
    addresses = np.vstack([c.inputs, *slots]).astype(np.int32, copy=False)
    constants = np.array(constants).reshape(-1, addresses.shape[1])
    alone = [bool((uses[at] == 1).all()) for at in slots]
    return Kernel(loads, len(c.inputs), addresses, constants, c.out.lines, texts, alone, None, c.template.native)


def _decision(c: _Class, outcomes: np.ndarray) -> Kernel:
    """The kernel of a class of decisions."""
    decision = templates.values(c.template, c.out)[0], f"l{len(c.loads)}"
    constants = np.vstack([c.constants, outcomes])
    loads = [*c.loads, "c"]
    return Kernel(loads, len(c.inputs), c.inputs, constants, c.out.lines, [], [], decision, c.template.native)
