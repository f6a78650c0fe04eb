"""Listening together: playing and comparing versions, notes, the revision list, approval."""
