"""What the room keeps in the city's tables: one row an affair, without its data and without who applied."""

from __future__ import annotations

from beichen.kernel.levels import Level
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, room_table

TEXT, NUMBER, BOOLEAN, TIME = ColumnType.TEXT, ColumnType.NUMBER, ColumnType.BOOLEAN, ColumnType.TIME

AFFAIRS = room_table(
    TableFacts(
        name="affairs",
        zh="办件",
        en="Affairs",
        level=Level.L2.value,
        key=("code",),
        time="opened_at",
        columns=(
            Column("code", TEXT, "办件号", "Affair", required=True),
            Column("process", TEXT, "流程", "Process", required=True),
            Column("scene", TEXT, "场景", "Scene", required=True),
            Column("region", TEXT, "区域", "Region", required=True),
            Column("status", TEXT, "状态", "State", required=True),
            Column("outcome", TEXT, "结果", "Outcome"),
            Column("opened_at", TIME, "收件时间", "Taken in", required=True),
            Column("promised_at", TIME, "承诺时间", "Promised", required=True),
            Column("closed_at", TIME, "办结时间", "Concluded"),
            Column("in_time", BOOLEAN, "按时办结", "Concluded in time"),
            Column("working_days", NUMBER, "用时（工作日）", "Working days"),
            Column("is_demo", BOOLEAN, "演示数据", "Demo", required=True),
        ),
    )
)
