"""Vectors: kernels run by NumPy, all lanes of an operation together: at once, and without a compiler."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from adpy.plain import np
from adpy.sparse.elements.kernel import Kernel

__all__ = ["vectorised"]


def vectorised(kernel: Kernel) -> Callable[[np.ndarray, np.ndarray], bool]:
    """A function of all inputs, and of the data that it adds to; it tells whether the decisions hold."""
    lines = []
    inputs = constants = 0
    for leaf, kind in enumerate(kernel.loads):
        if kind == "x":
            lines.append(f"l{leaf} = x[addresses[{inputs}]]")
            inputs += 1
        elif kind == "c":
            lines.append(f"l{leaf} = constants[{constants}]")
            constants += 1
    lines += kernel.lines
    for entry, text in enumerate(kernel.entries):
        at = f"addresses[{kernel.inputs + entry}]"
        lines.append(f"data[{at}] = {text}" if kernel.alone[entry] else f"add_at(data, {at}, {text})")
    lines.append("return True" if kernel.decision is None else f"return ({' == '.join(kernel.decision)}).all()")
    names = {
        "np": np,
        "special": _Special(),
        "choose": np.where,
        "times": _times,
        "add_at": np.add.at,
        "addresses": list(kernel.addresses),
        "constants": kernel.constants,
    }
    exec("\n    ".join(["def run(x, data):", *lines]), names)
    return names["run"]


class _Special:
    """Functions of ``scipy.special``, and those that the rules add to them."""

    def __getattr__(self, name: str) -> Callable:
        if name == "trigamma":
            from adpy.rules.complex_gamma import trigamma

            return trigamma
        return getattr(importlib.import_module("scipy.special"), name)


def _times(weight: np.ndarray, bar: np.ndarray) -> np.ndarray:
    """A product, zero where ``bar`` is."""
    return np.where(np.equal(bar, 0.0), 0.0, weight * bar)
