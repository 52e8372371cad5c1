"""Problems: a loop as one operation, with its tangent and cotangent maps.

Both maps are built from loops again, so that they have derivatives of any order in bounded memory.  With F the map
from the first to the last state: the tangent of F is a loop over states with tangents; the pullback of F is what the
driver does; its tangent is the pullback of the loop with tangents; and its own pullback, by the symmetry of second
derivatives, is its tangent along the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.checkpoint.driving.driver import Driver
from adpy.checkpoint.driving.durable import DurableDriver
from adpy.checkpoint.driving.identity import identity_of, seal
from adpy.checkpoint.driving.mirror import Mirror, MirrorPlan
from adpy.checkpoint.planning import Plan
from adpy.checkpoint.schedules import Schedule
from adpy.checkpoint.stepping.body import Pushed, active, with_active
from adpy.checkpoint.stepping.machine import Machine
from adpy.checkpoint.stepping.steps import program_of
from adpy.checkpoint.stepping.streams import Streams
from adpy.checkpoint.storage import Places
from adpy.custom.primitive import primitive
from adpy.custom.structures import dtype_of, is_active_kind
from adpy.plain import np
from adpy.traced.refusal import refuse

__all__ = ["Problem", "solve"]

_ENDLESS = 1 << 62


class Problem:
    """A loop: everything about it but the values that carry derivatives.

    Its values are a tuple: the first state, the operands (params and what the functions close over), and per-step
    arguments.

    Parameters
    ----------
    body : Body or Pushed
    steps : int or None
        None: until the condition of the body ends the loop.
    plan : Plan or MirrorPlan
        What the user allows.
    data : callable or None
        Gives arguments of steps that are not differentiated.
    inverse : Inverse or Pushed, optional
        Of the body, where there are to be no snapshots.
    """

    def __init__(
        self,
        body: Callable,
        steps: int | None,
        plan: Plan | MirrorPlan,
        data: Callable | None,
        depth: int = 0,
        inverse: Callable | None = None,
    ) -> None:
        self.body, self.steps, self.plan, self.data, self.depth = body, steps, plan, data, depth
        self.inverse = inverse
        self.reversible = False
        self.together: frozenset[str] = frozenset()
        self._kept: tuple | None = None
        self._pushed: Problem | None = None

    # ---- running it

    def run(self, values: tuple) -> tuple[Any, Any]:
        """The last state, and the outputs of all steps along a first axis."""
        if not self.reversible:
            machine = self.machine(values)
            machine.advance(0, self.steps if self.steps is not None else _ENDLESS)
            found = machine.state, machine.streams.collected(machine.reached)
            machine.close()
            return found
        driver = self._driver(values)
        driver.forward()
        machine = driver.machine
        found = machine.state, machine.streams.collected(machine.reached)
        self._kept = values, driver
        return found

    def pull(self, values: tuple, bars: Any) -> tuple:
        """Cotangents of the values for those of what :meth:`run` gives."""
        kept, self._kept = self._kept, None
        if kept is None or not _equal(kept[0], values):
            if kept is not None:
                kept[1].close()
            driver = self._driver(values)
            driver.forward()
        else:
            driver = kept[1]
        machine = driver.machine
        state, operands, args = values
        state_bars, output_bars = bars
        machine.streams.begin_back(output_bars)
        driver.reverse([np.array(bar) for bar in active(state_bars)])
        return (
            _like_active(state, machine.bars),
            _like_active(operands, machine.operand_bars),
            with_active(args, machine.streams.arg_bars),
        )

    def machine(self, values: tuple) -> Machine:
        """What runs its steps, at the first state."""
        state, operands, args = values
        program = program_of(self.body, *self._kind(), operands, self.plan.durable) if self.steps != 1 else None
        machine = Machine(self.body, program, operands, self._streams(args))
        machine.together = self.together
        machine.start(state)
        return machine

    def _kind(self) -> tuple[Sequence, tuple]:
        body = self.body
        while isinstance(body, Pushed):
            body = body.body
        functions = body.closure.over([f"value {i}" for i in range(len(body.values))])
        return functions, (body.params, body.args, self.depth)

    def _streams(self, args: Any) -> Streams:
        data = self.data
        if data is not None and self.depth:
            data = _padded(data, self.depth)
        return Streams(args, data, self.steps)

    def _driver(self, values: tuple) -> Driver | DurableDriver | Mirror:
        machine = self.machine(values)
        if self.inverse is not None:
            functions, kind = self._kind()
            program = program_of(self.inverse, functions, (*kind, "inverse"), values[1]) if self.steps > 1 else None
            back = Machine(self.inverse, program, values[1], self._streams(values[2]))
            back.share(machine)
            return Mirror(machine, back, self.steps, self.plan)
        machine.repeats = True
        places = self.plan.places(self.depth)
        try:
            schedule = self.schedule(values, machine, places)
            progress = self.plan.progress(self.steps, schedule)
        except BaseException:
            places.close()
            machine.close()
            raise
        if "disk" in places.places:
            return DurableDriver(machine, schedule, places, lambda: values[0], progress)
        return Driver(machine, schedule, places, progress)

    def schedule(self, values: tuple, machine: Machine, places: Places) -> Schedule:
        """What the loop is to follow; its machine is at the first state, also after."""
        if "disk" in places.places:
            places["disk"].begin(self._identity(values))
        return self.plan.schedule_for(self.steps, machine, places, lambda: values[0])

    def _identity(self, values: tuple) -> dict:
        """What must be the same for a run to go on from what an earlier one has stored."""
        key = self.plan.disk.key
        found = {"steps": self.steps, "order": self.depth, "key": key}
        if key is None:
            functions, _ = self._kind()
            names = ("step", "loss", "collect", "condition", "args")
            found.update({name: identity_of(f) for name, f in zip(names, (*functions, self.data))})
        return {**found, **{name: seal(part) for name, part in zip(("state", "params", "args"), values)}}

    # ---- with tangents

    @property
    def pushed(self) -> Problem:
        """The loop over states with tangents."""
        if self._pushed is None:
            inverse = None if self.inverse is None else Pushed(self.inverse)
            self._pushed = Problem(Pushed(self.body), self.steps, self.plan, self.data, self.depth + 1, inverse)
            self._pushed.reversible, self._pushed.together = self.reversible, self.together
        return self._pushed


def _padded(data: Callable, depth: int) -> Callable:
    """Data with tangents, of which there are none."""

    def padded(n):
        arg = data(n)
        for _ in range(depth):
            arg = arg, [np.zeros(np.shape(leaf)) for leaf in active(arg)]
        return arg

    return padded


def _like(bar: Any, leaf: Any) -> Any:
    """A cotangent as the leaf it belongs to, in memory of its own."""
    kind = type(leaf)
    if kind is float:
        return float(bar)
    return np.array(bar) if kind is np.ndarray else np.asarray(bar)[()]


def _like_active(tree: Any, bars: Sequence) -> Any:
    """Cotangents in the structure of a tree; other leaves as they are."""
    return with_active(tree, [_like(bar, leaf) for bar, leaf in zip(bars, active(tree), strict=True)])


def _equal(a: Any, b: Any) -> bool:
    """Are these the same values, NaNs included?"""
    ours, others = flatten(a), flatten(b)
    return len(ours) == len(others) and all(
        x is y or np.array_equal(x, y, is_active_kind(x)) for (_, x), (_, y) in zip(ours, others, strict=True)
    )


def _paired(tree: Any, tangents: Any) -> tuple[Any, list]:
    """A tree, and those of the tangents that belong to what carries derivatives."""
    pairs = zip(flatten(tree), flatten(tangents), strict=True)
    return tree, [dot for (_, leaf), (_, dot) in pairs if is_active_kind(leaf)]


def _tangents(tree: Any, dots: Sequence) -> Any:
    """Tangents in the structure of a tree, None for other leaves."""
    found = iter(dots)
    leaves = [next(found) if is_active_kind(leaf) else None for _, leaf in flatten(tree)]
    return rebuild(tree, iter(leaves).__next__)


def _is_complex(tree: Any) -> bool:
    return any(dtype_of(leaf).kind == "c" for leaf in active(tree))


@primitive(static="problem", name="checkpoint.loop")
def solve(values: tuple, problem: Problem) -> Any:
    """The last state and the outputs of all steps."""
    return problem.run(values)


@solve.defjvp
def _solve_jvp(primals: tuple, tangents: tuple, y: Any, problem: Problem) -> Any:
    (values,), (dots,) = primals, tangents
    (_, state_dots), (_, output_dots) = solve(tuple(map(_paired, values, dots)), problem.pushed)
    return _tangents(y[0], state_dots), _tangents(y[1], output_dots)


@solve.defvjp
def _solve_vjp(primals: tuple, y: Any, y_bar: Any, problem: Problem) -> tuple:
    (values,) = primals
    return (pull(values, y_bar, problem),)


@primitive(static="problem", name="the pullback of checkpoint.loop")
def pull(values: tuple, y_bar: Any, problem: Problem) -> Any:
    """Cotangents of the values for those of the result of :func:`solve`, None for what carries no derivative."""
    return problem.pull(values, y_bar)


def _pull_pushed(values: tuple, dots: Any, y_bar: Any, y_bar_dots: Any, problem: Problem) -> tuple:
    """The tangent of :func:`pull`: cotangents of the primals in the loop with tangents."""
    seeds = tuple([(dot, active(bar)) for bar, dot in zip(y_bar, y_bar_dots, strict=True)])
    pulled = pull(tuple(map(_paired, values, dots)), seeds, problem.pushed)
    return tuple([primal_bars for primal_bars, _ in pulled])


@pull.defjvp
def _pull_jvp(primals: tuple, tangents: tuple, found: Any, problem: Problem) -> Any:
    (values, y_bar), (dots, y_bar_dots) = primals, tangents
    return _pull_pushed(values, dots, y_bar, y_bar_dots, problem)


@pull.defvjp
def _pull_vjp(primals: tuple, found: Any, found_bar: Any, problem: Problem) -> tuple:
    values, y_bar = primals
    if _is_complex(values):
        refuse("Reverse mode of reverse mode through checkpoint.loop with complex numbers", "Use forward mode for one.")
    zero = map_leaves(lambda bar: None if bar is None else 0.0 * bar, y_bar)
    values_bar = _pull_pushed(values, found_bar, y_bar, zero, problem)
    (_, state_dots), (_, output_dots) = solve(tuple(map(_paired, values, found_bar)), problem.pushed)
    return values_bar, (_tangents(y_bar[0], state_dots), _tangents(y_bar[1], output_dots))
