"""Bundle adjustment as of ADBench, vectorised over the observations: reprojection errors and residuals of weights."""

import numpy as np

__all__ = ["inputs", "residuals"]


def rotated(axis, points):
    """Rodrigues' formula."""
    angle = np.sqrt(np.sum(axis**2, axis=1))[:, None]
    direction = axis / angle
    along = np.sum(direction * points, axis=1)[:, None]
    return (
        points * np.cos(angle) + np.cross(direction, points) * np.sin(angle) + direction * along * (1.0 - np.cos(angle))
    )


def residuals(x, cameras, points, seen_by, seen, features):
    """All cameras (rotation, centre, focal length, principal point, two distortions), all points, all weights."""
    camera = x[: 11 * cameras].reshape(cameras, 11)[seen_by]
    point = x[11 * cameras : 11 * cameras + 3 * points].reshape(points, 3)[seen]
    weight = x[11 * cameras + 3 * points :]
    p = rotated(camera[:, 0:3], point - camera[:, 3:6])
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
