"""Rules of the Fourier transforms in ``numpy.fft``.

All are linear: the tangent goes through the function itself, the cotangent through its transpose.  A
multi-dimensional transform is a chain of one-dimensional steps, and so is its transpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from adpy.rules.table import Block, block

__all__ = ["Step", "linear_row", "pull_back", "real_like", "resize", "steps_of"]

_SWAPPED = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


# The transform along the other axes, beside a real one along the last.
_COMPLEX = {"fft": "fft", "ifft": "ifft", "rfft": "fft", "irfft": "ifft", "hfft": "fft", "ihfft": "ifft"}


class Step(NamedTuple):
    """One one-dimensional transform along ``axis``, from length ``before`` to transform length ``n``."""

    kind: str
    axis: int
    before: int
    n: int


def steps_of(kind: str, shape: tuple[int, ...], s, axes) -> Iterator[Step]:
    """The one-dimensional steps of a transform of an array of ``shape``, in the order they are taken.

    ``kind`` is that of the last axis (for complex-to-complex transforms of all axes); an axis may occur
    several times.
    """
    ndim = len(shape)
    if axes is None:
        axes = range(-len(s), 0) if s is not None else range(-ndim, 0)
    axes = [a % ndim for a in axes]
    lengths = list(shape)
    wanted = [None] * len(axes) if s is None else list(s)
    order = range(len(axes)) if kind in ("irfft", "hfft") else reversed(range(len(axes)))
    for position in order:
        axis, n = axes[position], wanted[position]
        own = kind if position == len(axes) - 1 else _COMPLEX[kind]
        if n is None and own in ("irfft", "hfft"):
            n = 2 * (shape[axis] - 1)
        elif n is None or n == -1:
            n = shape[axis]
        yield Step(own, axis, lengths[axis], n)
        lengths[axis] = n // 2 + 1 if own in ("rfft", "ihfft") else n


def resize(x, axis: int, n: int):
    """Cut or pad with zeros at the end: the transpose of padding or cutting."""
    length = np.shape(x)[axis]
    if length > n:
        return x[(slice(None),) * axis + (slice(n),)]
    if length < n:
        return np.pad(x, [(0, n - length if i == axis else 0) for i in range(np.ndim(x))])
    return x


def _counts(n: int, extra: int, dtype) -> np.ndarray:
    """How often each coefficient of a half spectrum stands for one of the full one; ``extra`` axes follow."""
    counts = np.full((n // 2 + 1,) + (1,) * extra, 2.0, dtype)
    counts[0] = 1
    if n % 2 == 0:
        counts[-1] = 1
    return counts


def _real_dtype(x) -> np.dtype:
    return np.dtype(np.float32) if x.dtype in (np.float32, np.complex64) else np.dtype(float)


def _half_spectrum_transpose(bar, step: Step, norm: str):
    """Transpose of ``rfft`` after padding."""
    counts = _counts(step.n, np.ndim(bar) - 1 - step.axis, _real_dtype(bar))
    return np.fft.irfft(bar / counts, step.n, step.axis, norm)


def _real_signal_transpose(bar, step: Step, norm: str):
    """Transpose of ``irfft`` after padding."""
    counts = _counts(step.n, np.ndim(bar) - 1 - step.axis, _real_dtype(bar))
    return np.fft.rfft(bar, step.n, step.axis, norm) * counts


def _transpose(bar, step: Step, norm: str | None):
    other = _SWAPPED[norm]
    if step.kind == "fft":
        return np.fft.ifft(bar, step.n, step.axis, other)
    if step.kind == "ifft":
        return np.fft.fft(bar, step.n, step.axis, other)
    if step.kind == "rfft":
        return _half_spectrum_transpose(bar, step, other)
    if step.kind == "irfft":
        return _real_signal_transpose(bar, step, other)
    # hfft is irfft of the conjugate, ihfft the conjugate of rfft, with the norms the other way round.
    own = "backward" if norm is None else norm
    if step.kind == "hfft":
        return np.conj(_real_signal_transpose(bar, step, own))
    return _half_spectrum_transpose(np.conj(bar), step, own)


def pull_back(bar, steps, norm: str | None):
    """Cotangent of the input of a chain of steps."""
    for step in reversed(list(steps)):
        bar = resize(_transpose(bar, step, norm), step.axis, step.before)
    return bar


def linear_row(function: Callable, operand: str, pull: Callable) -> Block:
    """A row for a linear ``function``; ``pull(bar, x, **static)`` is its transpose."""
    row = block(function, operand)(function)

    @row.defjvp
    def jvp(dots, y, x, **static):
        return function(dots[0], **static)

    @row.defvjp
    def vjp(bar, y, needs, x, **static):
        return (real_like(pull(bar, x, **static), x),)

    return row


def real_like(bar, x):
    """``bar``, its imaginary part dropped where the operand ``x`` has none."""
    return np.real(bar) if np.iscomplexobj(bar) and not np.iscomplexobj(x) else bar


def _pull_one(kind: str) -> Callable:
    def pull(bar, a, n=None, axis=-1, norm=None):
        return pull_back(bar, steps_of(kind, np.shape(a), (n,), (axis,)), norm)

    return pull


def _pull_two(kind: str) -> Callable:
    def pull(bar, a, s=None, axes=(-2, -1), norm=None):
        return pull_back(bar, steps_of(kind, np.shape(a), s, axes), norm)

    return pull


def _pull_many(kind: str) -> Callable:
    def pull(bar, a, s=None, axes=None, norm=None):
        return pull_back(bar, steps_of(kind, np.shape(a), s, axes), norm)

    return pull


for _kind in ("fft", "ifft", "rfft", "irfft"):
    linear_row(getattr(np.fft, _kind), "a", _pull_one(_kind))
    linear_row(getattr(np.fft, _kind + "2"), "a", _pull_two(_kind))
    linear_row(getattr(np.fft, _kind + "n"), "a", _pull_many(_kind))
for _kind in ("hfft", "ihfft"):
    linear_row(getattr(np.fft, _kind), "a", _pull_one(_kind))
