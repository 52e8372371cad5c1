"""The graph of a program: children and weights at a point, in compressed rows."""

from __future__ import annotations

from typing import Any

from adpy import capture
from adpy.api.program_recordings import inputs_of
from adpy.api.rows import recorded
from adpy.errors import ArgumentError, GuardError
from adpy.plain import np
from adpy.reverse.linearize import Linearized, linearize

__all__ = ["Graphs"]


class Graphs:
    """What :class:`adpy.api.program.Program` knows of children and weights."""

    _linearized: Linearized | None = None

    def linearize(self, *args: Any, **kwargs: Any) -> Linearized:
        """Children and weights of everything that the function computes at these arguments.

        Every number and every entry of an array is a row; its children are the rows that it was computed from, its
        weights the partial derivatives with respect to them.  Row 0 stands for all constants.

        Parameters
        ----------
        *args, **kwargs
            Arguments of the function; those with floats and float64 arrays are the inputs.

        Returns
        -------
        Linearized
            With ``indptr`` (int64, shape ``(n + 1,)``), ``children`` (int64), ``weights`` (float64) and, for every
            input and for every result that depends on them, the rows of its entries in its shape: ``inputs`` and
            ``outputs``.  ``adjoints(bars)`` sweeps back.

        Raises
        ------
        ArgumentError
            If there are no inputs, values of another transform among them, or complex numbers in the function.
        GuardError
            If the program was loaded without its function.

        References
        ----------
        A. Griewank, A. Walther, *Evaluating Derivatives*, 2nd ed., SIAM 2008, section 2.2.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: np.sin(x[0]) * x[1], np.array([0.0, 3.0]))
        >>> graph = p.linearize(np.array([0.0, 3.0]))
        >>> rows = slice(*graph.indptr[graph.outputs[0] + np.array([0, 1])])
        >>> graph.weights[rows]                       # of the product: 3 and sin 0
        array([3., 0.])
        >>> graph.adjoints([1.0])
        [array([3., 0.])]
        """
        if self.function is None:
            raise GuardError(
                "this program was loaded without its function, which linearize evaluates. "
                "Give it the function: adpy.load_program(path, function)."
            )
        keys = [i for i, arg in enumerate(args) if inputs_of(arg)] + [k for k, arg in kwargs.items() if inputs_of(arg)]
        if not keys:
            raise ArgumentError("arguments of linearize", "floats or float64 arrays among them", "none")
        if capture.frame() is not None:
            raise ArgumentError("arguments of linearize", "plain numbers and arrays", "values inside of a transform")
        with recorded((self.function, args, kwargs, keys), False) as record:
            try:
                found = linearize(record.tape, [leaf.reference() for leaf in record.active])
            except NotImplementedError as error:
                raise ArgumentError("function", "one of real numbers", str(error)) from None
        self._linearized = found
        return found

    @property
    def children(self) -> np.ndarray:
        """Children of the last :meth:`linearize`, int64: row ``i`` has those from ``indptr[i]`` to ``indptr[i + 1]``.

        Raises
        ------
        ArgumentError
            If there was none.

        Examples
        --------
        >>> import adpy
        >>> p = adpy.record(lambda x: x * x, 3.0)
        >>> graph = p.linearize(3.0)
        >>> p.children, p.weights
        (array([1, 1]), array([3., 3.]))
        """
        return self._last("children").children

    @property
    def weights(self) -> np.ndarray:
        """Weights of the last :meth:`linearize`, float64: one for each of :attr:`children`.

        Raises
        ------
        ArgumentError
            If there was none.

        Examples
        --------
        >>> import adpy
        >>> p = adpy.record(lambda x: x * x, 3.0)
        >>> _ = p.linearize(5.0)
        >>> p.weights
        array([5., 5.])
        """
        return self._last("weights").weights

    def _last(self, name: str) -> Linearized:
        if self._linearized is None:
            raise ArgumentError(name, "a point first: call p.linearize(x)", "no point")
        return self._linearized
