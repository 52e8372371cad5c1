"""Programs: a function with its recordings, and its derivatives by compiled sweeps over them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from adpy.api.forward_mode import jvp
from adpy.api.jacobian import jacobian
from adpy.api.program_directions import matched, seeds_of, tangent_tree
from adpy.api.program_graph import Graphs
from adpy.api.program_kernels import Specialized
from adpy.api.program_lanes import Lanes
from adpy.api.program_recordings import Branch, Recordings, copied, inputs_of
from adpy.api.program_saving import Saving
from adpy.api.quick import MISS, Quick
from adpy.api.reverse_mode import value_and_grad, vjp
from adpy.api.running import check_function
from adpy.api.second_order import direction_of, hessian, hvp, like, matrix_of, unit_columns
from adpy.api.trees import map_leaves
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Program"]


class Program(Recordings, Saving, Lanes, Graphs, Specialized):
    """A function with its recordings; made by :func:`record` and :func:`compile`.

    A call replays the recording whose decisions (branches, counts of loops, indices) hold at the new arguments, and
    records anew where none does.  What cannot be recorded is evaluated as :func:`adpy.grad` and its like do.

    Numbers, containers and arrays from outside the function are constants of a recording; after a change of them the
    function is recorded anew.

    Parameters
    ----------
    function : callable
    argnum : int
        Position of the argument that ``gradient``, ``jacobian``, ``hvp`` and ``hessian`` differentiate.
    recordings : int
        How many recordings are kept; the least recently used ones go.
    specialize : bool or {"hot", "never"}
        When recordings get kernels of their own, see :func:`compile`.
    passes : bool, str, mapping of str to bool, or iterable of str
        What is done to recordings, see :func:`record`.

    Notes
    -----
    May be called from many threads at once.
    """

    def __init__(
        self,
        function: Callable,
        argnum: int = 0,
        recordings: int = 16,
        specialize: bool | str = "hot",
        passes: Any = True,
    ) -> None:
        if function is not None:
            check_function(function)
            functools.update_wrapper(self, function, updated=())
        Recordings.__init__(self, function, recordings, passes)
        self.argnum = argnum
        self._choose(specialize)

    # ---- evaluations

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value of the function.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function.

        Returns
        -------
        object
            What the function returns; arrays of its own.

        Raises
        ------
        GuardError
            If the program was loaded without its function, and no recording holds here; all methods raise it.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x[0] * np.sin(x[1]), np.array([1.0, 2.0]))
        >>> p(np.array([3.0, 0.0]))
        np.float64(0.0)
        """
        found = MISS if kwargs else self._quickly(Quick.value, args)
        if found is not MISS:
            return found
        branch, recording = self._at(args, kwargs)
        if branch is None:
            return self.function(*args, **kwargs)
        with recording:
            return branch.result(recording.outputs())

    def value_and_gradient(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Value and gradient, as of :func:`adpy.value_and_grad`.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function.

        Returns
        -------
        value : float
        gradient : object
            In the structure and shapes of the argument at ``argnum``.

        Raises
        ------
        ArgumentError
            If the result is not one real number.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> adpy.record(lambda x: x**3, 1.0).value_and_gradient(2.0)
        (8.0, 12.0)
        """
        found = MISS if kwargs else self._quickly(Quick.value_and_gradient, args)
        if found is not MISS:
            return found
        branch, recording = self._at(args, kwargs)
        if branch is None:
            return value_and_grad(self.function, self.argnum)(*args, **kwargs)
        with recording:
            self._check_number(branch)
            value = branch.result(recording.outputs())
            bars = recording.cotangents([np.ones(1)] * len(branch.code.outputs))
        return value, self._of_argument(args, kwargs, [bar[..., 0] for bar in bars])

    def gradient(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient, as of :func:`adpy.grad`.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function.

        Returns
        -------
        object
            In the structure and shapes of the argument at ``argnum``.

        Raises
        ------
        ArgumentError
            If the result is not one real number.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: np.sum(x**3), np.ones(2))
        >>> p.gradient(np.array([1.0, 2.0]))
        array([ 3., 12.])
        """
        found = MISS if kwargs else self._quickly(Quick.gradient, args)
        return self.value_and_gradient(*args, **kwargs)[1] if found is MISS else found

    def jvp(self, primals: Any, tangents: Any) -> tuple[Any, Any]:
        """Value and tangent of the result, as of :func:`adpy.jvp`.

        Parameters
        ----------
        primals : object or tuple
            The argument, or a tuple of all arguments.
        tangents : object or tuple
            The same, with tangents.

        Returns
        -------
        value, tangent : object
            In the structure of the result.

        Raises
        ------
        ArgumentError
            If a tangent has not the shape of its primal.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x * x, np.ones(2))
        >>> p.jvp(np.array([1.0, 2.0]), np.array([1.0, 0.5]))
        (array([1., 4.]), array([2., 2.]))
        """
        args = primals if isinstance(primals, tuple) and not hasattr(primals, "_fields") else (primals,)
        dots = tangents if args is primals else (tangents,)
        found = self._quickly(Quick.jvp, args, dots)
        if found is not MISS:
            return found
        branch, recording = self._at(args, {})
        if branch is None:
            return jvp(self.function, primals, tangents)
        with recording:
            value = branch.result(recording.outputs())
            found = recording.tangents([d[..., None] for d in matched(args, dots)])
        return value, tangent_tree(branch, [dot[..., 0] for dot in found])

    def vjp(self, *args: Any) -> tuple[Any, Callable]:
        """Value and pullback, as of :func:`adpy.vjp`; the pullback replays.

        Parameters
        ----------
        *args
            Arguments of the function.

        Returns
        -------
        value : object
        pullback : callable
            Takes a cotangent in the structure of the result, and returns a tuple of cotangents, one an argument; raises
            ArgumentError for a cotangent of another shape.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> value, pullback = adpy.record(lambda x: x * x, np.ones(2)).vjp(np.array([1.0, 2.0]))
        >>> pullback(np.array([1.0, 0.5]))
        (array([2., 2.]),)
        """
        branch, recording = self._at(args, {})
        if branch is None:
            return vjp(self.function, *args)
        with recording:
            value = branch.result(recording.outputs())
        kept = tuple(map_leaves(copied, arg) for arg in args)

        def pullback(y_bar):
            seeds = seeds_of(branch, value, y_bar)
            _, again = self._at(kept, {})
            with again:
                bars = again.cotangents([seed[..., None] for seed in seeds])
            return tuple(self._in_arguments(kept, [bar[..., 0] for bar in bars]))

        return value, pullback

    def hvp(self, x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        """Product of the Hessian with a vector, as of :func:`adpy.hvp`; for the first argument.

        Parameters
        ----------
        x : object
            The first argument: float, float64 array, or a container of them.
        v : object
            In the structure and shapes of ``x``.
        *args, **kwargs
            Further arguments of the function.

        Returns
        -------
        object
            In the structure and shapes of ``x``.

        Raises
        ------
        ArgumentError
            If ``argnum`` is not 0, ``v`` is not like ``x``, or the result is not one real number.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x[0] ** 2 * x[1], np.ones(2))
        >>> p.hvp(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
        array([4., 2.])
        """
        if self.argnum:
            raise ArgumentError("argnum", "0 for hvp and hessian", repr(self.argnum))
        found = MISS if kwargs else self._quickly(Quick.hvp, (x, *args), v)
        if found is not MISS:
            return found
        branch, recording = self._at((x, *args), kwargs)
        if branch is None:
            return hvp(self.function)(x, v, *args, **kwargs)
        with recording:
            self._check_number(branch)
            directions = [dot[..., None] for dot in direction_of(x, v)]
            directions += [np.zeros((*view.shape, 1)) for view in branch.code.inputs[len(directions) :]]
            _, bar_dots = recording.second_order(directions, [1.0] * len(branch.code.outputs))
        return like(x, iter([bar_dot[..., 0] for bar_dot in bar_dots]))

    def hessian(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """The Hessian, as of :func:`adpy.hessian`; for the first argument.

        Parameters
        ----------
        x : object
            The first argument.
        *args, **kwargs
            Further arguments of the function.

        Returns
        -------
        object
            For an array of shape ``s`` an array of shape ``s + s``.

        Raises
        ------
        ArgumentError
            If the result is not one real number.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> adpy.record(lambda x: x[0] ** 2 * x[1], np.ones(2)).hessian(np.array([1.0, 2.0]))
        array([[4., 2.],
               [2., 0.]])
        """
        branch, recording = self._at((x, *args), kwargs)
        if branch is None or not isinstance(x, float | np.ndarray) or self.argnum:
            return hessian(self.function)(x, *args, **kwargs)
        with recording:
            self._check_number(branch)
            return matrix_of(recording, x)

    def jacobian(self, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian, as of :func:`adpy.jacobian`.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function.

        Returns
        -------
        object
            With respect to the argument at ``argnum``; for arrays of shapes ``r`` (result) and ``s`` an array of shape
            ``r + s``.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> adpy.record(lambda x: x * x[0], np.ones(2)).jacobian(np.array([1.0, 2.0]))
        array([[2., 0.],
               [2., 1.]])
        """
        branch, recording = self._at(args, kwargs)
        argument = args[self.argnum]
        if branch is None or not isinstance(argument, float | np.ndarray) or len(branch.places) != 1:
            return jacobian(self.function, self.argnum)(*args, **kwargs)
        with recording:
            recording.replay()
            if not branch.code.outputs:
                return np.zeros(np.shape(branch.places[0][1]) + np.shape(argument))
            number = sum(len(inputs_of(arg)) for arg in args[: self.argnum])
            source, result = branch.code.inputs[number], branch.code.outputs[0]
            columns, rows = int(np.prod(source.shape)), int(np.prod(result.shape))
            found = np.empty((rows, columns))
            if columns <= rows:
                for first, unit in unit_columns(columns, branch.code.active):
                    directions = [np.zeros((*view.shape, unit.shape[1])) for view in branch.code.inputs]
                    directions[number] = unit.reshape(*source.shape, -1)
                    dots = recording.tangents(directions)
                    found[:, first : first + unit.shape[1]] = dots[0].reshape(rows, -1)
            else:
                for first, unit in unit_columns(rows, branch.code.active):
                    bars = recording.cotangents([unit.reshape(*result.shape, -1)])
                    found[first : first + unit.shape[1]] = bars[number].reshape(columns, -1).T
        return found.reshape(result.shape + source.shape)

    def _check_number(self, branch: Branch) -> None:
        """Raise unless the result is one number."""
        if len(branch.places) != 1 or any(view.shape for view in branch.code.outputs):
            shapes = [view.shape for view in branch.code.outputs]
            raise ArgumentError("result of the recorded function", "one real number", f"arrays of shapes {shapes}")

    def _of_argument(self, args: tuple, kwargs: dict, bars: list) -> Any:
        """Cotangents of the differentiated argument in its structure."""
        return self._in_arguments(args, bars)[self.argnum]

    @staticmethod
    def _in_arguments(args: tuple, bars: list) -> list:
        """Cotangents of all arguments in their structures."""
        found = iter(bars)
        return [like(arg, found) for arg in args]

    def stats(self) -> dict[str, Any]:
        """Counts of hits and misses, and what every recording consists of.

        Returns
        -------
        dict
            ``hits``, ``misses``; ``eager``: why some arguments are not recorded; ``recordings``: for each its scalar
            operations, array instructions, groups, calls in Python, guards, bytes of values and of cotangents,
            ``optimised`` (for every pass how many scalar and array operations it removed; None where it removes none),
            ``levels`` (the longest chain of operations), and its kernels.

        Examples
        --------
        >>> import adpy
        >>> p = adpy.record(lambda x: x * x if x > 0 else -x, 2.0)
        >>> p.gradient(3.0), p.gradient(-1.0), p.gradient(4.0)
        (6.0, -1.0, 8.0)
        >>> p.stats()["hits"], p.stats()["misses"]
        (2, 2)
        """
        from adpy.program.levels import levels

        with self._lock:
            branches = [branch.code for found in self._branches.values() for branch in found]
        return {
            "hits": self._hits,
            "misses": self._misses,
            "eager": sorted(set(self._eager.values())),
            "recordings": [code.stats() | {"levels": levels(code)} | self._kernel_stats(code) for code in branches],
        }
