"""The long-lived form: one tape per context for variables made by ``adpy.Var(value)``.

Its scalars are nodes, not entries of the scalar stream, so that every value can name its children.
"""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any

from adpy.plain import np
from adpy.reverse.array import Array, Element
from adpy.reverse.linearize import local_weights
from adpy.reverse.nodes import Input
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape

__all__ = ["SessionTape", "backward", "children_of", "current_tape", "forget_gradient", "gradient_of", "value_of"]

_tape: ContextVar[weakref.ref | None] = ContextVar("adpy_session_tape", default=None)


class SessionTape(Tape):
    """A tape that remembers the value of every node and collects cotangents."""

    __slots__ = ("gradients", "made")
    streams = flat = False

    def __init__(self) -> None:
        Tape.__init__(self)
        self.parent = None
        self.gradients: dict[Any, Any] = {}
        self.made: dict[Any, Any] = {}

    def wrap(self, node, y):
        if isinstance(y, float):
            y = np.float64(y)
        x = Element(y, node, self) if type(y) is np.float64 else Tape.wrap(self, node, y)
        self.made[node] = x
        return x

    def _input(self, value):
        if isinstance(value, np.ndarray):
            x = Tape._input(self, value)
        else:
            node = Input((), len(self.nodes))
            self.storages.append(node)
            x = Element(np.asarray(value)[()], node, self)
        self.made[x.node] = x
        return x


def current_tape() -> SessionTape:
    """The tape that live variables of this context share; a new one when the last variable is gone."""
    reference = _tape.get()
    tape = reference() if reference is not None else None
    if tape is None or not tape.open:
        tape = SessionTape()
        _tape.set(weakref.ref(tape))
    return tape


def backward(y: Any, seed: Any) -> None:
    """Sweep back from ``y`` and add to the cotangents of all independent variables of its tape."""
    tape = _session(y)
    seed = np.broadcast_to(np.asarray(seed, dtype=y.dtype), y.shape)
    for (node, *_), bar in zip(tape.inputs, sweep(tape, [(y.reference(), seed)], tape.inputs), strict=True):
        bar = bar[()] if np.ndim(bar) == 0 else bar
        tape.gradients[node] = tape.gradients[node] + bar if node in tape.gradients else bar


def _session(x) -> SessionTape:
    if not isinstance(x.frame, SessionTape):
        raise AttributeError("backward(), grad, children and weights belong to values made from adpy.Var(value)")
    return x.frame


def value_of(x: Any) -> Any:
    """The primal of a long-lived value."""
    _session(x)
    return x._value.copy() if isinstance(x, Array) else x._value


def gradient_of(x: Any) -> Any:
    """What :func:`backward` collected for ``x``; None if nothing."""
    return _session(x).gradients.get(x.node)


def forget_gradient(x: Any) -> None:
    """Drop what was collected for ``x``."""
    _session(x).gradients.pop(x.node, None)


def children_of(x: Any) -> tuple[tuple, tuple]:
    """Operands of the operation that made ``x``, and the weights."""
    tape = _session(x)
    node = x.seal() if isinstance(x, Array) else x.node
    children, weights = [], []
    for reference, weight in local_weights(node) if node.operands or node.saved else ():
        children.append(tape.made.get(reference[0]))
        weights.append(weight[()] if weight.ndim == 0 else weight)
    return tuple(children), tuple(weights)
