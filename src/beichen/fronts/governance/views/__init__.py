"""The console's pages: queue, case, board, wall, map, the department's desk."""
