"""Quick calls: the same results, structures and errors as without them."""

import numpy as np
import pytest

import adpy
from adpy.api import program_recordings
from adpy.api.quick import MISS, Quick
from adpy.program import frames

A = np.linspace(0.5, 1.5, 4)
ARGUMENTS = {
    "number": (1.5,),
    "NumPy number": (np.float64(1.5),),
    "array": (A,),
    "matrix": (A.reshape(2, 2).T,),
    "tuple": ((1.5, A),),
    "nested": ({"a": [A, (2.5, np.float64(0.5))], "b": 3, "c": "name"},),
    "more": (A, 2.5, 3, None),
}


def total(tree):
    """A function of all numbers in a tree."""
    if isinstance(tree, dict):
        return total(list(tree.values()))
    if isinstance(tree, list | tuple):
        return sum([total(x) * (k + 1) for k, x in enumerate(tree)], 0.0)
    return 0.0 if tree is None or isinstance(tree, str) else np.sum(np.sin(tree) * tree)


def function(*args):
    return total(args)


def same(a, b):
    """Equal in structure, types and numbers."""
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert list(a) == list(b)
        a, b = list(a.values()), list(b.values())
    if isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif a is not None:
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-15)


@pytest.fixture(params=[True, False], ids=["small", "large"])
def quick(request, monkeypatch):
    """Every call after the second is quick; with memories that frames keep, and that they give back."""
    if not request.param:
        monkeypatch.setattr(frames, "KEPT", 0)
    found = []
    call = program_recordings.Recordings._quickly

    def counted(self, what, *args):
        result = call(self, what, *args)
        found.append(result is not MISS)
        return result

    monkeypatch.setattr(program_recordings.Recordings, "_quickly", counted)
    return found


@pytest.mark.parametrize("name", ARGUMENTS)
def test_all_kinds_of_arguments(quick, name):
    args = ARGUMENTS[name]
    p = adpy.record(function, *args)
    p(*args)
    quick.clear()
    for _ in range(2):
        same(p(*args), function(*args))
        same(p.value_and_gradient(*args), adpy.value_and_grad(function)(*args))
        same(p.gradient(*args), adpy.grad(function)(*args))
        if name != "more":
            same(p.jvp(args, args), adpy.jvp(function, args, args))
            same(p.hvp(args[0], args[0]), adpy.hvp(function)(args[0], args[0]))
        else:
            same(p.hvp(A, A, *args[1:]), adpy.hvp(function)(A, A, *args[1:]))
    assert all(quick)


def test_other_arguments_are_told(quick):
    def f(x, n=1, y=2.0):
        return np.sum(np.cos(x)) * n * y

    p = adpy.record(f, A, 2, 3.0)
    others = [
        (A, 2, 3.0),
        (A, 3, 3.0),
        (A, True, 3.0),
        (A[:3], 2, 3.0),
        (A.reshape(2, 2), 2, 3.0),
        (A.astype(">f8"), 2, 3.0),
        (A[::-1], 2, np.float64(3.0)),
        (list(A), 2, 3.0),
        (A, 2),
        (0.5, 2, 3.0),
    ]
    for _ in range(3):
        for args in others:
            same(p(*args), f(*args))
            if isinstance(args[0], float | np.ndarray):
                np.testing.assert_allclose(
                    p.gradient(*args), -np.sin(args[0]) * np.prod(args[1:]) * (2 if len(args) < 3 else 1)
                )
    same(p(A, n=2, y=3.0), f(A, 2, 3.0))
    assert True in quick


def test_results_belong_to_the_caller(quick):
    p = adpy.record(lambda x: (x, x * 2.0, [x[0], float(3)]), A)
    p(A)
    first, second = p(A), p(A)
    same(p(A), (A, 2 * A, [A[0], 3.0]))
    first[0][...] = np.nan
    first[1][...] = np.nan
    same(second, (A, 2 * A, [A[0], 3.0]))
    q = adpy.record(lambda x: np.sum(x**2), A)
    gradients = [q.gradient(A * k) for k in range(5)]
    for k, gradient in enumerate(gradients):
        np.testing.assert_allclose(gradient, 2 * A * k)
        gradient[...] = np.nan
    np.testing.assert_allclose(q.gradient(A), 2 * A)


def test_branches_and_surroundings(quick):
    rate = [2.0]

    def f(x):
        return x[0] * rate[0] if x[1] > 1.0 else x[0] ** 2 if x[1] > 0.5 else -x[0]

    p = adpy.compile(f)
    for number in range(60):
        x = np.array([number + 1.0, number % 7 / 4.0])
        rate[0] = 2.0 + number // 20
        same(p(x), f(x))
        same(p.gradient(x), adpy.grad(f)(x))
    stats = p.stats()
    assert stats["misses"] <= 9 and stats["hits"] == 120 - stats["misses"]


def test_one_number_is_expected(quick):
    p = adpy.record(lambda x: x * x, A)
    p(A)
    for _ in range(2):
        with pytest.raises(adpy.errors.ArgumentError, match="one real number"):
            p.gradient(A)
        with pytest.raises(adpy.errors.ArgumentError, match="one real number"):
            p.hvp(A, A)
        with pytest.raises(adpy.errors.ArgumentError, match="shape"):
            p.jvp((A,), (A[:2],))
    same(p.jvp(A, A), (A * A, 2 * A * A))


def test_inside_of_transforms_and_of_itself(quick):
    p = adpy.record(lambda x: np.sum(x**3), A)
    p(A), p(A)
    same(adpy.grad(lambda x: p(x) ** 2)(A), 2 * np.sum(A**3) * 3 * A**2)
    q = adpy.compile(lambda x: np.sum(x) * p(np.ones(4)))
    same(q.gradient(A), np.full(4, 4.0))


def test_a_recording_that_went(quick):
    p = adpy.compile(lambda x: np.sum(x * x), recordings=1)
    for n in (2, 3, 2, 2, 3, 3):
        np.testing.assert_allclose(p.gradient(np.ones(n)), 2 * np.ones(n))
    assert len(p.stats()["recordings"]) == 1 and isinstance(p._quick[0], Quick)


def test_wide_sweeps_in_between(quick):
    """Memory of many directions does not stay where quick calls would look for theirs."""
    p = adpy.record(lambda x: np.sum(np.exp(x) * x), A)
    expected = adpy.hessian(p.function)(A)
    for _ in range(3):
        np.testing.assert_allclose(p.hessian(A), expected, rtol=1e-12)
        np.testing.assert_allclose(p.gradient(A), np.exp(A) * (1 + A), rtol=1e-12)
        np.testing.assert_allclose(p.hvp(A, A), expected @ A, rtol=1e-12)
        np.testing.assert_allclose(p.jvp(A, A)[1], np.sum(np.exp(A) * (1 + A) * A), rtol=1e-12)
        np.testing.assert_allclose(p.jacobian(A), np.exp(A) * (1 + A), rtol=1e-12)
