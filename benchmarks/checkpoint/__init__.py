"""Gradients of long loops in bounded memory."""
