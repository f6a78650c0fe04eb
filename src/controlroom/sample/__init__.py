"""The sample song and its instruments: an original song as raw takes, with exact truth."""
