"""The basement: errors, findings, progress, atomic files and the canonical encoding."""
