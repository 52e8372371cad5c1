"""The examples in the docstrings of every module run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import adpy

MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(adpy.__path__, "adpy.")
    if not info.name.endswith("__main__") and not info.name.startswith("adpy.examples.")
)


@pytest.mark.parametrize("name", ["adpy", *MODULES])
def test_docstrings(name):
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as missing:  # an optional extra
        if missing.name.partition(".")[0] == "adpy":
            raise
        pytest.skip(f"{missing.name} is not installed")
    failed, _ = doctest.testmod(module)
    assert not failed


def test_public_functions_have_docstrings():
    for name in adpy.__all__:
        assert getattr(adpy, name).__doc__, name
