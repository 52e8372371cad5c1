"""Programs with kernels of their own: ``Program.specialize``."""

from __future__ import annotations

from typing import Any

__all__ = ["Specialized"]


class Specialized:
    """What :class:`adpy.api.program.Program` knows of generated kernels."""

    _background: bool | None = None
    """Whether kernels are compiled in a thread; None: there are none."""

    def specialize(self, background: bool = False) -> Any:
        """Generate and compile kernels for every recording, those that will be made included.

        The interpreters that run a program otherwise look at every instruction.  Kernels are the program's own loops:
        repeated scalar operations (a step in time, a term of a sum) become a loop, elementwise operations over the
        same axes one loop nest with intermediate results in registers.  What is too long stays with the interpreters.

        They serve values, gradients, and products with one tangent, cotangent or vector.  Compiling takes about a
        second for each kind of sweep, when it is first used; ``stats()`` says what was compiled.

        Parameters
        ----------
        background : bool
            Compile in a thread, and let the interpreters run until it is done.

        Returns
        -------
        Program
            The program itself.

        Examples
        --------
        >>> import numpy as np, adpy
        >>> p = adpy.record(lambda x: np.sum(np.exp(-x * x)), np.ones(3)).specialize()
        >>> p.gradient(np.array([0.0, 0.5, 1.0])).round(4)
        array([ 0.    , -0.7788, -0.7358])
        """
        from adpy.program.specialized import specialize

        self._background = background
        with self._lock:
            codes = [branch.code for found in self._branches.values() for branch in found]
        for code in codes:
            specialize(code, background)
        return self

    def _specialized(self, code: Any) -> None:
        """Give a new recording its kernels."""
        if self._background is not None:
            from adpy.program.specialized import specialize

            specialize(code, self._background)

    @staticmethod
    def _kernel_stats(code: Any) -> dict[str, Any]:
        """What the kernels of a recording are, and what compiling them took."""
        from adpy.program.specialized import kernels_of

        kernels = kernels_of(code)
        return {} if kernels is None else {"kernels": kernels.stats()}
