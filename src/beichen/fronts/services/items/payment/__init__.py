"""Fees: what a payment gateway must be, the one over HTTP, and what becomes of a payment."""
