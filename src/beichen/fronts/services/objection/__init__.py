"""Objections to public notices (异议): anybody files one, the body that decided answers it."""
