"""Controlroom: a music producer's working day, from raw takes to masters, on your own machine."""

from importlib.metadata import version

__version__ = version("controlroom")
