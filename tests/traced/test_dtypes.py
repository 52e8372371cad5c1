"""Other dtypes: values are NumPy's in every precision, gradients have the dtype of their input."""

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, TracedValueError
from adpy.traced import primal

RNG = np.random.default_rng(3)
X32 = RNG.normal(size=(3, 2)).astype(np.float32)
Z = RNG.normal(size=3) + 1j * RNG.normal(size=3)
FUNCTIONS = {
    "arithmetic": lambda x: (x * x + 2 * x - x / 3).sum(),
    "float64 constant": lambda x: (x * np.array([0.1, 0.2]) + np.float64(0.3)).sum(),
    "float32 constant": lambda x: (x / np.array([0.3, 0.7], np.float32) * np.float32(0.3)).sum(),
    "float16 constant": lambda x: (x / np.array([0.3, 0.7], np.float16)).sum(),
    "python scalar": lambda x: (0.1 * x - x**3).sum(),
    "integers": lambda x: (x * np.arange(2) + np.int8(3) * x).sum(),
    "booleans": lambda x: (x * (x > 0) + x * True).sum(),
    "elements": lambda x: x[0, 0] * x[1, 1] / x[2, 0] + np.sin(x[0, 1]) * 0.1,
    "elements times float64": lambda x: x[0, 0] * np.float64(0.1) + np.ones(2)[0] * x[1, 0],
    "buffer": lambda x: fill(np.zeros(3, x.dtype), x).sum(),
    "float64 buffer": lambda x: fill(np.zeros(3), x).sum(),
    "reductions": lambda x: x.mean() + x.sum(0).prod() + x.max() + x.std(),
    "sum in double": lambda x: x.sum(dtype=np.float64) ** 2,
    "product": lambda x: (x @ x.T).sum() + x.ravel() @ x.ravel(),
    "cast": lambda x: (x.astype(np.float64) * 0.1).sum() + x.astype(np.float32).sum(),
    "ufuncs": lambda x: (np.exp(x) + np.tanh(x) * np.arctan2(x, 2) + np.hypot(x, 1)).sum(),
    "in place": lambda x: in_place(x.copy()).sum(),
    "concatenated": lambda x: (np.concatenate([x, np.ones((1, 2))]) * 0.1).sum(),
    "scalar of float64": lambda x: (x * x.astype(float).sum()).sum(),
    "np.float64 element": lambda x: (x * np.array([x[0, 0], 2.0], np.float64)[0]).sum(),
    "power": lambda x: (np.abs(x) ** np.float32(1.5)).sum() + (np.float32(2) ** x).sum(),
}


def fill(buffer, x):
    """Write elements into a buffer."""
    for i in range(3):
        buffer[i] = x[i, 0] * x[i, 1]
    buffer[1:] += buffer[:-1] * 0.1
    return buffer


def in_place(x):
    """Augmented assignments with other dtypes."""
    x += np.ones(2)
    x *= np.float64(0.3)
    x /= np.arange(1, 3)
    x -= 1
    x[0] *= x[1]
    return x


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble])
def test_values_are_numpys_and_gradients_have_the_inputs_dtype(name, dtype):
    function, x = FUNCTIONS[name], X32.astype(dtype)
    with np.errstate(all="ignore"):
        expected = function(x.copy())
        value, gradient = adpy.value_and_grad(function)(x)
        reference = adpy.grad(function)(x.astype(float))
    assert type(value) is type(expected) and value == expected
    assert type(gradient) is np.ndarray and gradient.dtype == dtype
    rounding = max(np.finfo(dtype).eps, np.finfo(float).eps)
    np.testing.assert_allclose(gradient.astype(float), reference, rtol=40 * rounding, atol=40 * rounding)


def test_float32_scalar():
    value, gradient = adpy.value_and_grad(lambda x: x * np.float32(0.1) + np.sin(x))(np.float32(0.3))
    assert type(value) is np.float32 and type(gradient) is np.float32
    assert value == np.float32(0.3) * np.float32(0.1) + np.sin(np.float32(0.3))


