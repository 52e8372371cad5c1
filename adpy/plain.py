"""NumPy as it is outside a trace.

During a trace NumPy's creators are replaced in NumPy's own module (see :mod:`adpy.capture`), so adpy's code that
handles plain values takes its names from here, a copy made at import.
"""

import types

import numpy

__all__ = ["np"]

np = types.SimpleNamespace(**vars(numpy))
