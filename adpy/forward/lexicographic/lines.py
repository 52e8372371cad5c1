"""Lines: values along a direction, compared lexicographically (value, then tangent after tangent)."""

from __future__ import annotations

from typing import Any

from adpy.plain import np

__all__ = ["Line", "order", "ranks", "signs"]

ndarray = np.ndarray


class Line:
    """An operand as it is for small steps along the directions.

    Attributes
    ----------
    value : number or array
        Its value.
    dots : array
        Its tangents, the directions on the last axis.
    names : number or ndarray of numbers
        Entries of one name are equal along the directions to every order.  Zero is the name of all entries that do not
        depend on an input that varies, which stay as they are; below zero there is no name.
    curved : bool or ndarray of bool
        Which entries may depend on the step otherwise than by value and tangents; the others are linear in it.
    """

    __slots__ = ("curved", "dots", "names", "value")

    def __init__(self, value: Any, dots: Any, names: Any, curved: Any) -> None:
        self.value, self.dots, self.names, self.curved = value, dots, names, curved

    def __getitem__(self, key: Any) -> Line:
        return Line(self.value[key], self.dots[key], self.names[key], self.curved[key])

    @classmethod
    def constant(cls, value: Any) -> Line:
        """A constant."""
        return cls(value, np.zeros((*np.shape(value), 1)), np.zeros(np.shape(value)), np.zeros(np.shape(value), bool))

    def arrayed(self) -> Line:
        """The same with arrays for numbers."""
        return Line(*[np.asarray(part) for part in (self.value, self.dots, self.names, self.curved)])

    def column(self) -> Line:
        """The same with one more axis, of length one, at the end."""
        x = self.arrayed()
        return Line(x.value[..., None], x.dots[..., None, :], x.names[..., None], x.curved[..., None])

    @property
    def moves(self) -> Any:
        """Which entries depend on an input that varies."""
        return np.not_equal(self.names, 0)


def _sign(x: Any) -> Any:
    return 1 * np.greater(x, 0) - 1 * np.less(x, 0)


def _resolved(sign: Any, tied: Any, dots: Any, may_part: Any) -> tuple[Any, Any]:
    """Resolve ties by the tangents, the first direction first."""
    lost = np.zeros(np.shape(tied), bool)
    for i in range(dots.shape[-1]):
        dot = dots[..., i]
        sign = np.where(tied, _sign(dot), sign)
        lost = lost | (tied & np.not_equal(dot, dot))
        tied = tied & np.equal(dot, 0)
    return sign, lost | (tied & may_part)


def signs(x: Line) -> tuple[Any, Any]:
    """Signs of ``x`` a small step along, and where value and tangents are zero so that these do not tell."""
    return _resolved(_sign(x.value), np.equal(x.value, 0), x.dots, x.curved)


def _may_part(a: Any, b: Any) -> Any:
    """May entries of these names differ a small step along although values and tangents tie?"""
    return np.not_equal(a, b) | np.less(a, 0)


def order(a: Line, b: Line) -> tuple[Any, Any]:
    """Signs of ``a - b`` a small step along, and where value and tangents tie so that these do not tell."""
    sign = 1 * np.greater(a.value, b.value) - 1 * np.less(a.value, b.value)
    with np.errstate(invalid="ignore"):
        dots = a.dots - b.dots
    may_part = _may_part(a.names, b.names) & np.logical_or(a.curved, b.curved)
    return _resolved(sign, np.equal(a.value, b.value), dots, may_part)


def ranks(x: Line, axis: int) -> tuple[ndarray, ndarray]:
    """Ranks of the entries along ``axis`` a small step along the directions, and which of them tie undecided.

    Entries that tie in value and tangents have one rank; NaN ranks last.
    """
    axis = axis % np.ndim(x.value)
    value = np.moveaxis(np.asarray(x.value), axis, -1)
    dots = np.moveaxis(np.asarray(x.dots), axis, -2)
    names = np.moveaxis(np.asarray(x.names), axis, -1)
    keys = [*np.moveaxis(dots, -1, 0)[::-1], value]
    place = np.lexsort(np.stack(keys), axis=-1)
    sorted_keys = [np.take_along_axis(key, place, -1) for key in keys]
    same = np.all([_same(key[..., 1:], key[..., :-1]) for key in sorted_keys], axis=0)
    rank = np.concatenate([np.zeros((*same.shape[:-1], 1), np.intp), np.cumsum(~same, -1)], -1)
    names = np.take_along_axis(names, place, -1)
    curved = np.take_along_axis(np.moveaxis(np.asarray(x.curved), axis, -1), place, -1)
    pair = same & _may_part(names[..., 1:], names[..., :-1]) & (curved[..., 1:] | curved[..., :-1])
    tied = np.zeros(rank.shape, bool)
    tied[..., 1:] |= pair
    tied[..., :-1] |= pair
    unsure = np.isnan(dots).any(-1) & _repeated(value, place)
    back = np.argsort(place, -1)
    rank, tied = np.take_along_axis(rank, back, -1), np.take_along_axis(tied, back, -1) | unsure
    return np.moveaxis(rank, -1, axis), np.moveaxis(tied, -1, axis)


def _same(a: ndarray, b: ndarray) -> ndarray:
    return (a == b) | (np.isnan(a) & np.isnan(b))


def _repeated(value: ndarray, place: ndarray) -> ndarray:
    """Entries whose value another entry has, too."""
    ordered = np.take_along_axis(value, place, -1)
    same = ordered[..., 1:] == ordered[..., :-1]
    found = np.zeros(value.shape, bool)
    found[..., 1:] |= same
    found[..., :-1] |= same
    return np.take_along_axis(found, np.argsort(place, -1), -1)
