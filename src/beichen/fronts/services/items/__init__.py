"""Service items: what may be applied for, by whom, with what, where, and in which time (政务服务事项)."""
