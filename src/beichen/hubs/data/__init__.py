"""数据中枢: the indicators of the city and their values, each with its source."""
