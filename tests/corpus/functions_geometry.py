"""Geometry: rotations, polygons, distances, projections, meshes, robotics."""

import math

import numpy as np

from tests.corpus.registry import case

TRIANGLE = np.array([[0.0, 0.1], [1.2, 0.2], [0.4, 1.1]])
TETRA = np.array([[0.0, 0.0, 0.1], [1.1, 0.0, 0.0], [0.2, 1.0, 0.0], [0.1, 0.3, 0.9]])


@case(np.array([0.3, -0.5, 0.8]))
def euler_rotation(angles):
    rx, ry, rz = np.eye(3), np.eye(3), np.eye(3)
    rx[1:, 1:] = [[np.cos(angles[0]), -np.sin(angles[0])], [np.sin(angles[0]), np.cos(angles[0])]]
    ry[0, 0] = ry[2, 2] = np.cos(angles[1])
    ry[0, 2], ry[2, 0] = np.sin(angles[1]), -np.sin(angles[1])
    c, s = math.cos(angles[2]), math.sin(angles[2])
    rz[:2, :2] = np.array(((c, -s), (s, c)))
    return rz @ ry @ rx


@case(np.array([0.2, 0.4, -0.3]))
def rodrigues(axis_angle):
    theta = np.linalg.norm(axis_angle)
    k = axis_angle / theta
    cross = np.zeros((3, 3))
    cross[0, 1], cross[0, 2], cross[1, 2] = -k[2], k[1], -k[0]
    cross -= cross.T
    return np.eye(3) + math.sin(theta) * cross + (1 - math.cos(theta)) * cross @ cross


@case(np.array([0.9, 0.1, -0.2, 0.3]), np.array([1.0, 2.0, -0.5]))
def quaternion_rotation(q, v):
    w, x, y, z = q / np.sqrt((q * q).sum())
    t = 2 * np.cross([x, y, z], v)
    return v + w * t + np.cross(np.array([x, y, z]), t)


@case(TRIANGLE)
def shoelace_area(p):
    x, y = p[:, 0], p[:, 1]
    return 0.5 * np.abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))


@case(TRIANGLE)
def polygon_centroid_loop(p):
    area = cx = cy = 0.0
    for (x0, y0), (x1, y1) in zip(p, np.roll(p, -1, axis=0)):
        cross = x0 * y1 - x1 * y0
        area += cross / 2
        cx += (x0 + x1) * cross
        cy += (y0 + y1) * cross
    return np.array([cx, cy]) / (6 * area)


@case(TRIANGLE)
def triangle_angles(p):
    angles = []
    for i in range(3):
        a, b = p[(i + 1) % 3] - p[i], p[i - 1] - p[i]
        angles.append(math.acos(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))))
    return np.array(angles)


@case(TETRA)
def tetrahedron_volume(p):
    return abs(np.linalg.det(p[1:] - p[0])) / 6


@case(np.array([0.3, 0.4]), TRIANGLE)
def barycentric(point, triangle):
    t = np.column_stack((triangle[0] - triangle[2], triangle[1] - triangle[2]))
    first, second = np.linalg.solve(t, point - triangle[2])
    return np.array([first, second, 1 - first - second])


@case(TETRA)
def distance_matrix(p):
    n = len(p)
    d = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            d[i, j] = d[j, i] = np.linalg.norm(p[i] - p[j])
    return d


@case(np.array([2.0, 0.5]), np.array([0.0, 0.0]), np.array([1.0, 1.0]))
def point_to_segment(point, start, end):
    direction = end - start
    t = np.dot(point - start, direction) / np.dot(direction, direction)
    t = max(0.0, min(1.0, t))
    return np.linalg.norm(point - (start + t * direction))


@case(np.array([0.4, -0.7, 1.1]))
def planar_arm(joints):
    lengths = (1.0, 0.8, 0.5)
    x = y = angle = 0.0
    for length, joint in zip(lengths, joints):
        angle += joint
        x += length * np.cos(angle)
        y += length * np.sin(angle)
    return np.array([x, y, angle])


@case(np.array([[0.1, 0.4, 1.1, 0.8], [0.2, 0.5, 1.0, 0.3]]))
def denavit_hartenberg(table):
    pose = np.identity(4)
    for theta, d, a, alpha in table:
        ct, st, ca, sa = np.cos(theta), np.sin(theta), np.cos(alpha), np.sin(alpha)
        pose = pose.dot(
            [[ct, -st * ca, st * sa, a * ct], [st, ct * ca, -ct * sa, a * st], [0, sa, ca, d], [0, 0, 0, 1]]
        )
    return pose[:3]


@case(np.array([0.2, -0.1, 3.0, 0.5, 0.4, 2.5]))
def pinhole_projection(points):
    points = points.reshape(-1, 3)
    focal, centre = 500.0, np.array([320.0, 240.0])
    return focal * points[:, :2] / points[:, 2:] + centre


@case(np.array([6378.0, 1200.0, 3000.0]))
def geodetic_latitude(position):
    x, y, z = position
    a, f = 6378.137, 1 / 298.257223563
    e2 = f * (2 - f)
    p = math.hypot(x, y)
    lat = math.atan2(z, p * (1 - e2))
    for _ in range(6):
        n = a / math.sqrt(1 - e2 * math.sin(lat) ** 2)
        height = p / math.cos(lat) - n
        lat = math.atan2(z, p * (1 - e2 * n / (n + height)))
    return lat, math.atan2(y, x), height


@case(np.array([[0.0, 0.0], [1.0, 2.0], [2.5, 1.5], [3.0, 0.2]]))
def bezier_by_de_casteljau(control):
    curve = []
    for t in np.linspace(0, 1, 5):
        points = control.copy()
        while len(points) > 1:
            points = (1 - t) * points[:-1] + t * points[1:]
        curve.append(points[0])
    return np.array(curve)


@case(TETRA, np.array([0.3, 0.2, 0.1]))
def signed_distance_to_spheres(centres, point):
    radii = np.array([0.3, 0.2, 0.25, 0.1])
    distances = np.sqrt(((centres - point) ** 2).sum(axis=1)) - radii
    return -np.log(np.sum(np.exp(-8 * distances))) / 8 + np.min(distances)


@case(TETRA)
def procrustes_alignment(p):
    target = p[::-1] ** 2
    a, b = p - p.mean(0), target - target.mean(0)
    u, s, vt = np.linalg.svd(a.T @ b)
    d = np.sign(np.linalg.det(u @ vt))
    rotation = u @ np.diag([1.0, 1.0, d]) @ vt
    return a @ rotation


@case(TRIANGLE)
def finite_element_stiffness(nodes):
    b = np.empty((2, 3))
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        b[0, i] = nodes[j, 1] - nodes[k, 1]
        b[1, i] = nodes[k, 0] - nodes[j, 0]
    area = 0.5 * np.linalg.det(np.hstack([np.ones((3, 1)), nodes]))
    return b.T @ b / (4 * area)
