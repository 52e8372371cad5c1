"""One function on trial: a call that works, its derivative by differences, and a tool's derivative beside it."""

import contextlib
import copy
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.corpus.differences import jacobian
from tests.corpus.packages.discovery import numbers_of, resolve
from tests.corpus.packages.inputs import fillings
from tests.corpus.packages.limits import TooSlow, quiet, time_limit
from tests.corpus.trees import split

__all__ = ["discover", "judge"]

SECONDS = 2.0


def discover(path: str) -> dict:
    """Look for a filling that works; return a record with the call and its reference gradient."""
    record: dict[str, Any] = {"path": path, "status": "no call with floats"}
    try:
        function = resolve(path)
    except BaseException as error:
        return {**record, "status": f"does not import: {type(error).__name__}"}
    for number, arguments in enumerate(fillings(function)):
        found = _reference(function, arguments)
        if found is None:
            continue
        status = found.pop("status")
        record.update(found, filling=number, status=status)
        if status == "usable":
            break
    return record


def _reference(function: Callable, arguments: tuple) -> dict | None:
    """The gradient by differences at ``arguments``, or ``None`` where the call is of no use."""
    x = _flatten(arguments)
    try:
        with quiet(), time_limit(SECONDS):
            template = function(*copy.deepcopy(arguments))
            if not numbers_of(template) or not np.array_equal(
                *(
                    np.hstack([np.ravel(leaf) for leaf in numbers_of(t)])
                    for t in (template, function(*copy.deepcopy(arguments)))
                )
            ):
                return None

        def scalar(v):
            result = function(*_refilled(arguments, v))
            return np.array([float(total(result, template))])

        with quiet(), time_limit(SECONDS):
            plain = _seconds(lambda: function(*copy.deepcopy(arguments)))
            gradient, error, kinked = _differences(scalar, x)
    except TooSlow:
        return {"status": "too slow for differences"}
    except BaseException:
        return None
    if not np.any(np.abs(gradient) > 1e-100):
        return {"status": "constant"}
    reliable = np.all(error <= 1e-5 * _scale(gradient, x)) and not kinked
    return {
        "status": "usable" if reliable else "not differentiable there",
        "gradient": gradient.tolist(),
        "error": error.tolist(),
        "plain": plain,
    }


