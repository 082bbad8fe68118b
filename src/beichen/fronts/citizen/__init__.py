"""The citizen's door (社会侧门户): report what is wrong, follow it, rate it; without an account."""
