"""Working days and hours, and the deadlines that count them."""
