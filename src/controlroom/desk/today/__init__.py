"""The page of the day, and what is told by mail. Other rooms add to it through `providers.py`."""
