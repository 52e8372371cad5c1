"""Arithmetic of arrays on the fast path: ``+ - * /`` with arrays and numbers, and unary ufuncs.

What the general path of :mod:`adpy.traced.dispatch` does in a dozen calls is laid out flat here, from one template an
operator, because on short arrays the calls cost more than the arithmetic.  Everything off the path (other frames,
broadcast scalars, enclosing transforms, subclasses) goes to the general one.
"""

from __future__ import annotations

from typing import Any

from adpy.plain import np
from adpy.reverse.array import Array
from adpy.reverse.nodes import Elementwise as ElementwiseNode
from adpy.reverse.nodes import Node
from adpy.rules import lookup
from adpy.rules.table import Elementwise
from adpy.traced.traced import Traced
from adpy.workspace import LARGE, give, take

__all__ = ["ELEMENTWISE_NODES"]

ndarray = np.ndarray

_NODE = '''
class {kind}(Node):
    """Record of {title}."""

    __slots__ = ()

    def pull(self, bar, sweep):
        {unpack}
        general = sweep.careful
'''
_DELIVER = """
        reference = self.operands[{i}]
        if reference is not None:
            if general:
                contribution = {careful}
            else:
                {contribution}
            target, path, shape, real = reference
            if path is None and not general and type(contribution) is ndarray and contribution.shape == shape:
                present = target.bar
                if present is None:
                    target.bar = contribution{copy}
                elif type(present) is ndarray:
                    present += contribution{release}
                else:
                    sweep.add(reference, contribution, True)
            else:
                sweep.add(reference, contribution, {own})
"""
_METHOD = """
def __{name}__(self, other):
    frame = self.frame
    node = self.node
    if node.next is not None or node.extra is not None:
        node = self.seal()
    x = self._value
    kind = type(other)
    if frame.complex or not frame.flat:
        return general(self, other)
    if kind is float or kind is int:
        y = {with_number}
        if type(y) is not ndarray or not node.active:
            return general(self, other)
        record = new({number_kind})
        record.saved = {number_saved}
        record.operands = ((node, self.path, x.shape, True),)
    elif kind is Array and other.frame is frame:
        second = other.node
        if second.next is not None or second.extra is not None:
            second = other.seal()
        w = other._value
        y = {array_result}
        if type(y) is not ndarray or not (node.active and second.active):
            return general(self, other)
        path, path_w = self.path, other.path
        if (path is not None and path[2]) or (path_w is not None and path_w[2]):
            return general(self, other)
        record = new({kind})
        {save}
        record.operands = (
            (node, path, x.shape, True), (second, path_w, w.shape, True)
        )
    elif kind is ndarray and other.dtype.kind in "fiub":
        w = other
        y = {array_result}
        if type(y) is not ndarray or not node.active:
            return general(self, other)
        record = new({kind})
        {save_constant}
        record.operands = ((node, self.path, x.shape, True), None)
    else:
        return general(self, other)
    if self.path is not None and self.path[2]:
        return general(self, other)
    record.shape = y.shape
    record.bar = record.next = record.extra = None
    record.mark = frame.position()
    frame.append(record)
    out = new(Array)
    out._value = y
    out.node = record
    out.frame = frame
    out.path = None
    return out
"""
_REFLECTED = """
def __r{name}__(self, other):
    kind = type(other)
    path = self.path
    frame = self.frame
    if (kind is float or kind is int) and (path is None or not path[2]) and frame.flat and not frame.complex:
        node = self.node
        if node.next is not None or node.extra is not None:
            node = self.seal()
        x = self._value
        y = {with_number}
        if type(y) is not ndarray or not node.active:
            return general(self, other)
        record = new({number_kind})
        record.saved = {number_saved}
        record.operands = ((node, path, x.shape, True),)
        record.shape = y.shape
        record.bar = record.next = record.extra = None
        record.mark = frame.position()
        frame.append(record)
        out = new(Array)
        out._value = y
        out.node = record
        out.frame = frame
        out.path = None
        return out
    return general(self, other)
"""
_SAVE_BOTH = """record.saved = (
            x if not node.written else x.copy(), w if not second.written else w.copy()
        )"""
_CONSTANTS = {
    "add": "record.saved = ()",
    "sub": "record.saved = ()",
    "mul": "record.saved = (None, frame.keep(w))",
    "truediv": "record.saved = (frame.keep(w), None)",
}
_SAVE_QUOTIENT = "record.saved = (w if not second.written else w.copy(), y)"
_SAVE_NOTHING = "record.saved = ()"

# The bar of a node is its own, so the last contribution is computed in its memory.
_PASS = ("contribution = bar", "bar", "", "True")
_PASS_COPY = ("contribution = bar", "bar", ".copy()", "False")
_NEGATED = ("contribution = -bar", "-bar", "", "True")


