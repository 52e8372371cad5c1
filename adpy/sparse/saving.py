"""Saving: prepared derivatives in files that are read without pickle."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from adpy.errors import ArgumentError, ProgramFileError

__all__ = ["Saving", "load"]

KIND = "sparse derivative"


class Saving:
    """What a :class:`~adpy.sparse.prepared.Prepared` has of this."""

    def save(self, path: str | os.PathLike) -> None:
        """Save recordings, patterns and colorings to a file, without the function; :func:`adpy.sparse.load` reads it.

        Parameters
        ----------
        path : path-like

        Raises
        ------
        ProgramFileError
            If a recording holds what cannot be described, see :meth:`adpy.Program.save`.  No file is written then.

        Examples
        --------
        >>> import os, tempfile
        >>> import numpy as np, adpy
        >>> def f(x):
        ...     return x[1:] * x[:-1]
        >>> prepared = adpy.sparse.prepare_jacobian(f, np.ones(3))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "f.npz")
        ...     prepared.save(path)
        ...     loaded = adpy.sparse.load(path, f)
        >>> loaded(np.array([1.0, 2.0, 3.0])).data
        array([2., 1., 3., 2.])
        """
        from adpy.program import saving

        with self._lock:
            items = [(key, list(branches)) for key, branches in self._branches.items()]
        recordings = [
            (key, b.code, b.tree, b.places, list(b.plan.wrt), b.plan.saved())
            for key, branches in items
            for b in reversed(branches)
            if b.plan is not None
        ]
        settings = self.settings
        content = {
            "kind": KIND,
            "what": settings.what,
            "name": getattr(self, "__name__", None),
            "argnum": self.argnum,
            "passes": sorted(self.passes),
            "given": (settings.pattern, settings.coloring),
            "choices": {
                name: getattr(settings, name) for name in ("mode", "ordering", "format", "blocksize", "verify")
            },
            "recordings": recordings,
        }
        saving.write(path, content)


def load(path: str | os.PathLike, function: Callable | None = None) -> Any:
    """Load what :meth:`SparseJacobian.save` saved.

    Parameters
    ----------
    path : path-like
    function : callable, optional
        The function, for points at which no recording of the file holds.

    Returns
    -------
    SparseJacobian or SparseHessian
        Without ``function`` it raises :class:`adpy.errors.GuardError` where no recording holds.

    Raises
    ------
    ProgramFileError
        If the file is truncated, foreign or of another version, or needs a rule that is not here.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np, adpy
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "f.npz")
    ...     adpy.sparse.prepare_hessian(lambda x: np.sum(x**4), np.ones(2)).save(path)
    ...     H = adpy.sparse.load(path)
    >>> H(np.array([1.0, 2.0])).toarray()
    array([[12.,  0.],
           [ 0., 48.]])
    """
    from adpy.program import saving
    from adpy.sparse import coloring  # noqa: F401  (the class of colorings in files)

    content = saving.read(path)
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise ProgramFileError(f"{os.fspath(path)} holds no sparse derivative (adpy.load_program reads programs)")
    try:
        return _filled(function, content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise ProgramFileError(f"{os.fspath(path)} holds no sparse derivative ({error})") from error


def _filled(function: Callable | None, content: dict) -> Any:
    from adpy.sparse.hessians import SparseHessian
    from adpy.sparse.jacobians import SparseJacobian
    from adpy.sparse.prepared import Planned
    from adpy.sparse.preparing import Plan
    from adpy.sparse.settings import Settings

    settings = Settings.of(content["what"], *content["given"], **content["choices"])
    made = {"jacobian": SparseJacobian, "hessian": SparseHessian}[content["what"]]
    found = made(function, content["argnum"], settings)
    if function is None and content["name"]:
        found.__name__ = content["name"]
    around = found._around()
    for key, code, tree, places, wrt, saved in content["recordings"]:
        branch = Planned(code, tree, places, around)
        found._keep(key, branch)
        branch.plan = Plan.restored(code, wrt, settings, found._rows(branch), found._counts, saved)
        found._last = branch.plan
    found._misses = 0
    return found
