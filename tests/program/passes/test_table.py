"""Which passes there are, and how they are switched."""

import numpy as np
import pytest

import adpy
from adpy.errors import ArgumentError
from adpy.program.passes import PASSES, chosen

X = np.array([0.3, 1.2, -0.7, 0.9])


def f(x):
    u = x.copy()
    dead = np.exp(u)
    return np.sum(np.sin(u) * np.sin(u) + dead * 0.0) + x[0] * 1.0 + x[0] * x[1] * x[0] * x[1]


@pytest.mark.parametrize(
    "passes",
    [True, False, "fusion", (), ["dead code"], {"copies", "fusion"}, {"fusion": False}, *[[n] for n in PASSES]],
)
def test_switches(passes):
    p = adpy.record(f, X, passes=passes)
    assert set(p.stats()["recordings"][0]["optimised"]) == chosen(passes)
    np.testing.assert_allclose(p.gradient(X), adpy.grad(f)(X), rtol=1e-13)
    q = adpy.compile(passes=passes)(f)
    np.testing.assert_array_equal(q.gradient(X), p.gradient(X))


def test_names():
    assert chosen(True) == set(PASSES) and chosen(False) == set()
    assert chosen({"fusion": False, "copies": True}) == set(PASSES) - {"fusion"}


@pytest.mark.parametrize("passes", ["fusing", ["dead code", "dead"], {"fusions": False}, 3, None, [1]])
def test_wrong_names(passes):
    with pytest.raises(ArgumentError, match="passes"):
        adpy.record(f, X, passes=passes)
    with pytest.raises(ArgumentError, match="passes"):
        adpy.compile(f, passes=passes)


def test_wrong_names_tell_the_known_ones():
    with pytest.raises(ArgumentError, match=r"dead code, .*fusion.*got 'fusing'"):
        adpy.compile(f, passes="fusing")


def test_without_fusion_every_instruction_is_a_group_of_its_own():
    def chain(x):
        return np.sin(np.exp(x) * 2.0) + 1.0

    stats = [adpy.record(chain, X, passes=p).stats()["recordings"][0] for p in (True, {"fusion": False})]
    assert [s["groups"] for s in stats] == [1, 4]


def test_without_local_results_all_are_in_memory():
    def chain(x):
        return np.sin(np.exp(x) * 2.0) + 1.0

    codes = []
    for passes in (True, {"local results": False}):
        p = adpy.record(chain, X, passes=passes)
        ((branch,),) = p._branches.values()
        codes.append(int((branch.code.table[:, 17] & 7).any()))
    assert codes == [1, 0]


def test_passes_travel(tmp_path):
    import pickle

    p = adpy.record(f, X, passes=["dead code"])
    assert p.passes == {"dead code"}
    p.save(tmp_path / "p.npz")
    q = adpy.load_program(tmp_path / "p.npz", f)
    assert q.passes == p.passes
    assert q.stats()["recordings"][0]["optimised"] == p.stats()["recordings"][0]["optimised"]
    assert pickle.loads(pickle.dumps(p)).passes == p.passes
