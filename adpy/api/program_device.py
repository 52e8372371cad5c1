"""Programs on a CUDA device: the evaluations of a program there, with arrays of the host or of the device."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from adpy.api.program import Program
from adpy.api.program_recordings import python_value
from adpy.api.quick import MISS
from adpy.api.running import is_differentiable
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.errors import ArgumentError
from adpy.plain import np
from adpy.program.device_arrays import adopted, is_device_array, on_host, stand_in

__all__ = ["DeviceProgram", "HostProgram"]

HostProgram = Program
_standing: ContextVar[dict[int, Any] | None] = ContextVar("adpy_device_arrays", default=None)
"""Arrays of the device by the stand-ins that are in their place while a recording is looked for."""


class DeviceProgram(Program):
    """A program whose recordings run on a CUDA device; made by :meth:`adpy.Program.to`.

    Arrays of the device among the arguments are read where they are, and results and derivatives are then arrays of the
    device; a new recording needs them on the host once.  Jacobians and Hessians are always the host's.
    """

    _device = "cuda", np.float64

    # ---- recordings

    def _quickly(self, what: Callable, *args: Any) -> Any:
        """There are no shorter ways to the device."""
        return MISS

    _masks = False

    def _values(self, code: Any, inputs: list) -> Any:
        """A code with its values on the device."""
        from adpy.program.device_recording import DeviceRecording

        standing = _standing.get() or {}
        return DeviceRecording(code, [standing.get(id(x), x) for x in inputs], self._device[1])

    def _recorded_from(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        """Arguments on the host."""
        return _copied(args), _copied(kwargs)

    def _remember_call(self, key: tuple, branch: Any, around: tuple | None, args: tuple) -> None:
        """There are no shorter ways to the device."""

    def _there(self, what: Callable, args: tuple, kwargs: dict) -> tuple[bool, Any]:
        """``what(branch, recording, args)`` with stand-ins in the place of arrays of the device.

        Returns whether there was a recording; if not, the arguments on the host come in the place of a result.
        """
        standing: dict[int, Any] = {}

        def placed(leaf):
            if not is_device_array(leaf):
                return leaf
            found = stand_in(leaf)
            standing[id(found)] = leaf
            return found

        args = tuple([map_leaves(placed, arg) for arg in args])
        kwargs = {name: map_leaves(placed, arg) for name, arg in kwargs.items()}
        token = _standing.set(standing)
        try:
            branch, recording = self._at(args, kwargs)
            if branch is None:
                return False, (_copied(args), _copied(kwargs))
            with recording:
                return True, what(branch, recording, args)
        finally:
            _standing.reset(token)

    # ---- evaluations

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value of the function."""
        if not _any_there(args, kwargs):
            return super().__call__(*args, **kwargs)
        there, found = self._there(lambda branch, at, _: branch.result(at.outputs(True)), args, kwargs)
        return found if there else super().__call__(*found[0], **found[1])

    def value_and_gradient(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Value and gradient, as of :func:`adpy.value_and_grad`."""
        if not _any_there(args, kwargs):
            return super().value_and_gradient(*args, **kwargs)

        def both(branch, at, args):
            self._check_number(branch)
            value = branch.result(at.outputs(True))
            bars = at.cotangents([np.ones(1)] * len(branch.code.outputs), True)
            return value, _in_arguments(args, bars)[self.argnum]

        there, found = self._there(both, args, kwargs)
        return found if there else super().value_and_gradient(*found[0], **found[1])

    def jvp(self, primals: Any, tangents: Any) -> tuple[Any, Any]:
        """Value and tangent of the result, as of :func:`adpy.jvp`."""
        if not _any_there((primals, tangents), {}):
            return super().jvp(primals, tangents)
        single = not isinstance(primals, tuple) or hasattr(primals, "_fields")
        args, dots = ((primals,), (tangents,)) if single else (primals, tangents)

        def pushed(branch, at, args):
            value = branch.result(at.outputs(True))
            found = iter(at.tangents(_columns(args, dots, "tangents"), True))
            leaves = [
                python_value(next(found), leaf) if place is not None else _nothing(leaf)
                for place, leaf in branch.places
            ]
            return value, rebuild(branch.tree, iter(leaves).__next__)

        there, found = self._there(pushed, args, {})
        if there:
            return found
        dots = tuple([map_leaves(_host, dot) for dot in dots])
        return super().jvp(found[0][0], dots[0]) if single else super().jvp(found[0], dots)

    def vjp(self, *args: Any) -> tuple[Any, Callable]:
        """Value and pullback, as of :func:`adpy.vjp`; the pullback replays."""
        if not _any_there(args, {}):
            return super().vjp(*args)
        args = tuple([map_leaves(_kept, arg) for arg in args])
        there, value = self._there(lambda branch, at, _: branch.result(at.outputs(True)), args, {})
        if not there:
            return super().vjp(*value[0])

        def pullback(y_bar):
            def pulled(branch, at, args):
                bars = [
                    bar for (place, _), (_, bar) in zip(branch.places, flatten(y_bar), strict=True) if place is not None
                ]
                seeds = _with_axis(bars, branch.code.outputs, "y_bar")
                return tuple(_in_arguments(args, at.cotangents(seeds, True)))

            return self._there(pulled, args, {})[1]

        return value, pullback

    def hvp(self, x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        """Product of the Hessian with a vector, as of :func:`adpy.hvp`; for the first argument."""
        if not _any_there((x, v, args), kwargs):
            return super().hvp(x, v, *args, **kwargs)
        if self.argnum:
            raise ArgumentError("argnum", "0 for hvp and hessian", repr(self.argnum))

        def product(branch, at, args):
            self._check_number(branch)
            directions = _columns(args[:1], (v,), "v")
            directions += [np.zeros((*view.shape, 1)) for view in branch.code.inputs[len(directions) :]]
            _, turns = at.second_order(directions, [1.0] * len(branch.code.outputs), True)
            return _in_arguments(args[:1], turns)[0]

        there, found = self._there(product, (x, *args), kwargs)
        return found if there else super().hvp(found[0][0], map_leaves(_host, v), *found[0][1:], **found[1])

    def jacobian(self, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian, as of :func:`adpy.jacobian`; an array of the host."""
        return super().jacobian(*_copied(args), **_copied(kwargs))

    def hessian(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """The Hessian, as of :func:`adpy.hessian`; an array of the host."""
        return super().hessian(_copied((x,))[0], *_copied(args), **_copied(kwargs))


def _any_there(args: tuple, kwargs: dict) -> bool:
    """Is there an array of the device among the arguments?"""
    return any(is_device_array(leaf) for arg in (*args, *kwargs.values()) for _, leaf in flatten(arg))


def _host(leaf: Any) -> Any:
    """A leaf as the plain function takes it."""
    leaf = (_standing.get() or {}).get(id(leaf), leaf)
    return on_host(leaf) if is_device_array(leaf) else leaf


def _kept(leaf: Any) -> Any:
    """A copy of an array, where it is."""
    if not is_device_array(leaf):
        return leaf.copy() if isinstance(leaf, np.ndarray) else leaf
    from numba import cuda

    array = adopted(leaf)
    copy = cuda.device_array(array.shape, array.dtype)
    copy.copy_to_device(array)
    return copy


def _copied(args: Any) -> Any:
    """Arguments with copies of the arrays of the device."""
    if isinstance(args, dict):
        return {name: map_leaves(_host, arg) for name, arg in args.items()}
    return tuple([map_leaves(_host, arg) for arg in args])


def _in_arguments(args: tuple, bars: list) -> list:
    """Cotangents of all arguments in their structures."""
    found = iter(bars)
    return [map_leaves(lambda leaf: next(found) if is_differentiable(leaf) else None, arg) for arg in args]


def _columns(args: tuple, dots: tuple, name: str) -> list:
    """Tangents of the differentiable leaves of some arguments: with an axis for the direction those of the host."""
    found = []
    for i, (arg, dot) in enumerate(zip(args, dots, strict=True)):
        for (path, leaf), (_, tangent) in zip(flatten(arg), flatten(dot), strict=True):
            if is_differentiable(leaf):
                found += _with_axis([tangent], [leaf], f"{name}[{i}]{path}")
    return found


def _with_axis(arrays: list, like: list, name: str) -> list:
    """Arrays of the shapes of others; those of the host with an axis for the direction."""
    found = []
    for array, other in zip(arrays, like, strict=True):
        there = is_device_array(array)
        shape = stand_in(array).shape if there else np.shape(array)
        expected = getattr(other, "shape", ())
        if shape != tuple(expected):
            raise ArgumentError(name, f"shape {tuple(expected)}", f"shape {shape}")
        found.append(array if there else np.asarray(array, float)[..., None])
    return found


def _nothing(leaf: Any) -> Any:
    """The tangent of a result that does not depend on the inputs."""
    return np.zeros(np.shape(leaf))[()] if isinstance(leaf, np.ndarray | float) else leaf
