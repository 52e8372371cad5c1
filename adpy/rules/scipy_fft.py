"""Rules of the transforms in ``scipy.fft``: Fourier, cosine and sine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.fft as sf

from adpy.rules.fft import pull_back, real_like, resize, steps_of
from adpy.rules.linalg_tools import call
from adpy.rules.scipy_rows import scipy_block
from adpy.rules.table import structural

__all__ = []

structural(sf.fftshift, "x")
structural(sf.ifftshift, "x")


def _sequence(x):
    """SciPy takes a number where it takes a sequence of numbers."""
    return (x,) if isinstance(x, int) else x


def _linear(function: Callable, pull: Callable) -> None:
    """A row of a linear function with transpose ``pull(bar, shape, **static)``."""
    row = scipy_block(function, "x")

    @row.defjvp
    def jvp(dots, y, x, overwrite_x=False, **static):
        return call(function, dots[0], **static)

    @row.defvjp
    def vjp(bar, y, needs, x, **static):
        return (real_like(pull(bar, np.shape(x), **static), x),)


# Fourier transforms


def _fourier(kind: str, default_axes) -> Callable:
    def pull(bar, shape, s=None, axes=default_axes, norm=None, **static):
        return pull_back(bar, steps_of(kind, shape, _sequence(s), _sequence(axes)), norm)

    return pull


def _fourier_one(kind: str) -> Callable:
    def pull(bar, shape, n=None, axis=-1, norm=None, **static):
        return pull_back(bar, steps_of(kind, shape, (n,), (axis,)), norm)

    return pull


for _kind in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
    _linear(getattr(sf, _kind), _fourier_one(_kind))
    _linear(getattr(sf, _kind + "2"), _fourier(_kind, (-2, -1)))
    _linear(getattr(sf, _kind + "n"), _fourier(_kind, None))


# cosine and sine transforms

_OTHER_TYPE = {1: 1, 2: 3, 3: 2, 4: 4}
_OTHER_NORM = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _scale_edges(x, axis: int, edges: tuple[int, ...], factor: float):
    """``x`` with the entries at ``edges`` along ``axis`` multiplied by ``factor``."""
    weights = np.ones(np.shape(x)[axis], np.float32 if x.dtype in (np.float32, np.complex64) else float)
    weights[list(edges)] = factor
    return x * weights.reshape((-1,) + (1,) * (np.ndim(x) - 1 - axis))


def _transpose(bar, function, cosine, type, axis, norm, orthogonalize):
    """Transpose of one transform of the cosine or sine family along ``axis``.

    Types 2 and 3 are each other's transpose but for an edge that the series count once and the samples
    twice; type 1 is symmetric but for its two ends.  Orthogonalized transforms need no correction.
    """
    if orthogonalize is None:
        orthogonalize = norm == "ortho"
    before = after = ()
    if not orthogonalize:
        edge = (0,) if cosine else (-1,)
        ends = (0, -1) if type == 1 and cosine else ()
        before = edge if type == 2 else ends
        after = edge if type == 3 else ends
    if before:
        bar = _scale_edges(bar, axis, before, 2.0)
    bar = call(function, bar, type=_OTHER_TYPE[type], axis=axis, norm=norm, orthogonalize=orthogonalize)
    return _scale_edges(bar, axis, after, 0.5) if after else bar


def _trigonometric(function: Callable, cosine: bool, inverse: bool) -> Callable:
    def pull(bar, shape, type=2, s=None, axes=None, norm=None, orthogonalize=None, **static):
        s, axes = _sequence(s), _sequence(axes)
        if axes is None:
            axes = range(-len(s), 0) if s is not None else range(len(shape))
        # An inverse transform is the forward one of the other type with the other norm.
        if orthogonalize is None:
            orthogonalize = norm == "ortho"
        own_type, own_norm = (_OTHER_TYPE[type], _OTHER_NORM[norm]) if inverse else (type, norm)
        for axis in axes:
            axis %= len(shape)
            bar = _transpose(bar, function, cosine, own_type, axis, own_norm, orthogonalize)
            bar = resize(bar, axis, shape[axis])
        return bar

    return pull


def _trigonometric_one(function: Callable, cosine: bool, inverse: bool) -> Callable:
    many = _trigonometric(function, cosine, inverse)

    def pull(bar, shape, type=2, n=None, axis=-1, norm=None, orthogonalize=None, **static):
        return many(bar, shape, type=type, axes=(axis,), norm=norm, orthogonalize=orthogonalize)

    return pull


for _cosine, _function, _inverse_function, _many, _inverse_many in (
    (True, sf.dct, sf.idct, sf.dctn, sf.idctn),
    (False, sf.dst, sf.idst, sf.dstn, sf.idstn),
):
    _linear(_function, _trigonometric_one(_function, _cosine, False))
    _linear(_inverse_function, _trigonometric_one(_function, _cosine, True))
    _linear(_many, _trigonometric(_function, _cosine, False))
    _linear(_inverse_many, _trigonometric(_function, _cosine, True))
