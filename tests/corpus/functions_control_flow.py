"""Control flow: branches, while loops, early returns, recursion, exceptions."""

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1])


@case(X)
def branch_per_element(x):
    out = []
    for value in x:
        if value < 0:
            out.append(value**2)
        elif value < 1:
            out.append(np.sin(value))
        else:
            out.append(3 - value)
    return np.array(out)


@case(2.3)
def early_return(x):
    if x > 2:
        return x**2
    return -x


@case(X)
def early_return_from_loop(x):
    total = 0.0
    for value in x:
        total += value * total + value
        if total > 1:
            return total
    return -total


@case(5.0)
def newton_square_root(a):
    x = a
    while abs(x * x - a) > 1e-13:
        x = 0.5 * (x + a / x)
    return x


@case(0.4)
def fixed_number_of_halvings(x):
    n = 0
    while x < 10 and n < 50:
        x = 2 * x + 0.1
        n += 1
    else:
        x = x - n
    return x * n


@case(1.7, 6)
def recursive_power(x, n):
    if n == 0:
        return 1.0
    half = recursive_power(x, n // 2)
    return half * half * (x if n % 2 else 1)


@case(0.9, 5)
def legendre_by_recursion(x, n):
    if n < 2:
        return x**n
    return ((2 * n - 1) * x * legendre_by_recursion(x, n - 1) - (n - 1) * legendre_by_recursion(x, n - 2)) / n


@case(X)
def recursive_tree_sum(x):
    if len(x) == 1:
        return x[0]
    middle = len(x) // 2
    return recursive_tree_sum(x[:middle]) * 1.5 + np.tanh(recursive_tree_sum(x[middle:]))


@case(X)
def continue_and_break(x):
    y = 0.0
    for i, value in enumerate(x):
        if i == 1:
            continue
        if value > 2:
            break
        y += value**3
    return y


@case(X)
def try_and_except(x):
    table = {0: "first"}
    total = 0.0
    for i in range(4):
        try:
            table[i]
            total += x[i] ** 2
        except KeyError:
            total -= x[i] * 3
        finally:
            total *= 1.1
    return total


@case(X)
def index_error_ends_the_loop(x):
    i, total = 0, 0.0
    while True:
        try:
            total += x[i] * (i + 1)
        except IndexError:
            break
        i += 1
    return total**2


@case(0.5, -1.2)
def chained_comparison(a, b):
    return a**2 * b if -1 < a < 1 <= abs(b) else a - b


@case(X)
def ternaries_and_short_circuits(x):
    a = x[0] if x[0] > x[1] else x[1]
    b = x[2] > 0 and x[2] or -x[2]
    return a * b * (1 if not x[3] < 0 else -1)


@case(np.array([0.1, 0.9]))
def bisection(p):
    low, high = 0.0, 2.0

    def f(t):
        return t**3 + p[0] * t - p[1]

    for _ in range(60):
        middle = 0.5 * (low + high)
        if f(middle) > 0:
            high = middle
        else:
            low = middle
    root = low
    for _ in range(2):
        root = root - f(root) / (3 * root**2 + p[0])
    return root


@case(X)
def secant_iteration(x):
    a, b = x[0], x[1]
    for _ in range(20):
        fa, fb = a**3 - x[3], b**3 - x[3]
        if abs(fb - fa) < 1e-14:
            break
        a, b = b, b - fb * (b - a) / (fb - fa)
    return b


@case(X)
def match_statement(x):
    total = 0.0
    for item in [("add", x[0]), ("scale", x[1]), ("skip",), ("add", x[3])]:
        match item:
            case ("add", value):
                total += value
            case ("scale", factor):
                total *= factor
            case _:
                total -= x[2]
    return total


@case(X)
def walrus(x):
    return [y**2 for v in x if (y := np.sin(v) + 0.1) > 0]


@case(X)
def convergence_of_a_series(x):
    term = total = x.copy()
    k = 1
    while np.max(np.abs(term)) > 1e-16:
        term = -term * x**2 / ((2 * k) * (2 * k + 1))
        total = total + term
        k += 1
    return total


@case(X)
def comparisons_as_numbers(x):
    return (x > 0) * x + (x[0] < x[1]) * x[2] - np.sum(x > 1) * x


@case(X)
def array_truth(x):
    if (x > -1).all() and not np.any(x > 10):
        x = x * 2
    if np.isfinite(x).all() and not np.isnan(x).any():
        x = x + 1
    if x.size and len(x) == 4 and x[0] != x[1]:
        x = x**2
    return x


@case(X)
def error_is_raised_for_bad_input(x):
    def safe_log(v):
        if v <= 0:
            raise ValueError(f"{v} is not positive")
        return np.log(v)

    total = 0.0
    for v in x:
        try:
            total += safe_log(v)
        except ValueError:
            total += 10 * v
    return total