def test_float64_gradients_do_not_pass_through_float32():
    x, w = np.array([0.1, 0.2]), np.array([0.3, 0.7], np.float32)
    for function in (
        lambda x: (x / w).sum(),
        lambda x: (x / w**2).sum(),
        lambda x: (np.hypot(x, w)).sum(),
        lambda x: x[0] / w[1] + x[1] ** w[0],
        lambda x: np.arctan2(w, x).sum(),
        lambda x: (x**w).sum(),
        lambda x: np.float32(2) / x[0] + np.float16(0.1) * x[1],
    ):
        step = 1e-30j
        reference = [np.imag(_complex(function, x + step * e)) / 1e-30 for e in np.eye(2)]
        np.testing.assert_allclose(adpy.grad(function)(x), reference, rtol=1e-14)


def _complex(function, z):
    """The functions above of complex numbers (hypot and arctan2 know no such)."""
    originals = np.hypot, np.arctan2
    try:
        np.hypot = lambda a, b: np.sqrt(a * a + b.astype(float) ** 2)
        np.arctan2 = lambda a, b: np.arctan(a.astype(float) / b)
        return function(z)
    finally:
        np.hypot, np.arctan2 = originals


@pytest.mark.parametrize(
    "function",
    [
        lambda z: (z * z.conj()).real.sum(),
        lambda z: (abs(z) ** 2).sum(),
        lambda z: np.abs(np.exp(1j * z) + z**3).sum(),
        lambda z: (z.real * z.imag).sum(),
        lambda z: np.angle(z).sum(),
        lambda z: parts(z).real.sum(),
        lambda z: (np.vdot(z, z * z)).imag,
        lambda z: z[0].real * z[1].imag + (z[0] / z[2]).real,
        lambda z: np.fft.ifft(np.fft.fft(z) ** 2).real.prod(),
        lambda z: np.array([z[0], 1.0, z[1] * 2]).prod().imag,
        lambda z: (z.astype(np.complex64) * 2).real.sum(),
    ],
)
def test_complex_inputs(function):
    value, gradient = adpy.value_and_grad(function)(Z)
    np.testing.assert_allclose(value, function(Z), rtol=1e-15)
    assert gradient.dtype == complex
    h = 1e-3
    single = "complex64" in str(function.__code__.co_names)
    for k in range(3):
        for unit, part in ((1, gradient[k].real), (1j, gradient[k].imag)):
            total = 0
            for steps, coefficient in ((1, 45), (2, -9), (3, 1)):
                for sign in (1, -1):
                    moved = Z.copy()
                    moved[k] += sign * steps * h * unit
                    total += sign * coefficient * function(moved)
            np.testing.assert_allclose(part, total / (60 * h), atol=1e-3 if single else 1e-9)


def parts(z):
    """Writes through real and imaginary parts."""
    y = z * 2
    y.real += y.imag
    y.imag[1:] = y.real[:-1] ** 2
    y.real[0] = 3.0
    y[2] *= 1j
    y.imag *= y.real
    return y * y


def test_real_inputs_of_complex_code_have_real_gradients():
    gradient = adpy.grad(lambda x: np.abs(np.exp(1j * x) + x).sum())(np.array([0.3, 0.4]))
    assert gradient.dtype == float


def test_integer_arrays_do_not_take_derivatives():
    def writes(x):
        counts = np.zeros(3, int)
        counts[0] = x[0]
        return counts.sum() * x[1]

    np.testing.assert_array_equal(adpy.grad(writes)(np.array([1.5, 2.0])), [0, 1])  # NumPy rounds down

    def floors(x):
        counts = np.zeros(3, int)
        counts[0] = int(x[0])
        return counts.sum() * x[1]

    np.testing.assert_array_equal(adpy.grad(floors)(np.array([1.5, 2.0])), [0, 1])

    def casts(x):
        return (x.astype(int) * x).sum()

    np.testing.assert_array_equal(adpy.grad(casts)(np.array([1.5, 2.0])), [1, 2])

    def augments(x):
        counts = np.arange(3)
        counts += x
        return counts.sum()

    with pytest.raises((TracedValueError, TypeError)):
        adpy.grad(augments)(np.array([1.5, 2.0, 1.0]))


