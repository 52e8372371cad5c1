"""Generated kernels beside the interpreters: the same numbers from every sweep."""

import numpy as np
import pytest

from adpy.program import Unrecordable
from adpy.program.specialized import specialize
from tests.corpus.registry import load
from tests.corpus.trees import float_leaves
from tests.program.harness import directions, record

CASES = list(load().values())


def everything(recording, leaves, width=1):
    """Values, tangents, cotangents and second-order results of a recording."""
    outputs = recording.outputs()
    seeds = directions(outputs, width)
    found = [*outputs, *recording.tangents(directions(leaves, width)), *recording.cotangents(seeds)]
    for part in recording.second_order(directions(leaves, width), [seed[..., 0] for seed in seeds]):
        found += part
    return found


def compare(program, primals):
    """The kernels of a recorded function beside the interpreters."""
    leaves = float_leaves(primals)
    with np.errstate(all="ignore"):
        with program.at(primals) as recording:
            expected = [everything(recording, leaves, width) for width in (1, 3)]
        kernels = specialize(program.code)
        for width, parts in zip((1, 3), expected, strict=True):
            for memory in program.code.memories:  # nothing is left over from the interpreters
                memory[: len(program.code.scalars)] = np.where(program.code.ops, np.nan, program.code.scalars)
            with program.at(primals) as recording:
                for found, part in zip(everything(recording, leaves, width), parts, strict=True):
                    scale = np.max(np.abs(part[np.isfinite(part)]), initial=1e-3)
                    np.testing.assert_allclose(found, part, rtol=1e-10, atol=1e-11 * scale)
    return kernels


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_corpus(case):
    arguments = case.fresh()
    primals = tuple(arguments[i] for i in case.argnums)

    def function(*given):
        changed = list(case.fresh())
        for i, x in zip(case.argnums, given, strict=True):
            changed[i] = x
        return case.function(*changed)

    try:
        program = record(function, *primals)
    except Unrecordable:
        pytest.skip("is not recorded")
    compare(program, primals)
