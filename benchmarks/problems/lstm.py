"""Character prediction by an LSTM with diagonal weights, the LSTM objective of ADBench (l=2, c=1024)."""

import numpy as np

from benchmarks.problem import Problem

LAYERS, CHARACTERS, BITS = 2, 1024, 14


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def cell_step(weight, bias, hidden, cell, x):
    gates = np.concatenate((x, hidden, x, hidden)) * weight + bias
    size = hidden.shape[0]
    forget = sigmoid(gates[:size])
    ingate = sigmoid(gates[size : 2 * size])
    outgate = sigmoid(gates[2 * size : 3 * size])
    change = np.tanh(gates[3 * size :])
    cell = cell * forget + ingate * change
    hidden = outgate * np.tanh(cell)
    return hidden, cell


def predict(main, extra, state, x):
    new_state = state.copy()
    x = x * extra[0]
    for i in range(0, len(state), 2):
        new_state[i], new_state[i + 1] = cell_step(main[i], main[i + 1], state[i], state[i + 1], x)
        x = new_state[i]
    return x * extra[1] + extra[2], new_state


def lstm(main, extra, state, sequence):
    total = 0.0
    count = 0
    x = sequence[0]
    for t in range(len(sequence) - 1):
        predicted, state = predict(main, extra, state, x)
        normalised = predicted - np.log(np.sum(np.exp(predicted)) + 2.0)
        expected = sequence[t + 1]
        total += np.sum(expected * normalised)
        count += expected.shape[0]
        x = expected
    return -total / count


def inputs():
    rng = np.random.default_rng(4)
    main = rng.uniform(size=(2 * LAYERS, 4 * BITS))
    extra = rng.uniform(size=(3, BITS))
    state = rng.uniform(size=(2 * LAYERS, BITS))
    codes = rng.integers(32, 127, size=CHARACTERS)
    sequence = ((codes[:, np.newaxis] >> np.arange(BITS)) & 1).astype(float)
    return main, extra, state, sequence


PROBLEMS = (
    Problem(
        "lstm",
        f"ADBench LSTM l={LAYERS} c={CHARACTERS}",
        lstm,
        inputs,
        argnums=(0, 1),
        target=8,
        published={"torch": 14, "advect": 34, "autograd": 89},
    ),
)
