"""Dense derivatives of functions that cannot be recorded, put into the format of sparse ones."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.api.results import is_number
from adpy.api.running import is_differentiable
from adpy.api.signature import signature
from adpy.api.trees import flatten, rebuild
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, TracedValueError
from adpy.plain import np
from adpy.sparse.arguments import differentiated, keys_of
from adpy.sparse.blocks import laid_out
from adpy.sparse.choosing import colored
from adpy.sparse.pattern import Pattern
from adpy.sparse.verifying import refuse_missing

__all__ = ["Eager", "of_vector", "one_number"]

DENSE = 4096
"""Inputs up to which functions that cannot be recorded are differentiated densely."""


class Eager:
    """What a :class:`~adpy.sparse.prepared.Prepared` has of this."""

    @abstractmethod
    def _dense(self, args: tuple, kwargs: dict, keys: list) -> np.ndarray:
        """The matrix by transforms that need no recording."""

    def _eagerly(self, args: tuple, kwargs: dict, out: Any) -> Any:
        """The result by transforms that need no recording, where it is small enough to be computed densely."""
        key, _ = signature(args, kwargs)
        self._need_function("arguments of this kind")
        keys = keys_of(self.function, args, kwargs, self.argnum)
        columns = sum(int(np.size(leaf)) for _, leaf in differentiated(args, kwargs, keys))
        if columns > DENSE and self.settings.pattern is not None and capture.frame() is None:
            return self._laid_out(self.settings.pattern, self._by_colors(args, kwargs, keys), out)
        if columns > DENSE:
            other = "arguments that are not float64" if key is None else "decisions that hang on rounding"
            other = other if capture.frame() is None else "an enclosing transform"
            reason = self._eager.get(key, other)
            expected = f"one that can be recorded ({reason}), or a pattern=, for more than {DENSE} inputs"
            raise ArgumentError("function", expected, f"{columns} inputs")
        found = self._dense(args, kwargs, keys)
        if type(found) in TRACED_TYPES:
            advice = "Sparse arrays hold plain numbers: write adpy.jacobian or adpy.jvp within other transforms."
            raise TracedValueError("a sparse derivative inside another transform", "", advice)
        return self._from_dense(found, out)

    def _by_colors(self, args: tuple, kwargs: dict, keys: list) -> np.ndarray:
        """The nonzeros of the given pattern by compressed transforms."""
        from adpy.sparse.compression.eager import eager_hessian, eager_jacobian

        settings = self.settings
        function, x = of_vector(self.function, args, kwargs, keys)
        coloring = settings.coloring or colored(settings.pattern, settings)
        if settings.what == "hessian":
            return eager_hessian(one_number(function), x, settings.pattern, coloring)
        return eager_jacobian(function, x, settings.pattern, coloring)

    def _from_dense(self, matrix: np.ndarray, out: Any) -> Any:
        """A dense matrix in the format of results."""
        pattern = self.settings.pattern
        if pattern is None:
            pattern = Pattern.of(matrix != 0)
        elif pattern.shape != matrix.shape:
            raise ArgumentError("pattern", f"one of shape {matrix.shape}", f"shape {pattern.shape}")
        else:
            outside = matrix != 0
            outside[pattern.rows, pattern.indices] = False
            refuse_missing(outside)
        return self._laid_out(pattern, matrix[pattern.rows, pattern.indices], out)

    def _laid_out(self, pattern: Pattern, values: np.ndarray, out: Any) -> Any:
        """Nonzeros in the format of results."""
        format = getattr(out, "format", None)
        chosen = (format,) if format in ("csr", "csc") else (self.settings.format, self.settings.blocksize)
        layout = laid_out(pattern, self.settings.what == "hessian", *chosen)
        data = np.empty(layout.size, values.dtype) if out is None else layout.data_of(out)
        layout.place(values, data)
        return layout.result(data) if out is None else out


def of_vector(function: Callable, args: tuple, kwargs: dict, keys: list) -> tuple[Callable, np.ndarray]:
    """The function of one vector of all that is differentiated, and the vector here; the result is a vector too."""
    arguments = [kwargs[key] if type(key) is str else args[key] for key in keys]
    leaves = [leaf for argument in arguments for path, leaf in flatten(argument) if is_differentiable(leaf)]
    x = np.concatenate([np.ravel(leaf) for leaf in leaves]) if leaves else np.zeros(0)

    def of_one(x):
        first, parts = 0, []
        for leaf in leaves:
            size = int(np.size(leaf))
            part = np.reshape(x[first : first + size], np.shape(leaf)) if np.ndim(leaf) else x[first]
            parts.append(part if x.dtype == np.result_type(leaf) else part.astype(np.result_type(leaf)))
            first += size
        taken = iter(parts)
        positional, named = list(args), dict(kwargs)
        for key, argument in zip(keys, arguments, strict=True):
            held = [next(taken) if is_differentiable(leaf) else leaf for _, leaf in flatten(argument)]
            (named if type(key) is str else positional)[key] = rebuild(argument, iter(held).__next__)
        y = function(*positional, **named)
        found = [np.ravel(leaf) for _, leaf in flatten(y) if is_number(leaf)]
        return np.concatenate(found) if found else np.zeros(0)

    return of_one, x


def one_number(function: Callable) -> Callable:
    """A function of one vector that returns a vector of length one, as one that returns its entry."""

    def of_one(x):
        y = function(x)
        if y.shape != (1,):
            raise ArgumentError("result of the function", "one real number", f"{y.size} numbers")
        return y[0]

    return of_one
