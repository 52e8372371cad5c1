"""The capture of one trace: activate a frame and install what its function can reach, undone on every exit.

Fixed cost of entering and leaving, measured with Python 3.11 (an empty context manager takes 0.3 microseconds there):

=============================================  ======  =====================
level                                          NumPy   all of SciPy loaded
=============================================  ======  =====================
0, a dozen kinds of small functions            3-5 us  3-5 us
1                                              8-20    9-20
2                                              40-60   120-280
=============================================  ======  =====================

The walk at the first trace of a function takes 0.1 ms and is remembered.  Of 556 functions written as scientists write
them, 549 work at level 0.  Replacing *every* name everywhere, as level 2 does, would be simpler and cost that much
each time; hence the walk.
"""

from __future__ import annotations

from collections.abc import Callable

from adpy.capture.frames import DEEP, FRAME, Frame
from adpy.capture.keys import key_of
from adpy.capture.plans import Plan, StalePlan, enter, forget_scans, full_plan, leave, numpy_plan
from adpy.capture.reach import reach
from adpy.capture.rebind import Rebinding
from adpy.capture.replacements import refresh, replacement

__all__ = ["implementation", "levels", "settle", "tracing"]

_PLANS_KEPT = 512
_plans: dict[tuple, Plan] = {}
# Level by key, with what keeps the ids in the key theirs.
_settled: dict[tuple, tuple[int, list]] = {}


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
    if not _settled:
        return _LEVELS[0]
    settled = _settled.get(key_of(function))
    return _LEVELS[0 if settled is None else settled[0]]


_LEVELS = ((0, 2), (1, 2), (2,))


def settle(function: Callable, level: int) -> None:
    """Remember that ``function`` needed ``level``.

    After a first success at level 2 the next trace tries level 1, which costs less to enter; if that is refused
    as well, level 2 is used for good.
    """
    if level == 0:
        return
    anchors: list = []
    key = key_of(function, anchors)
    before = _settled.get(key)
    if before is None or before[0] != level:
        if len(_settled) >= _PLANS_KEPT:
            _settled.clear()
        _settled[key] = (1 if before is None else level, anchors)


def _plan(function: Callable, level: int) -> Plan:
    if type(function) is _FUNCTION and function.__closure__ is None:
        key = (level > 0, id(function.__code__), id(function.__globals__))
    else:
        key = (level > 0, *key_of(function))
    plan = _plans.get(key)
    if plan is None:
        refresh()
        if len(_plans) >= _PLANS_KEPT:
            _plans.clear()
        anchors: list = []
        key_of(function, anchors)
        plan = _plans[key] = Plan.from_reach(reach(function, thorough=level > 0), anchors)
    return plan


class tracing:
    """Context manager: ``with tracing(frame, function, level) as call: y = call(*args)``.

    ``call`` is ``function`` itself unless it must be rebound (level 1 and 2) or has a replacement of its own.
    """

    __slots__ = ("_entered", "_frame", "_function", "_level", "_previous", "_rebinding")

    def __init__(self, frame: Frame, function: Callable, level: int = 0) -> None:
        self._frame, self._function, self._level = frame, function, level
        self._entered = False
        self._rebinding = None

    def __enter__(self) -> Callable:
        function, level = self._function, self._level
        try:
            plan = _plan(function, level)
            enter(plan)
        except StalePlan:
            _plans.clear()
            plan = _plan(function, level)
            enter(plan)
        self._previous = FRAME.get()
        self._entered = True
        if level == 0 and plan.complete and not plan.cells:
            FRAME.set(self._frame)
            return function if type(function) is _FUNCTION else replacement(function) or function
        return self._enter_slowly(plan)

    def _enter_slowly(self, plan: Plan) -> Callable:
        try:
            if self._level == 2 or not plan.complete:
                refresh()
                try:
                    enter(full_plan(), again=True)
                except StalePlan:
                    forget_scans()
                    enter(full_plan(), again=True)
            FRAME.set(self._frame)
            if not self._level and not plan.cells:
                return replacement(self._function) or self._function
            self._rebinding = Rebinding(self._frame, self._level)
            return self._rebinding.callable(self._function)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *exception: object) -> None:
        if self._entered:
            self._entered = False
            try:
                FRAME.set(self._previous)
            finally:
                leave()
            if self._rebinding is not None:
                self._rebinding.close()

    # A KeyboardInterrupt can arrive before the first instruction of __exit__.
    def __del__(self) -> None:
        if self._entered:
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
