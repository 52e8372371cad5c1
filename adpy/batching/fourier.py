"""Batching rules of discrete Fourier transforms: axes counted from the first."""

from __future__ import annotations

from collections.abc import Callable

from numpy import fft

from adpy.batching.registry import RULES, apply, axes_of, axis_of

__all__ = []


def _along_one(function: Callable) -> Callable:
    def rule(frame, a, n=None, axis=-1, norm=None):
        data = frame.laned(a)
        return frame.wrap(apply(frame, function, data, n, axis_of(axis, data.ndim - 1), norm), True)

    return rule


def _along_several(function: Callable, default: tuple | None) -> Callable:
    def rule(frame, a, s=None, axes=default, norm=None):
        data = frame.laned(a)
        ndim = data.ndim - 1
        if axes is None and s is not None:
            axes = tuple(range(ndim - len(s), ndim))
        return frame.wrap(apply(frame, function, data, s, axes_of(axes, ndim), norm), True)

    return rule


for _name in "fft ifft rfft irfft hfft ihfft".split():
    RULES[getattr(fft, _name)] = _along_one(getattr(fft, _name))
for _name in "fft2 ifft2 rfft2 irfft2".split():
    RULES[getattr(fft, _name)] = _along_several(getattr(fft, _name), (-2, -1))
for _name in "fftn ifftn rfftn irfftn".split():
    RULES[getattr(fft, _name)] = _along_several(getattr(fft, _name), None)
