"""Batching: one run of a function for many lanes, which part where they decide differently.

===================  ==========================================================================================
``trace``            the run: elementwise operations, buffers, ``math``
``value``            what values of lanes share; conversions and decisions
``scalar``           a number in each lane
``array``            an array in each lane, or one that all lanes share so far; ``array_operators``
``python_numbers``   where Python's numbers differ from NumPy's
``indexing``         indices, also those that differ from lane to lane
``splitting``        how lanes agree or part
``running``          runs of a function: together, in groups, or lane after lane
``functions``        which rule a function has; ``registry`` keeps them
``onebyone``         one operation lane by lane
===================  ==========================================================================================
"""

from adpy.batching import array_operators  # noqa: F401  (gives BatchArray its operators)
from adpy.batching.array import BatchArray
from adpy.batching.scalar import BatchReal, BatchScalar
from adpy.batching.trace import BatchTrace
from adpy.capture import registry

registry.TRACED_TYPES.update((BatchArray, BatchReal, BatchScalar))

__all__ = ["BatchArray", "BatchReal", "BatchScalar", "BatchTrace"]
