"""Gradient benchmarks: adpy side by side with other tools, every derivative verified before it is timed.

Nothing is imported here: the number of threads is set (see ``__main__``) before NumPy loads.
"""
