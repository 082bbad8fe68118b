"""一网通办: services of the government as processes that run across its bodies."""
