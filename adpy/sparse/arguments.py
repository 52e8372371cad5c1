"""Arguments: which inputs of a recording are differentiated, and how many rows and columns that makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from adpy.api.program_recordings import Branch, inputs_of
from adpy.api.results import described, is_number
from adpy.api.running import is_differentiable, refuse_input, select
from adpy.api.trees import flatten
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = [
    "Rows",
    "check_argnum",
    "check_one_number",
    "differentiated",
    "input_numbers",
    "keys_of",
    "named_leaves",
    "row_counts",
]


class Rows(NamedTuple):
    """Rows of one number or array in the result; without ``place`` it is constant, else an output of the code."""

    path: str
    count: int
    place: int | None = None


def check_argnum(argnum: Any) -> None:
    """Raise ArgumentError unless ``argnum`` is a position or a tuple of positions."""
    numbers = argnum if isinstance(argnum, tuple | list) else (argnum,)
    if not numbers or not all(isinstance(k, int | np.integer) and not isinstance(k, bool) for k in numbers):
        raise ArgumentError("argnum", "a position or a tuple of positions", repr(argnum))
    if len(set(numbers)) < len(numbers):
        raise ArgumentError("argnum", "positions that differ", repr(argnum))


def keys_of(function: Callable | None, args: tuple, kwargs: dict, argnum: Any) -> list:
    """Keys of the differentiated arguments: positions, names of those passed by name."""
    try:
        return select(function, args, kwargs, argnum, None)
    except ArgumentError as error:
        raise ArgumentError("argnum", error.expected, error.got) from None


def differentiated(args: tuple, kwargs: dict, keys: list) -> list[tuple[str, Any]]:
    """``(path, leaf)`` of everything that is differentiated, in the order of the columns.

    Raises
    ------
    ArgumentError
        If an argument is a whole number or the like, or a container without floating-point numbers.
    """
    found = []
    for key in keys:
        argument, name = (kwargs[key], f"argument {key!r}") if type(key) is str else (args[key], f"argument {key}")
        leaves = flatten(argument)
        varied = [(name + path, leaf) for path, leaf in leaves if is_differentiable(leaf)]
        if leaves and not varied:
            if not leaves[0][0]:
                refuse_input(leaves[0][1], name)
            expected = "floating-point numbers (write 2.0 instead of 2; whole numbers, names and flags are constants)"
            raise ArgumentError(name, expected, f"none among {len(leaves)} leaves")
        found += varied
    return found


def input_numbers(args: tuple, kwargs: dict, keys: list) -> list[int]:
    """Numbers of the differentiated inputs among all inputs of a recording."""
    first, firsts = 0, {}
    for name, arg in (*enumerate(args), *sorted(kwargs.items())):
        count = len(inputs_of(arg))
        firsts[name] = range(first, first + count)
        first += count
    return [number for key in keys for number in firsts[key]]


def named_leaves(args: tuple, kwargs: dict, keys: list) -> list[tuple[str, int]]:
    """Path and size of everything that is differentiated, in the order of the columns."""
    found = []
    for key in keys:
        prefix = str(key) if len(keys) > 1 else ""
        leaves = flatten(kwargs[key] if type(key) is str else args[key])
        found += [(prefix + path, int(np.size(leaf))) for path, leaf in leaves if is_differentiable(leaf)]
    return found


def row_counts(branch: Branch) -> list[Rows]:
    """The rows of every number or array in the result."""
    found = []
    for (path, _), (place, leaf) in zip(flatten(branch.tree), branch.places, strict=True):
        if place is not None:
            found.append(Rows(path, int(np.prod(branch.code.outputs[place].shape)), place))
        elif is_number(leaf):
            found.append(Rows(path, int(np.size(leaf))))
    return found


def check_one_number(branch: Branch) -> None:
    """Raise ArgumentError unless the result is one real number."""
    found = [leaf if place is None else np.empty(branch.code.outputs[place].shape) for place, leaf in branch.places]
    if len(found) != 1 or np.shape(found[0]) != () or not is_number(found[0]) or np.iscomplexobj(found[0]):
        got = described(found[0]) if len(found) == 1 else f"{len(found)} results"
        raise ArgumentError("result of the differentiated function", "one real number", got)
