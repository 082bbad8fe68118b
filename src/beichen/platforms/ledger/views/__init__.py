"""The pages and the protocol of the ledger."""
