"""Who may do what with the ledger. What the log publishes needs no right: it is made to be read by
anybody."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("ledger.read", "查看账本", "See the ledger, its checkpoint and witnesses")
READ_ENTRIES = permission("ledger.entry.read", "查看存证内容", "See what the entries of the ledger commit to")
EDIT_WITNESSES = permission("ledger.witness.edit", "维护见证方", "Enter and retire witnesses")
READ_CERTIFICATES = permission(
    "ledger.certificate.read", "查看证照", "See certificates that a body has issued"
)
ISSUE = permission("ledger.certificate.issue", "签发证照", "Issue certificates")
REVOKE = permission("ledger.certificate.revoke", "暂停或撤销证照", "Suspend and revoke certificates")
ROTATE = permission("ledger.key.rotate", "更换签发密钥", "Replace the key with which certificates are signed")
