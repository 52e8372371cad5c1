"""Ways to fill the parameters of a function nobody described: floats, small vectors, matrices, a few integers."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["fillings"]

NUMBERS = (0.7, 1.3, 0.45, 1.9, 0.55, 1.1, 2.3, 0.85)
FRACTIONS = (0.35, 0.62, 0.21, 0.48, 0.77, 0.15, 0.54, 0.29)
LARGE = (35.5, 12.25, 4.75, 61.0, 8.5, 22.5, 17.0, 44.0)

# What a parameter of this name usually is.
USUAL = [
    (re.compile(r"^(t|temp|temperature|t1|t2|tr?_k|t_?ref|tb|temp_\w+|temp_air|tm)$", re.I), 315.0),
    (re.compile(r"^(tc)$", re.I), 540.0),
    (re.compile(r"^(p|pressure|p1|ps?at|p_?ref)$", re.I), 1.2e5),
    (re.compile(r"^(pc)$", re.I), 4.1e6),
    (re.compile(r"^(vc)$", re.I), 3.1e-4),
    (re.compile(r"^(mw|molar_mass)$", re.I), 44.0),
    (re.compile(r"^(omega|eccentricity|ecc|e)$", re.I), 0.31),
    (re.compile(r"^(lat\w*|latitude)$", re.I), 41.5),
    (re.compile(r"^(lon\w*|longitude)$", re.I), 12.25),
    (re.compile(r"^(rho\w*|density)$", re.I), 850.0),
    (re.compile(r"^(mu\w*|viscosity)$", re.I), 1.1e-3),
    (re.compile(r"^(re|reynolds)$", re.I), 1.3e5),
    (re.compile(r"^(pr|prandtl)$", re.I), 2.7),
    (re.compile(r"^(d|diameter|di|do|id|od)$", re.I), 0.15),
    (re.compile(r"^(m|mass_flow|q)$", re.I), 0.9),
    (re.compile(r"^(jd\w*|tt|julian\w*)$", re.I), 2458849.75),
    (re.compile(r"^\w*(zenith|azimuth|tilt|aoi)\w*$", re.I), 33.0),
    (re.compile(r"^(ghi|dni|dhi|poa\w*)$", re.I), 420.0),
]
WHOLE = re.compile(
    r"^(n|k|m|deg|degree|order|num|nu|l|axis|size|count|n_\w+|num_\w+|max\w*|N|M|i|j|index|d|period|lag\w*)$"
)


def fillings(function: Any) -> Iterator[tuple]:
    """Yield tuples of positional arguments worth trying, the most natural first."""
    names = _required(function)
    if names is None:
        return
    n = len(names)
    # No two alike: points that coincide and temperatures that are equal are where formulas break down.
    usual = [
        next((v * (1 + 0.037 * i) for pattern, v in USUAL if pattern.match(name)), None) for i, name in enumerate(names)
    ]
    if any(v is not None for v in usual):
        yield tuple(x if v is None else v for v, x in zip(usual, NUMBERS))
    yield NUMBERS[:n]
    whole = [bool(WHOLE.match(name)) for name in names]
    yield tuple(_vector(i) for i in range(n))
    if any(whole) and not all(whole):
        yield tuple(3 if w else x for w, x in zip(whole, NUMBERS))
        yield tuple(2 if w else _vector(i) for i, w in enumerate(whole))
    yield FRACTIONS[:n]
    yield LARGE[:n]
    yield (_matrix(0), *(_vector(i, 3) for i in range(1, n)))
    yield tuple(_matrix(i) for i in range(n))
    if n > 1:
        yield (_vector(0), *NUMBERS[1:n])
        yield (_vector(0), _vector(1), *NUMBERS[2:n])
        yield (*NUMBERS[: n - 1], _vector(1))
        yield (*(_vector(i) for i in range(n - 1)), 2)
        yield (*NUMBERS[: n - 1], 2)
        yield (*(_vector(i, 3) for i in range(n - 1)), _matrix(0))
    yield (_vector(0, 8), *NUMBERS[1:n])
    yield tuple(_vector(i, 16) for i in range(n))
    yield (_vector(0, 3), *(_vector(i, 3) for i in range(1, n)))


def _required(function: Any) -> list[str] | None:
    """Names of the parameters without a default, or ``None`` where floats cannot fill them."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters):
        return None
    names = [p.name for p in parameters if p.kind in kinds and p.default is p.empty]
    if not names:
        names = [p.name for p in parameters if p.kind in kinds and isinstance(p.default, float)][:3]
    if not names and [p.kind for p in parameters][:1] == [inspect.Parameter.VAR_POSITIONAL]:
        names = ["first", "second"]
    return names if 0 < len(names) <= len(NUMBERS) else None


def _vector(seed: int, size: int = 4) -> np.ndarray:
    """Distinct positive numbers, in ascending order where the seed is odd (knots, times)."""
    values = np.round(1.2 + 0.3 * seed + np.sin(1.7 * np.arange(size) + seed) * 0.7 + 0.31 * np.arange(size) / size, 3)
    return np.sort(values) if seed % 2 else values


def _matrix(seed: int) -> np.ndarray:
    lower = np.round(np.cos(np.arange(9.0) * 1.3 + seed).reshape(3, 3) * 0.4, 2)
    return np.round(lower @ lower.T + np.diag([1.0, 1.6, 2.3]) + 0.1 * seed, 3)
