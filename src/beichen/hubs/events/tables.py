"""What the room keeps in the city's tables: one row a case, from which the scenes count.

Nothing in it says who reported or in which words; places are regions.
"""

from __future__ import annotations

from beichen.kernel.levels import Level
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, room_table

TEXT, INTEGER, NUMBER = ColumnType.TEXT, ColumnType.INTEGER, ColumnType.NUMBER
BOOLEAN, TIME = ColumnType.BOOLEAN, ColumnType.TIME

CASES = room_table(
    TableFacts(
        name="cases",
        zh="案件",
        en="Cases",
        level=Level.L2.value,
        key=("code",),
        time="opened_at",
        columns=(
            Column("code", TEXT, "案件号", "Case", required=True),
            Column("event", TEXT, "事件类型", "Kind of event"),
            Column("suggested", TEXT, "首选建议类型", "Kind suggested first"),
            Column(
                "suggested_place",
                INTEGER,
                "实际类型在建议中的位次",
                "Place of the kind among those suggested",
            ),
            Column("scene", TEXT, "场景", "Scene"),
            Column("category", TEXT, "分类", "Category"),
            Column("source", TEXT, "来源", "Channel of the first report", required=True),
            Column("grade", INTEGER, "等级", "Grade, I to IV", required=True),
            Column("region", TEXT, "区域", "Region", required=True),
            Column("centre", TEXT, "中心", "Centre", required=True),
            Column("body", TEXT, "主办单位", "Lead desk"),
            Column("stage", TEXT, "环节", "Stage", required=True),
            Column("outcome", TEXT, "结果", "Outcome"),
            Column("opened_at", TIME, "发生时间", "Opened", required=True),
            Column("accepted_at", TIME, "受理时间", "Accepted"),
            Column("dispatched_at", TIME, "分发时间", "Dispatched"),
            Column("handled_at", TIME, "处置时间", "Handled"),
            Column("answered_at", TIME, "答复时间", "Answered"),
            Column("closed_at", TIME, "结案时间", "Closed"),
            Column("accepted_in_time", BOOLEAN, "按时受理", "Accepted in time"),
            Column("handled_in_time", BOOLEAN, "按时处置", "Handled in time"),
            Column("answered_in_time", BOOLEAN, "按时答复", "Answered in time"),
            Column("reports", INTEGER, "诉求数", "Reports", required=True),
            Column("returns", INTEGER, "退回次数", "Times given back", required=True),
            Column("reopenings", INTEGER, "返工次数", "Times reopened", required=True),
            Column("supervisions", INTEGER, "督办次数", "Times supervised", required=True),
            Column("rating", NUMBER, "评分", "Mean rating, 1 to 5"),
            Column("is_open", BOOLEAN, "未结案", "Open", required=True),
            Column("is_demo", BOOLEAN, "演示数据", "Demo", required=True),
        ),
    )
)
