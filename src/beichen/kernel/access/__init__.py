"""Who may do what to which row, decided in one place."""
