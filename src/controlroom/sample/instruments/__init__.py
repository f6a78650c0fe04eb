"""The sample song's instruments. Each renders mono float32 rows at `RATE_HZ`, full scale 1.0."""
