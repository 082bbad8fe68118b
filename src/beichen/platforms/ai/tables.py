"""The room's table in the warehouse: everything that was ever foretold, to be asked and to be judged."""

from __future__ import annotations

from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, room_table

FORECASTS = room_table(
    TableFacts(
        name="forecasts",
        zh="预报",
        en="Forecasts",
        columns=(
            Column("model", ColumnType.TEXT, "模型", "Model", required=True),
            Column("version", ColumnType.TEXT, "模型版本", "Version of the model", required=True),
            Column("thing", ColumnType.TEXT, "对象编码", "Thing", required=True),
            Column("measure", ColumnType.TEXT, "测项", "Measure", required=True),
            Column("region", ColumnType.TEXT, "行政区", "Region"),
            Column("issued_at", ColumnType.TIME, "发布时间", "Issued at", required=True),
            Column("valid_at", ColumnType.TIME, "预报时间", "Foretold for", required=True),
            Column("value", ColumnType.NUMBER, "预报值", "Value", required=True),
            Column("low", ColumnType.NUMBER, "下限", "Lower bound"),
            Column("high", ColumnType.NUMBER, "上限", "Upper bound"),
            Column("last_value", ColumnType.NUMBER, "发布时实测值", "Measured when issued"),
            Column("is_demo", ColumnType.BOOLEAN, "演示数据", "Demo"),
        ),
        time="valid_at",
        keep_days=400,
    )
)
