"""kinks: where a function sits at, or near, a tie or a jump."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adpy import capture
from adpy.api.running import check_function, is_differentiable, run
from adpy.api.trees import flatten, map_leaves
from adpy.diagnostics.kink_trace import Found, KinkTrace
from adpy.errors import ArgumentError
from adpy.traced.dispatch import coerce, primal

__all__ = ["Kink", "KinkReport", "kinks"]


@dataclass(frozen=True)
class Kink:
    """An operation at, or near, a point where it bends or jumps, with all its evaluations on one line of code.

    Attributes
    ----------
    kind : str
        What happens there: ``"bend"`` (the derivative jumps: ``abs``, ``maximum``, a norm at zero), ``"jump"`` (the
        value jumps: ``floor``, ``sign``, ``int(x)``), ``"decision"`` (a comparison: another branch or mask),
        ``"tie"`` (an order: ``sort``, ``argmax``), ``"infinite slope"`` (``sqrt`` at zero).
    function : str
        The operation.
    file, line, scope, source : str, int, str, str
        Where it stands in the user's code, and the line itself.
    distance : float
        Signed distance from the kink, of the entry that is nearest: ``a - b`` of a comparison ``a < b``, ``x`` of
        ``abs(x)``, the entry less the maximum of ``max``.
    entries : int
        Number of entries within the tolerance, in all evaluations.
    indices : tuple of tuple of int
        Indices of the first few of them; ``()`` is a number's.
    evaluations : int
        How often the line was at a kink.
    """

    kind: str
    function: str
    file: str
    line: int
    scope: str
    source: str
    distance: float
    entries: int
    indices: tuple[tuple[int, ...], ...]
    evaluations: int

    @property
    def exact(self) -> bool:
        """Is an entry exactly at the kink?"""
        return self.distance == 0.0

    def __str__(self) -> str:
        how = "exactly" if self.exact else f"{self.distance:+.2g} from it"
        lines = [f"{self.kind}: {self.function}, {how}", f"    {self.file}:{self.line} in {self.scope}"]
        if self.source:
            lines.append(f"        {self.source}")
        named = [i for i in self.indices if i]
        if named:
            shown = ", ".join(str(list(i))[1:-1] if len(i) == 1 else str(i) for i in named)
            more = ", …" if self.entries > len(named) else ""
            lines.append(f"    {self.entries} {'entry' if self.entries == 1 else 'entries'}: {shown}{more}")
        if self.evaluations > 1:
            lines.append(f"    in {self.evaluations} evaluations of the line")
        return "\n".join(lines)


@dataclass(frozen=True)
class KinkReport:
    """Result of :func:`kinks`: false when empty, else a sequence of :class:`Kink` in the order of the program.

    Attributes
    ----------
    kinks : tuple of Kink
        What was found.
    tol : float
        The tolerance.
    """

    kinks: tuple[Kink, ...]
    tol: float

    def __bool__(self) -> bool:
        return bool(self.kinks)

    def __len__(self) -> int:
        return len(self.kinks)

    def __iter__(self) -> Iterator[Kink]:
        return iter(self.kinks)

    def __getitem__(self, index: int) -> Kink:
        return self.kinks[index]

    def __str__(self) -> str:
        if not self.kinks:
            return f"no kinks within {self.tol:g}"
        return "\n".join(map(str, self.kinks))


def kinks(function: Callable, *args: Any, tol: float = 1e-8, **kwargs: Any) -> KinkReport:
    """Report where ``function``, run once at a point, sits at or near a tie or a jump.

    Looked at are comparisons (of numbers and arrays, ``if``, Python's ``max``, ``min`` and ``abs``, masks), ``abs``,
    ``maximum`` and its kin, ``clip``, extrema and orders of arrays, ``sign``, ``floor``, ``int(x)`` and other
    rounding, norms and standard deviations at zero, infinite slopes (``sqrt`` at zero), nodes of ``interp``, repeated
    eigenvalues, and the ``kinks`` of any other row of the rule table.  Only what depends on the arguments counts.

    Parameters
    ----------
    function : callable
        Any function; its result does not matter.
    *args, **kwargs
        Its arguments. Floating-point numbers and arrays in them, in containers too, are what it depends on; everything
        else is constant.
    tol : float
        An entry is reported if its distance is at most ``tol * max(1, size)``, where ``size`` is that of the numbers
        compared: relative for large numbers and absolute for small ones.  With 0 only exact ties are reported.

    Returns
    -------
    KinkReport
        False when nothing was found.  ``str(report)`` names operations, lines and entries.

    Raises
    ------
    ArgumentError
        If ``tol`` is negative, or there is no floating-point argument.
    TracedValueError
        As of a gradient: if the function hands traced values to compiled code.

    Examples
    --------
    >>> import numpy as np, adpy
    >>> report = adpy.kinks(lambda x: np.sum(np.abs(x)), np.array([1.0, 0.0, -2.0]))
    >>> [(kink.kind, kink.function, kink.distance, kink.indices) for kink in report]
    [('bend', 'numpy.absolute', 0.0, ((1,),))]
    >>> bool(adpy.kinks(lambda x: np.sum(np.abs(x)), np.array([1.0, 0.5, -2.0])))
    False
    """
    check_function(function)
    if not isinstance(tol, int | float) or not tol >= 0:
        raise ArgumentError("tol", "a number that is not negative", repr(tol))
    args = tuple([map_leaves(_plain, arg) for arg in args])
    kwargs = {name: map_leaves(_plain, arg) for name, arg in kwargs.items()}
    keys = [*[i for i, arg in enumerate(args) if _varies(arg)], *[k for k, arg in kwargs.items() if _varies(arg)]]
    if not keys:
        raise ArgumentError("args", "at least one floating-point number or array", "none")
    with capture.paused():
        frame, _ = run(functools.partial(KinkTrace, tol), function, args, kwargs, keys)
    frame.close()
    return KinkReport(tuple([_kink(found) for found in frame.found.values()]), tol)


def _plain(leaf: Any) -> Any:
    return primal(coerce(leaf))


def _varies(argument: Any) -> bool:
    """Does an argument hold floating-point numbers?"""
    return any(is_differentiable(leaf) for _, leaf in flatten(argument))


def _kink(found: Found) -> Kink:
    place = found.place
    where = (place.file, place.line, place.scope, place.source)
    return Kink(
        found.kind, found.function, *where, found.distance, found.entries, tuple(found.indices), found.evaluations
    )
