"""Origin: the operation that made a number that is not finite, and the error that reports it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from adpy.diagnostics.place import Place, place_of
from adpy.errors import NonFiniteError
from adpy.plain import np
from adpy.traced.refusal import user_frame

__all__ = ["Origin", "Where", "advice_for", "raise_origin"]

_SYMBOLS = {
    **dict.fromkeys(("add", "radd", "iadd"), "+"),
    **dict.fromkeys(("sub", "rsub", "isub"), "-"),
    **dict.fromkeys(("mul", "rmul", "imul"), "*"),
    **dict.fromkeys(("truediv", "rtruediv", "itruediv", "division"), "/"),
    **dict.fromkeys(("pow", "rpow", "ipow"), "**"),
    **dict.fromkeys(("matmul", "rmatmul"), "@"),
}

_DISPATCHING = frozenset(("__array_function__", "array_function", "call"))
_METHODS = frozenset(("sum", "mean", "dot", "cumsum", "max", "min", "prod", "std", "var"))


class Where:
    """Where in the user's code an operation was called, cheap to note: its frame is looked at later."""

    __slots__ = ("code", "frame_globals", "line", "operation")

    def __init__(self) -> None:
        frame = user_frame()
        self.code: CodeType | None = None if frame is None else frame.f_code
        self.frame_globals = {} if frame is None else frame.f_globals
        self.line = 0 if frame is None else frame.f_lineno
        self.operation = _operation(frame)

    @property
    def place(self) -> Place:
        """The place."""
        return place_of(self)

    @property
    def f_code(self) -> CodeType | None:
        return self.code

    @property
    def f_lineno(self) -> int:
        return self.line

    @property
    def f_globals(self) -> dict:
        return self.frame_globals


def _operation(user: FrameType | None) -> str:
    """The name of the operation that the user's line called: of the outermost frame below that is one's."""
    frame, found = sys._getframe(1), "an operation"
    while frame is not None and frame is not user:
        found = _named(frame) or found
        frame = frame.f_back
    return found


def _named(frame: FrameType) -> str | None:
    """The name of the operation that a frame of adpy is for."""
    seen, name = frame.f_locals, frame.f_code.co_name
    if isinstance(seen.get("ufunc"), np.ufunc):
        return f"numpy.{seen['ufunc'].__name__}"
    called = seen.get("original") if name == "function" else seen.get("function") if name in _DISPATCHING else None
    if called is not None:
        module = (getattr(called, "__module__", None) or "numpy").split("._")[0]
        return f"{module}.{getattr(called, '__name__', called)}"
    return _SYMBOLS.get(name.strip("_")) or (f"numpy.{name}" if name in _METHODS else None)


@dataclass(frozen=True)
class Origin:
    """An operation whose operands were finite and whose result, tangent or cotangent was not.

    Attributes
    ----------
    quantity : str
        ``"value"``, ``"tangent"`` or ``"cotangent"`` (of an operand).
    function : str
        The operation.
    place : Place
        Its line.
    result : float or complex
        What it made: infinite, or NaN.
    index : tuple of int
        Index of the first such entry.
    operands : tuple of str
        What it was made of, as text.
    cause : Origin or None
        For NaN made of an infinity: where that came from.
    """

    quantity: str
    function: str
    place: Place
    result: Any
    index: tuple[int, ...]
    operands: tuple[str, ...]
    cause: Origin | None = None

    def __str__(self) -> str:
        entry = f" in entry {', '.join(map(str, self.index))}" if self.index else ""
        made = ", ".join(self.operands)
        text = f"{self.function} made a {self.quantity} {self.result}{entry}"
        text += f" from {made}" if made else ""
        text += f"\n  at {self.place}"
        if self.cause is not None:
            text += f"\nthe infinity came from: {self.cause}"
        return text


def raise_origin(origin: Origin) -> None:
    """Raise the error that reports ``origin``."""
    first = origin
    while first.cause is not None:
        first = first.cause
    raise NonFiniteError(
        origin.quantity, first.function, str(first.place), first.index, first.operands, f"{origin}\n{advice_for(first)}"
    )


def advice_for(origin: Origin) -> str:
    """What usually helps."""
    name = origin.function.rsplit(".", 1)[-1]
    if name in ("log", "log2", "log10", "log1p"):
        return (
            "A logarithm at (or below) zero: add a small number to its argument, or use log1p or scipy.special.xlogy."
        )
    if name in ("sqrt", "power", "**", "cbrt", "arcsin", "arccos", "acos", "asin", "pow"):
        return (
            "The slope is infinite there. If the branch is not wanted, replace its argument before the call: "
            "np.sqrt(np.where(x > 0, x, 1.0)); for lengths use np.linalg.norm or np.hypot."
        )
    if name in ("/", "divide", "reciprocal"):
        return "A division by zero: guard the divisor, np.where(d == 0, 1.0, d), before dividing."
    if name in ("exp", "expm1", "cosh", "sinh", "exp2"):
        return "An overflow: use scipy.special.logsumexp, softmax or expit, or subtract the maximum first."
    return "Guard the operand before the call: np.where chooses results, but both branches are computed."
