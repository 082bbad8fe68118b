"""Files of features that people bring: read piece by piece, examined, repaired, reported, made a revision."""
