"""Songs: their parts, their recordings (takes, versions, references), their timeline, and how files arrive."""
