"""Subscriptions (clause 5.8): what is watched, which changes match, and how notifications reach endpoints."""
