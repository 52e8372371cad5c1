"""Run a function over lanes: all at once as long as they decide alike, in groups where they part, else one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.batching.splitting import Restart, Split
from adpy.batching.trace import BatchTrace
from adpy.errors import TracedValueError
from adpy.plain import np
from adpy.traced.refusal import refusal_of

__all__ = ["Piece", "run_lanes"]

WORTH = 8
"""What a run over many lanes costs, measured in calls of the plain function: fewer lanes are called one by one."""


class Piece:
    """The result of one run.

    Attributes
    ----------
    lanes : ndarray
        Numbers of the lanes it is about.
    frame : BatchTrace or None
        The run; None for one lane, called plainly.
    result
        What the function returned.
    """

    __slots__ = ("frame", "lanes", "result")

    def __init__(self, lanes: np.ndarray, frame: BatchTrace | None, result: Any) -> None:
        self.lanes, self.frame, self.result = lanes, frame, result


def run_lanes(
    function: Callable, size: int, arguments: Callable, single: Callable | None, mode: str, within: Any = None
) -> list[Piece] | None:
    """Call ``function`` for ``size`` lanes.

    Parameters
    ----------
    function : callable
        The function.
    size : int
        Number of lanes.
    arguments : callable
        ``arguments(frame, lanes) -> (args, kwargs)``: the arguments of these lanes as values of ``frame``.
    single : callable or None
        ``single(lane) -> (args, kwargs)``: the plain arguments of one lane; None if no lane can go on its own.
    mode : {"auto", "vectorized", "loop"}
        ``"vectorized"`` raises what ``"auto"`` would call lane by lane for.
    within : tuple of (BatchTrace, ndarray), optional
        An enclosing batch, and the lane of it that each lane belongs to.

    Returns
    -------
    list of Piece or None
        Together they cover all lanes.  None where lanes would have to go on their own and cannot.
    """
    everything, number = np.arange(size), object()
    if mode == "loop":
        return [_alone(function, single, lane) for lane in everything]
    pieces: list[Piece] = []
    pending = [everything]
    runs = 0
    while pending:
        lanes = pending.pop()
        left = len(lanes) + sum(map(len, pending))
        if mode == "auto" and size and ((len(lanes) < 2 and single) or (runs and runs * WORTH > left)):
            if single is None:
                return None
            pieces += [_alone(function, single, lane) for lane in lanes]
            continue
        runs += 1
        try:
            own = None if within is None else (within[0], within[1][lanes])
            pieces.append(_together(function, lanes, arguments, number, own))
        except Split as split:
            if split.frame.number != number:  # an enclosing batch parts
                raise
            if split.groups is not None:
                pending += [lanes[group] for group in reversed(split.groups)]
            elif mode == "vectorized":
                raise TracedValueError(split.reason, "", "It cannot be done for all samples at once.") from None
            elif single is None:
                return None
            else:
                pieces += [_alone(function, single, lane) for lane in lanes]
        except Exception:
            if mode == "vectorized":
                raise
            if single is None:
                return None
            return [_alone(function, single, lane) for lane in everything]
    return pieces


def _alone(function: Callable, single: Callable, lane: int) -> Piece:
    """The plain function, for one lane."""
    args, kwargs = single(int(lane))
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        error.add_note(f"in sample {int(lane)} of adpy.batch")
        raise
    return Piece(np.array([lane]), None, result)


def _together(
    function: Callable, lanes: np.ndarray, arguments: Callable, number: object, within: Any, copies: bool = False
) -> Piece:
    """One run for these lanes."""
    refused = None
    for level in capture.levels(function):
        frame = BatchTrace(len(lanes), level, copies, number, within)
        try:
            args, kwargs = arguments(frame, lanes)
            with capture.tracing(frame, function, level) as call:
                result = call(*args, **kwargs)
            if frame.restart is not None:
                raise frame.restart
            if frame.failed:  # and the function went on
                raise frame.parting("An error of some samples")
            if frame.detached:
                raise frame.detached[0]
        except TracedValueError as error:
            if frame.restart is not None:
                raise frame.restart from None
            refused = refused or (frame.detached[0] if frame.detached else error)
            continue
        except Restart as restart:
            if frame.wants_copies and restart.frame is frame and not copies:
                frame.close()
                return _together(function, lanes, arguments, number, within, True)
            raise
        except Exception as error:
            if frame.restart is not None:
                raise frame.restart from None
            found = frame.detached[0] if frame.detached else refusal_of(error)
            if found is None:
                raise
            refused = refused or found
            continue
        finally:
            frame.close()
        if level:
            capture.settle(function, level)
        return Piece(lanes, frame, result)
    raise refused
