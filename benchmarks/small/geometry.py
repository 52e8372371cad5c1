"""Geometry: distances, angles, areas, rotations, cameras, maps."""

import math

import numpy as np

from benchmarks.small.collection import example


@example(52.2296756, 21.0122287, 41.8919300, 12.5113300)
def haversine(lat1, lon1, lat2, lon2):
    lat1, lon1, lat2, lon2 = map(math.radians, (lat1, lon1, lat2, lon2))
    a = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 6371.0088 * 2 * math.asin(math.sqrt(a))


@example([0.1, 0.2, 0.3], [1.4, 0.3, -0.2], [1.1, 1.5, 0.4])
def bond_angle(a, b, c):
    u = a - b
    v = c - b
    cosine = np.dot(u, v) / (np.linalg.norm(u) * np.linalg.norm(v))
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


@example([0.0, 0.1, 0.2], [1.4, 0.3, -0.2], [1.9, 1.5, 0.4])
def triangle_area_3d(a, b, c):
    return 0.5 * np.linalg.norm(np.cross(b - a, c - a))


@example([0.0, 2.0, 2.5, 0.5, -0.6], [0.0, 0.2, 1.8, 2.2, 1.0])
def polygon_area(x, y):
    return 0.5 * np.abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))


@example([0.0, 2.0, 2.5, 0.5], [0.0, 0.2, 1.8, 2.2])
def polygon_perimeter(x, y):
    total = 0.0
    for i in range(len(x)):
        j = (i + 1) % len(x)
        total += math.sqrt((x[j] - x[i]) ** 2 + (y[j] - y[i]) ** 2)
    return total


@example([0.3, -0.2, 0.5], [1.0, 2.0, -1.0])
def rodrigues_height(rotation, point):
    theta = np.sqrt(np.sum(rotation**2))
    k = rotation / theta
    rotated = point * np.cos(theta) + np.cross(k, point) * np.sin(theta) + k * np.dot(k, point) * (1 - np.cos(theta))
    return rotated[2]


@example([0.9, 0.1, -0.3, 0.2])
def quaternion_angle(q):
    w, x, y, z = q / np.linalg.norm(q)
    R = np.array(
        [
            [1 - 2 * (y**2 + z**2), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x**2 + z**2), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x**2 + y**2)],
        ]
    )
    return np.arccos((np.trace(R) - 1) / 2)


@example([800.0, 805.0, 0.01, -0.002], [0.4, -0.3, 2.5], [120.0, -90.0])
def reprojection_error(camera, point, observed):
    fx, fy, k1, k2 = camera
    x = point[0] / point[2]
    y = point[1] / point[2]
    r2 = x * x + y * y
    d = 1.0 + r2 * (k1 + k2 * r2)
    return (fx * d * x - observed[0]) ** 2 + (fy * d * y - observed[1]) ** 2


@example([0.1, 0.5, -0.3, 0.9])
def arm_reach(angles):
    """Planar arm of four links: squared distance of its tip from a goal."""
    x = y = theta = 0.0
    for length, angle in zip((1.0, 0.8, 0.6, 0.4), angles):
        theta += angle
        x += length * np.cos(theta)
        y += length * np.sin(theta)
    return (x - 1.5) ** 2 + (y - 1.0) ** 2


@example([0.2, 0.4, 0.1, 1.3, 0.2, 0.6])
def segment_length_bezier(p):
    """Length of a quadratic Bézier curve by Simpson's rule."""
    p0, p1, p2 = p[0:2], p[2:4], p[4:6]
    total = 0.0
    for t, weight in ((0.0, 1), (0.25, 4), (0.5, 2), (0.75, 4), (1.0, 1)):
        d = 2 * (1 - t) * (p1 - p0) + 2 * t * (p2 - p1)
        total += weight * np.sqrt(d @ d)
    return total / 12


@example([0.1, 0.0, 0.2], [1.0, 0.2, 0.0], [0.1, 1.1, 0.3], [0.2, 0.1, 1.4])
def tetrahedron_volume(a, b, c, d):
    return abs(np.linalg.det(np.array([b - a, c - a, d - a]))) / 6
