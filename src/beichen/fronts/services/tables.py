"""What the room keeps in the city's tables: one row an affair, without its data and without who applied."""

from __future__ import annotations

from beichen.kernel.levels import Level
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, room_table

PERSONAL = Level.L3.value
"""A rating is its author's: alone with its affair it is seen for a purpose only, summed up by everybody."""
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
            Column("promised_days", NUMBER, "承诺时限（工作日）", "Promised working days"),
            Column("legal_days", NUMBER, "法定时限（工作日）", "Working days that the law gives"),
            Column("item", TEXT, "事项", "Item"),
            Column("body", TEXT, "实施机构", "Body responsible"),
            Column("channel", TEXT, "申请渠道", "Channel"),
            Column("visits", NUMBER, "到场次数", "Visits of the applicant"),
            Column("steps", NUMBER, "办理环节", "Steps"),
            Column("materials", NUMBER, "材料数", "Materials"),
            Column("reused", NUMBER, "免提交材料数", "Materials that the city held"),
            Column("asked", NUMBER, "补正次数", "Times that material was asked for"),
            Column("rated", NUMBER, "评价数", "Ratings", level=PERSONAL),
            Column("pleased", NUMBER, "好评数", "Ratings of three grades and more", level=PERSONAL),
            Column("is_demo", BOOLEAN, "演示数据", "Demo", required=True),
        ),
    )
)
