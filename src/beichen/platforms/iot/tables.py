"""The room's tables in the warehouse: what devices measured, and what was refused of what they sent."""

from __future__ import annotations

from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, room_table

READINGS = room_table(
    TableFacts(
        name="readings",
        zh="读数",
        en="Readings",
        columns=(
            Column("thing", ColumnType.TEXT, "对象编码", "Thing", required=True),
            Column("measure", ColumnType.TEXT, "测项", "Measure", required=True),
            Column("device", ColumnType.TEXT, "设备编码", "Device", required=True),
            Column("region", ColumnType.TEXT, "行政区", "Region"),
            Column("measured_at", ColumnType.TIME, "测量时间", "Measured at", required=True),
            Column("received_at", ColumnType.TIME, "接收时间", "Received at", required=True),
            Column("value", ColumnType.NUMBER, "数值", "Value"),
            Column("text", ColumnType.TEXT, "文本", "Text"),
            Column("quality", ColumnType.TEXT, "质量", "Quality", required=True),
            Column("seq", ColumnType.INTEGER, "设备序号", "Device's number"),
            Column("is_demo", ColumnType.BOOLEAN, "演示数据", "Demo"),
        ),
        time="measured_at",
    )
)
REFUSED = room_table(
    TableFacts(
        name="refused_readings",
        zh="未采用的读数",
        en="Refused readings",
        columns=(
            Column("device", ColumnType.TEXT, "设备编码", "Device"),
            Column("measure", ColumnType.TEXT, "测项", "Measure"),
            Column("measured_at", ColumnType.TIME, "测量时间", "Measured at"),
            Column("received_at", ColumnType.TIME, "接收时间", "Received at", required=True),
            Column("reason", ColumnType.TEXT, "原因", "Reason", required=True),
            Column("payload", ColumnType.TEXT, "内容", "Payload"),
        ),
        time="received_at",
        keep_days=90,
    )
)
