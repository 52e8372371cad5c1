"""SciPy's special functions for compiled code: addresses of ``scipy.special.cython_special``, found when first called.

Code calls them through a table of addresses, which has a name of its own among the symbols of the process: so compiled
code can be kept on disk, and SciPy is not imported before a function of it is called.  At first each entry is a
function in Python that puts the right address in its place.
"""

from __future__ import annotations

import ctypes
import importlib
from typing import Any

import llvmlite.binding

__all__ = ["SPECIAL", "TABLE"]

SPECIAL: dict[str, int] = {
    **dict.fromkeys(
        "erf erfc erfcx erfi erfinv erfcinv ndtr ndtri log_ndtr expit logit log_expit entr gamma gammaln rgamma "
        "digamma trigamma i0 i1 i0e i1e j0 j1 y0 y1 k0 k1 k0e k1e exp10 exp1 expi cosm1".split(),
        1,
    ),
    **dict.fromkeys("xlogy xlog1py rel_entr kl_div huber pseudo_huber beta betaln jv iv ive".split(), 2),
}
"""Number of operands by name."""

TABLE = "adpy.special.addresses"
"""Symbol of the table of addresses, in the order of :data:`SPECIAL`."""

_KINDS = {n: ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * n, ctypes.c_int) for n in (1, 2)}
_addresses = (ctypes.c_void_p * len(SPECIAL))()
_kept: list[Any] = []


def _trigamma(x: float, _skipped: int = 0) -> float:
    from scipy.special._ufuncs import _zeta

    return float(_zeta(2.0, x))


def _address(name: str) -> int | None:
    """Address of the function of float64, or None where SciPy has none."""
    from numba.extending import get_cython_function_address

    module = importlib.import_module("scipy.special.cython_special")
    wanted = "double (" + "double, " * SPECIAL[name] + "int __pyx_skip_dispatch)"
    for found, capsule in module.__pyx_capi__.items():
        if found.startswith("__pyx_fuse_"):
            plain = found[len("__pyx_fuse_") :].lstrip("0123456789")
        else:
            plain = found
        if plain == {"digamma": "psi"}.get(name, name) and f'"{wanted}"' in repr(capsule):
            return get_cython_function_address("scipy.special.cython_special", found)
    return None


def _first_call(number: int, name: str) -> Any:
    """A function that finds the right one, puts it in its place, and calls it."""
    kind = _KINDS[SPECIAL[name]]

    def call(*arguments):
        address = None if name == "trigamma" else _address(name)
        if address is not None:
            _addresses[number] = address
            return kind(address)(*arguments)
        if name == "trigamma":
            return _trigamma(*arguments)
        return float(getattr(importlib.import_module("scipy.special"), name)(*arguments[:-1]))

    return kind(call)


for _number, _name in enumerate(SPECIAL):
    _kept.append(_first_call(_number, _name))
    _addresses[_number] = ctypes.cast(_kept[-1], ctypes.c_void_p).value
llvmlite.binding.add_symbol(TABLE, ctypes.addressof(_addresses))
