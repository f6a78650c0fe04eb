"""Studios, their users, and who may do what: `actor.py` says who acts, `rights.py` guards the views."""
