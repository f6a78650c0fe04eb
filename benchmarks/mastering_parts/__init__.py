"""The pieces of the mastering table: the ways to a loudness, and what is measured of each result."""
