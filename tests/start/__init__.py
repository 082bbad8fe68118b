"""`beichen up`: starts, serves, restarts what dies, and leaves nothing behind."""
