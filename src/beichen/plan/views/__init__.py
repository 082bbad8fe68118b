"""The plan's pages: the tree, the indicators, the text beside its facts, targets and projects."""
