"""Kill -9 between any two steps: nothing is lost, nothing happens twice."""
