"""The ground floor of sound: signals, files, and everything that measures or processes them. Knows nothing of songs."""
