"""Two models in plain NumPy and SciPy, which ``python -m adpy`` differentiates as they stand.

Nothing in these modules knows of adpy.
"""
