"""Timetables (时间表): commands that groups of devices are told by the sun and by the clock."""
