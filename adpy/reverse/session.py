"""The long-lived form: one tape per context for variables made by ``adpy.Var(value)``."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any

import numpy as np

from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError
from adpy.reverse.nodes import Elementwise
from adpy.reverse.sweep import sweep
from adpy.reverse.tape import Tape, unpacked

__all__ = ["backward", "children_of", "current_tape", "forget_gradient", "gradient_of"]

_tape: ContextVar[weakref.ref | None] = ContextVar("adpy_session_tape", default=None)
_gradients: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def current_tape() -> Tape:
    """The tape that live variables of this context share; a new one when the last variable is gone."""
    reference = _tape.get()
    tape = reference() if reference is not None else None
    if tape is None or not tape.open:
        tape = Tape()
        _tape.set(weakref.ref(tape))
    return tape


def _key(x) -> Any:
    return x.address if hasattr(x, "address") else x.node


def _table(tape) -> dict:
    table = _gradients.get(tape)
    if table is None:
        table = _gradients[tape] = {}
    return table


def backward(y: Any, seed: Any) -> None:
    """Sweep back from ``y`` and add to the cotangents of all independent variables of its tape."""
    tape = y.frame
    seed = np.broadcast_to(np.asarray(seed, dtype=y.dtype), y.shape)
    seed = float(seed) if hasattr(y, "address") else seed
    bars = sweep(tape, [(y.reference(), seed)], tape.inputs)
    table = _table(tape)
    for (key, *_), bar in zip(tape.inputs, bars, strict=True):
        table[key] = table[key] + bar if key in table else bar


def gradient_of(x: Any) -> Any:
    """What :func:`backward` collected for ``x``."""
    return _table(x.frame).get(_key(x))


def forget_gradient(x: Any) -> None:
    """Drop what was collected for ``x``."""
    _table(x.frame).pop(_key(x), None)
