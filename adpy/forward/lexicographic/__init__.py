"""Lexicographic forward mode: what a program does a small step along a direction.

===============  ==================================================================
``trace``        the trace; what it keeps of every entry
``lines``        values along a direction, compared: value, then tangent after tangent
``elementwise``  kinks of elementwise rows
``jumps``        jumps of elementwise rows
``blocks``       extrema, order statistics, interpolation
``matrices``     norms, and what is smooth only off ties
``decisions``    comparisons, orders, truths
===============  ==================================================================
"""

from adpy.forward.lexicographic.trace import LexicographicTrace

__all__ = ["LexicographicTrace"]
