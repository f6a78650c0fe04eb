"""The best times for sessions, proven by a solver; where nothing fits, which demands to give up.

check.py      what cannot be asked             problem.py    every start, and what stands against it
model.py      the demands as constraints       wishes.py     what is better, in one currency
aims.py       the wishes as an objective       first.py      a first plan, one by one
give.py       the price of giving way          relax.py      what gave way, in words
solve.py      the solver, watched              tell.py       a plan in words
verify.py     what a plan breaks, apart from the solver
"""

from controlroom.rooms.scheduling.propose.proposing import propose
from controlroom.rooms.scheduling.propose.verify import violations

__all__ = ["propose", "violations"]
