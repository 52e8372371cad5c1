"""``adpy.numerical``: derivatives by extrapolated differences, for a black box without rules."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.trees import flatten, rebuild
from adpy.custom.differences import along, derivative_at_zero, length_of, vector
from adpy.custom.primitive import Primitive
from adpy.custom.structures import dtype_of, is_active_kind, matched, shape_of
from adpy.errors import ArgumentError, NonDifferentiableError
from adpy.plain import np

__all__ = ["Numerical", "numerical"]

NOISE = 1e-9
"""Error that is always allowed, relative to the slope ``|y| / |x|``: rounding."""


class Numerical(Primitive):
    """A black box differentiated by differences; made by :func:`numerical`."""

    def __init__(self, function: Callable, static: Any, name: str | None, settings: dict) -> None:
        super().__init__(function, static, name)
        self._settings = settings
        self.rules = {"jvp": self._push_rule, "vjp": self._pull_rule}

    def jvp_with_error(self, *primals: Any, tangents: tuple, **static: Any) -> tuple[Any, Any]:
        """The derivative along ``tangents`` and the estimate of its error, entry by entry.

        Parameters
        ----------
        *primals
            The arguments that are not static: plain values.
        tangents : tuple
            As the primals.
        **static
            The static arguments.

        Returns
        -------
        y_dot, error
            In the structure of the result, with None for what is no floating-point number.

        Examples
        --------
        >>> import adpy, math
        >>> slope, error = adpy.numerical(math.exp).jvp_with_error(0.0, tangents=(1.0,))
        >>> bool(abs(slope - 1.0) < 1e-10), bool(error < 1e-8)
        (True, True)
        """
        return self._along(primals, tangents, static)

    # Rules of one order are black boxes of the next: differences of differences.

    def _push_rule(self, primals: tuple, tangents: tuple, y: Any, **static: Any) -> Any:
        return self._derived_push(primals, tangents, **static)

    def _pull_rule(self, primals: tuple, y: Any, y_bar: Any, **static: Any) -> tuple:
        return self._derived_pull(primals, y_bar, **static)

    @functools.cached_property
    def _derived_push(self) -> Numerical:
        return Numerical(self._push, (), f"jvp of {self.name}", self._settings)

    @functools.cached_property
    def _derived_pull(self) -> Numerical:
        return Numerical(self._pull, (), f"vjp of {self.name}", self._settings)

    def _push(self, primals: tuple, tangents: tuple, **static: Any) -> Any:
        y_dot, error = self._along(primals, tangents, static)
        return y_dot

    def _pull(self, primals: tuple, y_bar: Any, **static: Any) -> tuple:
        template = self.body(primals, static)
        bars = vector(_or_zeros(matched(template, y_bar, "y_bar", self.name), _active(template)))
        leaves = _active(primals)
        found = []
        for position, leaf in enumerate(leaves):
            is_complex = dtype_of(leaf).kind == "c"
            x_bar = np.zeros(shape_of(leaf), dtype_of(leaf))
            for index in np.ndindex(x_bar.shape):
                for unit in (1.0, 1j) if is_complex else (1.0,):
                    dots = [np.zeros(shape_of(x), dtype_of(x)) for x in leaves]
                    dots[position][index] = unit
                    column = self._directional(primals, leaves, dots, static, vector(_active(template)))[0]
                    x_bar[index] += unit * np.real(np.vdot(column, bars))
            found.append(x_bar if isinstance(leaf, np.ndarray) else x_bar[()])
        return _filled(primals, found)

    # ---- differences

    def _along(self, primals: tuple, tangents: tuple, static: dict) -> tuple[Any, Any]:
        template = self.body(primals, static)
        leaves, results = _active(primals), _active(template)
        dots = _or_zeros(matched(primals, tangents, "tangents", self.name), leaves)
        slopes, errors = self._directional(primals, leaves, dots, static, vector(results))
        return _filled(template, _parts(slopes, results)), _filled(template, _parts(errors, results, float))

    def _directional(self, primals, leaves, dots, static, middle) -> tuple[np.ndarray, np.ndarray]:
        length = length_of(leaves, dots)
        if length == 0.0:
            return np.zeros_like(middle), np.zeros(middle.shape)
        settings = self._settings

        def function(*values: Any) -> Sequence:
            return _active(self.body(_filled(primals, values, True), static))

        size = settings["step"] * length
        slope, error = derivative_at_zero(
            along(function, leaves, dots), middle, size, settings["levels"], settings["order"]
        )
        self._check(slope, error, middle, length)
        return slope, error

    def _check(self, slope: np.ndarray, error: np.ndarray, middle: np.ndarray, length: float) -> None:
        allowed = self._settings["max_error"]
        if allowed is None or not slope.size:
            return
        digits = np.finfo(middle.dtype).eps ** 0.5 if middle.dtype.kind in "fc" else NOISE
        largest = float(np.max(abs(slope)))
        noise = max(NOISE, digits**1.5) * float(np.max(abs(middle))) / length
        worst = int(np.argmax(error))
        if not error[worst] <= allowed * largest + noise:
            raise NonDifferentiableError(
                f"differences of {self.name!r} do not converge: the derivative of result number {worst} is about "
                f"{slope[worst]:.3g} with an error of about {error[worst]:.2g}, more than max_error={allowed:g} of the "
                "largest. It may have a kink, a jump or noise there: try another step=, or allow a larger max_error=."
            )


def _active(tree: Any) -> list:
    return [leaf for _, leaf in flatten(tree) if is_active_kind(leaf)]


def _filled(tree: Any, values: Sequence, others: bool = False) -> Any:
    """The tree with ``values`` for its differentiable leaves; the others stay (``others``) or become None."""
    taken = iter(values)
    leaves = [next(taken) if is_active_kind(x) else (x if others else None) for _, x in flatten(tree)]
    return rebuild(tree, iter(leaves).__next__)


def _or_zeros(dots: Sequence, leaves: Sequence) -> list:
    return [np.zeros(shape_of(x), dtype_of(x)) if d is None else d for d, x in zip(dots, leaves, strict=True)]


def _parts(numbers: np.ndarray, leaves: Sequence, dtype: Any = None) -> list:
    """A vector cut into pieces like the leaves."""
    pieces = np.split(numbers, np.cumsum([int(np.prod(shape_of(x))) for x in leaves])[:-1])
    shaped = []
    for piece, x in zip(pieces, leaves, strict=True):
        kind = dtype or dtype_of(x)
        piece = (piece.real if np.dtype(kind).kind != "c" else piece).reshape(shape_of(x)).astype(kind)
        shaped.append(piece if isinstance(x, np.ndarray) else piece[()])
    return shaped


def numerical(
    function: Callable | None = None,
    *,
    static: str | tuple[str, ...] = (),
    step: float = 0.02,
    levels: int = 6,
    order: int | None = None,
    max_error: float | None = 1e-3,
    name: str | None = None,
) -> Numerical | Callable[[Callable], Numerical]:
    """Differentiate a black box by extrapolated differences, because you ask for it.

    The result is a primitive (see :func:`adpy.primitive`) whose rules are differences: a jvp takes ``2 * levels`` calls
    of ``function``, a vjp that many for every number of input.  Everything around it is differentiated exactly.
    Second derivatives are differences of differences: about that many calls squared, and half the digits.

    Parameters
    ----------
    function : callable
        From numbers, arrays and trees of them to such.  It is called with plain values only.
    static : str or tuple of str
        Names of parameters that are not varied.
    step : float
        The largest step, relative to the magnitude of the argument (of the largest entry of an array; 1 for zero).
        The default is right for a smooth function computed to all digits; take a larger one for a noisy function, a
        smaller one near the end of its domain, or where it changes much over a few percent of its argument.
    levels : int
        Number of steps, each half of the one before; at least two.
    order : int, optional
        The error of the formula goes with this power of the step: even, from 2 (central differences without
        extrapolation) to ``2 * levels``, the default.
    max_error : float or None
        Largest estimate of the error that is accepted, relative to the largest derivative in the same direction.  None
        accepts all.
    name : str, optional
        For messages.

    Returns
    -------
    Numerical
        Callable as ``function``; its method ``jvp_with_error`` gives estimates of the errors.

    Raises
    ------
    ArgumentError
        If a setting is out of its range.
    NonDifferentiableError
        When differentiated where the differences do not converge to within ``max_error``: at a kink, a jump, or
        because ``function`` is noisy.

    References
    ----------
    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982).

    Examples
    --------
    >>> import numpy as np, adpy
    >>> @adpy.numerical
    ... def legacy(x):
    ...     return np.array([float(v) ** 3 for v in x])   # float() hides the derivative
    >>> adpy.grad(lambda x: np.sum(np.sin(x) * legacy(x)))(np.array([0.5, 1.0])).round(8)
    array([0.46926697, 3.06471526])
    """
    if function is None:
        return functools.partial(
            numerical, static=static, step=step, levels=levels, order=order, max_error=max_error, name=name
        )
    if not (isinstance(step, float | int) and 0 < step < np.inf):
        raise ArgumentError("step", "a positive number", repr(step))
    if not isinstance(levels, int) or levels < 2:
        raise ArgumentError("levels", "an integer of at least 2", repr(levels))
    if order is not None and not (isinstance(order, int) and order % 2 == 0 and 2 <= order <= 2 * levels):
        raise ArgumentError("order", f"an even number from 2 to {2 * levels}", repr(order))
    if max_error is not None and not max_error > 0:
        raise ArgumentError("max_error", "a positive number or None", repr(max_error))
    return Numerical(function, static, name, {"step": step, "levels": levels, "order": order, "max_error": max_error})
