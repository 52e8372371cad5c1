"""Elements: derivatives entry by entry, of functions that are sums of many small nonlinear ones.

``stream → linear forms of elements → classes of elements alike → one kernel a class → entries added into CSR data``

A function :math:`f = \\sum_k c_k e_k(x)` is *partially separable* when every element :math:`e_k` has few of the
variables; so are the entries of most sparse vector functions.  Elements are found in the recorded operations; those
with the same operations form a class, whose derivative is written out once, as straight-line code, and run for all.

References
----------
A. Griewank, Ph. L. Toint, "On the unconstrained optimization of partially separable functions", in *Nonlinear
Optimization 1981*, Academic Press 1982.
"""
