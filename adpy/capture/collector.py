"""The garbage collector during a trace: young objects only.

A tape makes many small objects that all live until its sweep.  Python answers with full collections, each of which
walks everything the program has imported: a third of the time of a long trace.  While any trace runs, the youngest
generation is collected every 50,000 allocations instead of 700, the older ones hardly ever; cycles that user code drops
are still found while they are young.
"""

import gc

__all__ = ["relax", "restore"]

_RELAXED = (50_000, 50, 1_000)
_before: tuple[int, int, int] | None = None


def relax() -> None:
    """A first trace begins (call under the lock of :mod:`adpy.capture.plans`)."""
    global _before
    _before = gc.get_threshold()
    if _before[0]:
        gc.set_threshold(*_RELAXED)


def restore() -> None:
    """The last trace ends; thresholds that the program has set meanwhile stay."""
    global _before
    if _before is not None and gc.get_threshold() == _RELAXED:
        gc.set_threshold(*_before)
    _before = None
