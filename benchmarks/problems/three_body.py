"""Planetary motion of three bodies by leapfrog in plain floats, 300 steps."""

import math

import numpy as np

from benchmarks.problem import Problem

MASSES = (39.478, 0.037694, 0.011286)


def accelerations(bodies, masses):
    acc = [[0.0, 0.0, 0.0] for _ in bodies]
    for i in range(len(bodies)):
        for j in range(i + 1, len(bodies)):
            dx = bodies[i][0] - bodies[j][0]
            dy = bodies[i][1] - bodies[j][1]
            dz = bodies[i][2] - bodies[j][2]
            r2 = dx * dx + dy * dy + dz * dz
            r3 = r2 * math.sqrt(r2)
            acc[i][0] -= masses[j] * dx / r3
            acc[i][1] -= masses[j] * dy / r3
            acc[i][2] -= masses[j] * dz / r3
            acc[j][0] += masses[i] * dx / r3
            acc[j][1] += masses[i] * dy / r3
            acc[j][2] += masses[i] * dz / r3
    return acc


def three_body(state, masses, dt, steps):
    """Squared distance between the two planets at the end; ``state`` holds positions, then velocities."""
    bodies = [[state[3 * i], state[3 * i + 1], state[3 * i + 2]] for i in range(3)]
    velocities = [[state[9 + 3 * i], state[10 + 3 * i], state[11 + 3 * i]] for i in range(3)]
    acc = accelerations(bodies, masses)
    for _ in range(steps):
        for body, v, a in zip(bodies, velocities, acc):
            for k in range(3):
                v[k] += 0.5 * dt * a[k]
                body[k] += dt * v[k]
        acc = accelerations(bodies, masses)
        for v, a in zip(velocities, acc):
            for k in range(3):
                v[k] += 0.5 * dt * a[k]
    return sum((bodies[1][k] - bodies[2][k]) ** 2 for k in range(3))


def inputs():
    positions = [0.0, 0.0, 0.0, 4.84143144, -1.16032004, -0.10362204, 8.34336671, 4.12479856, -0.40352342]
    velocities = [0.0, 0.0, 0.0, 0.60632639, 2.81198684, -0.02521836, -1.01077434, 1.82566237, 0.00841576]
    return np.array(positions + velocities), MASSES, 0.01, 300


PROBLEMS = (
    Problem(
        "three_body",
        "3-body leapfrog in floats, 300 steps",
        three_body,
        inputs,
        target=10,
        published={"xad": 10, "torch": 143},
        scalars=True,
    ),
)