def _differences(scalar: Callable, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """The gradient by two sequences of steps; where they disagree the short steps are right, or nothing is.

    Long steps are exact for smooth functions of large arguments, and wrong for periodic ones (angles in days).
    """
    wide, near = jacobian(scalar, x, least=1e-3), jacobian(scalar, x, least=1e-3, most=1.0)
    agree = np.abs(wide.value - near.value) <= wide.error + near.error + 1e-9 * np.abs(near.value)
    better = agree & (wide.error < near.error)
    value = np.where(better, wide.value, near.value)[0]
    return value, np.where(better, wide.error, near.error)[0], bool(near.kink.any()) or _contradicted(scalar, x, value)


def _contradicted(scalar: Callable, x: np.ndarray, gradient: np.ndarray) -> bool:
    """Whether tiny steps tell another story: seconds rounded to whole ones, days wrapped around, fine tables."""
    return any(all(_disagrees(scalar, x, gradient, i, size) for size in (1e-7, 1e-6, 1e-5)) for i in range(x.size))


def _disagrees(scalar: Callable, x: np.ndarray, gradient: np.ndarray, i: int, size: float) -> bool:
    step = size * max(abs(x[i]), 1e-3)
    low, high = x.copy(), x.copy()
    low[i] -= step
    high[i] += step
    below, above = scalar(low)[0], scalar(high)[0]
    slope = (above - below) / (high[i] - low[i])
    noise = 1e-12 * max(abs(above), abs(below)) / step
    return not abs(slope - gradient[i]) <= 1e-5 * _scale(gradient, x)[i] + noise


def judge(record: dict, transform: Callable) -> dict:
    """Compare a tool's gradient with the record's; return ``path``, ``outcome`` and details."""
    verdict: dict[str, Any] = {"path": record["path"]}
    try:
        function = resolve(record["path"])
        arguments = next(a for i, a in enumerate(fillings(function)) if i == record["filling"])
        with quiet(), time_limit(SECONDS):
            template = function(*copy.deepcopy(arguments))
    except BaseException as error:
        return {**verdict, "outcome": "plain function fails", "detail": repr(error)[:200]}
    positions = tuple(i for i, a in enumerate(arguments) if _is_float(a))

    def scalar(*args):
        return total(function(*args), template)

    try:
        with quiet(), time_limit(10 * SECONDS):
            found = transform(scalar, positions)(*copy.deepcopy(arguments))
            found = np.hstack([np.ravel(np.asarray(part, dtype=float)) for part in found])
    except TooSlow:
        return {**verdict, "outcome": "too slow", "detail": ""}
    except BaseException as error:
        lines = str(error).splitlines() or [""]
        place = [s.rpartition("site-packages/")[2] for s in lines[1:2] if "site-packages/" in s]
        detail = f"{type(error).__name__}: {lines[0][:160]}" + "".join(f"  at {s[:120]}" for s in place)
        return {**verdict, "outcome": "refused" if _on_purpose(error) else "crashed", "detail": detail}
    expected, error, x = np.array(record["gradient"]), np.array(record["error"]), _flatten(arguments)
    if found.shape == expected.shape and np.all(np.abs(found - expected) <= error + 1e-6 * _scale(expected, x)):
        verdict["outcome"] = "right"
        with contextlib.suppress(BaseException), quiet(), time_limit(2 * SECONDS):
            verdict["ratio"] = _ratio(
                function if isinstance(template, float) else scalar, transform, arguments, positions
            )
        return verdict
    # Formulas such as acos(1 - h) - sqrt(h) at h = 0 have a slope, their parts have none: inf - inf, and it shows.
    outcome = "not a number" if np.isnan(found).any() else "wrong"
    return {**verdict, "outcome": outcome, "detail": f"found {found.tolist()}, differences {expected.tolist()}"[:400]}


def total(result: Any, template: Any) -> Any:
    """A weighted sum of all floats in ``result``, which has the structure of ``template``."""
    if isinstance(template, (tuple, list)):
        return sum((total(r, t) for r, t in zip(result, template)), 0.0)
    if isinstance(template, dict):
        return sum((total(result[k], t) for k, t in template.items()), 0.0)
    if isinstance(template, np.ndarray) and template.dtype.kind == "f":
        weights = 1.5 + np.cos(np.arange(template.size, dtype=float)).reshape(template.shape)
        return (result * weights).sum() if template.ndim else result * 1.0
    return result * 1.0 if isinstance(template, (float, np.floating)) else 0.0


def _on_purpose(error: BaseException) -> bool:
    return any(c.__name__ in ("AdpyError", "NotImplementedError") for c in type(error).__mro__)


def _scale(gradient: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The size an error is compared with: of the entry, or of the change that entry can make beside the others."""
    change = np.max(np.abs(gradient) * np.maximum(np.abs(x), 1e-3))
    return np.maximum(np.abs(gradient), 0.1 * change / np.maximum(np.abs(x), 1e-3))


def _is_float(argument: Any) -> bool:
    return isinstance(argument, (float, np.ndarray))


def _flatten(arguments: tuple) -> np.ndarray:
    return np.hstack([np.ravel(a) for a in arguments if _is_float(a)])


def _refilled(arguments: tuple, vector: np.ndarray) -> list:
    parts = iter(split(vector, arguments))
    return [
        np.array(next(parts)) if isinstance(a, np.ndarray) else next(parts) if _is_float(a) else a for a in arguments
    ]


def _ratio(function: Callable, transform: Callable, arguments: tuple, positions: tuple) -> float:
    """Time of the gradient over time of the function, each the shortest of some runs."""
    gradient = transform(function, positions)
    for _ in range(3):
        gradient(*arguments)
    return _seconds(lambda: gradient(*arguments), 30) / _seconds(lambda: function(*arguments), 30)


def _seconds(function: Callable, runs: int = 7) -> float:
    """The shortest of a few runs."""
    best = np.inf
    start = time.perf_counter()
    for _ in range(runs):
        before = time.perf_counter()
        function()
        now = time.perf_counter()
        best = min(best, now - before)
        if now - start > 0.3:
            break
    return best
