"""The registry of the corpus: one :class:`Case` per function, with the input it is differentiated at."""

import copy
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.corpus.trees import flat, float_leaves

__all__ = ["CASES", "Case", "case", "load"]


@dataclass(frozen=True, eq=False)
class Case:
    """One function of the corpus.

    Parameters
    ----------
    function : callable
        Ordinary NumPy/SciPy/Python code; it never heard of differentiation.
    arguments : tuple
        The positional arguments: numbers, arrays, or (nested) containers of them.
    argnums : tuple of int
        Positions of the arguments to differentiate.
    topic : str
        The module it stands in, without ``functions_``.
    rtol : float
        How close derivatives are expected to be to the differences, where these are accurate enough to tell.
    """

    function: Callable
    arguments: tuple
    argnums: tuple[int, ...]
    topic: str
    rtol: float = 1e-7

    @property
    def name(self) -> str:
        """``topic.function``, unique in the corpus."""
        return f"{self.topic}.{self.function.__name__}"

    def fresh(self) -> tuple:
        """The arguments, copied so that a function may spoil them."""
        return copy.deepcopy(self.arguments)

    @property
    def plain(self) -> bool:
        """Whether each differentiated argument is one number or one array."""
        return all(isinstance(self.arguments[i], float) or hasattr(self.arguments[i], "shape") for i in self.argnums)

    @cached_property
    def value(self) -> Any:
        """What the plain function returns."""
        return self.function(*self.fresh())

    @cached_property
    def kind(self) -> str:
        """The kind of output: ``"scalar"``, ``"array"`` or ``"tree"``."""
        if getattr(self.value, "shape", None):
            return "array"
        return "scalar" if isinstance(self.value, (int, float)) or flat(self.value).size == 1 else "tree"


CASES: dict[str, Case] = {}


def case(*arguments, argnums: tuple[int, ...] | None = None, rtol: float = 1e-7):
    """Register the decorated function with the arguments to differentiate it at.

    Without ``argnums`` every argument that contains a float is differentiated.
    """
    chosen = argnums or tuple(i for i, a in enumerate(arguments) if float_leaves(a))

    def register(function: Callable) -> Callable:
        topic = function.__module__.rpartition(".")[2].removeprefix("functions_")
        entry = Case(function, arguments, chosen, topic, rtol)
        if entry.name in CASES:
            raise ValueError(f"{entry.name} is registered twice")
        CASES[entry.name] = entry
        return function

    return register


def load() -> dict[str, Case]:
    """Import every ``functions_*`` module and return the registry."""
    package = importlib.import_module("tests.corpus")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("functions_"):
            importlib.import_module(f"tests.corpus.{module.name}")
    return CASES
