"""What a song is: parts, passes, takes, people, splits, and the song folder on disk. Frozen values."""
