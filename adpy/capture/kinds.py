"""``type`` that says of a traced value what plain code would see: ``type(x) is float``, ``type(x) is np.ndarray``."""

from __future__ import annotations

from typing import Any

from adpy.capture.registry import TRACED_TYPES

__all__ = ["KIND"]


class _Kind:
    """``type`` in every other respect: called with three arguments, as a base class, in ``isinstance`` and ``|``.

    Only ``is type`` would tell the difference; code with that in it keeps its ``type``.
    """

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        kind = type(*args, **kwargs)
        return args[0].__class__ if kind in TRACED_TYPES else kind

    def __eq__(self, other: object) -> bool:
        return other is self or other is type

    def __hash__(self) -> int:
        return hash(type)

    def __repr__(self) -> str:
        return repr(type)

    def __getattr__(self, name: str) -> Any:
        return getattr(type, name)

    def __instancecheck__(self, x: object) -> bool:
        return isinstance(x, type)

    def __subclasscheck__(self, other: type) -> bool:
        return issubclass(other, type)

    def __mro_entries__(self, bases: tuple) -> tuple:
        return (type,)

    def __getitem__(self, item: Any) -> Any:
        return type[item]

    def __or__(self, other: Any) -> Any:
        return type | other

    def __ror__(self, other: Any) -> Any:
        return other | type


KIND = _Kind()
