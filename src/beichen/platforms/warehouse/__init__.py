"""数据基础服务: the city's tables, what comes into them, questions in SQL, checks of quality, lineage."""
