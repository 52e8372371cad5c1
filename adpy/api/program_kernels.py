"""Programs with kernels of their own: ``Program.specialize``."""

from __future__ import annotations

import os
from typing import Any

from adpy.errors import ArgumentError

__all__ = ["Specialized"]


class Specialized:
    """What :class:`adpy.api.program.Program` knows of generated kernels."""

    _mode = "never"
    """When recordings get kernels: "now", "background", "hot", "never"."""

    def _choose(self, specialize: Any) -> None:
        """Set when recordings get kernels.

        Parameters
        ----------
        specialize : bool or {"hot", "never"}
        """
        if specialize not in (True, False, "hot", "never"):
            raise ArgumentError("specialize", "True, False, 'hot' or 'never'", repr(specialize))
        mode = "now" if specialize is True else specialize or "never"
        self._mode = "never" if mode == "hot" and os.environ.get("ADPY_SPECIALIZE") == "never" else mode

    def specialize(self, background: bool = False) -> Any:
        """Generate and compile kernels for every recording, those that will be made included.

        The interpreters that run a program otherwise look at every instruction.  Kernels are the program's own loops:
        repeated scalar operations (a step in time, a term of a sum) become a loop, elementwise operations over the
        same axes one loop nest with intermediate results in registers.  What is too long stays with the interpreters.

        They serve values, gradients, and products with one tangent, cotangent or vector.  Compiling takes 0.1 to 1
        second for each kind of sweep, when it is first used; ``stats()`` says what was compiled, and why.  Programs
        that have spent half a second in the interpreters get kernels without being asked, see :func:`adpy.compile`.

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

        self._mode = "background" if background else "now"
        with self._lock:
            codes = [branch.code for found in self._branches.values() for branch in found]
        for code in codes:
            specialize(code, background)
        return self

    def _specialized(self, code: Any) -> None:
        """Give a new recording its kernels, or have it watched."""
        from adpy.program.specialized import specialize, watch

        if self._mode == "hot":
            watch(code)
        elif self._mode != "never":
            specialize(code, self._mode == "background")

    @staticmethod
    def _kernel_stats(code: Any) -> dict[str, Any]:
        """What the kernels of a recording are, and what compiling them took."""
        found = code.special.kernels or code.special.heat
        return {} if found is None else {"kernels": found.stats()}
