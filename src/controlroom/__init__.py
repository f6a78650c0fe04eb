"""Controlroom: a music producer's working day, from raw takes to masters, on your own machine."""

import os
from importlib.metadata import version

# We put whole files side by side on the cores; a second layer of threads inside small matrix products only spins.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = version("controlroom")
