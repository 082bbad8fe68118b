"""Cells: those that the city is managed by (管理网格), and H3's, by which whatever has a place is found."""
