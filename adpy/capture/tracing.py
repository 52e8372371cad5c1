"""The capture of one trace: activate a frame and install what its function can reach, undone on every exit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.capture.frames import DEEP, FRAME, Frame
from adpy.capture.plans import Plan, StalePlan, enter, forget_scans, full_plan, leave, numpy_plan
from adpy.capture.reach import key_of, reach
from adpy.capture.rebind import Rebinding
from adpy.capture.replacements import refresh, replacement

__all__ = ["implementation", "levels", "settle", "tracing"]

_PLANS_KEPT = 512
_plans: dict[tuple, Plan] = {}
_settled: dict[tuple, int] = {}


def levels(function: Callable) -> tuple[int, ...]:
    """Levels of capture to try for ``function``, in order: on a refusal, the next one.

    ======  =====================================================================================================
    0       names that the function can reach, found by walking its code
    1       also its closures, defaults, global arrays and ``float`` (rebound copies), ufuncs given lists
    2       also every loaded module
    ======  =====================================================================================================

    A function is remembered by its code: once a level has been found to work (see :func:`settle`), lower ones
    are not tried again.
    """
    return (0, 2) if not _settled else _LEVELS[_settled.get(key_of(function), 0)]


_LEVELS = ((0, 2), (1, 2), (2,))


def settle(function: Callable, level: int) -> None:
    """Remember that ``function`` needed ``level``.

    After a first success at level 2 the next trace tries level 1, which costs less to enter; if that is refused
    as well, level 2 is used for good.
    """
    key = key_of(function)
    before = _settled.get(key)
    if level and before != level:
        if len(_settled) >= _PLANS_KEPT:
            _settled.clear()
        _settled[key] = 1 if before is None else level
        _kept_alive[key] = function


_kept_alive: dict[tuple, Callable] = {}


def _plan(function: Callable, level: int) -> Plan:
    key = (level > 0, *key_of(function))
    plan = _plans.get(key)
    if plan is None:
        refresh()
        if len(_plans) >= _PLANS_KEPT:
            _plans.clear()
        plan = _plans[key] = Plan.from_reach(reach(function, thorough=level > 0), function)
    return plan


class tracing:
    """Context manager: ``with tracing(frame, function, level) as call: y = call(*args)``.

    ``call`` is ``function`` itself unless it must be rebound (level 1 and 2) or has a replacement of its own.
    """

    __slots__ = ("_entered", "_frame", "_function", "_level", "_previous", "_rebinding")

    def __init__(self, frame: Frame, function: Callable, level: int = 0) -> None:
        self._frame, self._function, self._level = frame, function, level
        self._entered = False
        self._rebinding: Rebinding | None = None

    def __enter__(self) -> Callable:
        function, level = self._function, self._level
        plan = _plan(function, level)
        try:
            enter(plan)
        except StalePlan:
            _plans.clear()
            plan = _plan(function, level)
            enter(plan)
        self._entered = True
        try:
            if level == 2 or not plan.complete:
                refresh()
                try:
                    enter(full_plan(), again=True)
                except StalePlan:
                    forget_scans()
                    enter(full_plan(), again=True)
            self._previous = FRAME.get()
            FRAME.set(self._frame)
            if level or plan.cells:
                self._rebinding = Rebinding(self._frame, level)
                return self._rebinding.callable(function)
        except BaseException:
            self.__exit__()
            raise
        if type(function) is _FUNCTION:
            return function
        return replacement(function) or function

    def __exit__(self, *exception: object) -> None:
        if not self._entered:
            return
        self._entered = False
        try:
            FRAME.set(getattr(self, "_previous", None))
        finally:
            leave()
        if self._rebinding is not None:
            self._rebinding.close()

    # A KeyboardInterrupt can arrive before the first instruction of __exit__.
    def __del__(self) -> None:
        self.__exit__()


_FUNCTION = type(levels)


class implementation:
    """Context manager for running one of NumPy's own Python implementations on traced values.

    NumPy's modules stay patched until the trace ends; outside this context their creators are plain for plain
    values.
    """

    __slots__ = ("_previous",)

    def __enter__(self) -> None:
        self._previous = DEEP.get()
        if FRAME.get() is None:
            return
        try:
            enter(numpy_plan(), again=True)
        except StalePlan:
            forget_scans()
            enter(numpy_plan(), again=True)
        DEEP.set(True)

    def __exit__(self, *exception: object) -> None:
        DEEP.set(self._previous)
