"""Penalised logistic regression, 10⁴ samples × 100 features."""

import numpy as np

from benchmarks.problem import Problem

SAMPLES, FEATURES = 10_000, 100


def logistic(w, features, labels, penalty):
    margins = labels * (features @ w)
    return np.mean(np.logaddexp(0.0, -margins)) + penalty * np.dot(w, w)


def inputs():
    rng = np.random.default_rng(7)
    features = rng.normal(size=(SAMPLES, FEATURES))
    truth = rng.normal(size=FEATURES)
    labels = np.where(features @ truth + rng.normal(size=SAMPLES) > 0, 1.0, -1.0)
    return 0.1 * rng.normal(size=FEATURES), features, labels, 1e-3


PROBLEMS = (
    Problem(
        "logistic",
        "logistic regression, 10⁴ × 100",
        logistic,
        inputs,
    ),
)
