"""四大支撑体系: what carries the city's platform from beside: standards, evaluation, security, operations."""
