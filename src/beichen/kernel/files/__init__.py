"""Attachments, kept by what they contain."""
