"""Plain NumPy, as people write it; each module has the functions, their input, and gradients to verify Hessians by."""
