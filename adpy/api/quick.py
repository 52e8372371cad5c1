"""Quick calls: what a recording needs of common arguments, written out as Python functions once.

Telling which recording arguments belong to, finding the inputs in them, and putting results together takes tens of
microseconds where trees are walked.  For numbers, float64 arrays, and tuples, lists and dictionaries of them, all of
it is known after the first call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.capture import frame as active_trace
from adpy.plain import np
from adpy.program import sweeps

__all__ = ["MISS", "Quick"]

MISS = object()
"""What a quick call gives that cannot tell."""

LEAVES = 500
"""Inputs up to which functions are written: their compilation takes 30 µs each."""

_STATIC = frozenset([int, bool, str, type(None)])


class Quick:
    """A recording for arguments of one structure.

    Parameters
    ----------
    branch : Branch
    around : tuple or None
        State of the surroundings for which the recording holds.
    functions : tuple
        ``enter(args, inputs)`` writes the inputs to a frame, and answers whether the arguments are of this structure;
        ``result(outputs)`` is the result of the function, None where it is of an uncommon kind; ``gradient(bars)`` is
        the cotangent of the differentiated argument, None unless the result is one number; and the number of inputs in
        the first argument.
    """

    __slots__ = ("_enter", "_first", "_gradient", "_result", "around", "branch", "code", "key")

    def __init__(self, key: tuple, branch: Any, around: Any, functions: tuple) -> None:
        self.key, self.branch, self.around, self.code = key, branch, around, branch.code
        self._enter, self._result, self._gradient, self._first = functions

    @classmethod
    def of(cls, key: tuple, branch: Any, around: Any, args: tuple, argnum: int) -> Quick | None:
        """Quick calls of a recording with these arguments, if they are of the common kinds."""
        if branch.quick is None:
            branch.quick = _written(branch, args, argnum) or ()
        return cls(key, branch, around, branch.quick) if branch.quick else None

    def value(self, around: Any, args: tuple) -> Any:
        """The value of the function, or MISS."""
        if self._result is None or around is not self.around or active_trace() is not None:
            return MISS
        code = self.code
        frame = code.take_frame()
        try:
            if self._enter(args, frame.inputs) and sweeps.replay(code, frame):
                return self._result(frame.outputs)
        except sweeps.ERRORS:
            pass  # an error in a branch that does not hold is none
        finally:
            code.give_frame(frame)
        return MISS

    def gradient(self, around: Any, args: tuple) -> Any:
        """The gradient, or MISS."""
        found = self._differentiated(around, args, None)
        return found if found is MISS else found[1]

    def value_and_gradient(self, around: Any, args: tuple) -> Any:
        """Value and gradient, or MISS."""
        return self._differentiated(around, args, self._result)

    def _differentiated(self, around: Any, args: tuple, result: Callable | None) -> Any:
        if self._gradient is None or around is not self.around or active_trace() is not None:
            return MISS
        code = self.code
        frame = code.take_frame()
        try:
            if self._enter(args, frame.inputs) and sweeps.differentiate(code, frame, result is not None):
                return result and result(frame.outputs), self._gradient(frame.ends["bars"][0])
        finally:
            code.give_frame(frame)
        return MISS

    def jvp(self, around: Any, args: tuple, dots: tuple) -> Any:
        """Value and tangent, or MISS."""
        if self._result is None or around is not self.around or active_trace() is not None:
            return MISS
        code = self.code
        frame = code.take_frame()
        try:
            if self._enter(args, frame.inputs):
                inputs, outputs = frame.directions(code)
                if self._enter(dots, inputs) and sweeps.push(code, frame):
                    return self._result(frame.outputs), self._result(outputs)
        finally:
            code.give_frame(frame)
        return MISS

    def hvp(self, around: Any, args: tuple, v: Any) -> Any:
        """Product of the Hessian with a vector, with respect to the first argument, or MISS."""
        if self._gradient is None or around is not self.around or active_trace() is not None:
            return MISS
        code = self.code
        frame = code.take_frame()
        try:
            if self._enter(args, frame.inputs):
                inputs, _ = frame.directions(code)
                if self._enter((v, *args[1:]), inputs):
                    for dot in inputs[self._first :]:
                        dot[...] = 0.0
                    if sweeps.multiply(code, frame):
                        return self._gradient(frame.ends["turns"][0])
        finally:
            code.give_frame(frame)
        return MISS


class _Text:
    """Python functions being written."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"ndarray": np.ndarray, "float64": np.float64, "F8": np.dtype(float)}
        self.count = 0

    def name(self, value: Any = None) -> str:
        """A new name, for a constant if one is given."""
        self.count += 1
        found = f"_{self.count}"
        if value is not None:
            self.scope[found] = value
        return found

    def function(self, head: str, lines: list[str]) -> Callable:
        """A function compiled."""
        exec("\n".join([f"def {head}:", *["    " + line for line in lines]]), self.scope)
        return self.scope.pop(head.partition("(")[0])


