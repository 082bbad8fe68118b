"""Who may do what with devices."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("iot.device.read", "查看设备", "See devices and what they measure")
WRITE = permission("iot.device.write", "登记和维护设备", "Register and change devices")
ISSUE = permission("iot.credential.issue", "发放设备凭据", "Give devices their credentials")
COMMAND = permission("iot.command.send", "向设备下发命令", "Send commands to devices")
INGEST = permission("iot.reading.write", "代设备上报读数", "Send readings for devices")
MANAGE = permission("iot.rule.manage", "启停规则", "Switch rules on and off")