def _in_place(weight: str) -> tuple[str, str, str, str]:
    return (f"bar *= {weight}; contribution = bar", f"sweep.product({weight}, bar)", "", "True")


def _fresh(ufunc: str, a: str, b: str, expression: str, careful: str) -> tuple[str, str, str, str]:
    large = f"large(np.{ufunc}, {a}, {b})"
    return (f"contribution = {large} if sweep.large else {expression}", careful, "", "True")


# kind: title, unpacking of saved, and for each operand: fast contribution, careful contribution, copy, own
_KINDS = {
    "Sum": ("``x + w``", "pass", [_PASS_COPY, _PASS]),
    "Difference": ("``x - w``", "pass", [_NEGATED, _PASS]),
    "Product": (
        "``x * w``",
        "x, w = self.saved",
        [_fresh("multiply", "w", "bar", "w * bar", "sweep.product(w, bar)"), _in_place("x")],
    ),
    "Quotient": (
        "``x / w``",
        "w, y = self.saved",
        [_fresh("divide", "bar", "w", "bar / w", "sweep.product(1.0 / w, bar)"), _in_place("-y / w")],
    ),
    "Shifted": ("``x + number``", "pass", [_PASS]),
    "Reversed": ("``number - x``", "pass", [_NEGATED]),
    "Scaled": ("``x * number``", "factor = self.saved[0]", [_in_place("factor")]),
    "Reciprocal": ("``number / x``", "x, y = self.saved", [_in_place("-y / x")]),
}
# name: array expression, kind, what it saves; number expression, kind, saved; reflected number expression, kind, saved
_OPERATORS = {
    "add": ("x + w", "Sum", _SAVE_NOTHING, ("x + other", "Shifted", "()"), ("other + x", "Shifted", "()")),
    "sub": ("x - w", "Difference", _SAVE_NOTHING, ("x - other", "Shifted", "()"), ("other - x", "Reversed", "()")),
    "mul": ("x * w", "Product", _SAVE_BOTH, ("x * other", "Scaled", "(other,)"), ("other * x", "Scaled", "(other,)")),
    "truediv": (
        "x / w",
        "Quotient",
        _SAVE_QUOTIENT,
        ("x / other", "Scaled", "(reciprocal(other),)"),
        ("other / x", "Reciprocal", "(x if not node.written else x.copy(), y)"),
    ),
}


new = object.__new__


def _reciprocal(number: float) -> float:
    """``1 / number`` with NumPy's infinities."""
    if number:
        return 1.0 / number
    with np.errstate(all="ignore"):
        return float(np.divide(1.0, number))


def _in_order(array: ndarray) -> bool:
    """Do ufuncs of the array give results in C order?"""
    strides = array.strides
    return len(strides) == 1 or all(abs(s) >= abs(t) for s, t in zip(strides, strides[1:], strict=False))


