"""空间分析: questions about layers that need geometry: near, over, hot, reachable, missing."""
