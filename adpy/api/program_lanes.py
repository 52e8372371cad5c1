"""Lanes of a program: values and gradients at many points at once.  The methods batch and batch_gradient."""

from __future__ import annotations

from typing import Any

from adpy.api.lane_arguments import check_device, device_of
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Lanes"]


class Lanes:
    """The methods of a program for many points at once."""

    _device: tuple[str, type] = ("cpu", np.float64)

    def to(self, device: str, dtype: Any = np.float64) -> Any:
        """This program on another device; recordings are shared.

        On a CUDA device all evaluations run there, and take and give arrays of the device too: what has
        ``__cuda_array_interface__`` (CuPy, PyTorch, Numba) is read where it is, and the results are Numba's device
        arrays, which have that interface.

        Parameters
        ----------
        device : {"cpu", "cuda"}
        dtype : numpy.float64 or numpy.float32
            Precision of values and derivatives on a CUDA device.

        Returns
        -------
        Program

        Raises
        ------
        DeviceError
            If there is no such device.
        OptionalDependencyError
            If ``adpy[cuda]`` is not installed.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x * x, 1.0).to("cpu")
        >>> p.batch_gradient(np.array([1.0, 2.0]))
        array([2., 4.])
        """
        check_device(device)
        if np.dtype(dtype) not in (np.float64, np.float32) or (device == "cpu" and np.dtype(dtype) != np.float64):
            raise ArgumentError("dtype", "float64, or float32 on a CUDA device", repr(dtype))
        from adpy.api.program_device import DeviceProgram, HostProgram

        other = object.__new__(DeviceProgram if device == "cuda" else HostProgram)
        other.__dict__.update(self.__dict__)
        other._device = device, np.dtype(dtype).type
        return other

    def _batch(self, gradient: bool, args: tuple, kwargs: dict, *settings: Any) -> tuple[Any, Any]:
        """Values and gradients; ``settings`` are in_axes, reduce, parallel and device."""
        if device_of(self, settings[-1])[0] == "cuda":
            from adpy.api.lanes_device import DeviceBatch as Batch
        else:
            from adpy.api.lane_batch import Batch
        return Batch(self, args, kwargs, *settings, gradient).run()

    def batch(
        self,
        *args: Any,
        in_axes: Any = 0,
        reduce: str | None = None,
        parallel: bool = False,
        device: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Values at many points: lanes of the compiled program run side by side.

        Lanes that decide otherwise than the recordings (another branch, another count of loops) are recorded anew, the
        first of them, and run with all that decide like it.

        Parameters
        ----------
        *args
            Arguments of the function, the arrays with one more axis for the lanes; for a float, an array with one axis.
        in_axes : int, None, or a tuple of such
            The axis of the lanes in every array of an argument; None for an argument that all lanes share.
        reduce : {None, "sum", "mean"}
            The sum or mean over all lanes, without storing theirs.
        parallel : bool
            Use all processors.
        device : {None, "cpu", "cuda"}
            Where the lanes run; None for the program's own device, see :meth:`to`.
        **kwargs
            Keyword arguments, which all lanes share.

        Returns
        -------
        The result of the function, each number an array whose first axis are the lanes.

        Raises
        ------
        ArgumentError
            If no argument has lanes, their numbers differ, or the results of lanes have different structures or shapes.
        DeviceError
            If the device is not there, or the program calls functions that it does not have.
        OptionalDependencyError
            If ``adpy[cuda]`` is not installed.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x[0] * x[1] if x[0] > 0 else x[1], np.ones(2))
        >>> p.batch(np.array([[1.0, 2.0], [-1.0, 5.0], [3.0, 4.0]]))
        array([ 2.,  5., 12.])
        """
        return self._batch(False, args, kwargs, in_axes, reduce, parallel, device)[0]

    def batch_gradient(
        self,
        *args: Any,
        in_axes: Any = 0,
        reduce: str | None = None,
        parallel: bool = False,
        device: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """The gradient in every lane; arguments as of :meth:`batch`.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda w, x: np.tanh(w @ x) ** 2, np.zeros(2), np.zeros(2))
        >>> X = np.array([[1.0, 0.0], [0.0, 2.0]])
        >>> p.batch_gradient(np.ones(2), X, in_axes=(None, 0)).shape
        (2, 2)
        >>> p.batch_gradient(np.ones(2), X, in_axes=(None, 0), reduce="mean").shape
        (2,)
        """
        return self._batch(True, args, kwargs, in_axes, reduce, parallel, device)[1]

    def batch_value_and_gradient(
        self,
        *args: Any,
        in_axes: Any = 0,
        reduce: str | None = None,
        parallel: bool = False,
        device: str | None = None,
        **kwargs: Any,
    ) -> tuple[Any, Any]:
        """Value and gradient in every lane; arguments as of :meth:`batch`.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: x**3, 1.0)
        >>> p.batch_value_and_gradient(np.array([1.0, 2.0]))
        (array([1., 8.]), array([ 3., 12.]))
        """
        return self._batch(True, args, kwargs, in_axes, reduce, parallel, device)
