"""年度分解: what the plan promises for its last year becomes what each year must bring."""
