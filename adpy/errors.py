"""Every error adpy raises on purpose: typed, and saying what to write instead."""

__all__ = [
    "AdpyError",
    "ArgumentError",
    "DeviceError",
    "GuardError",
    "InverseError",
    "MissingRuleError",
    "NonDifferentiableError",
    "NonFiniteError",
    "OptionalDependencyError",
    "PatternError",
    "PatternMemoryError",
    "ProgramFileError",
    "ResumeError",
    "RuleError",
    "ScheduleError",
    "SnapshotError",
    "StorageFullError",
    "TapeMemoryError",
    "TracedValueError",
]


class AdpyError(Exception):
    """Base class of every error raised by adpy."""


class ArgumentError(AdpyError, TypeError, ValueError):
    """An argument has the wrong type, shape, dtype or value.

    It is both a ``TypeError`` and a ``ValueError``, so that code which guards NumPy-like
    calls with either keeps working.
    """

    def __init__(self, argument: str, expected: str, got: str) -> None:
        self.argument, self.expected, self.got = argument, expected, got
        super().__init__(f"{argument}: expected {expected}, got {got}")


class TracedValueError(AdpyError, TypeError):
    """A traced value reached code that would drop its derivative.

    Attributes
    ----------
    call : str
        What was called.
    location : str
        ``file:line`` in the user's code.
    advice : str
        What to write instead.
    """

    def __init__(self, call: str, location: str = "", advice: str = "") -> None:
        self.call, self.location, self.advice = call, location, advice
        where = f"\n  at {location}" if location else ""
        hint = f"\n  {advice}" if advice else ""
        super().__init__(f"{call} would drop the derivative of a traced value.{where}{hint}")


class MissingRuleError(TracedValueError):
    """A function, or one argument of it, has no derivative rule."""


class NonDifferentiableError(AdpyError, ValueError):
    """The derivative does not exist or is not defined for this input."""


class NonFiniteError(AdpyError, FloatingPointError):
    """A value, tangent or cotangent became NaN (or infinite) within ``adpy.debug_nans``.

    Attributes
    ----------
    quantity : str
        ``"value"``, ``"tangent"`` or ``"cotangent"``.
    function : str
        The operation that made it.
    location : str
        Its line in the user's code.
    index : tuple of int
        Index of the first such entry in its result.
    operands : tuple of str
        What it was made of.
    """

    def __init__(
        self, quantity: str, function: str, location: str, index: tuple, operands: tuple, message: str
    ) -> None:
        self.quantity, self.function, self.location = quantity, function, location
        self.index, self.operands = index, operands
        super().__init__(message)


class RuleError(AdpyError):
    """A derivative rule returned something of the wrong shape or structure."""


class ScheduleError(AdpyError, RuntimeError):
    """A checkpointing schedule asks for what cannot be done, or does not do what it promises.

    Attributes
    ----------
    action : Action or None
        The action, where it is a single one.
    expected : str
        What should have been.
    """

    def __init__(self, action: object, expected: str) -> None:
        self.action, self.expected = action, expected
        super().__init__(f"{'the schedule' if action is None else action}: expected {expected}")


class DeviceError(AdpyError, RuntimeError):
    """A device was asked for that is not there, or that cannot run this program."""


class GuardError(AdpyError, LookupError):
    """A program without its function has no recording whose decisions hold at these arguments."""


class ProgramFileError(AdpyError, ValueError):
    """A program cannot be saved, or a file is not a program of this version of adpy."""


class TapeMemoryError(AdpyError, MemoryError):
    """A recording would take more memory than it may.

    Attributes
    ----------
    needed, allowed : int
        Bytes.
    """

    def __init__(self, needed: int, allowed: int) -> None:
        self.needed, self.allowed = needed, allowed
        super().__init__(
            f"the recording takes more than {needed / 2**20:.0f} MiB, and {allowed / 2**20:.0f} MiB are allowed. "
            "Differentiate the function in parts (checkpointing), or raise adpy.program.limits.memory."
        )


class PatternError(AdpyError, ValueError):
    """A sparsity pattern misses an entry that is not zero.

    Attributes
    ----------
    row, column : int
        The first entry that is missing.
    """

    def __init__(self, row: int, column: int, missing: int) -> None:
        self.row, self.column, self.missing = row, column, missing
        more = f" (and {missing - 1} more)" if missing > 1 else ""
        super().__init__(
            f"the pattern has no entry in row {row}, column {column}{more}, where the derivative may differ from zero. "
            "Add it, or leave the pattern out to have it detected."
        )


class PatternMemoryError(AdpyError, MemoryError):
    """A sparsity pattern would have too many entries.

    Attributes
    ----------
    allowed : int
        Entries.
    """

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        super().__init__(
            f"the pattern has more than {allowed} entries. The derivative is not sparse: use products with it instead "
            "(adpy.jvp, adpy.vjp, adpy.hvp)."
        )


class SnapshotError(AdpyError, OSError):
    """A snapshot is not there, or is not what was stored.

    Attributes
    ----------
    key : int or str
        The step whose state it is, or what else it holds.
    place : str
        Its file, or ``"memory"``.
    reason : str
        What is wrong with it.
    """

    def __init__(self, key: int | str, place: str, reason: str) -> None:
        self.key, self.place, self.reason = key, place, reason
        what = key if isinstance(key, str) else f"step {key}"
        super().__init__(f"snapshot of {what} in {place}: {reason}")


class InverseError(AdpyError, ArithmeticError):
    """What was given as the inverse of a step does not invert it.

    Attributes
    ----------
    step : int
    drift : float
        The relative difference between the state and what should have been the same.
    tolerance : float
    """

    def __init__(self, step: int, drift: float, tolerance: float, what: str) -> None:
        self.step, self.drift, self.tolerance = step, drift, tolerance
        super().__init__(f"{what} at step {step}: they differ by {drift:.3g}, and {tolerance:.3g} is allowed")


class StorageFullError(AdpyError, OSError):
    """There is no room for another snapshot; those that were stored before are still there.

    Attributes
    ----------
    place : str
        ``"memory"``, or the folder.
    needed, available : int
        Bytes.
    """

    def __init__(self, place: str, needed: int, available: int, reason: str) -> None:
        self.place, self.needed, self.available = place, needed, available
        super().__init__(f"a snapshot takes {needed} bytes, and {available} are available in {place}: {reason}")


class ResumeError(AdpyError, ValueError):
    """What is in a folder belongs to another problem, or to a run that has not ended.

    Attributes
    ----------
    folder : str
    differences : tuple of str
        What is not the same.
    """

    def __init__(self, folder: str, differences: tuple[str, ...]) -> None:
        self.folder, self.differences = folder, differences
        super().__init__(f"{folder} cannot be resumed from: {'; '.join(differences)}")


class OptionalDependencyError(AdpyError, ImportError):
    """An optional extra is needed and not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is needed here; install it with: pip install 'adpy[{extra}]'")
