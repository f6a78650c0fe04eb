"""The inbox: accounts, messages sorted with their reasons, demos that play at once, letters out, patience counted."""
