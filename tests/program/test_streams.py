"""Scalar streams of large codes: their operations give the values of the code."""

import numpy as np
import pytest

import adpy
from adpy.api.signature import signature
from adpy.kernels.opcodes import COMPARISONS, HOLE, OPCODES
from adpy.program.recording import Recording
from adpy.program.streams import SELECT, NoStream, scalar_stream
from adpy.sparse.detection.replay import values_at
from tests.program.test_corpus import CASES, NAMES, of_active


def code_of(function, *arguments):
    """The code of the only recording of a function."""
    program = adpy.record(function, *arguments)
    branches = [branch for found in program._branches.values() for branch in found]
    return branches[0].code if branches else None


def check(code, *inputs):
    """Values by the stream are those of a replay."""
    stream = scalar_stream(code)
    values = values_at(code, stream, inputs)
    with Recording(code, inputs) as recording:
        expected = recording.outputs()
    for numbers, y in zip(stream.outputs, expected, strict=True):
        assert np.allclose(values[numbers], y.reshape(-1), rtol=1e-9, atol=1e-12, equal_nan=True)
    return stream


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES[::4])
def test_values_of_the_corpus(name):
    function, active = of_active(CASES[name])
    code = code_of(function, *active)
    if code is None:
        pytest.skip("not recorded")
    inputs = signature(active, {})[1]
    check(code, *[np.asarray(x) + 1e-7 * np.cos(np.arange(np.size(x))).reshape(np.shape(x)) for x in inputs])


def test_masks_are_comparisons_and_choices_selections():
    def f(x):
        low, high = x < 0.3, x > 0.6
        inner = ~(low | high) & (x != 0.5) ^ (x == 0.4)
        return np.where(inner, x**2, np.where(low, -x, 1.0)) + (low & high) * x

    x = np.linspace(0.0, 1.0, 11)
    stream = check(code_of(f, x), x)
    assert not stream.calls
    found = set(stream.ops.tolist())
    assert SELECT in found and len(stream.thirds) == len(stream.ops)
    assert found <= {HOLE, SELECT, *[OPCODES[g] for g in COMPARISONS]} | {
        OPCODES[g] for g in (np.square, np.negative, np.multiply, np.add)
    }


@pytest.mark.parametrize("function", [np.max, np.min])
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 2)])
def test_extrema_become_operations(function, axis):
    x = np.random.default_rng(0).integers(0, 3, (3, 4, 2)).astype(float)
    assert not check(code_of(lambda x: function(x, axis=axis), x), x).calls


def test_stacks_of_products_become_operations():
    rng = np.random.default_rng(1)
    a, b, c = rng.random((5, 2, 3)), rng.random((1, 3, 4)), rng.random((4, 2))
    assert not check(code_of(lambda a, b, c: a @ b @ c, a, b, c), a, b, c).calls


def test_limit():
    code = code_of(lambda x: np.sin(x) * x, np.ones(100))
    assert len(scalar_stream(code, 500).ops) <= 500
    with pytest.raises(NoStream, match="too many"):
        scalar_stream(code, 200)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.prod(x, axis=(0, 2), keepdims=True),
        lambda x: np.prod(x[0, 0], where=[True, False, True, True]),
        lambda x: np.sum(x, axis=1, where=np.arange(4) > 1),
        lambda x: np.mean(x, where=np.arange(4) > 1),
        lambda x: np.cumsum(x, axis=1),
        lambda x: np.cumsum(x),
        lambda x: np.cumprod(x, axis=-1),
        lambda x: np.bincount([0, 3, 3, 1], weights=x[0, 0], minlength=6),
        lambda x: [np.convolve(x[0, 0], x[1, 1, :3], mode) for mode in ("full", "same", "valid")],
        lambda x: [np.convolve(x[0, 0, :2], x[1, 1], mode) for mode in ("full", "same", "valid")],
        lambda x: [np.correlate(x[0, 0], x[1, 1, :3], mode) for mode in ("full", "same", "valid")],
        lambda x: np.einsum("nij,nkj,nkl->nil", x, x, x),
        lambda x: np.einsum("ij,ji", x[0], x[1].T),
        lambda x: np.tensordot(np.ones((5, 4, 30)), np.concatenate([x] * 10, 1), axes=([1, 2], [2, 1])),
        lambda x: np.inner(x, x[0]),
    ],
)
def test_blocks_become_operations(function):
    x = np.random.default_rng(2).random((2, 3, 4))
    assert not check(code_of(function, x), x).calls
