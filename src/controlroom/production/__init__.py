"""One song through the rooms in order; the only place that knows the order."""
