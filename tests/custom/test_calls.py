"""What the body of a primitive sees, and what becomes of its results."""

import threading

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError, MissingRuleError, TracedValueError
from adpy.testing import check_derivatives

X = np.array([0.7, 0.4, -0.9])


def doubled(body, **options):
    """A primitive that doubles its operand, with this body."""
    box = adpy.primitive(body, **options)
    box.defjvp(lambda primals, tangents, y, **static: 2 * tangents[0])
    return box


def test_plain_calls_pass_straight_through():
    seen = []

    @adpy.primitive(static="factor")
    def times(x, *, factor=2, note=None):
        """Multiply."""
        seen.append((x, note))
        return factor * x

    x = np.ones(2)
    assert times(x, factor=3, note="a").tolist() == [3.0, 3.0]
    assert seen[0][0] is x and seen[0][1] == "a"
    assert times.__doc__ == "Multiply." and times.__name__ == "times"
    assert repr(times) == "<adpy.primitive times: no rules yet>"


def test_the_body_gets_plain_arrays_in_every_nesting():
    kinds = set()

    def body(x):
        kinds.add(type(x))
        kinds.add(type(np.zeros(2)))  # creators are plain, too
        return 2 * x

    box = doubled(body)
    adpy.jacobian(adpy.jacobian(adpy.grad(lambda x: np.sum(box(x * x) ** 2))))(X)
    assert kinds == {np.ndarray}


def test_buffers_among_the_operands():
    box = doubled(lambda x: 2 * x)

    def function(x):
        buffer = np.zeros(3)
        buffer[1:] = x[1:] ** 2
        constant = box(np.ones(2))  # a result without derivatives can still take traced values
        constant[0] = x[0]
        return np.sum(box(buffer)) * np.sum(constant)

    check_derivatives(function, X)


def test_a_result_that_is_filled_again_by_the_next_call():
    memory = np.zeros(3)

    def body(x):
        memory[...] = np.exp(x)
        return memory

    box = adpy.primitive(body)
    box.defjvp(lambda primals, tangents, y: y * tangents[0])
    check_derivatives(lambda x: np.sum(box(x) * box(2 * x)), X)


def test_results_may_be_written_into():
    box = adpy.primitive(lambda x: np.exp(x))
    box.defvjp(lambda primals, y, y_bar: (y * y_bar,))

    def function(x):
        y = box(x)
        y[0] = x[1]
        y *= y
        return y

    check_derivatives(function, X)


def test_operands_may_be_overwritten_after_the_call():
    box = adpy.primitive(lambda x: x**2)
    box.defvjp(lambda primals, y, y_bar: (2 * primals[0] * y_bar,))

    def function(x):
        work = x * 1.0
        y = box(work)
        work[...] = 5.0
        return y

    check_derivatives(function, X)


def test_writing_into_an_argument_is_refused():
    def body(x):
        x *= 2
        return x

    with pytest.raises(TracedValueError, match="A write of the primitive 'body' into its argument x"):
        adpy.grad(lambda x: np.sum(doubled(body)(x)))(X)


def test_nan_in_an_argument_is_no_write():
    box = doubled(lambda x: 2 * x)
    assert adpy.grad(lambda x: np.sum(box(x)[1:]))(np.array([np.nan, 1.0])).tolist() == [0.0, 2.0]


def test_a_body_that_closes_over_a_traced_value_is_refused():
    def function(x):
        return np.sum(doubled(lambda z: z * x)(x))

    with pytest.raises(TracedValueError, match="reads a traced value that is not an argument"):
        adpy.grad(function)(X)


def test_a_function_that_swallows_the_refusal():
    def careless(x):
        try:
            return np.sum(doubled(lambda z: z * x)(x))
        except TypeError:
            return 0.0

    with pytest.raises(TracedValueError, match="reads a traced value that is not an argument"):
        adpy.grad(careless)(X)


def test_a_body_that_swallows_the_refusal_of_a_traced_value():
    def function(x):
        def body(z):
            try:
                return z * float(x[0])
            except TypeError:
                return z

        return np.sum(doubled(body)(x))

    with pytest.raises(TracedValueError, match="float()"):
        adpy.grad(function)(X)


def test_static_arguments():
    @adpy.primitive(static=("power", "tolerance"))
    def raised(x, power, tolerance=1e-3):
        return x**power

    raised.defpartials(lambda x, y, power, tolerance: (power * x ** (power - 1),))
    np.testing.assert_allclose(adpy.grad(lambda x: np.sum(raised(x, 3)))(X), 3 * X**2)
    with pytest.raises(MissingRuleError, match="static argument 'tolerance'"):
        adpy.grad(lambda x: np.sum(raised(x, 3, tolerance=x[0])))(X)
    stopped = adpy.grad(lambda x: np.sum(raised(x, 3, tolerance=[adpy.stop_gradient(x[0])])))(X)
    np.testing.assert_allclose(stopped, 3 * X**2)


def test_without_rules():
    bare = adpy.primitive(lambda x: 2 * x, name="bare")
    for transform in (adpy.grad(lambda x: np.sum(bare(x))), adpy.jacobian(bare)):
        with pytest.raises(MissingRuleError, match="'bare'.*\n.*\n.*adpy.numerical"):
            transform(X)
    assert adpy.grad(lambda x: np.sum(x) * bare(2.0))(X).tolist() == [4.0, 4.0, 4.0]  # no operand varies


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: adpy.primitive(3), "function"),
        (lambda: adpy.primitive(max), "function"),
        (lambda: adpy.primitive(lambda x: x, static="y"), "static"),
        (lambda: adpy.primitive(lambda x: x, static="x"), "static"),
        (lambda: adpy.primitive(lambda x: x).defjvp(3), "rule of defjvp"),
        (lambda: adpy.primitive(lambda x: x).defjvp(lambda x, x_dot: x_dot), "defjvp"),
        (lambda: adpy.primitive(lambda x: x).defvjp(lambda y_bar: y_bar), "defvjp"),
        (lambda: adpy.primitive(lambda x, p: x).defpartials(lambda x, y: 1), "defpartials"),
        (lambda: adpy.primitive(lambda x, n: x, static="n").defjvp(lambda p, t, y: t), "defjvp"),
    ],
)
def test_bad_definitions(make, names):
    with pytest.raises(ArgumentError, match=names):
        make()


def test_threads():
    box = adpy.primitive(lambda x: np.exp(x))
    box.defjvp(lambda primals, tangents, y: y * tangents[0])
    found = {}

    def work(i):
        found[i] = adpy.jacobian(adpy.grad(lambda x: np.sum(box(i * x))))(X)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(6):
        np.testing.assert_allclose(found[i], np.diag(i**2 * np.exp(i * X)))
