"""Artists, musicians, engineers, managers, labels: who they are, and what we did together."""
