"""NumPy functions of values only: indices, counts, truths, shapes and text carry no derivative."""

from __future__ import annotations

import numpy as np

from adpy.rules.table import inert

__all__ = []

# Indices and orders.
inert(
    np.argmax,
    np.argmin,
    np.nanargmax,
    np.nanargmin,
    np.argsort,
    np.argpartition,
    np.lexsort,
    np.searchsorted,
    np.digitize,
    np.nonzero,
    np.flatnonzero,
    np.argwhere,
    np.unravel_index,
    np.ravel_multi_index,
    np.diag_indices_from,
    np.tril_indices_from,
    np.triu_indices_from,
    np.einsum_path,
)

# Truths and counts.
inert(
    np.all,
    np.any,
    np.allclose,
    np.isclose,
    np.array_equal,
    np.array_equiv,
    np.isin,
    np.count_nonzero,
    np.iscomplex,
    np.isreal,
    np.iscomplexobj,
    np.isrealobj,
    np.isposinf,
    np.isneginf,
    np.isscalar,
    np.isfortran,
    np.shares_memory,
    np.may_share_memory,
)

# Shapes and types.
inert(
    np.shape,
    np.ndim,
    np.size,
    np.result_type,
    np.can_cast,
    np.common_type,
    np.min_scalar_type,
    np.packbits,
    np.unpackbits,
)

# Text and files.
inert(
    np.array_repr,
    np.array_str,
    np.array2string,
    np.format_float_positional,
    np.format_float_scientific,
    np.save,
    np.savez,
    np.savez_compressed,
    np.savetxt,
)

if hasattr(np, "in1d"):
    inert(np.in1d)
