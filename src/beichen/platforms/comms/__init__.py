"""Converged communication (融合通信): one message to people and groups, over every channel they have."""
