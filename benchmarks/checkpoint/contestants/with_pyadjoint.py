"""pyadjoint with Revolve of checkpoint_schedules: a block of its tape for each NumPy step, whose adjoint is by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from checkpoint_schedules import Revolve
from pyadjoint import Block, Control, Tape, compute_derivative, set_working_tape, stop_annotating
from pyadjoint.overloaded_type import OverloadedType

from benchmarks.checkpoint.contestants import LONG, NotApplicable, Run
from benchmarks.checkpoint.handwritten import STEPS
from benchmarks.checkpoint.problem import Problem

__all__ = ["CONTESTANTS", "warm_up"]


class Field(OverloadedType):
    """An array that pyadjoint knows."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__()
        self.values = values

    def _ad_create_checkpoint(self) -> Field:
        return self

    def _ad_restore_at_checkpoint(self, checkpoint: Field) -> Field:
        return checkpoint

    def _ad_init_zero(self, dual: bool = False) -> np.ndarray:
        return np.zeros_like(self.values)

    def _ad_convert_riesz(self, value: Any, riesz_map: Any = None) -> Any:
        return value


class Step(Block):
    """A step of a problem."""

    def __init__(self, problem: Problem, ran: list[int], state: Field, params: Field) -> None:
        super().__init__()
        self.problem, self.ran = problem, ran
        self.add_dependency(state)
        self.add_dependency(params)

    def value(self, state: Field, params: Field) -> Field:
        self.ran[0] += 1
        return Field(self.problem.step(state.values, 0, params.values))

    def recompute_component(self, inputs: Any, block_variable: Any, idx: int, prepared: Any) -> Field:
        return self.value(*inputs)

    def prepare_evaluate_adj(self, inputs: Any, adj_inputs: Any, relevant_dependencies: Any) -> tuple:
        state, params = inputs
        out, params_bar = np.empty_like(state.values), np.zeros(len(params.values))
        STEPS[self.problem.key][1](state.values, tuple(params.values.tolist()), adj_inputs[0], out, params_bar)
        return out, params_bar

    def evaluate_adj_component(self, inputs: Any, adj_inputs: Any, block_variable: Any, idx: int, prepared: Any) -> Any:
        return prepared[idx]


class Squares(Block):
    """Half the sum of squares."""

    def __init__(self, state: Field) -> None:
        super().__init__()
        self.add_dependency(state)

    def recompute_component(self, inputs: Any, block_variable: Any, idx: int, prepared: Any) -> Field:
        return Field(np.array(0.5 * np.sum(inputs[0].values ** 2)))

    def evaluate_adj_component(
        self, inputs: Any, adj_inputs: Any, block_variable: Any, idx: int, prepared: Any = None
    ) -> np.ndarray:
        return adj_inputs[0] * inputs[0].values


def warm_up() -> None:
    """Nothing more to import."""


def gradient(problem: Problem, args: tuple[Any, tuple[float, ...]]) -> Run:
    """With respect to state and parameters."""
    if problem.key not in STEPS:
        raise NotApplicable("nobody wrote an adjoint")
    if problem.steps > LONG:
        raise NotApplicable("too long")
    ran = [0]

    def run() -> list[np.ndarray]:
        tape = Tape()
        set_working_tape(tape)
        tape.enable_checkpointing(Revolve(problem.steps, problem.snapshots))
        first, params = Field(args[0]), Field(np.array(args[1]))
        controls = [Control(first), Control(params)]
        state = first
        for _ in tape.timestepper(iter(range(problem.steps))):
            block = Step(problem, ran, state, params)
            with stop_annotating():
                state = block.value(state, params)
            block.add_output(state.create_block_variable())
            tape.add_block(block)
        block = Squares(state)
        with stop_annotating():
            total = Field(np.array(0.5 * np.sum(state.values**2)))
        block.add_output(total.create_block_variable())
        tape.add_block(block)
        found = compute_derivative(total, controls, tape=tape, adj_value=1.0)
        return [getattr(bar, "values", bar) for bar in found]

    def facts() -> dict[str, Any]:
        ran[0] = 0
        run()
        return {"forward": ran[0]}

    return Run(run, facts)


CONTESTANTS = {"pyadjoint": gradient}
