"""One evaluation of a program in many lanes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from adpy import capture
from adpy.api.batch import batch
from adpy.api.batch_samples import with_axes
from adpy.api.gathering import Gathered
from adpy.api.lane_arguments import device_of, leaf_of
from adpy.api.reverse_mode import value_and_grad
from adpy.api.running import is_differentiable
from adpy.api.signature import signature
from adpy.api.trees import flatten, map_leaves, rebuild
from adpy.errors import ArgumentError
from adpy.plain import np

__all__ = ["Batch", "plan_of"]

RECORDINGS = 16
"""Recordings that one batch makes for lanes that decide otherwise; what is left then is evaluated lane by lane."""


class Batch:
    """One evaluation of many lanes."""

    masks = True

    def __init__(
        self,
        program: Any,
        args: tuple,
        kwargs: dict,
        in_axes: Any,
        reduce: str | None,
        parallel: bool,
        device: str | None,
        gradient: bool,
    ) -> None:
        if reduce not in (None, "sum", "mean"):
            raise ArgumentError("reduce", "None, 'sum' or 'mean'", repr(reduce))
        self.program, self.args, self.kwargs, self.in_axes = program, args, kwargs, in_axes
        self.reduce, self.parallel, self.gradient = reduce, parallel, gradient
        self.device, self.dtype = device_of(program, device)
        self.leaves = self._leaves(in_axes)
        self.size = self._size()
        self.values, self.bars = (self._gathered(name) for name in ("results", "gradients"))
        self.tree: Any = None

    def _gathered(self, name: str) -> Gathered:
        """Where results go."""
        return Gathered(self.size, self.reduce, name)

    # ---- arguments

    def _leaves(self, in_axes: Any) -> list[list[tuple[str, Any, int | None]]]:
        """Path, value and axis of every leaf of each argument."""
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(self.args)
        if len(axes) != len(self.args):
            wanted = f"one entry for each of the {len(self.args)} positional arguments"
            raise ArgumentError("in_axes", wanted, f"{len(axes)}")
        found = []
        for i, (argument, axis) in enumerate(zip(self.args, axes, strict=True)):
            found.append([self._leaf(f"argument {i}", *item) for item in with_axes(argument, axis, "in_axes")])
        return found

    def _leaf(self, name: str, path: str, value: Any, axis: Any) -> tuple[str, Any, int | None]:
        """A leaf, its axis checked."""
        return leaf_of(name, path, value, axis)

    def _size(self) -> int:
        sizes = {}
        for i, leaves in enumerate(self.leaves):
            for path, value, axis in leaves:
                if axis is not None:
                    sizes.setdefault(value.shape[axis], f"argument {i}{path}")
        if not sizes or 0 in sizes:
            raise ArgumentError(
                "arguments", "at least one array with an axis of lanes", "none" if not sizes else "empty"
            )
        if len(sizes) > 1:
            got = " and ".join(f"{size} in {name}" for size, name in sizes.items())
            raise ArgumentError("arguments", "the same number of lanes in all of them", got)
        return next(iter(sizes))

    def lane(self, number: int) -> tuple:
        """The arguments of one lane."""
        args = []
        for argument, leaves in zip(self.args, self.leaves, strict=True):
            found = [
                self._shared(value) if axis is None else self._entry(value, axis, number) for _, value, axis in leaves
            ]
            args.append(rebuild(argument, iter(found).__next__))
        return tuple(args)

    @staticmethod
    def _shared(value: Any) -> Any:
        """An argument that all lanes share."""
        return value

    @staticmethod
    def _entry(value: np.ndarray, axis: int, lane: int) -> Any:
        """What a lane has of an array: a float where that is a number."""
        found = value[(slice(None),) * axis + (lane,)]
        if value.ndim > 1:
            return found.copy()
        return float(found) if value.dtype == np.float64 else found

    # ---- the way through

    def run(self) -> tuple[Any, Any]:
        """Result and gradient."""
        if capture.frame() is not None:
            return self._eager()
        program, lanes = self.program, np.arange(self.size)
        key, inputs = signature(self.lane(0), self.kwargs)
        columns = self._columns(inputs)
        if columns is None or key is None or key in program._eager:
            self._alone(lanes)
            return self._results()
        around = program._around()
        for branch in program._candidates(key, around, self.masks):
            lanes = self._sweep(branch, columns, lanes)
            if not lanes.size:
                return self._results()
        for _ in range(RECORDINGS):
            branch = program._record(key, self.lane(int(lanes[0])), self.kwargs, around, self.masks)
            if branch is None:
                break
            left = self._sweep(branch, columns, lanes)
            if left.size and left[0] == lanes[0]:  # its decisions hang on the last bit of a value
                self._alone(left[:1])
                left = left[1:]
            lanes = left
            if not lanes.size:
                break
        self._alone(lanes, recorded=False)
        return self._results()

    def _columns(self, inputs: list) -> list | None:
        """Inputs of the program: arrays whose first axis are the lanes, and None; values that are shared, and True."""
        found = []
        for leaves in self.leaves:
            for _, value, axis in leaves:
                if axis is not None or self._differentiable(value):
                    column = self._column(value, axis)
                    if column is None:
                        return None
                    found.append(column)
        return found + [(value, True) for value in inputs[len(found) :]]

    def _column(self, value: Any, axis: int | None) -> tuple[Any, bool] | None:
        """One input, and whether all lanes share it; None for an array of another type."""
        if axis is None:
            return value, True
        return (np.moveaxis(value, axis, 0), False) if value.dtype == np.float64 else None

    def _differentiable(self, value: Any) -> bool:
        """Has an argument that all lanes share a gradient?"""
        return is_differentiable(value)

    def _sources(self) -> list[int]:
        """Numbers of the inputs that are differentiated."""
        counts = [sum(axis is not None or self._differentiable(x) for _, x, axis in leaves) for leaves in self.leaves]
        first = sum(counts[: self.program.argnum])
        return list(range(first, first + counts[self.program.argnum]))

    def _plan(self, branch: Any) -> Any:
        """The plan of a recording, None where it has none."""
        return plan_of(branch, self._sources() if self.gradient else None)

    def _prepared(self, branch: Any) -> Any:
        """The plan of a recording, with places for its results."""
        if self.gradient:
            self.program._check_number(branch)
        plan = self._plan(branch)
        if plan is None:
            return None
        self._structure(branch.tree)
        for j, (place, leaf) in enumerate(branch.places):
            shape = np.shape(leaf) if place is None else branch.code.outputs[place].shape
            self.values.reserve(j, leaf if place is None else 0.0, shape)
        for j, source in enumerate(plan.sources or ()):
            self.bars.reserve(j, 0.0, branch.code.inputs[source].shape)
        return plan

    def _sweep(self, branch: Any, columns: list, lanes: np.ndarray) -> np.ndarray:
        """Do the lanes that decide like a recording; return those that do not."""
        plan = self._prepared(branch)
        if plan is None:
            self._alone(lanes)
            return lanes[:0]
        workers = min(os.cpu_count() or 1, lanes.size) if self.parallel else 1
        span = min(plan.span, -(-lanes.size // workers))
        pieces = [lanes[i : i + span] for i in range(0, lanes.size, span)]
        groups = [pieces[len(pieces) * i // workers : len(pieces) * (i + 1) // workers] for i in range(workers)]

        def work(group):
            return self._blocks(branch, plan, columns, group)

        if workers == 1:
            done = [work(groups[0])]
        else:
            with ThreadPoolExecutor(workers) as pool:
                done = list(pool.map(work, groups))
        for _, values, bars in done:
            self.values.merge(values)
            self.bars.merge(bars)
        left = np.concatenate([missing for missing, _, _ in done])
        with self.program._lock:
            self.program._hits += lanes.size - left.size
        return left

    def _blocks(self, branch: Any, plan: Any, columns: list, pieces: Sequence[np.ndarray]) -> tuple:
        """Sweep blocks of lanes; return those that decide otherwise, and what is reduced."""
        values, bars = self.values.part(), self.bars.part()
        memory = plan.memory([x if shared else None for x, shared in columns], max(map(len, pieces), default=0))
        missing = [np.zeros(0, np.int64)]
        for lanes in pieces:
            whole = int(lanes[-1] - lanes[0]) == lanes.size - 1
            chosen = slice(int(lanes[0]), int(lanes[-1]) + 1) if whole else lanes
            inputs = {k: x[chosen] for k, (x, shared) in enumerate(columns) if not shared}
            same, outputs, cotangents = plan.run(memory, inputs)
            if not same.all():
                missing.append(lanes[~same])
                chosen = lanes[same]
            count = int(same.sum())
            if not count:
                continue
            for j, (place, leaf) in enumerate(branch.places):
                if place is None:
                    values.put_shared(j, chosen, leaf, count)
                else:
                    values.put(j, chosen, outputs[place] if count == same.size else outputs[place][same])
            for j, bar in enumerate(cotangents):
                bars.put(j, chosen, bar if count == same.size else bar[same])
        return np.concatenate(missing), values, bars

    def _structure(self, tree: Any) -> None:
        """All lanes have results of one structure."""
        if self.tree is None:
            self.tree = (tree,)
        elif repr(self.tree[0]) != repr(tree):
            raise ArgumentError("results", "one structure in all lanes", f"{self.tree[0]!r:.60} and {tree!r:.60}")

    def _alone(self, lanes: np.ndarray, recorded: bool = True) -> None:
        """Lanes one by one, as the program does them; those not ``recorded`` as the function itself does them."""
        program = self.program
        evaluate, differentiate = program, program.value_and_gradient
        if not recorded and program.function is not None:
            evaluate, differentiate = program.function, value_and_grad(program.function, program.argnum)
        for lane in lanes.tolist():
            args, here = self.lane(lane), np.array([lane])
            if self.gradient:
                value, bar = differentiate(*args, **self.kwargs)
                bars = [leaf for _, leaf in flatten(bar) if leaf is not None]
                for j, leaf in enumerate(bars):
                    self.bars.reserve(j, leaf, np.shape(leaf))
                    self.bars.put_shared(j, here, leaf, 1)
            else:
                value = evaluate(*args, **self.kwargs)
            self._structure(map_leaves(_nothing, value))
            for j, (_, leaf) in enumerate(flatten(value)):
                self.values.reserve(j, leaf, np.shape(leaf))
                self.values.put_shared(j, here, leaf, 1)

    def _eager(self) -> tuple[Any, Any]:
        """Inside another transform: as :func:`adpy.batch` of the function."""
        function: Callable = self.program.function
        if self.gradient:
            function = value_and_grad(function, self.program.argnum)
        found = batch(function, self.in_axes)(*self.args, **self.kwargs)
        if self.reduce is not None:
            total = np.sum if self.reduce == "sum" else np.mean
            leaves = iter([total(leaf, axis=0) for _, leaf in flatten(found)])
            found = rebuild(found, leaves.__next__)
        return found if self.gradient else (found, None)

    def _results(self) -> tuple[Any, Any]:
        """Results and gradients in their structures."""
        value = rebuild(self.tree[0], iter(self.values.results()).__next__)
        if not self.gradient:
            return value, None
        bars = iter(self.bars.results())
        leaves = self.leaves[self.program.argnum]
        found = [next(bars) if axis is not None or self._differentiable(x) else None for _, x, axis in leaves]
        return value, rebuild(self.args[self.program.argnum], iter(found).__next__)


def plan_of(branch: Any, sources: list[int] | None) -> Any:
    """The plan of a recording, None where it has none."""
    from adpy.program.lanes import Plan
    from adpy.program.streams import NoStream

    plans = branch.__dict__.setdefault("plans", {})
    key = None if sources is None else tuple(sources)
    if key not in plans:
        try:
            plans[key] = Plan(branch.code, sources)
        except NoStream:
            plans[key] = None
    return plans[key]


def _nothing(leaf: Any) -> None:
    """The structure of a result has no leaves of its own."""
