"""Driving: what a schedule says, done with a machine that runs steps and storages that keep states."""
