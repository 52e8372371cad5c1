"""Functions of one lane, run over all of them."""

from math import cos, erf, exp, log, pi, sin, sqrt

import numpy as np
from numba import njit

__all__ = ["bundle", "heston", "options"]


@njit
def heston_path(parameters, path, kept, bar):
    v, kappa, theta, xi, rho = parameters
    steps = path.shape[1]
    h = 1.0 / steps
    root, across = sqrt(h), sqrt(1.0 - rho * rho)
    s = 0.0
    for i in range(steps):
        kept[i] = v
        volatility = sqrt(v)
        s += -0.5 * v * h + volatility * root * path[0, i]
        shock = rho * path[0, i] + across * path[1, i]
        v += kappa * (theta - v) * h + xi * volatility * root * shock + 0.25 * xi * xi * h * (shock * shock - 1.0)
    bar[:] = 0.0
    price = exp(s)
    if price <= 1.0:
        return 0.0
    v_bar = kappa_bar = theta_bar = xi_bar = rho_bar = 0.0
    s_bar = price
    for i in range(steps - 1, -1, -1):
        v = kept[i]
        volatility = sqrt(v)
        shock = rho * path[0, i] + across * path[1, i]
        kappa_bar += v_bar * (theta - v) * h
        theta_bar += v_bar * kappa * h
        xi_bar += v_bar * (volatility * root * shock + 0.5 * xi * h * (shock * shock - 1.0))
        shock_bar = v_bar * (xi * volatility * root + 0.5 * xi * xi * h * shock)
        rho_bar += shock_bar * (path[0, i] - rho / across * path[1, i])
        slope = 0.5 / volatility * root
        v_bar += -v_bar * kappa * h + v_bar * xi * shock * slope + s_bar * (slope * path[0, i] - 0.5 * h)
    bar[0], bar[1], bar[2], bar[3], bar[4] = v_bar, kappa_bar, theta_bar, xi_bar, rho_bar
    return price - 1.0


@njit
def heston(parameters, paths):
    values, bars = np.empty(len(paths)), np.empty((len(paths), 5))
    kept = np.empty(paths.shape[2])
    for lane in range(len(paths)):
        values[lane] = heston_path(parameters, paths[lane], kept, bars[lane])
    return values, bars


@njit
def options(rows):
    values, bars = np.empty(len(rows)), np.empty((len(rows), 5))
    for lane in range(len(rows)):
        spot, strike, volatility, maturity, rate = rows[lane]
        root = sqrt(maturity)
        d1 = (log(spot / strike) + (rate + 0.5 * volatility * volatility) * maturity) / (volatility * root)
        d2 = d1 - volatility * root
        first, second = 0.5 * (1.0 + erf(d1 / sqrt(2.0))), 0.5 * (1.0 + erf(d2 / sqrt(2.0)))
        density, discount = exp(-0.5 * d1 * d1) / sqrt(2.0 * pi), exp(-rate * maturity)
        values[lane] = spot * first - strike * discount * second
        bars[lane, 0] = first
        bars[lane, 1] = -discount * second
        bars[lane, 2] = spot * density * root
        bars[lane, 3] = 0.5 * spot * density * volatility / root + rate * strike * discount * second
        bars[lane, 4] = maturity * strike * discount * second
    return values, bars


@njit
def bundle(unknowns, features):
    values, bars = np.empty(len(unknowns)), np.empty((len(unknowns), 15))
    for lane in range(len(unknowns)):
        values[lane] = bundle_block(unknowns[lane], features[lane], bars[lane])
    return values, bars


@njit
def bundle_block(p, feature, bar):
    a, b, c = p[0], p[1], p[2]
    angle = sqrt(a * a + b * b + c * c)
    inverse = 1.0 / angle if angle > 0.0 else 0.0
    u, v, w = a * inverse, b * inverse, c * inverse
    cosine, sine = cos(angle), sin(angle)
    x, y, z = p[11] - p[3], p[12] - p[4], p[13] - p[5]
    dot = u * x + v * y + w * z
    along = dot * (1.0 - cosine)
    px, py, pz = v * z - w * y, w * x - u * z, u * y - v * x
    sx = x * cosine + px * sine + u * along
    sy = y * cosine + py * sine + v * along
    sz = z * cosine + pz * sine + w * along
    depth = 1.0 / sz
    qx, qy = sx * depth, sy * depth
    square = qx * qx + qy * qy
    distortion = 1.0 + square * (p[9] + square * p[10])
    ex = p[6] * distortion * qx + p[7] - feature[0]
    ey = p[6] * distortion * qy + p[8] - feature[1]
    weight = p[14]
    penalty = 1.0 - weight * weight

    ex_bar, ey_bar = weight * weight * ex, weight * weight * ey
    bar[14] = weight * (ex * ex + ey * ey) - 2.0 * weight * penalty
    bar[7], bar[8] = ex_bar, ey_bar
    bar[6] = distortion * (ex_bar * qx + ey_bar * qy)
    distortion_bar = p[6] * (ex_bar * qx + ey_bar * qy)
    bar[9], bar[10] = distortion_bar * square, distortion_bar * square * square
    square_bar = distortion_bar * (p[9] + 2.0 * square * p[10])
    qx_bar = p[6] * distortion * ex_bar + 2.0 * square_bar * qx
    qy_bar = p[6] * distortion * ey_bar + 2.0 * square_bar * qy
    sx_bar, sy_bar = qx_bar * depth, qy_bar * depth
    sz_bar = -(qx_bar * qx + qy_bar * qy) * depth
    along_bar = sx_bar * u + sy_bar * v + sz_bar * w
    dot_bar = along_bar * (1.0 - cosine)
    cosine_bar = sx_bar * x + sy_bar * y + sz_bar * z - along_bar * dot
    sine_bar = sx_bar * px + sy_bar * py + sz_bar * pz
    fx, fy, fz = sine * sx_bar, sine * sy_bar, sine * sz_bar
    # the cotangent of a product w × x is x × f for w, and f × w for x
    u_bar = along * sx_bar + dot_bar * x + (y * fz - z * fy)
    v_bar = along * sy_bar + dot_bar * y + (z * fx - x * fz)
    w_bar = along * sz_bar + dot_bar * z + (x * fy - y * fx)
    x_bar = sx_bar * cosine + dot_bar * u + (fy * w - fz * v)
    y_bar = sy_bar * cosine + dot_bar * v + (fz * u - fx * w)
    z_bar = sz_bar * cosine + dot_bar * w + (fx * v - fy * u)
    angle_bar = cosine * sine_bar - sine * cosine_bar
    radial = u_bar * u + v_bar * v + w_bar * w
    bar[0] = (u_bar - radial * u) * inverse + angle_bar * u
    bar[1] = (v_bar - radial * v) * inverse + angle_bar * v
    bar[2] = (w_bar - radial * w) * inverse + angle_bar * w
    bar[3], bar[4], bar[5] = -x_bar, -y_bar, -z_bar
    bar[11], bar[12], bar[13] = x_bar, y_bar, z_bar
    return 0.5 * (weight * weight * (ex * ex + ey * ey) + penalty * penalty)
