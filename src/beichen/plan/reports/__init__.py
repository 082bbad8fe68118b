"""Reports on a plan, its oversight by the congress, and its public edition (报告与监督)."""
