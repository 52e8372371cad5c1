"""Ways to get the Jacobian of a case as one matrix: by adpy in both modes, and by differences."""

from functools import cache

import numpy as np

import adpy
from tests.corpus.differences import Differences, jacobian
from tests.corpus.registry import Case, load
from tests.corpus.trees import flat, float_leaves, rebuilt, split

__all__ = ["by_differences", "by_forward", "by_jacobian", "by_reverse"]


def _active(case: Case, arguments: tuple) -> tuple:
    return tuple(arguments[i] for i in case.argnums)


def _of_active(case: Case, arguments: tuple):
    """The function of the case, of its differentiated arguments only."""

    def function(*active):
        whole = list(arguments)
        for i, value in zip(case.argnums, active):
            whole[i] = value
        return case.function(*whole)

    return function


def _vector(tree) -> np.ndarray:
    return np.concatenate([np.empty(0), *(np.ravel(leaf) for leaf in float_leaves(tree))])


@cache
def by_differences(name: str) -> Differences:
    """The reference: extrapolated differences of the plain function."""
    case = load()[name]
    template = _active(case, case.arguments)

    def function(x):
        arguments = case.fresh()
        return flat(_of_active(case, arguments)(*rebuilt(template, split(x, template))))

    with np.errstate(all="ignore"):
        return jacobian(function, _vector(template))


def by_forward(case: Case, arguments: tuple) -> tuple[object, np.ndarray]:
    """The value and the Jacobian, one jvp per number of the input."""
    active = _active(case, arguments)
    size = _vector(active).size
    columns = []
    for direction in np.eye(size):
        tangents = rebuilt(active, split(direction, active))
        value, tangent = adpy.jvp(_of_active(case, arguments), active, tangents)
        columns.append(flat(tangent))
    return value, np.stack(columns, axis=-1)


def by_reverse(case: Case, arguments: tuple) -> tuple[object, np.ndarray]:
    """The value and the Jacobian, one pullback per number of the output."""
    active = _active(case, arguments)
    value, pullback = adpy.vjp(_of_active(case, arguments), *active)
    rows = [_vector(pullback(seed)) for seed in _seeds(value)]
    return value, np.stack(rows)


def _seeds(value):
    """Cotangents that pick one number of the result after the other."""
    size = len(_vector(value))
    for direction in np.eye(size):
        yield rebuilt(value, split(direction, value))


def by_jacobian(case: Case, arguments: tuple, mode: str) -> np.ndarray:
    """The Jacobian by ``adpy.jacobian``: forward mode carries many directions in one call of the function."""
    blocks = adpy.jacobian(case.function, argnums=case.argnums, mode=mode)(*arguments)
    rows = np.size(case.value)
    return np.hstack([np.reshape(block, (rows, -1)) for block in blocks])
