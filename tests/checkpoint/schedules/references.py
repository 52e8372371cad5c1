"""Slow, obvious references: exact optima by search over everything that a driver could do."""

from functools import cache
from heapq import heappop, heappush
from math import comb, inf


@cache
def fewest_forward_steps(steps: int, snapshots: int) -> int:
    """The recursion of binomial checkpointing, every split tried: steps that run, recorded ones included."""
    if steps == 1:
        return 1
    if snapshots == 1:
        return steps * (steps + 1) // 2
    return min(
        k + fewest_forward_steps(steps - k, snapshots - 1) + fewest_forward_steps(k, snapshots) for k in range(1, steps)
    )


def beta_formula(steps: int, snapshots: int) -> int:
    """The closed form of Griewank & Walther (2000), Proposition 1, with t found by counting up."""
    t = 0
    while comb(snapshots + t, t) < steps:
        t += 1
    return (t + 1) * steps - (comb(snapshots + t, t - 1) if t else 0)


def least_cost(steps: int, rooms: dict, write: dict, read: dict, step: float = 1.0, records: bool = False) -> float:
    """The least time over all sequences of actions whatsoever, by Dijkstra's algorithm over what a driver can be in.

    With ``records``, a room holds a state or the adjoint data of a step. Every step is recorded once by ``Reverse``.
    """
    start = (steps, 0, frozenset())
    best = {start: 0.0}
    queue = [(0.0, 0, start)]
    pushed = 0
    while queue:
        cost, _, node = heappop(queue)
        if cost > best[node]:
            continue
        stop, at, held = node
        if not stop:
            return cost
        for extra, after in _moves(stop, at, held, rooms, write, read, step, records):
            if cost + extra < best.get(after, inf) - 1e-9:
                best[after] = cost + extra
                pushed += 1
                heappush(queue, (cost + extra, pushed, after))
    return inf


def _moves(stop, at, held, rooms, write, read, step, records):
    if at is not None and at < stop - 1:
        yield step, (stop, at + 1, held)
    if at == stop - 1:
        yield step, (stop - 1, None, frozenset(h for h in held if h[0] < stop - 1))
    for place, room in rooms.items():
        used = sum(h[1] == place for h in held)
        if at is not None and used < room:
            if (at, place, "state") not in held and at < stop:
                yield write.get(place, 0.0), (stop, at, held | {(at, place, "state")})
            if records and at < stop - 1 and (at, place, "record") not in held:
                yield step, (stop, at + 1, held | {(at, place, "record")})
    for h in held:
        yield 0.0, (stop, at, held - {h})
        if h[2] == "state" and h[0] != at:
            yield read.get(h[1], 0.0), (stop, h[0], held)
        if h[2] == "record" and h[0] == stop - 1:
            yield 0.0, (stop - 1, None, frozenset(g for g in held if g[0] < stop - 1))
