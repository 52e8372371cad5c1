"""Is ``float(x)`` being asked for by ``"%.3f" % x``?  Then only text comes of it, and no derivative is lost."""

from __future__ import annotations

import dis
import sys

__all__ = ["percent_formatting"]

_BINARY_OP = dis.opmap["BINARY_OP"]
_REMAINDERS = tuple(i for i, (_, symbol) in enumerate(dis._nb_ops) if symbol in ("%", "%="))


def percent_formatting(depth: int = 2) -> bool:
    """Is the frame ``depth`` levels up (2: the caller of ``__float__``) at a ``%`` operation?

    Numbers and arrays take ``%`` to ``__rmod__`` or to ``__array_ufunc__``: a conversion to ``float`` inside that
    operation is the formatting of a string.
    """
    frame = sys._getframe(depth)
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at] == _BINARY_OP and code[at + 1] in _REMAINDERS
