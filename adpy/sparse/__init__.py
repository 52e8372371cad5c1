"""Sparse Jacobians and Hessians.  Holds nothing yet."""