def _written(branch: Any, args: tuple, argnum: int) -> tuple | None:
    """The functions of a recording, or None."""
    text = _Text()
    checks = [f"if len(args) != {len(args)}: return False"]
    writes: list[str] = []
    leaves: list[str] = []  # how the cotangent of each input becomes part of a result
    names = [text.name() for _ in args]
    checks += [f"{''.join([name + ', ' for name in names])} = args"] if args else []
    gradient, first = None, 0
    for position, (name, arg) in enumerate(zip(names, args, strict=True)):
        expression = _entered(text, name, arg, checks, writes, leaves)
        if expression is None:
            return None
        if position == 0:
            first = len(leaves)
        if position == argnum:
            gradient = expression
    if len(leaves) != len(branch.code.inputs) or len(leaves) > LEAVES:
        return None
    unpack = f"{''.join([f'i{k}, ' for k in range(len(leaves))])} = inputs"
    enter = text.function("enter(args, inputs)", [*checks, *([unpack] if leaves else []), *writes, "return True"])
    result = _resulting(text, branch)
    number = len(branch.places) == 1 and len(branch.code.outputs) == 1 and not branch.code.outputs[0].shape
    if gradient is None or result is None or not number:
        return enter, result, None, 0
    return enter, result, text.function("gradient(bars)", [f"return {gradient}"]), first


def _entered(text: _Text, name: str, x: Any, checks: list, writes: list, leaves: list) -> str | None:
    """Checks and copies of an argument, and its cotangent as an expression; None where it is of no common kind."""
    kind = type(x)
    if kind is float or kind is np.float64 or kind is np.ndarray:
        k = len(leaves)
        if kind is np.ndarray:
            if x.dtype != np.float64:
                return None
            checks.append(f"if type({name}) is not ndarray or {name}.dtype is not F8 or {name}.shape != {x.shape}:")
            writes.append(f"i{k}[...] = {name}")
            leaves.append(f"bars[{k}].copy()")
        else:
            checks.append(f"if type({name}) is not {kind.__name__}:")
            writes.append(f"i{k}[()] = {name}")
            leaves.append(f"bars[{k}]{'.item()' if kind is float else '[()]'}")
        checks.append("    return False")
        return leaves[-1]
    if kind in _STATIC:
        checks.append(f"if type({name}) is not {text.name(kind)} or {name} != {x!r}: return False")
        return "None"
    if kind is dict:
        if not all(type(key) is str for key in x):
            return None
        keys = text.name(list(x))
        checks.append(f"if type({name}) is not dict or list({name}) != {keys}: return False")
        items = [f"{name}[{key!r}]" for key in x]
    elif kind is tuple or kind is list:
        checks.append(f"if type({name}) is not {kind.__name__} or len({name}) != {len(x)}: return False")
        items = [f"{name}[{i}]" for i in range(len(x))]
    else:
        return None
    parts = []
    for item, part in zip(items, x.values() if kind is dict else x, strict=True):
        inner = text.name()
        checks.append(f"{inner} = {item}")
        expression = _entered(text, inner, part, checks, writes, leaves)
        if expression is None:
            return None
        parts.append(expression)
    return _container(kind, list(x) if kind is dict else [], parts)


def _container(kind: type, keys: list, parts: list[str]) -> str:
    """A tuple, list or dictionary as an expression."""
    if kind is dict:
        return "{" + ", ".join([f"{key!r}: {part}" for key, part in zip(keys, parts, strict=True)]) + "}"
    inner = "".join([part + ", " for part in parts])
    return f"({inner})" if kind is tuple else f"[{inner}]"


def _resulting(text: _Text, branch: Any) -> Callable | None:
    """A function that puts the result together, or None."""
    places = iter(branch.places)

    def expression(tree):
        kind = type(tree)
        if tree is None:
            place, leaf = next(places)
            if place is None:
                return None
            if branch.code.outputs[place].shape or leaf not in (float, np.float64):
                return f"outputs[{place}].copy()"
            return f"outputs[{place}]{'.item()' if leaf is float else '[()]'}"
        if kind is dict and all(type(key) is str for key in tree):
            parts = [expression(x) for x in tree.values()]
        elif kind is tuple or kind is list:
            parts = [expression(x) for x in tree]
        else:
            return None
        return None if None in parts else _container(kind, list(tree) if kind is dict else [], parts)

    found = expression(branch.tree)
    return None if found is None else text.function("result(outputs)", [f"return {found}"])
