"""Who may do what with messages.

One's own inbox and preferences need a session and no permission: they are the reader's own. Who may cause a
message is decided by the room that calls ``send``, which knows what it is about.
"""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ_LOG = permission("comms.log.read", "查看消息发送记录", "Read who was told what")
READ_ADDRESS = permission("comms.address.read", "查看收件地址", "See an address that a message went to")
READ_ROSTERS = permission("comms.roster.read", "查看值班表", "See who is on duty")
EDIT_ROSTERS = permission("comms.roster.edit", "编排值班", "Edit who is on duty")
EDIT_GROUPS = permission("comms.group.edit", "维护消息群组", "Edit groups and their chats")
SET_QUIET = permission("comms.quiet.set", "设置全市免打扰时段", "Set the city's quiet hours")
WRITE_RECEIPTS = permission("comms.receipt.write", "回传消息回执", "Report what became of messages")
