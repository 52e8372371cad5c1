"""Recordings of a machine: which one runs the next step, and recording anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy import capture
from adpy.api.signature import signature
from adpy.checkpoint.stepping.body import innermost
from adpy.checkpoint.stepping.link import Link
from adpy.checkpoint.stepping.steps import RECORDINGS, Form, StepProgram
from adpy.checkpoint.stepping.streams import Streams
from adpy.checkpoint.stepping.verifying import check_habits, habits_of, verify
from adpy.errors import AdpyError, NonDifferentiableError

__all__ = ["Recordings", "inputs_of_tree"]


class Recordings:
    """What a :class:`~adpy.checkpoint.stepping.machine.Machine` has of this."""

    program: StepProgram | None
    streams: Streams
    links: list[Link]
    recorded: int
    steps: int
    _form: Form | None
    _arrays: Sequence
    counted: bool
    written: frozenset[str]
    together: frozenset[str]
    _forms: dict

    def _linked(self, n: int) -> Link | None:
        """A recording that has run the step from the current state; None after which the state is held as a tree."""
        form, arrays = self._form, self._arrays
        arg, constants = self._given(n)
        if arg is not None:
            for i, link in enumerate(self.links):
                if link.form is form and link.constants == constants and link.run(arrays, n, arg):
                    if i:
                        self.links.insert(0, self.links.pop(i))
                    return link
            link = self._recording(n, arg)
            if link is not None:
                return link
        self._leave()
        return None

    def _given(self, n: int) -> tuple[list | None, tuple]:
        """The inputs among what only this step is given, and all that is a constant of its recordings."""
        number = None if self.counted else n
        if self.streams.arrays is not None:
            return inputs_of_tree(self.argument(n)), (number,)
        key, inputs = signature((self.argument(n), 0), {})
        return None if key is None else inputs, (number, key)

    def _recording(self, n: int, arg: list) -> Link | None:
        """Another recording, of the step from the current state; None where it cannot be recorded."""
        if self.program is None:
            return None
        if not self.program.steady and self.recorded > max(self.program.patience[0], self.steps / 8):
            self.program.patience[0] //= 4
            self.program = None
            return None
        form, arrays = self._form, self._arrays
        branch = self._branch(n)
        if branch is None:
            self.program = None
            return None
        if self._form is not form:
            form, arrays = self._form, self._arrays
        link = Link(branch, form, self._intern, self.counted, self._operand_inputs, arg)
        _, link.constants = self._given(n)
        if not link.run(arrays, n, arg):
            link.close()
            self.program = None
            return None
        if not branch.verified:
            try:
                with capture.paused():
                    verify(self.body, form.tree(arrays), n, self.operands, self.argument(n), link.after.tree(link.held))
            except NonDifferentiableError:
                link.close()
                if not self.counted:
                    raise
                self._without_counts()  # what stands for integers may have been seen
                return self._recording(n, arg)
            with capture.paused():
                branch.verified = habits_of(
                    *innermost(self.body, form.tree(arrays), n, self.operands, self.argument(n))
                )
        self.written |= branch.verified.written
        self.together |= branch.verified.shared
        check_habits(self.written, self.together)
        self.links.insert(0, link)
        for old in self.links[RECORDINGS:]:
            old.close()
        del self.links[RECORDINGS:]
        return link

    def _branch(self, n: int) -> Any:
        """A recording of the program that holds here."""
        with capture.paused():
            while True:
                tree, wholes = self._form.closed(self._arrays)
                number = float(n) if self.counted else n
                misses = self.program._misses
                try:
                    branch, recording = self.program._at((tree, wholes, number, self.operands, self.argument(n)), {})
                except AdpyError:
                    raise
                except Exception:
                    if not self.counted:
                        raise
                    branch, recording = None, None
                self.recorded += self.program._misses - misses
                if branch is not None:
                    recording.__exit__()
                    return branch
                if not self.counted:
                    return None
                self._without_counts()

    def _without_counts(self) -> None:
        """From here on integers are constants of recordings."""
        state = self._form.tree(self._arrays)
        self.counted = False
        for link in self.links:
            link.close()
        self.links.clear()
        self._forms.clear()
        self.start(state)

    def _intern(self, parts: tuple) -> Form:
        key, inputs = signature(parts, {})
        found = self._forms.get(key)
        if found is None:
            found = self._forms[key] = Form(parts, inputs)
        return found


def inputs_of_tree(tree: Any) -> list | None:
    """The inputs that a tree is to a program, None where it has leaves that programs do not know."""
    key, inputs = signature((tree, 0), {})
    return None if key is None else inputs
