"""Gradients on a CUDA device beside one core of the CPU, both by the same program.

Run ``python -m benchmarks gpu`` where there is a device; results go to ``benchmarks/results/``.  Every gradient is
compared with the CPU's first, and not timed if it differs.  Times on the device are those of arrays that are there
already (*device*), and of arrays of the host with all copies (*host*).  GB/s are the bytes that instructions name in
memory: operands and results of arrays, or rows of lanes; what caches hold counts as well, so more than the memory's own
bandwidth may appear.  Kernels are compiled before anything is timed, see *first call*.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import adpy
from benchmarks.gpu_problems import ARRAYS, LANES
from benchmarks.machine import describe
from benchmarks.report import seconds

__all__ = ["main"]

TOLERANCES = {"float64": 1e-9, "float32": 2e-3}
HEAD = "| problem | size | precision | CPU, 1 core | device | faster by | host | GB/s | first call |"


def median_time(run: Callable[[], Any], repeat: int, finished: Callable[[], None]) -> float:
    """Median of wall times, the device's work included."""
    found = []
    for _ in range(repeat):
        begin = time.perf_counter()
        run()
        finished()
        found.append(time.perf_counter() - begin)
    return statistics.median(found)


def leaves(tree: Any) -> list[np.ndarray]:
    """The arrays of a tree, on the host."""
    if isinstance(tree, tuple | list):
        return [leaf for item in tree for leaf in leaves(item)]
    return [np.asarray(tree.copy_to_host() if hasattr(tree, "copy_to_host") else tree)]


def agree(found: Any, expected: Any, rtol: float) -> bool:
    """Are two trees of arrays the same, relative to the largest entry?"""
    pairs = zip(leaves(found), leaves(expected), strict=True)
    return all(np.max(np.abs(a - b), initial=0.0) <= rtol * max(1.0, np.max(np.abs(b), initial=0.0)) for a, b in pairs)


def sent(cuda: Any, args: tuple, dtype: type) -> tuple:
    """Arguments with their arrays on the device."""
    return tuple([cuda.to_device(x.astype(dtype)) if isinstance(x, np.ndarray) else x for x in args])


def bytes_of_lanes(program: Any, lanes: int, itemsize: int) -> int:
    """Bytes that the instructions of the plans on the device name, for all lanes."""
    from adpy.program.device_lanes import DevicePlan
    from adpy.program.device_straight import StraightPlan

    most = 0
    for branches in program._branches.values():
        for branch in branches:
            for plan in branch.__dict__.get("plans", {}).values():
                if isinstance(plan, StraightPlan):
                    rows = plan.results.size + sum(n.size for n in plan.plan.inputs)
                elif isinstance(plan, DevicePlan):
                    rows = 3 * plan.instructions[0] + 6 * plan.instructions[1]
                else:
                    continue
                most = max(most, rows * lanes * itemsize)
    return most


def bytes_of_arrays(program: Any, itemsize: int) -> int:
    """Bytes that groups name: values once forwards; values, and cotangents read and written, on the way back."""
    from adpy.kernels.table import GROUP

    total = 0
    for branches in program._branches.values():
        for branch in branches:
            table = branch.code.table
            for pc in branch.code.heads[table[branch.code.heads, 0] == GROUP].tolist():
                entries = int(np.prod(table[pc, 2:5]))
                for row in table[pc + 1 : pc + 1 + table[pc, 1]]:
                    operands = 2 + (row[13] >= 0)
                    outside = operands - bin(int(row[17]) & 7).count("1")
                    total += entries * outside * 4 * itemsize
    return total


