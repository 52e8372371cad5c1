"""Capture: why unmodified code works.  (One trace replaces what its function can reach, and puts it back.)

During a transform's trace, and only in its context, array creators, ``math.*`` and SciPy functions with rows in the
rule table are replaced wherever the traced function can reach them: by identity, so ``np.zeros``, ``from numpy import
zeros`` and aliases are all found.  Every replacement asks a :class:`~contextvars.ContextVar` first and calls the
original when no trace is active in its context, so other threads see plain NumPy, and a replacement that leaks is
harmless.

===================  ==========================================================================================
``frames``           the active frame of each context; ``paused`` and ``lowered``
``registry``         what capture must know about traced values
``creators``         replacements of ``zeros``, ``array``, ``asarray`` …
``mathlib``          replacements of ``math.*`` and ``cmath.*``
``lifting``          lists of traced values, functions with rows, compiled and cached functions
``replacements``     the identity table
``keys``             what is remembered about a function is remembered about its code
``reach``            which names a function can reach
``plans``            installing and removing, for the whole process
``formatting``       tells ``"%f" % x`` from a conversion that drops a derivative
``rebind``           copies of functions with other globals and cells: global arrays, ``float``
``tracing``          the context manager that a transform enters
===================  ==========================================================================================

A transform uses it so::

    for level in capture.levels(function):
        trace = ...                                   # a fresh frame
        try:
            with capture.tracing(trace, function, level) as call:
                y = call(*args)
        except Exception:
            if not trace.detached:                    # NumPy turns an error of ``__float__`` into one of its own,
                raise                                 # and user code may have swallowed it: ask the trace
        if not trace.detached:
            capture.settle(function, level)
            break
    else:
        raise trace.detached[0]

NumPy's own Python implementations are run on traced values within ``capture.implementation()``; values one level
down are computed within ``capture.lowered(parent)``.  Modules of adpy are never patched, but ``np.zeros``
looked up in NumPy
by adpy's own code is: bind such names at import, or lower the frame.
"""

from adpy.capture.formatting import percent_formatting
from adpy.capture.frames import Frame, frame, lowered, paused
from adpy.capture.registry import contains_traced, is_traced, set_hooks
from adpy.capture.tracing import implementation, levels, settle, tracing

__all__ = [
    "Frame",
    "contains_traced",
    "frame",
    "implementation",
    "is_traced",
    "levels",
    "lowered",
    "paused",
    "percent_formatting",
    "set_hooks",
    "settle",
    "tracing",
]
