"""What a person meets: every page in a real browser, at both sizes, in both appearances and languages."""
