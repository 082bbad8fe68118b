"""News and notices: written by officers, published, read by everybody."""
