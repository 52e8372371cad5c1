"""Rewrites for the tools that cannot take a problem as it stands: one module per kind of tool.

``functional``    NumPy without writes into arrays (autograd, MyGrad, advect, dualpy, JAX)
``with_torch``    torch tensors
``with_jax``      loops as ``lax.fori_loop``
``with_scalars``  lists of numbers, no NumPy (XAD)
``with_casadi``   CasADi's symbols

A rewrite has the name of its problem and takes the same arguments.
"""
