"""The solver at work: watched, stopped when asked, and the same answer each time.

CP-SAT with one thread goes the same way on every machine (several threads race, and the interleaved search came to
worse plans in the same time). Where a plan is there to begin at, a second run goes beside the first, with the whole
linear program from the start: it finds few plans, but knows early how good one can be. Each ends by a count of work
(`max_deterministic_time`), unless `until` is over before. Probing takes seconds and finds little: there is none.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

from controlroom.base.progress import Progress

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel

WORK = 4.0
"""Units of the solver's own clock, two to four seconds each."""

LOOK_S = 0.1
LEAST_S = 0.05


class Answer:
    """What the solver came to: `found` a plan, `optimal` proven so, or `impossible` proven so."""

    def __init__(self, run: _Run, bound: float, impossible: bool) -> None:
        self.found, self._solver = run.found, run.solver
        self.cost = round(run.solver.objective_value) if run.found else 0
        self.bound, self.impossible = bound, impossible
        self.optimal = run.found and self.cost <= math.ceil(bound - 1e-6)

    def true(self, literal: Any) -> bool:
        return bool(self._solver.boolean_value(literal))

    def value(self, expression: Any) -> int:
        return int(self._solver.value(expression))

    @property
    def values(self) -> list[int]:
        """Of all variables, in the order they were made."""
        return list(self._solver.response_proto.solution)

    @property
    def gap(self) -> float:
        return 0.0 if self.optimal else gap(self.cost, self.bound)


def gap(cost: int, bound: float) -> float:
    """What a better plan could still win, as a share of this one's cost."""
    return min(max((cost - bound) / cost, 0.0), 1.0) if cost > 0 else 0.0


class _Run:
    """One search in a thread of its own."""

    def __init__(self, model: CpModel, most_s: float, *, whole: bool = False) -> None:
        from ortools.sat.python import cp_model

        class Watch(cp_model.CpSolverSolutionCallback):
            found = False

            def on_solution_callback(self) -> None:
                self.found = True

        self.solver, self.watch, self._status = cp_model.CpSolver(), Watch(), cp_model.UNKNOWN
        self._done = cp_model.OPTIMAL, cp_model.INFEASIBLE
        self._with_plan = cp_model.OPTIMAL, cp_model.FEASIBLE
        parameters = self.solver.parameters
        parameters.max_time_in_seconds = most_s
        parameters.max_deterministic_time = WORK
        parameters.num_workers = 1
        parameters.random_seed = 1
        parameters.linearization_level = 2
        parameters.add_lp_constraints_lazily = not whole
        parameters.cp_model_probing_level = 0
        parameters.max_presolve_iterations = 1
        self._thread = threading.Thread(target=self._search, args=(model,), daemon=True)
        self._thread.start()

    def _search(self, model: CpModel) -> None:
        self._status = self.solver.solve(model, self.watch)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def found(self) -> bool:
        return self._status in self._with_plan

    @property
    def proven(self) -> bool:
        """Whether it ended with a proof: the best plan, or that there is none."""
        return not self.running and self._status in self._done

    @property
    def bound(self) -> float:
        """No plan costs less."""
        return self.solver.best_objective_bound

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)

    def stop(self) -> None:
        while self.running:
            self.solver.stop_search()
            self.wait(LOOK_S)


def solve(
    model: CpModel, until: float, progress: Progress, *, hopeless: float = math.inf, bound: bool = False
) -> Answer:
    """The best that is found until the moment `until` (of `time.monotonic`); `progress` may raise to stop it.

    Where nothing is found until the moment `hopeless`, it is given up then. `bound`: a second run beside it.
    """
    begun = time.monotonic()
    most_s = max(until - begun, LEAST_S)
    runs = [_Run(model, most_s)]
    if bound:
        runs.append(_Run(model.clone(), most_s, whole=True))
    try:
        while any(run.running for run in runs) and not runs[0].proven:
            next(run for run in runs if run.running).wait(LOOK_S)
            if time.monotonic() > hopeless and not any(run.watch.found for run in runs):
                break
            progress(min(time.monotonic() - begun, most_s), most_s, "planning")
    finally:
        for run in runs:
            run.stop()
    best = min(runs, key=lambda run: run.solver.objective_value if run.found else math.inf)
    impossible = any(run.proven and not run.found for run in runs)
    return Answer(best, max(run.bound for run in runs), impossible)