def _large(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    """``ufunc(a, b)``, a large result written into kept memory."""
    array, other = (a, b) if type(a) is ndarray else (b, a)
    if array.size >= LARGE and array.dtype == np.float64 and _in_order(array):
        if type(other) is not ndarray or (
            other.shape == array.shape and other.dtype == np.float64 and _in_order(other)
        ):
            return ufunc(a, b, take(array.shape))
    return ufunc(a, b)


def _generate_nodes() -> dict[str, Any]:
    """Compile the nodes; their names and what the methods need."""
    space: dict[str, Any] = {
        "Node": Node,
        "Array": Array,
        "ndarray": ndarray,
        "new": new,
        "reciprocal": _reciprocal,
        "large": _large,
        "np": np,
        "give": give,
        "__name__": __name__,
    }
    for kind, (title, unpack, contributions) in _KINDS.items():
        source = _NODE.format(kind=kind, title=title, unpack=unpack)
        order = (
            (1, 0) if kind in ("Sum", "Difference") else range(len(contributions))
        )  # the bar itself is handed on last
        for i, (contribution, careful, copy, own) in zip(order, contributions, strict=True):
            release = "\n                    if sweep.large: give(contribution)" if "large(" in contribution else ""
            source += _DELIVER.format(
                i=i, contribution=contribution, careful=careful, copy=copy, own=own, release=release
            )
        exec(compile(source, f"<adpy {kind}>", "exec"), space)
    return space


_SPACE = _generate_nodes()
NODES = tuple(_SPACE[kind] for kind in _KINDS)
Reversed, Reciprocal = _SPACE["Reversed"], _SPACE["Reciprocal"]


class Unary(Node):
    """Record of a unary ufunc: ``saved`` is the partial, then what it reads (operand, result)."""

    __slots__ = ()

    def pull(self, bar, sweep):
        partial, x, y = self.saved
        reference = self.operands[0]
        weight = partial(x, y)
        if sweep.careful:
            sweep.add(reference, sweep.product(weight, bar), True)
            return
        bar *= weight
        target, path, shape, _ = reference
        if path is None and target.bar is None and type(bar) is ndarray and bar.shape == shape:
            target.bar = bar
        else:
            sweep.add(reference, bar, True)


class Total(Node):
    """Record of ``x.sum()`` over all entries."""

    __slots__ = ()

    def pull(self, bar, sweep):
        reference = self.operands[0]
        target, path, shape, _ = reference
        if type(bar) is not np.float64 or sweep.careful:
            sweep.add(reference, np.broadcast_to(bar, shape), False)
        elif path is None:
            present = target.bar
            if present is None:
                target.bar = fresh = np.empty(shape)
                fresh.fill(bar)
            else:
                target.bar = present + bar if type(present) is not ndarray else np.add(present, bar, out=present)
        else:
            sweep.add_to_view(target, path, bar, True)


class Inner(Node):
    """Record of the inner product of two vectors."""

    __slots__ = ()

    def pull(self, bar, sweep):
        x, w = self.saved
        first, second = self.operands
        if sweep.careful:
            w, x = sweep.product(w, np.broadcast_to(bar, w.shape)), sweep.product(x, np.broadcast_to(bar, x.shape))
            bar = 1.0
        sweep.add(first, w * bar, True)
        sweep.add(second, x * bar, True)


def _reduced(array, record, y):
    """Finish the record of a reduction to one number."""
    frame = array.frame
    record.shape = ()
    record.bar = record.next = record.extra = None
    record.mark = frame.position()
    frame.append(record)
    return frame.wrap(record, y)


def _ready(array):
    """The node and value of an array on the fast path, or None."""
    node = array.node
    if node.next is not None or node.extra is not None:
        node = array.seal()
    path, value = array.path, array._value
    if node.active and type(value) is ndarray and (path is None or not path[2]) and value.dtype == np.float64:
        return node
    return None


def total(self, axis=None, dtype=None, out=None, keepdims=False, **kwargs):
    """As ``numpy.ndarray.sum``."""
    if axis is None and dtype is None and out is None and not keepdims and not kwargs and self.frame.flat:
        node = _ready(self)
        if node is not None:
            record = new(Total)
            record.saved = ()
            record.operands = ((node, self.path, self._value.shape, True),)
            return _reduced(self, record, self._value.sum())
    kwargs.update((k, v) for k, v in (("dtype", dtype), ("out", out), ("keepdims", keepdims)) if v not in (None, False))
    return Traced.sum(self, axis, **kwargs)


def inner(a, b):
    """``a @ b`` of two vectors of one tape, or NotImplemented."""
    if type(a) is Array and type(b) is Array and a.frame is b.frame and a.frame.flat:
        node, second = _ready(a), _ready(b)
        if node is not None and second is not None:
            x, w = a._value, b._value
            if x.ndim == 1 and w.ndim == 1 and x.size == w.size:
                record = new(Inner)
                record.saved = (x.copy() if node.written else x, w.copy() if second.written else w)
                record.operands = ((node, a.path, x.shape, True), (second, b.path, w.shape, True))
                return _reduced(a, record, x.dot(w))
    return NotImplemented


def __array_function__(self, function, types, args, kwargs):
    if not kwargs:
        if function is np_sum and len(args) == 1 and args[0] is self:
            return total(self)
        if function is np_dot and len(args) == 2:
            result = inner(*args)
            if result is not NotImplemented:
                return result
    return Traced.__array_function__(self, function, types, args, kwargs)


def __matmul__(self, other):
    result = inner(self, other)
    return Traced.__matmul__(self, other) if result is NotImplemented else result


np_sum, np_dot = np.sum, np.dot


class Powered(Node):
    """Record of ``x ** number``: ``saved`` is ``(x, number)``."""

    __slots__ = ()

    def pull(self, bar, sweep):
        x, number = self.saved
        weight = 2.0 * x if number == 2 else number * x ** (number - 1)
        if sweep.careful:
            bar = sweep.product(weight, bar)
        else:
            bar *= weight
        sweep.add(self.operands[0], bar, True)


def __pow__(self, other, modulo=None):
    kind = type(other)
    if (kind is int or kind is float) and other != 0 and self.frame.flat:
        node = _ready(self)
        if node is not None:
            x = self._value
            y = x**other
            if type(y) is ndarray:
                return _elementwise(self, Powered, node, (x.copy() if node.written else x, other), y)
    return Traced.__pow__(self, other)


def __neg__(self):
    node = _ready(self)
    if node is not None and self.frame.flat:
        y = -self._value
        if type(y) is ndarray:
            return _elementwise(self, Reversed, node, (), y)
    return Traced.__neg__(self)


def _elementwise(array, kind, node, saved, y):
    """Finish the record of an elementwise operation on one array."""
    frame = array.frame
    record = new(kind)
    record.saved = saved
    value = array._value
    record.operands = ((node, array.path, value.shape, True),)
    record.shape = y.shape
    record.bar = record.next = record.extra = None
    record.mark = frame.position()
    frame.append(record)
    return Array(y, record, frame)


def _array_minus(self, other):
    """``other - self`` for a plain array."""
    node = _ready(self)
    if node is None or not self.frame.flat:
        return None
    y = other - self._value
    return _elementwise(self, Reversed, node, (), y) if type(y) is ndarray else None


def _array_over(self, other):
    """``other / self`` for a plain array."""
    node = _ready(self)
    if node is None or not self.frame.flat:
        return None
    x = self._value
    y = other / x
    saved = (x.copy() if node.written else x, y)
    return _elementwise(self, Reciprocal, node, saved, y) if type(y) is ndarray else None


def _array_plus(self, other):
    """``other + self`` for a plain array: commutes, to the last bit."""
    return Array.__add__(self, other)


def _array_times(self, other):
    """``other * self`` for a plain array: commutes, to the last bit."""
    return Array.__mul__(self, other)


_FROM_ARRAY = {
    np.add: _array_plus,
    np.subtract: _array_minus,
    np.multiply: _array_times,
    np.divide: _array_over,
}

_plans: dict[np.ufunc, tuple | None] = {}


def _plan(ufunc: np.ufunc) -> tuple | None:
    """Partial of a unary ufunc with the flags "reads the operand" and "reads the result"; None off the fast path."""
    row = lookup(ufunc)
    plan = None
    if type(row) is Elementwise and ufunc.nin == 1 and ufunc.nout == 1 and ufunc is not np.conjugate:
        partial = row.slices[0]
        if partial.function is not None and partial.constant is None:
            plan = (partial.function, 0 in partial.reads, 1 in partial.reads)
    _plans[ufunc] = plan
    return plan


def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
    if len(inputs) == 1 and not kwargs and method == "__call__":
        plan = _plans[ufunc] if ufunc in _plans else _plan(ufunc)
        if plan is not None and inputs[0] is self:
            node = self.node
            if node.next is not None or node.extra is not None:
                node = self.seal()
            x, path, frame = self._value, self.path, self.frame
            if (
                node.active
                and type(x) is ndarray
                and (path is None or not path[2])
                and frame.flat
                and not frame.complex
            ):
                if frame.large and x.size >= LARGE and x.dtype == np.float64 and _in_order(x):
                    y = ufunc(x, take(x.shape))
                else:
                    y = ufunc(x)
                if type(y) is ndarray:
                    record = new(Unary)
                    partial, reads_x, reads_y = plan
                    record.saved = (
                        partial,
                        (x.copy() if node.written else x) if reads_x else None,
                        y if reads_y else None,
                    )
                    record.operands = ((node, path, x.shape, True),)
                    record.shape = y.shape
                    record.bar = record.next = record.extra = None
                    record.mark = frame.position()
                    frame.append(record)
                    out = new(Array)
                    out._value = y
                    out.node = record
                    out.frame = frame
                    out.path = None
                    return out
    elif len(inputs) == 2 and not kwargs and method == "__call__" and type(inputs[0]) is ndarray and inputs[1] is self:
        reflected = _FROM_ARRAY.get(ufunc)
        if reflected is not None and inputs[0].dtype.kind in "fiub":
            result = reflected(self, inputs[0])
            if result is not None and result is not NotImplemented:
                return result
    return Traced.__array_ufunc__(self, ufunc, method, *inputs, **kwargs)


# Results that their own pullbacks, or the next ones, are likely to save.
_LARGE = {"mul": "multiply", "truediv": "divide"}


def _install() -> None:
    """Generate the methods and give them to Array."""
    for name, (with_array, kind, save, direct, reflected) in _OPERATORS.items():
        for template, method, (with_number, number_kind, number_saved) in (
            (_METHOD, f"__{name}__", direct),
            (_REFLECTED, f"__r{name}__", reflected),
        ):
            source = template.format(
                name=name,
                kind=kind,
                with_array=with_array,
                save=save,
                save_constant=_CONSTANTS[name],
                with_number=with_number,
                number_kind=number_kind,
                number_saved=number_saved,
                array_result=f"large(np.{_LARGE[name]}, x, w) if frame.large else {with_array}"
                if name in _LARGE
                else with_array,
            )
            scope = {**_SPACE, "general": getattr(Traced, method)}
            exec(compile(source, f"<adpy Array.{method}>", "exec"), scope)
            setattr(Array, method, scope[method])
    for method in (__array_ufunc__, __array_function__, __matmul__, __neg__, __pow__):
        setattr(Array, method.__name__, method)
    Array.sum = total


_install()
ELEMENTWISE_NODES = (*NODES, Powered, Unary, ElementwiseNode)
