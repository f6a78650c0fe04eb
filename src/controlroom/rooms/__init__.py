"""The rooms of the house; each measures, decides and renders, and none imports another."""
