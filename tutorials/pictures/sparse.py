"""The pictures of tutorial 7: ``python tutorials/pictures/sparse.py`` writes them beside this file."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import pyplot

import adpy

HERE = Path(__file__).parent


def brusselator(t, y, alpha=0.02):
    """Two chemicals on a line: reaction and diffusion."""
    u, v = y.reshape(2, -1)
    h2 = 1.0 / (len(u) + 1) ** 2
    f = np.empty_like(y)
    f[: len(u)] = 1 + u**2 * v - 4 * u + alpha / h2 * diffused(u, 1.0)
    f[len(u) :] = 3 * u - u**2 * v + alpha / h2 * diffused(v, 3.0)
    return f


def diffused(u, edge):
    """Second differences with the same value beyond both ends."""
    w = np.full(len(u) + 2, edge)
    w[1:-1] = u
    return w[2:] - 2 * w[1:-1] + w[:-2]


def arrowhead(x):
    """Every variable meets the first one."""
    return np.sum((x[1:] ** 2 + x[0] ** 2) ** 2 - 4 * x[1:])


def dense_row(x):
    """A row and a column without zeros."""
    y = x**2 + x[0]
    y[0] = np.sum(x)
    return y


def main():
    """Draw and save."""
    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "adpy", "svg.fonttype": "none", "font.size": 8}
    y = np.ones(24)
    pictures = {
        "brusselator": adpy.sparse.prepare_jacobian(brusselator, 0.0, y, argnum=1, mode="forward"),
        "arrowhead": adpy.sparse.prepare_hessian(arrowhead, np.ones(20), mode="star"),
        "dense_row": adpy.sparse.prepare_jacobian(dense_row, np.ones(20), mode="bidirectional"),
    }
    for name, prepared in pictures.items():
        _, ax = pyplot.subplots(figsize=(2.6, 2.6), layout="constrained")
        adpy.visual.spy(prepared, ax=ax)
        ax.figure.savefig(HERE / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
