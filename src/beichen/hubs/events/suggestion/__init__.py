"""Suggestions (智能分拨建议): what kind of case a text is, and which texts speak of the same thing.

Pure functions over texts: no models, no database, no network. A person decides; this only proposes.
"""
