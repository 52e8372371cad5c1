"""Sorting, selection, searching, sets and object arrays."""

import bisect
import heapq

import numpy as np

from tests.corpus.registry import case

X = np.array([0.3, 1.2, -0.7, 2.1, 0.9])
M = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 0.7], [2.0, 0.1, 1.1]])
WEIGHTS = np.arange(1.0, 6.0)


@case(X)
def sorted_values(x):
    return np.sort(x) * WEIGHTS + sorted(x)[0]


@case(X)
def sorted_in_place(x):
    y = x**2
    y.sort()
    return y * WEIGHTS


@case(X)
def ranked_by_argsort(x):
    order = np.argsort(-x)
    ranks = np.empty(5, dtype=int)
    ranks[order] = np.arange(5)
    return x[order] * WEIGHTS + x * ranks


@case(M)
def sorted_by_column(m):
    return m[m[:, 0].argsort()] * np.sort(m, axis=0)


@case(X)
def partitioned(x):
    return np.partition(x, 2)[2] * np.sort(x[np.argpartition(x, 2)[:2]])


@case(X)
def sorted_with_keys(x):
    pairs = sorted(zip(np.abs(x), x), key=lambda pair: pair[0])
    return np.array([b * (i + 1) for i, (_, b) in enumerate(pairs)])


@case(X)
def trimmed_mean(x):
    return np.mean(np.sort(x)[1:-1]) * max(x, key=abs)


@case(X)
def lexicographic(x):
    order = np.lexsort((x, x > 0))
    return x[order] * WEIGHTS


@case(X)
def searching(x):
    knots = np.array([-1.0, 0.0, 1.0, 3.0])
    i = np.searchsorted(knots, x)
    return (x - knots[i - 1]) / (knots[i] - knots[i - 1])


@case(X)
def digitised(x):
    which = np.digitize(x, [0.0, 1.0])
    return np.array([x[which == k].sum() ** 2 for k in range(3)])


@case(X)
def unique_values(x):
    values, index = np.unique(np.concatenate([x, x[:2]]), return_index=True)
    return values * np.arange(5) + index * 0


@case(X)
def heap_of_values(x):
    heap = list(x)
    heapq.heapify(heap)
    total = 0.0
    for k in range(3):
        total += (k + 1) * heapq.heappop(heap)
    return total + heapq.nlargest(1, x)[0] ** 2


@case(X)
def bisected(x):
    ordered = sorted(x)
    position = bisect.bisect(ordered, 0.5)
    return ordered[position] * ordered[position - 1]


@case(X)
def bubble_sort(x):
    y = x.copy()
    for i in range(len(y)):
        for j in range(len(y) - 1 - i):
            if y[j] > y[j + 1]:
                y[j], y[j + 1] = y[j + 1], y[j]
    return y * WEIGHTS


@case(X)
def median_by_hand(x):
    s = sorted(x)
    n = len(s)
    return s[n // 2] if n % 2 else 0.5 * (s[n // 2 - 1] + s[n // 2])


@case(X)
def soft_rank_loss(x):
    loss = 0.0
    for i in range(5):
        for j in range(5):
            if WEIGHTS[i] > WEIGHTS[j]:
                loss += np.maximum(0, 1 - (x[i] - x[j])) ** 2
    return loss


@case(X)
def wasserstein_one_dimension(x):
    other = np.array([0.1, 0.5, -0.2, 1.0, 0.8])
    return np.mean(np.abs(np.sort(x) - np.sort(other)) ** 1.5)


@case(X)
def object_array_of_numbers(x):
    a = np.empty(3, dtype=object)
    for i in range(3):
        a[i] = x[i] * x[i + 1]
    return a.sum() + (a * 2)[1]


@case(X)
def object_array_of_arrays(x):
    a = np.empty(2, dtype=object)
    a[0], a[1] = x[:2], x[2:]
    return np.sum(a[0] ** 2) + np.prod(a[1])


@case(M)
def maximum_over_several(m):
    best = m[0]
    for row in m[1:]:
        best = np.maximum(best, row)
    return best * np.maximum.reduce(list(m)) + np.max([m[0, 0], m[1, 1]])


@case(M)
def top_k_per_row(m):
    index = np.argsort(m, axis=1)[:, -2:]
    return np.take_along_axis(m, index, axis=1).prod(axis=1)
