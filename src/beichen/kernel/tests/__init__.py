"""Tests of what the kernel's rooms share."""
