"""People without an account: signed links to a song or a version, and what may be done with them."""