def measured(cuda: Any, name: str, size: int, dtype: type, on_cpu: Callable, on_device: Callable, arguments: tuple):
    """One row: times of both, checked against each other."""
    options, here, there, traffic = arguments
    precision = np.dtype(dtype).name
    begin = time.perf_counter()
    found = on_device(*there)
    cuda.synchronize()
    first = time.perf_counter() - begin
    expected = on_cpu(*here)
    row = {"problem": name, "size": size, "precision": precision, "first": first}
    if not agree(found, expected, TOLERANCES[precision]):
        return row | {"wrong": True}
    row["cpu"] = median_time(lambda: on_cpu(*here), max(1, options.repeat // 3), lambda: None)
    row["device"] = median_time(lambda: on_device(*there), options.repeat, cuda.synchronize)
    row["host"] = median_time(lambda: on_device(*here), max(1, options.repeat // 3), cuda.synchronize)
    row["rate"] = traffic() / row["device"] / 1e9
    return row


def lane_rows(cuda: Any, options: Any) -> list[dict]:
    """Problems of lanes."""
    found = []
    for name, problem in LANES.items():
        for size in options.lanes:
            args = problem.inputs(size)
            for dtype in (np.float64, np.float32):
                p = adpy.record(problem.function, *_lane(args, problem.in_axes))
                q = p.to("cuda", dtype)
                settings = {"in_axes": problem.in_axes, "reduce": problem.reduce}
                there = sent(cuda, args, dtype)
                found.append(
                    measured(
                        *(cuda, name, size, dtype),
                        lambda *x, p=p, settings=settings: p.batch_value_and_gradient(*x, **settings),
                        lambda *x, q=q, settings=settings: q.batch_value_and_gradient(*x, **settings),
                        (options, args, there, lambda p=p, n=size, t=dtype: bytes_of_lanes(p, n, t().itemsize)),
                    )
                )
                print(line(found[-1]), file=sys.stderr, flush=True)
    return found


def _lane(args: tuple, in_axes: tuple) -> tuple:
    """The arguments of the first lane."""
    found = [x if axis is None else x[0] for x, axis in zip(args, in_axes, strict=True)]
    return tuple([float(x) if np.ndim(x) == 0 else x for x in found])


def array_rows(cuda: Any, options: Any) -> list[dict]:
    """Problems of large arrays."""
    found = []
    for name, problem in ARRAYS.items():
        for size in options.entries:
            args = problem.inputs(size)
            for dtype in (np.float64, np.float32):
                p = adpy.record(problem.function, *args)
                q = p.to("cuda", dtype)
                found.append(
                    measured(
                        *(cuda, name, size, dtype, p.value_and_gradient, q.value_and_gradient),
                        (options, args, sent(cuda, args, dtype), lambda p=p, t=dtype: bytes_of_arrays(p, t().itemsize)),
                    )
                )
                print(line(found[-1]), file=sys.stderr, flush=True)
    return found


def line(row: dict) -> str:
    """A row as Markdown."""
    start = f"| {row['problem']} | {row['size']:,} | {row['precision']} |"
    if row.get("wrong"):
        return f"{start} ✗ differs from the CPU | | | | | {seconds(row['first'])} |"
    times = (
        f" {seconds(row['cpu'])} | {seconds(row['device'])} | {row['cpu'] / row['device']:.1f} | {seconds(row['host'])}"
    )
    return f"{start}{times} | {row['rate']:.0f} | {seconds(row['first'])} |"


def main(arguments: list[str]) -> int:
    """Measure; print Markdown, and write it with JSON under the name of the device."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks gpu", description=__doc__)
    parser.add_argument("--lanes", type=_sizes, default=[10**4, 10**5, 10**6], help="as 10000,1000000")
    parser.add_argument("--entries", type=_sizes, default=[10**6, 10**7], help="entries of the large arrays")
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--folder", type=Path, default=Path(__file__).with_name("results"), help="where results go")
    options = parser.parse_args(arguments)
    from adpy.kernels.cuda import require_device, simulated

    try:
        cuda = require_device()
    except adpy.errors.AdpyError as error:
        print(f"No benchmark of a GPU: {error}", file=sys.stderr)
        return 1
    name = "simulator" if simulated() else cuda.get_current_device().name
    name = name.decode() if isinstance(name, bytes) else name
    machine = {"device": name} | describe([])
    rows = lane_rows(cuda, options) + array_rows(cuda, options)
    facts = ", ".join(f"{key}: {value}" for key, value in machine.items())
    table = "\n".join([HEAD, "|" + "---|" * 9, *map(line, rows)])
    report = f"# Gradients on {name}\n\n{facts}\n\n{table}\n\n{__doc__.split(chr(10) * 2, 1)[1]}"
    print(report)
    if not simulated():
        path = options.folder / re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".md").write_text(report, encoding="utf-8")
        path.with_suffix(".json").write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n", "utf-8")
    return 1 if any(row.get("wrong") for row in rows) else 0


def _sizes(text: str) -> list[int]:
    return [int(float(part)) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
