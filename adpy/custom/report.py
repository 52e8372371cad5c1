"""What a check of rules found: a report, and the error that carries it."""

from __future__ import annotations

from dataclasses import dataclass

from adpy.errors import RuleError

__all__ = ["RuleMismatch", "RuleReport"]


@dataclass(frozen=True)
class RuleReport:
    """Result of :func:`check_rule`.

    Attributes
    ----------
    wrong : tuple of str
        What disagrees; empty when all is well.
    notes : tuple of str
        What could not be checked.
    compared : int
        Numbers compared.
    largest_error : float
        Largest relative disagreement among them.
    """

    wrong: tuple[str, ...]
    notes: tuple[str, ...]
    compared: int
    largest_error: float

    @property
    def ok(self) -> bool:
        """True when nothing disagrees."""
        return not self.wrong

    def __str__(self) -> str:
        head = f"{self.compared} numbers compared, largest relative error {self.largest_error:.2g}"
        return "\n".join([head, *self.wrong, *[f"note: {note}" for note in self.notes]])


class RuleMismatch(RuleError, AssertionError):
    """A rule disagrees with the function it is about; ``report`` says where."""

    def __init__(self, report: RuleReport) -> None:
        self.report = report
        super().__init__(str(report))
