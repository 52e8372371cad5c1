"""Formatting, printing, logging, asserting and type checks inside numeric code."""

import io
import logging
import warnings

import numpy as np

from tests.corpus import elsewhere
from tests.corpus.registry import case

logger = logging.getLogger(__name__)
X = np.array([0.3, 1.2, -0.7])


@case(X)
def formatted(x):
    message = f"{x[0]:.3f} and {x[1]:8.2e} of {x!r} {x.sum():g}"
    assert "and" in message
    return x**2 * len(message.split()[0])


@case(0.4)
def percent_and_format(x):
    text = "%.2f %s %d" % (x, x, 3) + f"{x:>10.4f}|{str(x)}"  # noqa: UP031  (what old code does)
    return x**2 * (1 if "|" in text else 100)


@case(X)
def printed(x):
    stream = io.StringIO()
    for i, value in enumerate(x):
        print(i, value, value * 2, x, file=stream)
    return x.sum() ** 2


@case(X)
def logged(x):
    logger.debug("x = %s, norm %.3f", x, np.linalg.norm(x))
    y = x * 2
    logger.debug("y[0] = %g", y[0])
    return y


@case(X)
def asserted(x):
    assert x.ndim == 1 and x.shape == (3,), x.shape
    assert np.all(np.isfinite(x)), f"bad {x}"
    assert isinstance(len(x), int)
    y = np.exp(x)
    assert (y > 0).all()
    return y


@case(0.4)
def type_checked_number(x):
    if not isinstance(x, (int, float)):
        raise TypeError(f"need a number, got {type(x)}")
    return x**2 + float(3)


@case(X)
def type_checked_array(x):
    if not isinstance(x, np.ndarray):
        x = np.asarray(x)
    if x.dtype.kind != "f" or not np.issubdtype(x.dtype, np.floating):
        raise TypeError(x.dtype)
    return x * np.finfo(x.dtype).eps * 1e16 if np.isrealobj(x) else x


@case(X)
def scalar_checks(x):
    if np.isscalar(x) or np.ndim(x) == 0:
        return x
    if np.iscomplexobj(x) or np.size(x) != 3 or np.shape(x) != (3,):
        raise ValueError
    return np.cos(x)


@case(X)
def warned(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn(f"negative entry {x.min():.2f}", stacklevel=1)
    return x * 3


@case(X)
def converted_to_python(x):
    values = x.tolist()
    return values[0] * x[1].item() + x.item(2) ** 2


@case(X)
def float_of_an_element(x):
    total = 0.0
    for value in x:
        total += float(value) ** 2
    return total


@case(X)
def converted_in_another_module(x):
    return elsewhere.mean_as_float(x**2) * elsewhere.to_real(x[0]) + elsewhere.to_real(x.sum(), np.float64)


@case(0.8)
def converted_in_a_method_of_another_module(x):
    converter = elsewhere.Converter(x * 2)
    return converter(x) + converter.factor


@case(1.7)
def integer_part_as_index(x):
    table = [0.5, 1.5, 2.5, 4.0]
    i = int(x)
    return table[i] + (x - i) * (table[i + 1] - table[i])


@case(2.3412)
def rounding(x):
    return round(x, 1) + x * round(x) + np.round(x, 2) * x


@case(X)
def boolean_conversions(x):
    return x * bool(x[0]) + (x if x.any() else -x) + np.where(np.signbit(x), -x, x)


@case(X)
def membership_and_equality(x):
    bonus = 1.0 if 5.0 in x or x[1] not in x else 2.0
    return x * bonus + (x == x[1]) * 2.0 * x + np.array_equal(x, x.copy()) * x**2


@case(X)
def hashing_by_rounded_key(x):
    seen = {}
    for v in x:
        seen.setdefault(round(v * 2) / 2 > 0, []).append(v)
    return sum(seen[True]) * sum(seen[False])


@case(X)
def array_to_string(x):
    text = np.array2string(x, precision=2) + str(x) + repr(x[0])
    return x / (1 if text else 2)


@case(X)
def allclose_guards_an_iteration(x):
    y = x
    for _ in range(50):
        new = np.cos(y) * 0.5 + 0.1 * x
        if np.allclose(new, y, atol=1e-15, rtol=0):
            break
        y = new
    return y