def test_object_arrays():
    def function(x):
        table = np.empty(2, object)
        table[0], table[1] = x[0] * x[1], x[1] ** 2
        return table.sum() + (table * 2)[0] + np.array([x[0], x[1]], object)[1]

    np.testing.assert_allclose(adpy.grad(function)(np.array([1.5, 2.0])), [6.0, 3 * 1.5 + 4 + 1])


def test_object_input():
    gradient = adpy.grad(lambda x: (x * x).sum())(np.array([1.5, 2.0], object))
    np.testing.assert_allclose(np.asarray(gradient, float), [3.0, 4.0])


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_subclasses_and_structures():
    for value in (np.ma.masked_array([1.0, 2.0], [False, True]), np.zeros(2, [("a", float)])):
        with pytest.raises(ArgumentError):
            adpy.grad(lambda x: x.sum())(value)
    matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    try:
        gradient = adpy.grad(lambda x: (x * x).sum())(matrix)
    except ArgumentError:
        return
    # The product of matrices, if the class was kept.
    e = np.eye(4).reshape(4, 2, 2)
    reference = [((matrix + 1e-6 * np.matrix(d)) ** 2 - (matrix - 1e-6 * np.matrix(d)) ** 2).sum() / 2e-6 for d in e]
    np.testing.assert_allclose(np.asarray(gradient).ravel(), reference, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_plain_matrix_operand():
    matrix = np.matrix([[1.0, 2.0], [3.0, 4.0]])

    def function(x):
        return (matrix * x.reshape(2, 1)).sum()

    try:
        value, gradient = adpy.value_and_grad(function)(np.array([1.0, 2.0]))
    except TracedValueError:
        return
    assert value == function(np.array([1.0, 2.0]))
    np.testing.assert_allclose(gradient, [4.0, 6.0])


def test_masked_operand_is_refused_or_right():
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    x = np.array([1.0, 2.0])
    for function in (lambda x: (masked * x).sum(), lambda x: (x * masked).sum(), lambda x: np.ma.sum(masked + x)):
        try:
            value, gradient = adpy.value_and_grad(function)(x)
        except (TracedValueError, TypeError):
            continue
        assert value == function(x)
        np.testing.assert_allclose(gradient, [1.0, 0.0])


def test_mixed_scalars_keep_numpys_promotion():
    def function(x):
        s = x[0]
        kinds = [
            s * np.ones(2, np.float32),
            np.ones(2, np.float32) / s,
            s + np.float32(1),
            np.float16(2) * s,
            s * np.int8(2),
        ]
        found.append([np.asarray(primal(k)).dtype for k in kinds])
        return s

    found = []
    function(np.array([0.5]))
    adpy.grad(function)(np.array([0.5]))
    adpy.grad(lambda x: function([x]))(0.5)
    function([0.5])
    assert found[0] == found[1] and found[2] == found[3] and found[0] != found[2]


def test_the_imaginary_part_of_a_real_array_is_a_plain_constant():
    def f(x, y):
        y = np.sin(y)
        y.ravel()[...] *= np.imag(x) + 1.0
        return y.real.sum() + x.sum() + np.imag(x).sum()

    x, y = np.arange(6.0) / 7, (np.arange(6.0) + 1j).reshape(2, 3)
    gradient = adpy.grad(f)(x, y)
    np.testing.assert_array_equal(gradient, np.ones(6))
    np.testing.assert_array_equal(adpy.jacobian(f, mode="forward")(x, y), np.ones(6))
