"""Random programs over arrays: views, in-place writes, kept scalars, arithmetic.

A program is made line by line.  Each integer of a list seeds the choice of one line, and a line is accepted only if
plain NumPy runs it on the present variables.  So leaving out integers leaves out lines, and failing programs shrink
to short ones.
"""

import random
import warnings

import numpy as np

__all__ = ["Program"]

LARGEST = 40  # entries of an array
BOUND = 1e4  # magnitude of an entry
WRITES = ("=", "=", "=", "+=", "+=", "-=", "*=")


class Program:
    """Lines of NumPy code over the arrays ``x`` (6,), ``y`` (2, 3) and the constants ``c`` (3,) and ``d`` (2, 2)."""

    def __init__(self, seeds, allow_complex=False):
        self.complex = allow_complex
        self.lines = []
        self.variables = inputs(allow_complex)
        self.counter = 0
        for seed in seeds:
            self.add_line(random.Random(seed))

    def add_line(self, rng):
        """Append the first of a few random lines that runs."""
        for _ in range(6):
            name, line = self.propose(rng)
            if self.accepts(line):
                self.lines.append(line)
                if name is not None:
                    self.counter += 1
                return

    def accepts(self, line):
        """Run ``line`` on the variables; a line that fails or leaves values that are too large is undone."""
        before = self.variables
        trial = dict(before)
        memory = {id(owner(v)): owner(v).copy() for v in before.values() if isinstance(v, np.ndarray)}
        owners = {id(owner(v)): owner(v) for v in before.values() if isinstance(v, np.ndarray)}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(line, trial)
            trial.pop("__builtins__", None)
            good = all(acceptable(v, self.complex) for k, v in trial.items() if k not in ("np", "window"))
        except (AttributeError, ValueError, TypeError, IndexError, ZeroDivisionError, Warning):
            good = False
        if good:
            self.variables = trial
        else:
            for key, array in owners.items():
                if array.flags.writeable:
                    array[...] = memory[key]
        return good

    @property
    def source(self):
        """The function as text: it calls ``observe(line number, variables)`` after every line."""
        body = ["def program(x, y, observe):"]
        for number, line in enumerate(self.lines):
            body += ["    " + part for part in line.split("\n")]
            body.append(f"    observe({number}, dict(locals()))")
        body.append("    total = 0.0")
        for number, name in enumerate(self.names()):
            value = self.variables[name]
            term = f"(weights({number}, {np.shape(value)}) * {name}).sum()"
            if np.iscomplexobj(value):
                term = f"({term}).real + (weights({number + 50}, {np.shape(value)}) * {name}).sum().imag"
            body.append(f"    total = total + {term}")
        return "\n".join([*body, "    return total"])

    def names(self):
        """Names of the variables that may carry derivatives."""
        return [k for k in self.variables if k not in ("np", "window", "c", "d")]

    # ---- choices

    def arrays(self):
        """Names of the arrays, the inputs included."""
        return [k for k in self.names() if isinstance(self.variables[k], np.ndarray)]

    def writeable(self):
        """Names of the arrays that can be written into."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [k for k in self.arrays() if self.variables[k].flags.writeable]

    def scalars(self):
        """Names of scalars kept from before."""
        return [k for k in self.names() if not isinstance(self.variables[k], np.ndarray)]

    def propose(self, rng):
        """A random line, with the name that it binds."""
        makers = [self.view] * 4 + [self.write] * 7 + [self.compute] * 4 + [self.copy] * 2 + [self.read] * 3
        makers += [self.special_write] * 3 + [self.fresh]
        if self.complex:
            makers += [self.part] * 3
        return rng.choice(makers)(rng)

    def bind(self, expression, prefix="a"):
        """A line that binds a new variable."""
        name = f"{prefix}{self.counter}"
        return name, f"{name} = {expression}"

    def view(self, rng):
        """A view of an array, or of a view."""
        a = rng.choice(self.arrays())
        shape = self.variables[a].shape
        n = len(shape)
        axis = rng.randrange(n) if n else 0
        other = rng.randrange(n) if n else 0
        axes = rng.sample(range(n), n)
        choices = [f"{a}[{basic_index(rng, shape)}]"] * 8
        choices += [
            f"{a}.reshape({rng.choice(shapes_of(self.variables[a].size))})",
            f"{a}.reshape({rng.choice(shapes_of(self.variables[a].size))}, order='F')",
            f"{a}.reshape(-1)",
            f"np.reshape({a}, -1)",
            f"{a}.ravel()",
            f"np.ravel({a}, order='F')",
            f"{a}.ravel('K')",
            f"{a}.T",
            f"{a}.transpose({axes})",
            f"{a}.swapaxes({axis}, {other})",
            f"np.moveaxis({a}, {axis}, {other})",
            f"{a}.squeeze()",
            f"np.expand_dims({a}, {axis})",
            f"np.diagonal({a})",
            f"{a}.diagonal(1)",
            f"np.flip({a}, {axis})",
            f"np.flip({a})",
            f"np.fliplr({a})",
            f"np.rot90({a})",
            f"np.atleast_2d({a})",
            f"np.broadcast_to({a}, {(2, *shape)})",
            f"window({a}, 2, {axis})",
            f"{a}.view()",
            f"np.asarray({a})",
            f"np.array({a}, copy=None, ndmin=2)",
            f"np.split({a}, 2, {axis})[{rng.randrange(2)}]",
            f"np.array_split({a}, 3, {axis})[{rng.randrange(3)}]",
            f"np.broadcast_arrays({a}, {rng.choice(self.arrays())})[0].copy()",
            f"np.squeeze({a}[None])",
            f"np.asfortranarray({a})",
            f"np.ascontiguousarray({a})",
            f"np.matrix_transpose({a})",
        ]
        return self.bind(rng.choice(choices))

    def fresh(self, rng):
        """A buffer, or an array of numbers and scalars."""
        shape = rng.choice([(3,), (2, 2), (2, 3), (4,), (), (0,), (1, 3), (2, 1, 2)])
        entries = ", ".join(rng.choice([*self.scalars(), "0.5", "c[1]", "x[0]", "y[1, 2]"]) for _ in range(3))
        return self.bind(
            rng.choice(
                [
                    f"np.zeros({shape})",
                    f"np.zeros({shape}, order='F')",
                    f"np.ones({shape})",
                    f"np.full({shape}, 0.25)",
                    f"np.zeros_like({rng.choice(self.arrays())})",
                    f"np.array([{entries}])",
                    f"np.array([[{entries}], [{entries}]])",
                    f"np.array({rng.choice([*self.scalars(), '0.5'])})",
                    f"np.full({shape}, {rng.choice([*self.scalars(), '0.5'])})",
                ]
            )
        )

    def copy(self, rng):
        """New memory with entries of arrays."""
        a, b = rng.choice(self.arrays()), rng.choice(self.arrays())
        shape = self.variables[a].shape
        axis = rng.randrange(len(shape)) if shape else 0
        choices = [
            f"{a}[{advanced_index(rng, shape, a, self.complex)}]",
            f"{a}[{advanced_index(rng, shape, a, self.complex)}]",
            f"{a}.copy()",
            f"{a}.copy(order='F')",
            f"np.copy({a})",
            f"{a}.flatten()",
            f"np.roll({a}, 1, {axis})",
            f"np.concatenate([{a}.ravel(), {b}.ravel()])",
            f"np.stack([{a}, {a}], {axis})",
            f"np.take({a}, [0, 1, 0], {axis})",
            f"{a}.take([0, -1])",
            f"np.tile({a}, 2)",
            f"np.repeat({a}, 2, {axis})",
            f"np.pad({a}.copy(), 1)",
            f"np.array({a})",
            f"np.delete({a}, 0, {axis})",
            f"np.append({a}, 0.5)",
            f"np.where({mask(rng, shape, a, self.complex)}, {a}, {self.operand(rng, shape)})",
            f"np.array([r for r in {a}])",
        ]
        if not self.complex:
            choices += [f"np.ascontiguousarray(np.sort({a}, {axis}))", f"np.array(sorted({a}.ravel()))"]
        return self.bind(rng.choice(choices))

    def compute(self, rng):
        """Arithmetic; the results save their operands."""
        a = rng.choice(self.arrays())
        b = self.operand(rng, self.variables[a].shape)
        axis = rng.randrange(max(self.variables[a].ndim, 1))
        return self.bind(
            rng.choice(
                [
                    f"{a} + {b}",
                    f"{a} - {b}",
                    f"{a} * {b}",
                    f"{b} * {a}",
                    f"{a} / (3.0 + {b} * {b})",
                    f"2.0 - {a}",
                    f"1.5 * {a}",
                    f"-{a}",
                    f"{a} ** 2",
                    f"np.sin({a})",
                    f"np.exp(-{a} * {a})",
                    f"np.tanh({a} * 0.5)",
                    f"{a} @ {a}",
                    f"{a} @ {rng.choice(self.arrays())}",
                    f"np.outer({a}, {a})",
                    f"{a}.sum({axis})",
                    f"{a}.mean(axis={axis}, keepdims=True)",
                    f"np.cumsum({a}, {axis})",
                    f"np.einsum('i,i->i', {a}, {a})",
                    f"np.diff({a}, axis={axis})",
                    f"np.multiply.outer({a}, {b})",
                    f"np.add.reduce({a}, {axis})",
                    f"{a}.prod({axis})",
                ]
            )
        )

    def read(self, rng):
        """A scalar kept for later."""
        a = rng.choice(self.arrays())
        array = self.variables[a]
        name = f"s{self.counter}"
        flat = rng.randrange(array.size) if array.size else 0
        index = np.unravel_index(flat, array.shape) if array.size else ()
        index = tuple(int(i) - n * rng.randrange(2) for i, n in zip(index, array.shape, strict=False))
        s = rng.choice([*self.scalars(), "0.5", "c[1]"])
        return name, f"{name} = " + rng.choice(
            [
                f"{a}[{index}]",
                f"{a}[{index}]",
                f"{a}[{index}]",
                f"{a}.flat[{flat}]",
                f"{a}.item({flat})",
                f"{a}.sum()",
                f"np.sum({a} * {a})",
                f"{s} * {a}[{index}]",
                f"{s} - {a}[{index}] * {s}",
                f"np.cos({s})",
                f"{a}[{index}] / 3",
                f"{a}.ravel() @ {a}.ravel()",
                f"sum(e for e in {a}.flat)",
                f"[*{a}.flat][-1] * {s}",
                f"{a}.tolist()[0]" if array.ndim == 1 else f"{a}[{index}]",
                f"[v for _, v in np.ndenumerate({a})][0]",
            ]
        )

    def part(self, rng):
        """Complex arrays and their real and imaginary parts."""
        a, b = rng.choice(self.arrays()), rng.choice(self.arrays())
        operand = self.operand(rng, self.variables[a].shape)
        if rng.randrange(2):
            return None, rng.choice([f"{a}.real = {operand}", f"{a}.imag = {operand}", f"{a}.imag[...] += {operand}"])
        return self.bind(
            rng.choice(
                [
                    f"{a} + 1j * {b}",
                    f"{a} * 1j",
                    f"{a}.real",
                    f"{a}.imag",
                    f"{a}.conj()",
                    f"np.zeros({self.variables[a].shape}, complex)",
                    f"{a}.astype(complex)",
                    f"np.real({a})",
                    f"np.imag({a})",
                ]
            )
        )

    def write(self, rng):
        """An assignment to entries, plain or augmented."""
        a = rng.choice(self.writeable())
        shape = self.variables[a].shape
        target = rng.choice([a, a, a, f"{a}.T", f"{a}.flat", f"{a}.ravel()", f"{a}.reshape(-1)"])
        shape = {"a": shape, "T": shape[::-1]}.get("a" if target == a else target[-1], (self.variables[a].size,))
        kind = rng.choice("bbbbbae")
        if kind == "b":
            index = basic_index(rng, shape)
        elif kind == "a" and ".flat" not in target:
            index = advanced_index(rng, shape, a, self.complex)
        else:
            index = "..."
        if kind == "e" and rng.randrange(2) and target in (a,):
            operator = rng.choice(["+=", "-=", "*=", "/=", "**="])
            right = self.operand(rng, shape)
            right = {"/=": f"(3.0 + {right} * {right})", "**=": "2"}.get(operator, right)
            return None, f"{a} {operator} {right}"
        region = np.empty(shape)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                shape = np.shape(eval(f"r[{index}]", {"r": region, "np": np, a: self.variables[a], **self.variables}))
        except (IndexError, TypeError, ValueError, RuntimeWarning):
            pass
        operator = rng.choice(WRITES)
        right = self.operand(rng, shape)
        if ".flat" in target:
            operator = "="
        if self.complex and self.casts_over_itself(a, right):
            right = "0.5"
        return None, f"{target}[{index}] {operator} {right}"

    def casts_over_itself(self, name, right):
        """Would NumPy write converted entries over entries that it reads later?"""
        source = eval(right, dict(self.variables))
        return np.result_type(source) != self.variables[name].dtype and np.may_share_memory(
            source, self.variables[name]
        )

    def special_write(self, rng):
        """NumPy's functions and methods that write."""
        a = rng.choice(self.writeable())
        array = self.variables[a]
        n = max(array.size, 1)
        some = [rng.randrange(n) for _ in range(3)]
        rows = [rng.randrange(array.shape[0]) for _ in range(3)] if array.ndim and array.size else [0]
        right = self.operand(rng, array.shape)
        few = self.operand(rng, (3,))
        one = rng.choice([*self.scalars(), "0.75", "x[1]"])
        where = mask(rng, array.shape, a, self.complex)
        axis = rng.randrange(max(array.ndim, 1))
        choices = [
            f"np.copyto({a}, {right})",
            f"np.copyto({a}, {right}, where={where})",
            f"np.put({a}, {some}, {few})",
            f"{a}.put({some}, {few})",
            f"np.place({a}, {where}, {few})",
            f"np.putmask({a}, {where}, {right})",
            f"np.fill_diagonal({a}, {one})",
            f"np.fill_diagonal({a}, {few})",
            f"np.add.at({a}, {rows}, {one})",
            f"np.subtract.at({a}, {rows}, {one})",
            f"{a}.fill({one})",
            f"np.add({a}, {right}, out={a})",
            f"np.multiply({a}, {right}, out={a}, where={where})",
            f"np.negative({a}, out={a})",
            f"np.sin({right}, out={a})",
            f"np.cumsum({a}.ravel(), out={a}.reshape(-1))",
            f"np.add({a}[::-1], {a}, {a})",
            f"for r in {a}: r[...] *= 0.5",
            f"for r in {a}: r += {one}",
            f"{a}[0], {a}[-1] = {a}[-1], {a}[0]",
            f"{a}[0], {a}[1] = {a}[1] * 1.0, {a}[0] * 1.0",
            f"{a}[[0, 1]] = {a}[[1, 0]]",
            f"{a}[1:] = {a}[:-1]",
            f"{a}[:-1] += {a}[1:]",
            f"{a}[::-1] = {a}",
            f"{a}.shape = {rng.choice(shapes_of(array.size))}",
        ]
        if not self.complex:
            choices += [f"np.multiply.at({a}, {rows}, {one})", f"{a}.sort({axis})", f"{a}[:].sort()"]
        if array.ndim and array.size:
            index = np.full((1,) * array.ndim, rng.randrange(array.shape[axis])).tolist()
            choices.append(f"np.put_along_axis({a}, np.array({index}), {one}, {axis})")
        return None, rng.choice(choices)

    def operand(self, rng, shape):
        """An expression that broadcasts to ``shape``, if one is found: a number, scalar, array or part of one."""
        kind = rng.randrange(8)
        if kind == 0:
            return rng.choice(["0.5", "2", "-1.25", "np.float64(0.3)", "np.float32(0.5)", "True"])
        if kind <= 2 and self.scalars():
            return rng.choice(self.scalars())
        for _ in range(12):
            a = rng.choice([*self.arrays(), "c", "d"])
            expression = rng.choice(
                [a, a, f"{a}[{basic_index(rng, self.variables[a].shape)}]", f"{a}.T", f"{a}.ravel()"]
            )
            try:
                found = np.shape(eval(expression, dict(self.variables)))
                if np.broadcast_shapes(found, shape) == tuple(shape):
                    return expression
            except (IndexError, ValueError, TypeError):
                pass
        return rng.choice([*self.scalars(), "0.5"])


