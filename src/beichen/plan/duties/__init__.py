"""责任: who answers for what the plan binds itself to, by when, and what they report."""
