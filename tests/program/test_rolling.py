"""Re-rolling: what repeats becomes a loop, and every operation is in one block."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from adpy.program.rolling import roll


def stream(ops, firsts, seconds=None):
    """Scalar operations as arrays."""
    seconds = [0] * len(ops) if seconds is None else seconds
    return tuple(np.array(x, np.int32) for x in (ops, firsts, seconds))


def test_a_chain_is_one_loop():
    found = roll(*stream([0] + [10] * 600, [0, *range(600)]), 0, 601)
    assert sum(block.period * block.count for block in found) == 601
    assert max(found, key=lambda block: block.count).period == 1


def test_a_body_of_three():
    ops = [0, 0] + [4, 12, 2] * 200
    firsts, seconds = [0, 0], [0, 0]
    for k in range(200):
        at = 2 + 3 * k
        firsts += [at - 1, at, at + 1]
        seconds += [0, 0, 1]
    loop = max(roll(*stream(ops, firsts, seconds), 0, len(ops)), key=lambda block: block.count)
    assert loop.period == 3
    assert loop.count >= 198


def test_short_stretches_stay_as_they_are():
    (block,) = roll(*stream([10] * 50, range(50)), 10, 40)
    assert (block.start, block.period, block.count) == (10, 30, 1)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_bodies_are_regular(data):
    body = data.draw(st.lists(st.sampled_from([2, 4, 10, 12]), min_size=1, max_size=6))
    ops = data.draw(st.lists(st.sampled_from([0, 2, 4]), max_size=20)) + body * data.draw(st.integers(1, 150))
    ops += data.draw(st.lists(st.sampled_from([2, 4]), max_size=20))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    reach = data.draw(st.integers(1, 12))
    firsts = [max(0, i - 1 - int(k)) for i, k in enumerate(rng.integers(0, reach, len(ops)))]
    ops, firsts, seconds = stream([0, *ops], [0, *firsts])
    blocks = roll(ops, firsts, seconds, 0, len(ops))
    assert [b.start for b in blocks[1:]] == [b.stop for b in blocks[:-1]]
    assert (blocks[0].start, blocks[-1].stop) == (0, len(ops))
    for block in blocks:
        span = slice(block.start, block.stop)
        table = ops[span].reshape(block.count, block.period)
        assert (table == table[0]).all()
        relative = firsts[span].reshape(block.count, block.period) - (
            block.start + block.period * np.arange(block.count)[:, None]
        )
        inside = (relative >= 0) & (table != 0)
        assert (inside == inside[0]).all()
        assert (relative[inside] == np.broadcast_to(relative[0], relative.shape)[inside]).all()