def inputs(allow_complex=False):
    """Variables at the start of a program."""
    # Many digits, so that sorting meets no accidental ties, where derivatives jump.
    x = np.array([0.3117293, -0.7429711, 1.1351937, 0.5233171, -1.2179353, 0.8741377])
    y = np.array([[0.9349191, -0.4127933, 0.6673151], [-0.2937179, 1.3719337, 0.1811913]])
    c, d = np.array([0.7, -0.3, 1.1]), np.array([[0.4, 1.2], [-0.6, 0.9]])
    for constant in (c, d):
        constant.setflags(write=False)
    if allow_complex:
        y = y + 1j * y[::-1]
    return {"np": np, "window": np.lib.stride_tricks.sliding_window_view, "x": x, "y": y, "c": c, "d": d}


def owner(array):
    """The array that owns the memory of a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def acceptable(value, allow_complex):
    """Is the value a small finite number or array of floats?"""
    if isinstance(value, float | complex | np.inexact) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc"):
        complex_value = isinstance(value, complex) or getattr(value, "dtype", np.dtype(float)).kind == "c"
        small = np.size(value) <= LARGEST and np.ndim(value) <= 4
        return small and (allow_complex or not complex_value) and bool((np.abs(value) < BOUND).all())
    return False


def shapes_of(size):
    """Shapes of arrays with ``size`` entries."""
    pairs = [(n, size // n) for n in range(1, size + 1) if size % n == 0]
    return [(size,), *pairs, (1, size, 1), *[(1, *p) for p in pairs[:2]]]


def basic_index(rng, shape):
    """A random index of integers, slices, ``...`` and ``None``, as text."""
    parts = []
    for n in shape[: rng.randint(0, len(shape))] if rng.randrange(4) else shape:
        kind = rng.randrange(8)
        if kind <= 2 and n:
            parts.append(str(rng.randrange(-n, n)))
        elif kind <= 5:
            start, stop = (rng.choice(["", str(rng.randint(-n, n))]) for _ in range(2))
            parts.append(f"{start}:{stop}" + rng.choice(["", "", ":2", ":-1", ":-2"]))
        elif kind == 6 and n:
            parts.append(f"np.int64({rng.randrange(n)})")
        else:
            parts.append(":")
    if rng.randrange(5) == 0:
        parts.insert(rng.randint(0, len(parts)), "...")
    if rng.randrange(8) == 0:
        parts.insert(rng.randint(0, len(parts)), "None")
    return ", ".join(parts) if parts else "..."


def advanced_index(rng, shape, name, allow_complex):
    """A random index with an integer array or a mask in it, as text."""
    if rng.randrange(3) == 0 or not shape or 0 in shape:
        return mask(rng, shape, name, allow_complex)
    axis = rng.randrange(len(shape))
    entries = [rng.randrange(-shape[axis], shape[axis]) for _ in range(rng.randint(0, 4))]
    index = rng.choice([f"{entries}", f"np.array({entries}, int)", f"np.array([{entries}], int)"])
    before = ", ".join([":"] * axis)
    more = ""
    if axis + 1 < len(shape) and rng.randrange(3) == 0:
        n = shape[axis + 1]
        more = ", " + rng.choice([f"{rng.randrange(n)}", "::2", f"{[rng.randrange(n) for _ in entries]}", "None"])
    return f"{before}, {index}{more}" if before else f"{index}{more}"


def mask(rng, shape, name, allow_complex):
    """A mask of ``shape``, from values or given, as text."""
    if not allow_complex and rng.randrange(2):
        return f"{name} {rng.choice('<>')} {rng.choice([0.1037219, 0.4513377, -0.3091733])}"
    size = int(np.prod(shape))
    bits = [rng.randrange(2) for _ in range(size)]
    return f"np.array({bits}, bool).reshape({shape})"
