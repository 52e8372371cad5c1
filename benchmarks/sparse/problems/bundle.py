"""Bundle adjustment as of ADBench, vectorised over the observations: reprojection errors and residuals of weights."""

import numpy as np

__all__ = ["inputs", "residuals", "residuals_of_rows"]


def rotated(axis, point):
    """Rodrigues' formula, coordinate by coordinate."""
    angle = np.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    a, b, c = axis / angle
    x, y, z = point
    along = (a * x + b * y + c * z) * (1.0 - cosine)
    return (
        x * cosine + (b * z - c * y) * sine + a * along,
        y * cosine + (c * x - a * z) * sine + b * along,
        z * cosine + (a * y - b * x) * sine + c * along,
    )


def residuals(x, cameras, points, seen_by, seen, features):
    """All cameras (rotation, centre, focal length, principal point, two distortions), all points, all weights."""
    camera = x[: 11 * cameras].reshape(cameras, 11).T[:, seen_by]
    point = x[11 * cameras : 11 * cameras + 3 * points].reshape(points, 3).T[:, seen]
    weight = x[11 * cameras + 3 * points :]
    across, up, depth = rotated(camera[0:3], point - camera[3:6])
    across, up = across / depth, up / depth
    square = across**2 + up**2
    scale = camera[6] * (1.0 + square * (camera[9] + square * camera[10]))
    errors = np.empty((len(weight), 2), x.dtype)
    errors[:, 0] = weight * (across * scale + camera[7] - features[:, 0])
    errors[:, 1] = weight * (up * scale + camera[8] - features[:, 1])
    return np.concatenate([errors.ravel(), 1.0 - weight**2])


def residuals_of_rows(x, cameras, points, seen_by, seen, features):
    """The same with vectors as rows."""
    camera = x[: 11 * cameras].reshape(cameras, 11)[seen_by]
    point = x[11 * cameras : 11 * cameras + 3 * points].reshape(points, 3)[seen]
    weight = x[11 * cameras + 3 * points :]
    axis, p = camera[:, 0:3], point - camera[:, 3:6]
    angle = np.sqrt(np.sum(axis**2, axis=1))[:, None]
    axis = axis / angle
    along = np.sum(axis * p, axis=1)[:, None]
    p = p * np.cos(angle) + np.cross(axis, p) * np.sin(angle) + axis * along * (1.0 - np.cos(angle))
    flat = p[:, 0:2] / p[:, 2:3]
    square = np.sum(flat**2, axis=1)
    distortion = 1.0 + square * (camera[:, 9] + square * camera[:, 10])
    projected = flat * (camera[:, 6] * distortion)[:, None] + camera[:, 7:9]
    return np.concatenate([(weight[:, None] * (projected - features)).ravel(), 1.0 - weight**2])


def inputs(cameras=49, points=7776, observations=31843):
    """The size of ADBench's first problem, synthetic data; every point is seen, and no camera sees it twice."""
    rng = np.random.default_rng(8)
    each = np.full(points, observations // points)
    each[: observations - each.sum()] += 1
    seen = np.repeat(np.arange(points), each)
    seen_by = np.concatenate([rng.permutation(cameras)[:count] for count in each])
    camera = np.array([0.3, -0.2, 0.4, 0.1, 0.2, -6.0, 1.2, 0.05, -0.05, 0.1, -0.03])
    camera = camera + np.array([0.2] * 3 + [0.3] * 3 + [0.1, 0.02, 0.02, 0.02, 0.01]) * rng.uniform(
        -1.0, 1.0, (cameras, 11)
    )
    x = np.concatenate([camera.ravel(), rng.uniform(-1.0, 1.0, 3 * points), rng.uniform(0.8, 1.0, observations)])
    return x, cameras, points, seen_by, seen, 0.1 * rng.normal(size=(observations, 2))
