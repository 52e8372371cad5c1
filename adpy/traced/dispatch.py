"""Dispatch: from a NumPy call with traced arguments to the trace and the rule row that handle it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.capture.replacements import original_of
from adpy.plain import np
from adpy.rules import lookup
from adpy.rules.table import Block, Composite, Elementwise, Inert, Refused, Structural
from adpy.traced.binding import binder
from adpy.traced.refusal import refuse, refuse_dead, refuse_rule, refuse_subclass

__all__ = [
    "apply_row",
    "array_function",
    "array_ufunc",
    "assemble",
    "assembled_operands",
    "below",
    "call",
    "call_method",
    "call_operator",
    "call_ufunc",
    "detach",
    "lower",
    "memory",
    "primal",
    "primals",
    "python_ufunc",
    "template",
    "top_trace",
]

ndarray = np.ndarray
_SEQUENCES = (list, tuple)


def primal(x: Any) -> Any:
    """The plain value under ``x``: every level of tracing removed."""
    while type(x) in TRACED_TYPES:
        if x.frame.guarded:
            x.frame.leaves(x)
        x = below(x)
    return x


def template(x: Any) -> Any:
    """As :func:`primal`, for code that looks at shape, dtype and memory, not at the values."""
    while type(x) in TRACED_TYPES:
        x = below(x)
    return x


def memory(x: Any) -> Any:
    """The plain array in whose memory ``x`` stands."""
    while type(x) in TRACED_TYPES:
        x = x.values() if type(x)._batched else x._value
    return x


def below(x: Any) -> Any:
    """The value one level under the traced ``x``, as plain code has it there.

    A ``numpy.float64`` is kept as a Python float, whose dtype would yield to that of a float32 array.
    """
    value = x._value
    return np.float64(value) if type(value) is float and x.__class__ is not float else value


def top_trace(inputs) -> Any:
    """The innermost trace (largest tag) among ``inputs``, which may be nested sequences; None if all are plain."""
    top = None
    for x in inputs:
        kind = type(x)
        if kind in TRACED_TYPES:
            trace = x.frame
        elif kind in _SEQUENCES:
            trace = top_trace(x)
            if trace is None:
                continue
        elif kind is ndarray and x.dtype == object:
            trace = top_trace(x.ravel().tolist())
            if trace is None:
                continue
        else:
            continue
        if top is None or trace.tag > top.tag:
            top = trace
    if top is not None and not top.open:
        refuse_dead()
    return top


def lower(x: Any, trace: Any) -> Any:
    """``x`` one level below ``trace``: values of that trace are replaced by their primals, in sequences too."""
    kind = type(x)
    if kind in TRACED_TYPES:
        return below(x) if x.frame is trace or kind._settles else x
    if kind in _SEQUENCES:
        return kind(lower(item, trace) for item in x) if kind is not tuple else tuple([lower(i, trace) for i in x])
    return x


def coerce(x: Any) -> Any:
    """Sequences and object arrays become arrays; everything else stays as it is."""
    kind = type(x)
    if kind in _SEQUENCES:
        return assemble(x)
    if kind is ndarray and x.dtype == object:
        return assemble(x.tolist()) if x.ndim else x.item()
    return x


def detach(x: Any) -> Any:
    """Static arguments: plain values; an *active* traced value there has no rule."""
    kind = type(x)
    if kind in TRACED_TYPES:
        return detach(below(x)) if not x.active else x
    if kind in _SEQUENCES and any(type(i) in TRACED_TYPES for i in x):
        return kind([detach(i) for i in x])
    return x


# ------------------------------------------------------------------------------------------------ ufuncs


def call_ufunc(ufunc: np.ufunc, *inputs: Any) -> Any:
    """``ufunc(*inputs)`` with at least one traced input and no keyword arguments."""
    trace = None
    for x in inputs:
        if type(x) in TRACED_TYPES and (trace is None or x.frame.tag > trace.tag):
            trace = x.frame
    if trace is None or not trace.open:
        inputs = [coerce(x) for x in inputs]
        trace = top_trace(inputs)
        if trace is None:
            return ufunc(*inputs)
    if trace.batched:
        return trace.ufunc(ufunc, inputs)
    if trace.guarded and (found := trace.intercepted(ufunc, inputs, {})) is not None:
        return found[0]
    row = lookup(ufunc)
    values = []
    for x in inputs:
        kind = type(x)
        if kind in TRACED_TYPES:
            values.append(below(x) if x.frame is trace or kind._settles else x)
        elif kind in _SEQUENCES or (kind is ndarray and x.dtype == object):
            return call_ufunc(ufunc, *[coerce(x) for x in inputs])
        else:
            if kind is not ndarray and isinstance(x, ndarray):
                refuse_subclass(kind)
            values.append(x)
    if type(row) is Elementwise:
        return trace.elementwise(row, inputs, values, ufunc(*values))
    if type(row) is Inert:
        return trace.inert(ufunc, tuple(inputs), {})
    if row is None:
        if original_of(ufunc) is not ufunc:
            return call_ufunc(original_of(ufunc), *inputs)
        if ufunc.types == ["O" * ufunc.nin + "->" + "O" * ufunc.nout]:
            return python_ufunc(ufunc, inputs)
    return call(ufunc, inputs, {})


def call_operator(ufunc: np.ufunc, operate: Callable, *inputs: Any) -> Any:
    """``operate(*inputs)`` of scalars, which may round otherwise than ``ufunc`` does."""
    trace = top_trace(inputs)
    if trace.batched:
        return trace.ufunc(ufunc, inputs, operate)
    values = [lower(x, trace) for x in inputs]
    return trace.elementwise(lookup(ufunc), inputs, values, operate(*values))


def python_ufunc(ufunc: np.ufunc, inputs: tuple) -> Any:
    """A ufunc made by ``numpy.frompyfunc``: the Python function is called entry by entry."""
    return ufunc(*[_as_objects(x) if type(x) in TRACED_TYPES else x for x in inputs])


def _as_objects(x):
    objects = np.empty(x.shape, object)
    for index in np.ndindex(x.shape):
        objects[index] = x[index] if index else x.item()
    return objects


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """Body of ``__array_ufunc__``."""
    if method == "__call__":
        if not kwargs:
            return call_ufunc(ufunc, *inputs)
        return _ufunc_with_keywords(ufunc, inputs, kwargs)
    return call_method(ufunc, method, inputs, kwargs)


def _ufunc_with_keywords(ufunc, inputs, kwargs):
    out = kwargs.pop("out", None)
    where = kwargs.pop("where", True)
    if out is None and where is True and ufunc.signature is None:
        cast = kwargs.pop("dtype", None)
        kwargs.pop("casting", None), kwargs.pop("order", None), kwargs.pop("subok", None)
        if kwargs:
            refuse(f"numpy.{ufunc.__name__} with {', '.join(kwargs)}=", "Leave these keyword arguments out.")
        if isinstance(cast, type(np.dtype)):  # a class of numpy.dtypes
            cast = cast()
        if cast is not None:
            inputs = [_cast(x, cast) for x in inputs]
        return call_ufunc(ufunc, *inputs)
    if ufunc.signature is not None:
        row = lookup(ufunc)
        result = call(ufunc, inputs, kwargs) if row is not None else refuse_rule(f"numpy.{ufunc.__name__}")
    else:
        kwargs.pop("casting", None)
        with np.errstate(**({} if where is True else {"all": "ignore"})):  # entries outside the mask do not count
            result = _ufunc_with_keywords(ufunc, inputs, kwargs) if kwargs else _plain_or_traced(ufunc, inputs)
    if out is not None and type(out) is tuple:
        if len(out) == 1:
            return _store(result, out[0], where, f"numpy.{ufunc.__name__}")
        return tuple(r if o is None else _store(r, o, where, ufunc.__name__) for r, o in zip(result, out, strict=True))
    if where is True:
        return result
    return call(np.where, (where, result, 0.0), {})


def _plain_or_traced(ufunc, inputs):
    inputs = [detach(x) for x in inputs]
    return call_ufunc(ufunc, *inputs) if top_trace(inputs) is not None else ufunc(*inputs)


def _cast(x, dtype):
    return x.astype(dtype) if hasattr(x, "astype") else np.dtype(dtype).type(x)


def _store(result, out, where, name):
    """Write ``result`` into the ``out=`` argument and return it."""
    if out is None:
        return result if where is True else call(np.where, (where, result, 0.0), {})
    if type(out) not in TRACED_TYPES:
        plain = detach(result)
        if type(plain) in TRACED_TYPES:
            refuse(
                f"{name} with out= (or in place into) an array of plain numbers",
                "Create that array inside the function with numpy.zeros and the like, or leave out= out: y = y * x "
                "instead of y *= x, where y came from outside or from a comparison, as (x > 0).astype(float) does.",
            )
        out[...] = plain if where is True else np.where(detach(where), plain, out)
        return out
    out[...] = result if where is True else call(np.where, (where, result, out), {})
    return out


def call_method(ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """``ufunc.reduce``, ``.accumulate``, ``.outer``, ``.at``, ``.reduceat``."""
    out = kwargs.pop("out", None)
    if method == "at":
        return _ufunc_at(ufunc, *inputs)
    if method == "outer":
        a, b = [x if hasattr(x, "ndim") else np.asarray(x) for x in map(coerce, inputs)]
        shape = tuple(a.shape) + (1,) * b.ndim
        result = ufunc(call(np.reshape, (a, shape), {}), b, **kwargs)
    else:
        inputs = (coerce(inputs[0]), *inputs[1:])
        row = lookup((ufunc, method))
        if row is None:
            detached = [detach(x) for x in inputs]
            if top_trace(detached) is None:
                return getattr(ufunc, method)(*detached, **{k: detach(v) for k, v in kwargs.items()})
            if type(lookup(ufunc)) is Inert:
                frame = capture.frame()
                if frame is not None:
                    return frame.inert(getattr(ufunc, method), inputs, kwargs)
                return getattr(ufunc, method)(*map(primal, inputs), **kwargs)
            refuse_rule(f"numpy.{ufunc.__name__}.{method}")
        result = apply_row(row, inputs, kwargs)
    if out is not None:
        return _store(result, out[0] if type(out) is tuple else out, True, f"numpy.{ufunc.__name__}.{method}")
    return result


def _ufunc_at(ufunc, a, indices, b=None):
    """Unbuffered in-place operation: repeated indices are applied one after the other."""
    if type(a) not in TRACED_TYPES:
        refuse(
            f"numpy.{ufunc.__name__}.at into an array from outside the function",
            "Create the array inside the function.",
        )
    indices = primals(indices)
    if b is not None and ufunc in (np.add, np.subtract) and hasattr(a, "increment_at"):
        a.increment_at(indices, assemble(b) if type(b) in _SEQUENCES else b, 1 if ufunc is np.add else -1)
        return None
    if b is None:
        flat = np.arange(a.size).reshape(a.shape)[indices]
        if np.unique(flat).size == flat.size:
            a[indices] = ufunc(a[indices])
            return None
        refuse(f"numpy.{ufunc.__name__}.at with repeated indices", "Apply it in a loop.")
    positions = np.arange(a.size).reshape(a.shape)[indices]
    with capture.lowered(None if top_trace((b,)) is None else capture.frame()):
        b = (
            call(np.broadcast_to, (b, positions.shape), {})
            if type(b) in TRACED_TYPES
            else np.broadcast_to(b, positions.shape)
        )
    pending = positions.ravel()
    values = b.reshape(-1)
    while pending.size:
        _, first = np.unique(pending, return_index=True)
        key = np.unravel_index(pending[first], a.shape)
        a[key] = ufunc(a[key], values[first])
        keep = np.ones(pending.size, bool)
        keep[first] = False
        pending, values = pending[keep], values[keep]
    return None


# --------------------------------------------------------------------------------------------- functions


def array_function(function: Callable, args: tuple, kwargs: dict) -> Any:
    """Body of ``__array_function__``."""
    return call(function, args, kwargs)


def call(function: Callable, args: tuple, kwargs: dict) -> Any:
    """Call ``function`` on traced arguments by its row in the rule table."""
    frame = capture.frame()
    if frame is not None and frame.batched:
        trace = top_trace([*args, *kwargs.values()])
        if trace is not None and trace.batched:
            return trace.call(function, args, kwargs)
    if frame is not None and frame.guarded and (found := frame.intercepted(function, args, kwargs)) is not None:
        return found[0]
    row = lookup(function)
    if row is None:
        function = original_of(function)
        row = lookup(function)
    if row is not None:
        return apply_row(row, args, kwargs)
    implementation = getattr(function, "_implementation", None)
    if implementation is None:
        refuse_rule(f"{getattr(function, '__module__', 'numpy')}.{getattr(function, '__name__', function)}")
    out = kwargs.get("out")
    if out is not None and "out" in kwargs:
        result = call(function, args, {k: v for k, v in kwargs.items() if k != "out"})
        return _store(result, out, True, function.__name__)
    with capture.implementation():
        return implementation(*args, **kwargs)


def apply_row(row: Any, args: tuple, kwargs: dict) -> Any:
    """Call the function of a row, which need not be in the table."""
    kind = type(row)
    if kind is Structural:
        return _structural(row, args, kwargs)
    if kind is Block:
        return _block(row, args, kwargs)
    if kind is Composite:
        return row.implementation(*args, **kwargs)
    if kind is Inert:
        frame = capture.frame()
        if frame is not None:
            return frame.inert(row.function, args, kwargs)
        return row.function(*primals(args), **{k: primals(v) for k, v in kwargs.items()})
    if kind is Refused:
        refuse(row.name, row.advice)
    if kind is Elementwise:
        return _elementwise_function(row, args, kwargs)
    raise AssertionError(f"unknown row {row!r}")


def _elementwise_function(row, args, kwargs):
    """A function, not a ufunc, with partials: what follows its operands is static."""
    arity = row.arity
    args = [coerce(x) for x in args[:arity]] + [detach(x) for x in args[arity:]]
    out = kwargs.pop("out", None)
    trace = top_trace(args[:arity])
    values = [below(x) if type(x) in TRACED_TYPES and x.frame is trace else x for x in args]
    with capture.lowered(trace.parent if trace is not None else capture.frame()):
        y = row.function(*values, **kwargs)
    if trace is None:
        result = y
    else:
        result = trace.elementwise_call(row, args[:arity], values[:arity], y, tuple(args[arity:]), kwargs)
    return result if out is None else _store(result, out, True, row.name)


def primals(x: Any) -> Any:
    """The plain values under ``x``, which may be a nested sequence."""
    kind = type(x)
    if kind in TRACED_TYPES:
        return primal(x)
    if kind in _SEQUENCES:
        return kind([primals(i) for i in x])
    if kind is ndarray and x.dtype == object:
        return np.array(primals(x.tolist()))
    return x


# Parameters of these names are sequences of arrays; any other sequence stands for one array.
_SEQUENCE_OPERANDS = frozenset(["operands", "arrays", "arys", "args", "tup", "seq", "choices", "choicelist", "xi"])


def assembled_operands(names: tuple, operands: tuple) -> tuple:
    """Operands as rows want them: object arrays and sequences assembled, unless the row takes a sequence of arrays."""
    return tuple(
        [
            _sequence(name, x) if name in _SEQUENCE_OPERANDS else _assembled(x)
            for name, x in zip(names, operands, strict=True)
        ]
    )


def _sequence(name, x):
    """A sequence of arrays; an array in its place stands for its rows."""
    if type(x) in _SEQUENCES:
        return type(x)([_entry(name, item) for item in x])
    return list(x) if type(x) in TRACED_TYPES and x.ndim > 0 else _assembled(x)


def _entry(name, x):
    """One of several arrays; the operands of einsum may be lists of axes."""
    is_axes = name == "operands" and type(x) in _SEQUENCES and top_trace(x) is None
    return x if is_axes else _assembled(x)


def _assembled(x):
    if type(x) in _SEQUENCES:
        return assemble(x)
    return coerce(x) if type(x) is ndarray and x.dtype == object else x


def _block(row, args, kwargs):
    bind = binder(row)
    operands, static = bind(*args, **kwargs)
    out = static.pop("out", None)
    operands = assembled_operands(row.operands, operands)
    trace = top_trace(operands)
    for name, x in static.items():
        if type(x) in TRACED_TYPES or type(x) in _SEQUENCES:
            x = static[name] = detach(x)
            if type(x) in TRACED_TYPES:
                refuse_rule(row.name, name)
    if trace is None:
        result = bind.apply(operands, static)
    else:
        values = lower(operands, trace)
        try:
            with capture.lowered(trace.parent):
                y = bind.apply(values, static)
        except Exception:
            trace.failed(operands)
            raise
        result = trace.block(row, operands, values, static, y)
    return result if out is None else _store(result, out[0] if type(out) is tuple else out, True, row.name)


def _structural(row, args, kwargs):
    bind = binder(row)
    operands, rest = bind(*args, **kwargs)
    out = rest.pop("out", None)
    operands = assembled_operands(row.operands, operands)
    trace = top_trace(operands)
    rest = {k: detach(v) if type(v) in TRACED_TYPES or type(v) in _SEQUENCES else v for k, v in rest.items()}
    if trace is None:
        return row.function(*args, **kwargs)
    for name, x in rest.items():
        if type(x) in TRACED_TYPES:
            rest[name] = primal(x)
    if rest.get("order") in ("K", "A") and row.function in (np.ravel, np.reshape):
        rest["order"], operands = _explicit_order(operands[0], rest["order"])
    values = lower(operands, trace)
    with capture.lowered(trace.parent):
        y = bind.apply(values, rest)
    result = trace.structural(row, bind, operands, values, rest, y)
    return result if out is None else _store(result, out, True, row.name)


def _explicit_order(x, order):
    """Order "C" or "F", and operands, for a ``ravel`` or ``reshape`` in the order of the memory."""
    plain = primal(x)
    if np.ndim(plain) == 0:
        return "C", (x,)
    if order == "A":
        return ("F" if plain.flags.fnc else "C"), (x,)
    axes = []
    for axis, stride in enumerate(plain.strides):
        place = i = len(axes)
        while stride and i:  # NumPy's order: an axis without a stride keeps its place
            i -= 1
            other = plain.strides[axes[i]]
            if other and abs(other) >= abs(stride):
                break
            place = i if other else place
        axes.insert(place, axis)
    return "C", (call(np.transpose, (x, axes), {}),)


# ------------------------------------------------------------------------------------------------ arrays


def assemble(nested: Any, dtype: Any = None) -> Any:
    """``numpy.array(nested)`` where ``nested`` holds traced values somewhere."""
    if type(nested) is ndarray and nested.dtype == object:
        nested = nested.tolist()
    trace = top_trace([nested])
    if trace is None:
        return np.array(nested, dtype)
    if trace.batched:
        return trace.assemble(nested, dtype)
    if type(nested) in TRACED_TYPES:
        result = nested.copy() if nested.ndim else trace.assemble_leaves([nested], assemble(nested._value))
        return result if dtype is None else result.astype(dtype, copy=False)
    value = assemble(lower(nested, trace), dtype)  # which may hold values of an enclosing transform
    if not np.issubdtype(value.dtype, np.inexact):
        refuse(f"numpy.array of traced values with dtype {value.dtype}", "Use a floating-point dtype.")
    return trace.assemble_leaves(list(_leaves(nested)), value)


def _leaves(nested):
    if type(nested) in _SEQUENCES:
        for item in nested:
            yield from _leaves(item)
    else:
        yield nested
