"""Inputs and outputs in tuples, lists, dicts, dataclasses and named tuples."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

from tests.corpus.registry import case


@dataclass
class Pendulum:
    """Parameters of a pendulum."""

    length: float
    damping: float
    state: np.ndarray
    name: str = "pendulum"


Line = namedtuple("Line", ["slope", "intercept"])
T = np.array([0.1, 0.5, 0.9])


@case(Pendulum(1.2, 0.1, np.array([0.4, 0.0])))
def dataclass_argument(p):
    angle, rate = p.state
    return angle + 0.1 * rate - 9.81 / p.length * np.sin(angle) - p.damping * rate**2


@case(Line(0.5, -1.0))
def named_tuple_argument(line):
    return np.sum((line.slope * T + line.intercept - np.array([1.0, 0.8, 0.3])) ** 2)


@case({"w": np.array([[0.2, -0.5], [1.0, 0.3]]), "b": np.array([0.1, 0.2]), "depth": 3})
def dictionary_of_parameters(params):
    x = np.array([1.0, -1.0])
    for _ in range(params["depth"]):
        x = np.tanh(params["w"] @ x + params["b"])
    return (x**2).sum()


@case([np.array([0.3, 0.4]), (1.5, {"k": np.array([2.0])})])
def nested_containers(tree):
    vector, (number, inner) = tree
    return vector.sum() * number + inner["k"][0] ** 2


@case([(np.array([[0.5, 0.1], [0.3, -0.2]]), np.array([0.1, -0.1])), (np.array([[1.0, -1.0]]), np.array([0.2]))])
def list_of_layers(layers):
    x = np.array([0.4, 0.9])
    for w, b in layers[:-1]:
        x = np.tanh(np.dot(w, x) + b)
    w, b = layers[-1]
    return w @ x + b


@case(np.array([0.3, 0.8]))
def tuple_result(x):
    return x.sum(), x**2


@case(np.array([0.3, 0.8]))
def dictionary_result(x):
    return {"energy": 0.5 * x @ x, "force": -x, "nested": [x[0], (x[1] * x[0],)]}


@case({"a": 1.5, "b": 0.5})
def unpacked_dictionary(params):
    def model(a, b, scale=2.0):
        return scale * a**b

    merged = {**params, "scale": 3.0}
    return model(**params) + model(**merged)


@case((0.5, 1.5, 2.5))
def tuple_of_numbers(p):
    first, *rest = p
    return first * sum(rest) + max(p) * p[-1]


@case({"x": 0.3, "y": 0.9})
def dictionary_updated(d):
    d = dict(d)
    d["z"] = d["x"] * d["y"]
    d["x"] += d.pop("y")
    return sum(value**2 for value in d.values())


@case(np.array([0.3, 0.8, 1.2]))
def record_like_dictionary_of_lists(x):
    log = {"value": [], "square": []}
    for v in x:
        log["value"].append(v)
        log["square"].append(v**2)
    return {key: np.array(values) * 2 for key, values in log.items()}


@case(np.array([0.3, 0.8]), 2.0, 3)
def float_array_and_integer_arguments(x, a, n):
    return a * x**n


@case([0.5, 1.5, 2.5])
def list_of_numbers(values):
    return np.mean(values) * np.array(values) + np.sum(np.square(values))


@case(np.array([0.4, 0.2]))
def dataclass_result(x):
    return Pendulum(x[0] ** 2, 3.0, np.array([x[1], x[0]]))
