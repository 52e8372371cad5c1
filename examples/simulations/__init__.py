"""Simulations of many steps and what their gradients are good for, in plain NumPy: see README.md."""
