"""Backpropagation through time."""

from math import exp, log, tanh

import numpy as np
from numba import njit

__all__ = ["lstm"]

FORGET, INGATE, OUTGATE, CHANGE, CELL, TANH, X, HIDDEN = range(8)
"""What is kept of a layer in a step."""


@njit
def sigmoid(x):
    return 1.0 / (1.0 + exp(-x))


@njit
def layer(weight, bias, hidden, cell, x, kept):
    """One step; ``hidden``, ``cell`` and ``x`` are overwritten."""
    n = hidden.size
    for j in range(n):
        forget, ingate = sigmoid(x[j] * weight[j] + bias[j]), sigmoid(hidden[j] * weight[n + j] + bias[n + j])
        outgate = sigmoid(x[j] * weight[2 * n + j] + bias[2 * n + j])
        change = tanh(hidden[j] * weight[3 * n + j] + bias[3 * n + j])
        kept[FORGET, j], kept[INGATE, j], kept[OUTGATE, j], kept[CHANGE, j] = forget, ingate, outgate, change
        kept[CELL, j], kept[X, j], kept[HIDDEN, j] = cell[j], x[j], hidden[j]
        cell[j] = cell[j] * forget + ingate * change
        kept[TANH, j] = tanh(cell[j])
        hidden[j] = x[j] = outgate * kept[TANH, j]


@njit
def layer_back(weight, kept, hidden_bar, cell_bar, x_bar, weight_bar, bias_bar):
    """Cotangents of the results become those of the operands; ``x_bar`` comes on top of ``hidden_bar``."""
    n = hidden_bar.size
    for j in range(n):
        forget, ingate, outgate, change = kept[FORGET, j], kept[INGATE, j], kept[OUTGATE, j], kept[CHANGE, j]
        bar = hidden_bar[j] + x_bar[j]
        c = cell_bar[j] + bar * outgate * (1.0 - kept[TANH, j] ** 2)
        f = c * kept[CELL, j] * forget * (1.0 - forget)
        i = c * change * ingate * (1.0 - ingate)
        o = bar * kept[TANH, j] * outgate * (1.0 - outgate)
        a = c * ingate * (1.0 - change * change)
        cell_bar[j] = c * forget
        x, hidden = kept[X, j], kept[HIDDEN, j]
        weight_bar[j] += f * x
        weight_bar[n + j] += i * hidden
        weight_bar[2 * n + j] += o * x
        weight_bar[3 * n + j] += a * hidden
        bias_bar[j] += f
        bias_bar[n + j] += i
        bias_bar[2 * n + j] += o
        bias_bar[3 * n + j] += a
        x_bar[j] = f * weight[j] + o * weight[2 * n + j]
        hidden_bar[j] = i * weight[n + j] + a * weight[3 * n + j]


@njit
def lstm(main, extra, state, sequence):
    steps, n = len(sequence) - 1, state.shape[1]
    layers = len(state) // 2
    kept, last, slopes = np.empty((steps, layers, 8, n)), np.empty((steps, n)), np.empty((steps, n))
    now, x = state.copy(), np.empty(n)
    total, count = 0.0, sequence[1:].size
    for t in range(steps):
        for j in range(n):
            x[j] = sequence[t, j] * extra[0, j]
        for k in range(layers):
            layer(main[2 * k], main[2 * k + 1], now[2 * k], now[2 * k + 1], x, kept[t, k])
        powers = 2.0
        expected = 0.0
        for j in range(n):
            last[t, j] = x[j]
            slopes[t, j] = exp(x[j] * extra[1, j] + extra[2, j])
            powers += slopes[t, j]
            expected += sequence[t + 1, j]
        normal = log(powers)
        for j in range(n):
            total += sequence[t + 1, j] * (x[j] * extra[1, j] + extra[2, j] - normal)
            slopes[t, j] = (expected * slopes[t, j] / powers - sequence[t + 1, j]) / count
    main_bar, extra_bar, state_bar = np.zeros(main.shape), np.zeros(extra.shape), np.zeros(state.shape)
    for t in range(steps - 1, -1, -1):
        for j in range(n):
            extra_bar[2, j] += slopes[t, j]
            extra_bar[1, j] += slopes[t, j] * last[t, j]
            x[j] = slopes[t, j] * extra[1, j]
        for k in range(layers - 1, -1, -1):
            own = main_bar[2 * k], main_bar[2 * k + 1]
            layer_back(main[2 * k], kept[t, k], state_bar[2 * k], state_bar[2 * k + 1], x, own[0], own[1])
        for j in range(n):
            extra_bar[0, j] += x[j] * sequence[t, j]
    return -total / count, (main_bar, extra_bar)
