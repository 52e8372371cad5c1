"""Compressed evaluation: columns or rows of one color summed up in one direction, then taken apart into nonzeros."""
