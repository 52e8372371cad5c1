"""Programs of every example call of the rule table, against the function and its nested derivatives."""

import numpy as np
import pytest

from adpy.errors import MissingRuleError, NonDifferentiableError
from adpy.program import Unrecordable
from tests.program.harness import check, check_elsewhere, moved
from tests.rules.harness import leaves
from tests.rules.test_through_transforms import DATA, SETTINGS, as_written, cases, collect, replaced


def results_of(function, example):
    """The data of an example call, and the results that are numbers as a function of the data."""
    call = as_written(function)
    keywords = {k: v for k, v in example.kwargs.items() if k in DATA}
    settings = {k: v for k, v in example.kwargs.items() if k not in DATA}
    first = 1 if getattr(function, "__name__", "") in SETTINGS else len(example.args)
    tree = [list(example.args[:first]), keywords]

    def results(*inputs):
        args, data = replaced(tree, iter(inputs))
        return leaves(call(*args, *example.args[first:], **data, **settings))

    return collect(tree), results


def check_row(function, example):
    """Record the call, sweep, and replay it at another point."""
    inputs, results = results_of(function, example)
    if any(np.asarray(x).dtype != np.float64 for x in inputs) or not inputs:
        pytest.skip("programs are of float64")
    inputs = tuple(inputs)
    try:
        program = check(results, *inputs, rtol=max(1e-8, example.rtol / 10))
    except Unrecordable as reason:
        assert "complex" in str(reason) or "without a rule" in str(reason)
        pytest.skip(str(reason))
    except (MissingRuleError, NonDifferentiableError) as reason:
        pytest.skip(f"no rule for one of the operands: {reason}")
    check_elsewhere(program, *moved(inputs, 1e-3), rtol=1e-9)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "example"), cases(1))
def test_row(function, example):
    check_row(function, example)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "example"), cases())
def test_every_example(function, example):
    check_row(function, example)
