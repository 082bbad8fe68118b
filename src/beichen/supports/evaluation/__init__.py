"""绩效评估: bodies and regions are scored by published schemes, every reason kept; people never are."""
