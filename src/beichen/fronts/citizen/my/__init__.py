"""`/my`: what the city keeps of a person, and what they may do with it; for nobody else."""
