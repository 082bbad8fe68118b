"""Intake (受理前): a report comes in from any side, finds its place, and makes a case or joins one."""
