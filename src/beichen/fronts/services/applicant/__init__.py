"""The applicant's own pages: apply, keep drafts, bring files, follow, answer, rate."""
