"""Long work in the background: a row is the truth, a supervised child does it, the page watches."""
