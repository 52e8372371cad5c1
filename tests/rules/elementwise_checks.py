"""Checks that hold for every elementwise row; the test modules run them over the whole table."""

import itertools

import numpy as np

import adpy
from adpy.rules.table import Elementwise
from tests.rules.mp_references import PRIMALS, derivative

__all__ = [
    "check_complex",
    "check_float32",
    "check_partials",
    "check_second",
    "check_second_at",
    "check_slices",
    "check_special",
    "difference",
    "samples",
]

EPS = np.finfo(float).eps


def samples(row: Elementwise, count: int = 12) -> list[np.ndarray]:
    """Seeded points of the row's domain: one array per operand."""
    rng = np.random.default_rng(len(row.name))
    return [
        rng.integers(low, high + 1, count) if isinstance(low, int) else rng.uniform(low, high, count)
        for low, high in row.domain
    ]


def _evaluate(row: Elementwise, operands) -> tuple[tuple, np.ndarray]:
    with np.errstate(all="ignore"):
        y = row.function(*operands)
        return row.partials(*operands, y), y


def difference(function, operands, i, step=1e-2):
    """Central differences, extrapolated."""
    table = []
    for k in range(6):
        h = step / 2**k
        up, down = list(operands), list(operands)
        up[i], down[i] = operands[i] + h, operands[i] - h
        table.append((function(*up) - function(*down)) / (2 * h))
    for k in range(1, 6):
        table = [(4**k * b - a) / (4**k - 1) for a, b in itertools.pairwise(table)]
    return table[0]


def check_partials(row: Elementwise, rtol: float = 1e-13) -> None:
    """Every partial equals the derivative of the primal, at sampled points of the domain.

    ``rtol`` is relative to the largest derivative among the samples of one operand.
    """
    operands = samples(row)
    partials, _ = _evaluate(row, operands)
    assert len(partials) == len(operands), row.name
    for i, partial in enumerate(partials):
        if partial is None:
            continue
        partial = np.broadcast_to(partial, operands[i].shape)
        if row.name in PRIMALS:
            expected = [derivative(PRIMALS[row.name], point, i) for point in zip(*operands, strict=True)]
            tolerance = rtol
        else:
            expected = difference(row.function, operands, i)
            tolerance = max(rtol, 1e-9)
        scale = max(np.max(np.abs(expected)), EPS)
        np.testing.assert_allclose(
            partial, expected, rtol=0, atol=tolerance * scale, err_msg=f"{row.name}, operand {i} at {operands}"
        )


def check_special(row: Elementwise) -> None:
    """The partials are what the row promises at its special points, on arrays and on scalars."""
    for point, expected in row.special:
        point, expected = (x if isinstance(x, tuple) else (x,) for x in (point, expected))
        partials, y = _evaluate(row, [np.array([x]) for x in point])
        for slice_, partial, value in zip(row.slices, partials, expected, strict=True):
            if value is None:
                assert partial is None
                continue
            message = f"{row.name} at {point}, operand {slice_.position}"
            np.testing.assert_allclose(np.broadcast_to(partial, (1,)), [value], rtol=16 * EPS, err_msg=message)
            scalar = slice_.scalar_weight(point, y[0].item())
            np.testing.assert_allclose(scalar, value, rtol=16 * EPS, err_msg=message)


def check_slices(row: Elementwise) -> None:
    """Each slice equals its part of the whole rule, reads only what it declares, and agrees on Python floats."""
    operands = samples(row)
    partials, y = _evaluate(row, operands)
    for whole, part in zip(partials, row.slices, strict=True):
        if whole is None:
            assert part.function is None and part.constant is None
            continue
        read = [x if k in part.reads else None for k, x in enumerate([*operands, y])]
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(part.function(*read), whole, err_msg=row.name)
        if part.constant is not None:
            assert np.all(np.asarray(whole) == part.constant) and not part.reads
        scale = np.max(np.abs(whole))
        expected = np.broadcast_to(whole, y.shape).tolist()
        points = zip(*(x.tolist() for x in operands), strict=True)
        weights = [part.scalar_weight(point, result) for point, result in zip(points, y.tolist(), strict=True)]
        np.testing.assert_allclose(weights, expected, rtol=8 * EPS, atol=8 * EPS * scale, err_msg=row.name)


def check_float32(row: Elementwise) -> None:
    """Partials of float32 operands have the result's dtype, or are exact in it."""
    operands = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in samples(row)]
    partials, y = _evaluate(row, operands)
    for partial in partials:
        if isinstance(partial, np.ndarray) and partial.dtype != y.dtype:
            np.testing.assert_array_equal(partial, partial.astype(y.dtype), err_msg=row.name)


def check_complex(row: Elementwise, rtol: float = 1e-9) -> None:
    """Partials at complex operands are complex derivatives (along the real and the imaginary direction)."""
    rng = np.random.default_rng(7)
    operands = [x + 1j * rng.uniform(0.2, 1.0, x.shape) * rng.choice([-1, 1], x.shape) for x in samples(row)]
    partials, _ = _evaluate(row, operands)
    for i, partial in enumerate(partials):
        if partial is None:
            continue
        for step in (1e-2, 1e-2j):
            expected = difference(row.function, operands, i, step)
            scale = np.max(np.abs(expected))
            partial = np.broadcast_to(partial, operands[i].shape)
            np.testing.assert_allclose(partial, expected, rtol=0, atol=rtol * scale, err_msg=row.name)


def check_second(row: Elementwise) -> None:
    """Differentiating the partials, with the rows of the functions that they use, gives the second derivatives."""
    operands = [x[:3] for x in samples(row)]
    for part in row.slices:
        if part.constant is None and part.function is not None:
            for i, other in enumerate(row.slices):
                if other.function is not None:
                    _check_mixed(row, part, operands, i)


def _check_mixed(row, part, operands, i) -> None:
    def partial(*arguments):
        return np.real(part.function(*arguments, row.function(*arguments)))

    def total(x):
        return np.sum(partial(*operands[:i], x, *operands[i + 1 :]))

    found = adpy.grad(total)(operands[i])
    if row.name in PRIMALS:
        wanted = [derivative(PRIMALS[row.name], point, part.position, i).real for point in zip(*operands, strict=True)]
        rtol = 1e-11
    else:
        wanted = difference(partial, operands, i)
        rtol = 1e-7
    scale = max(np.max(np.abs(wanted)), 1e-20)
    message = f"{row.name}, operands {part.position} and {i} at {operands}"
    np.testing.assert_allclose(found, wanted, rtol=0, atol=rtol * scale, err_msg=message)


def check_second_at(row: Elementwise, point, i: int, j: int, expected: float) -> None:
    """One second derivative at one point, on arrays."""
    operands = [np.array([x]) for x in point]

    def partial(x):
        arguments = [*operands[:j], x, *operands[j + 1 :]]
        return np.sum(row.slices[i].function(*arguments, row.function(*arguments)))

    np.testing.assert_allclose(adpy.grad(partial)(operands[j]), [expected], rtol=1e-13, atol=1e-13)
