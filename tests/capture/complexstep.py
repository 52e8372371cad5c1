"""A small traced class for the tests of capture: complex-step differentiation in ndarray clothes.

A :class:`Step` holds ``value + 1e-30j * tangent``; NumPy's own complex arithmetic does the rest.  Independent of the
rules and of the traced classes of adpy.
"""

import numpy as np

from adpy import capture
from adpy.capture import registry
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError

STEP = 1e-30
plain_array = np.array


def raw(x):
    """Steps replaced by complex arrays, in sequences too."""
    if type(x) in (Step, StepScalar):
        return x.z
    if type(x) in (list, tuple):
        return type(x)([raw(i) for i in x])
    if type(x) is dict:
        return {k: raw(v) for k, v in x.items()}
    return x


def wrap(z):
    if type(z) is tuple:
        return tuple(map(wrap, z))
    if isinstance(z, np.ndarray) and z.dtype.kind == "c":
        return Step(z)
    return StepScalar(z) if isinstance(z, np.complexfloating) else z


class Step:
    """A traced array."""

    immutable = False

    def __init__(self, z):
        self.z = z

    value = property(lambda self: self.z.real)
    tangent = property(lambda self: self.z.imag / STEP)
    shape = property(lambda self: self.z.shape)
    ndim = property(lambda self: self.z.ndim)
    size = property(lambda self: self.z.size)
    dtype = property(lambda self: np.dtype(float))
    flags = property(lambda self: self.z.flags)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        with capture.paused():
            if ufunc in (np.less, np.greater, np.equal, np.isnan, np.isfinite, np.less_equal, np.greater_equal):
                return ufunc(*[x.value if isinstance(x, Step) else x for x in inputs])
            out = kwargs.pop("out", None)
            result = wrap(getattr(ufunc, method)(*raw(inputs), **kwargs))
            if out is not None:
                out[0][...] = result
                return out[0]
            return result

    def __array_function__(self, function, types, args, kwargs):
        if function.__name__ in THROUGH:
            with capture.implementation():
                return function._implementation(*args, **kwargs)
        with capture.paused():
            return wrap(function(*raw(args), **raw(kwargs)))

    def __getitem__(self, index):
        return wrap(self.z[raw(index)])

    def __setitem__(self, index, value):
        self.z[index] = raw(value)

    def __len__(self):
        return len(self.z)

    def __iter__(self):
        return map(self.__getitem__, range(len(self.z)))

    def refuse(self, *args, **kwargs):
        error = TracedValueError("conversion", "", "")
        if capture.frame() is not None:
            capture.frame().note(error)
        raise error

    __float__ = __complex__ = __array__ = refuse

    def copy(self, order="C"):
        return Step(self.z.copy())

    def transpose(self, axes):
        return Step(self.z.transpose(axes))

    def reshape(self, *shape):
        return Step(self.z.reshape(*shape))

    def astype(self, dtype, copy=True):
        return Step(self.z.copy())

    def item(self):
        return StepScalar(self.z.reshape(-1)[0])

    def sum(self):
        return wrap(self.z.sum())

    @property
    def flat(self):
        return [StepScalar(z) for z in self.z.flat]


def _operator(ufunc, swap):
    return lambda self, other: ufunc(other, self) if swap else ufunc(self, other)


for _name, _ufunc in dict(
    add=np.add, sub=np.subtract, mul=np.multiply, truediv=np.divide, pow=np.power, lt=np.less, gt=np.greater
).items():
    setattr(Step, f"__{_name}__", _operator(_ufunc, False))
    setattr(Step, f"__r{_name}__", _operator(_ufunc, True))
Step.__neg__ = lambda self: np.negative(self)


class StepScalar(Step):
    """A traced number."""

    immutable = True


TRACED_TYPES.update([Step, StepScalar])
THROUGH = {"apply_along_axis", "piecewise", "average", "cov", "gradient"}


def primal(x):
    if type(x) not in (Step, StepScalar):
        return CORE[0](x)
    return float(x.z.real) if x.ndim == 0 else x.value


class Frame:
    """A capture frame of Steps."""

    def __init__(self):
        self.notes = []

    def buffer(self, array):
        return Step(array.astype(complex))

    def assemble(self, nested, dtype=None):
        if isinstance(nested, np.ndarray):
            nested = nested.tolist()
        with capture.paused():
            return Step(plain_array(raw(nested), dtype=complex))

    def note(self, error):
        self.notes.append(error)

    def inert(self, function, args, kwargs):
        return function(*map(primal, args), **{name: primal(x) for name, x in kwargs.items()})

    def math(self, replacement, original, args):
        original(*map(primal, args))  # raises what math raises
        with capture.paused():
            if replacement is np.hypot:
                return wrap(np.sqrt(raw(args[0]) ** 2 + raw(args[1]) ** 2))
            return wrap(replacement(*raw(args)))


def dispatch(function, args, kwargs):
    if not isinstance(capture.frame(), Frame):
        return CORE[1](function, args, kwargs)
    with capture.paused():
        return wrap(function(*raw(args), **raw(kwargs)))


def template(x):
    return primal(x) if isinstance(x, Step | StepScalar) else CORE[2](x)


CORE = registry._primal, registry._dispatch, registry._template  # of the traced classes of adpy, which work beside ours
capture.set_hooks(primal, dispatch, template)


def tangent(function, x, direction=1.0, level=None):
    """Directional derivative of ``function`` at ``x`` as a transform would take it, and the level it took."""
    for attempt in capture.levels(function) if level is None else (level,):
        frame = Frame()
        x_step = np.asarray(x) + STEP * 1j * np.asarray(direction)
        x_step = Step(x_step) if x_step.ndim else StepScalar(x_step[()])
        try:
            with capture.tracing(frame, function, attempt) as call:
                y = call(x_step)
            if frame.notes:
                raise frame.notes[0]
        except Exception as error:  # NumPy may turn a refusal into an error of its own
            if not frame.notes:
                raise
            refusal = error
            continue
        capture.settle(function, attempt)
        if isinstance(y, np.ndarray) and y.dtype == object:
            y = frame.assemble(y.tolist())
        return (y.tangent if isinstance(y, Step) else 0.0), attempt
    raise refusal
