"""Plans of generated kernels: what is told in bulk is what is told one by one."""

import numpy as np

from adpy.kernels.table import GROUP, RUN
from adpy.program.code import views_within
from adpy.program.codegen_groups import group_body
from adpy.program.codegen_plans import bodies_of_groups
from adpy.program.reach import _reached, _within
from tests.program.harness import record


def function(x, matrix):
    y = x.copy()
    for k in range(12):
        y[1:-1] = y[1:-1] + 0.1 * (y[2:] - 2.0 * y[1:-1] + y[:-2])
        y[k] = np.exp(-y[k + 1] * matrix[k % 4, 1])
        y = 0.5 * y + 0.1 * np.roll(y, k) * y[::-1]
    z = np.sin(np.sin(np.sin(np.sin(np.sin(np.sin(np.cos(x)))))))
    rows = matrix[:, None, :] * matrix[None, :, :] + matrix.T[:, None]
    for row in rows:
        y = y + np.sum(row, axis=0)[k % 4] * z
    return np.sum(y * np.tanh(z)) + np.sum(np.linalg.inv(matrix + 9.0 * np.eye(4))) + x[0] * matrix[0, 0]


X, MATRIX = np.linspace(0.1, 1.0, 100), np.arange(16.0).reshape(4, 4) / 16.0


def test_bodies_of_groups():
    code = record(function, X, MATRIX).code
    pcs = code.heads[code.table[code.heads, 0] == GROUP]
    bodies, numbers = bodies_of_groups(code.table, pcs, code.active)
    found = [bodies[number] for number in numbers]
    assert found == [group_body(code.table, pc, code.active) for pc in pcs.tolist()]
    assert len(bodies) < len(pcs) and len(set(bodies)) == len(bodies)


def test_intervals():
    code = record(function, X, MATRIX).code
    touched, written = _reached(code)
    expected = [view.interval for view in (*code.inputs, *code.outputs)]
    for number, pc in enumerate(code.heads.tolist()):
        row = code.table[pc]
        if number in code.calls:
            expected += [view.interval for view in views_within(list(vars(code.calls[number]).values()))]
        elif row[0] != RUN:
            for member in code.table[pc + 1 : pc + 1 + row[1]] if row[0] == GROUP else row[None]:
                for k in range(3):
                    spans = [(int(member[2 + i]) - 1) * int(member[6 + 4 * k + i]) for i in range(3)]
                    low = int(member[5 + 4 * k])
                    expected.append((low + sum(s for s in spans if s < 0), low + sum(s for s in spans if s > 0)))
    assert sorted(map(tuple, touched.tolist())) == sorted(expected)
    assert set(map(tuple, written.tolist())) <= set(expected)
    inside = np.zeros(code.size, bool)
    for low, high in expected:
        inside[max(low, 0) : max(high + 1, 0)] = True
    np.testing.assert_array_equal(_within(touched, code.size), inside)
