"""一网统管: the operator's console over the event hub."""
