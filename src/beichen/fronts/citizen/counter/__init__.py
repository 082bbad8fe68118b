"""The window: a clerk makes sure who somebody is, and records heads of firms and parents of children."""
