"""One observation of bundle adjustment, as of ADBench: a camera with two radial distortions sees a point."""

import math

import numpy as np

__all__ = ["block", "block_of", "blocks", "inputs"]


def rotated(axis, x):
    """Rodrigues' formula."""
    square = axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]
    if square == 0.0:
        return [
            x[0] + axis[1] * x[2] - axis[2] * x[1],
            x[1] + axis[2] * x[0] - axis[0] * x[2],
            x[2] + axis[0] * x[1] - axis[1] * x[0],
        ]
    angle = math.sqrt(square)
    cosine, sine = math.cos(angle), math.sin(angle)
    w = [axis[0] / angle, axis[1] / angle, axis[2] / angle]
    along = (w[0] * x[0] + w[1] * x[1] + w[2] * x[2]) * (1.0 - cosine)
    return [
        x[0] * cosine + (w[1] * x[2] - w[2] * x[1]) * sine + w[0] * along,
        x[1] * cosine + (w[2] * x[0] - w[0] * x[2]) * sine + w[1] * along,
        x[2] * cosine + (w[0] * x[1] - w[1] * x[0]) * sine + w[2] * along,
    ]


def block(unknowns, feature):
    """Half the squared residual.

    ``unknowns`` holds the camera (rotation, centre, focal length, principal point, two distortions), the point and the
    weight of the observation.
    """
    axis, centre = unknowns[0:3], unknowns[3:6]
    focal, x0, y0, first, second = unknowns[6:11]
    point, weight = unknowns[11:14], unknowns[14]
    seen = rotated(axis, [point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]])
    x, y = seen[0] / seen[2], seen[1] / seen[2]
    radius = x * x + y * y
    distortion = 1.0 + radius * (first + radius * second)
    dx = weight * (focal * distortion * x + x0 - feature[0])
    dy = weight * (focal * distortion * y + y0 - feature[1])
    penalty = 1.0 - weight * weight
    return 0.5 * (dx * dx + dy * dy + penalty * penalty)


def blocks(unknowns, features):
    """The same of many observations at once; no rotation is zero."""
    rows = list(unknowns.T)
    return block_of(rows[0:3], rows[3:6], rows[6:11], rows[11:14], rows[14], list(features.T))


def block_of(axis, centre, intrinsics, point, weight, feature):
    """Half the squared residual where the rotation is not zero; numbers or arrays."""
    focal, x0, y0, first, second = intrinsics
    angle = np.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2])
    cosine, sine = np.cos(angle), np.sin(angle)
    a, b, c = axis[0] / angle, axis[1] / angle, axis[2] / angle
    px, py, pz = point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]
    along = (a * px + b * py + c * pz) * (1.0 - cosine)
    sx = px * cosine + (b * pz - c * py) * sine + a * along
    sy = py * cosine + (c * px - a * pz) * sine + b * along
    sz = pz * cosine + (a * py - b * px) * sine + c * along
    x, y = sx / sz, sy / sz
    radius = x * x + y * y
    distortion = 1.0 + radius * (first + radius * second)
    dx = weight * (focal * distortion * x + x0 - feature[0])
    dy = weight * (focal * distortion * y + y0 - feature[1])
    penalty = 1.0 - weight * weight
    return 0.5 * (dx * dx + dy * dy + penalty * penalty)


def inputs(observations):
    rng = np.random.default_rng(8)
    middle = np.array([0.3, -0.2, 0.4, 0.1, 0.2, -6.0, 1.2, 0.05, -0.05, 0.1, -0.03, 0.0, 0.0, 0.0, 0.9])
    spread = np.array([0.2] * 3 + [0.3] * 3 + [0.1, 0.02, 0.02, 0.02, 0.01] + [1.0] * 3 + [0.1])
    unknowns = middle + spread * rng.uniform(-1.0, 1.0, (observations, 15))
    return unknowns, 0.1 * rng.normal(size=(observations, 2))
