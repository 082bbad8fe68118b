"""Templates, components and styles shared by every page."""
