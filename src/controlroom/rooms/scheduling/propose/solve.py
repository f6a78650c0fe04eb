"""The solver at work: watched, stopped when asked, and the same answer each time.

One thread of CP-SAT: its way is the same on every machine, and it takes up the first plan at once (several threads
race, and the interleaved search came to worse plans in the same time). It ends by a count of work done
(`max_deterministic_time`), unless `most_s` is over before. Probing takes seconds and finds little: there is none.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

from controlroom.base.progress import Progress

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver

WORK = 4.0
"""Units of the solver's own clock, two to four seconds each."""

LOOK_S = 0.1
LEAST_S = 0.05


class Answer:
    """What the solver came to: `found` a plan, `optimal` proven so, or `impossible` proven so."""

    def __init__(self, solver: CpSolver, status: Any) -> None:
        from ortools.sat.python import cp_model

        self.found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        self.optimal, self.impossible = status == cp_model.OPTIMAL, status == cp_model.INFEASIBLE
        self._solver = solver

    def true(self, literal: Any) -> bool:
        return bool(self._solver.boolean_value(literal))

    def value(self, expression: Any) -> int:
        return int(self._solver.value(expression))

    @property
    def values(self) -> list[int]:
        """Of all variables, in the order they were made."""
        return list(self._solver.response_proto.solution)

    @property
    def cost(self) -> int:
        return round(self._solver.objective_value)

    @property
    def gap(self) -> float:
        """What a better plan could still win, as a share of this one's cost."""
        cost, bound = self._solver.objective_value, self._solver.best_objective_bound
        return 0.0 if self.optimal or cost <= 0 else min(max((cost - bound) / cost, 0.0), 1.0)


def solve(model: CpModel, until: float, progress: Progress, hopeless: float = math.inf) -> Answer:
    """The best that is found until the moment `until` (of `time.monotonic`); `progress` may raise to stop it.

    Where nothing is found until the moment `hopeless`, it is given up then.
    """
    from ortools.sat.python import cp_model

    class Watch(cp_model.CpSolverSolutionCallback):
        found = False

        def on_solution_callback(self) -> None:
            self.found = True

    watch, begun = Watch(), time.monotonic()
    most_s = max(until - begun, LEAST_S)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = most_s
    solver.parameters.max_deterministic_time = WORK
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.max_presolve_iterations = 1
    ended: list[Any] = []
    worker = threading.Thread(target=lambda: ended.append(solver.solve(model, watch)), daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(LOOK_S)
            if not watch.found and time.monotonic() > hopeless:
                solver.stop_search()
            progress(min(time.monotonic() - begun, most_s), most_s, "planning")
    except BaseException:
        while worker.is_alive():
            solver.stop_search()
            worker.join(LOOK_S)
        raise
    return Answer(solver, ended[0])
