"""Classes as namespaces: methods that have rows are replaced in their class, as functions are in their module."""

from __future__ import annotations

from typing import Any

__all__ = ["ClassSpace", "space_of"]


class ClassSpace:
    """The attributes of a class, with those operations of a namespace that plans need."""

    __slots__ = ("_class",)

    def __init__(self, cls: type) -> None:
        self._class = cls

    def __getitem__(self, name: str) -> Any:
        return vars(self._class)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._class, name, value)

    def get(self, name: str, default: Any = None) -> Any:
        """The attribute of the class itself; those of its bases are not looked at."""
        return vars(self._class).get(name, default)

    def update(self, values: dict[str, Any]) -> None:
        """Set attributes."""
        for name, value in values.items():
            setattr(self._class, name, value)


_spaces: dict[type, ClassSpace] = {}


def space_of(cls: type) -> ClassSpace:
    """The namespace of a class: one object as long as the process lives."""
    if cls not in _spaces:
        _spaces[cls] = ClassSpace(cls)
    return _spaces[cls]
