"""Classes, closures, globals, decorators, methods and callables."""

import functools
import operator

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7])
TEMPLATE = np.zeros(4)
GRID = np.linspace(0, 1, 3)
SETTINGS = {"rate": 0.5, "steps": 3}


class Layer:
    """A dense layer with a weight matrix of its own."""

    scale = 2.0

    def __init__(self, n_in, n_out):
        self.weights = np.cos(np.arange(n_in * n_out)).reshape(n_out, n_in)
        self.bias = np.zeros(n_out)
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return np.tanh(self.weights @ x + self.bias) * self.scale


@case(X)
def two_layers(x):
    net = [Layer(3, 4), Layer(4, 2)]
    for layer in net:
        x = layer(x)
    return x


class Particle:
    """State kept in attributes."""

    __slots__ = ("position", "velocity")

    def __init__(self, position, velocity):
        self.position = np.array(position, dtype=float)
        self.velocity = velocity

    def kick(self, dt):
        self.velocity = self.velocity - dt * self.position
        self.position += dt * self.velocity

    @property
    def energy(self):
        return 0.5 * (self.position @ self.position + np.sum(self.velocity**2))


@case(X, np.array([0.1, 0.0, 0.4]))
def object_with_state(position, velocity):
    p = Particle(position, velocity)
    for _ in range(4):
        p.kick(0.1)
    return p.energy


class Vector:
    """Operator overloading in user code."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __abs__(self):
        return np.hypot(self.x, self.y)


@case(0.3, 0.8)
def own_vector_class(a, b):
    v = 2 * Vector(a, b) + Vector(b, 1.0) * a
    return abs(v)


@case(X)
def closure_over_local_array(x):
    history = []
    buffer = np.zeros(3)

    def step(k):
        buffer[k] += x[k] ** 2
        history.append(buffer.sum())

    for k in range(3):
        step(k)
    return np.array(history)


@case(X)
def copies_a_global_and_writes(x):
    work = TEMPLATE.copy()
    work[1:] = x * GRID
    work[0] = SETTINGS["rate"] * x[0]
    return work


@case(X)
def global_dictionary_and_array(x):
    y = x
    for _ in range(SETTINGS["steps"]):
        y = y - SETTINGS["rate"] * (y - GRID) ** 2
    return y


def scaled(factor):
    """A decorator with an argument."""

    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return factor * function(*args, **kwargs)

        return inner

    return decorate


@case(X)
@scaled(3.0)
def decorated(x):
    return np.sum(x**2)


@case(1.3)
def composed(x):
    def compose(*functions):
        return functools.reduce(lambda f, g: lambda v: g(f(v)), functions)

    return compose(np.sin, np.square, lambda v: v + 1, np.log)(x)


@case(X)
def partial_and_operator(x):
    scale = functools.partial(operator.mul, 2.5)
    return functools.reduce(operator.add, map(scale, x)) * operator.itemgetter(1)(x)


@case(0.4)
def keyword_and_default_arguments(x):
    def model(x, /, a=2.0, *rest, power=2, **extra):
        return a * x**power + sum(rest) * x + extra.get("shift", 0)

    return model(x) + model(x, 3.0, 1.0, 2.0, power=3, shift=x) + model(x, **{"power": 1})


@case(X)
def nonlocal_counter(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total * 0.5 + v

    for v in x:
        add(v * v)
    return total


@case(1.1)
def memoised_fibonacci_polynomial(x):
    memo = {0: 0.0, 1: 1.0}

    def fibonacci(n):
        if n not in memo:
            memo[n] = x * fibonacci(n - 1) + fibonacci(n - 2)
        return memo[n]

    return fibonacci(7)


@case(X)
def inheritance_and_super(x):
    class Base:
        def forward(self, x):
            return x**2

    class Child(Base):
        def forward(self, x):
            return super().forward(x) + np.sin(x)

        @classmethod
        def make(cls):
            return cls()

        @staticmethod
        def reduce(x):
            return np.sum(x)

    child = Child.make()
    return child.reduce(child.forward(x))


@case(X)
def attribute_buffers_reused(x):
    class Solver:
        def __init__(self, n):
            self.work = np.zeros(n)
            self.out = np.empty((2, n))

        def run(self, x):
            self.work[:] = x
            self.work *= self.work
            self.out[0] = self.work
            self.out[1] = self.work[::-1] + x
            return self.out

    return Solver(3).run(x)


@case(X)
def context_manager_inside(x):
    with np.errstate(all="ignore"):
        y = 1 / np.where(x > 0, x, 1.0)
    with np.printoptions(precision=2):
        return y * x**2
