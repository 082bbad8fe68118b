"""Invented messages: three kinds of trouble at invented places."""

from __future__ import annotations

import random
from datetime import date

DAY = date(2025, 3, 1)

TROUBLES = {
    "roads": ["路面坑洼严重", "路灯不亮夜里看不见", "井盖破损松动", "人行道砖块翘起", "道路积水车辆难行"],
    "noise": [
        "工地夜间施工噪音大",
        "广场舞音响太吵",
        "歌厅凌晨还在放歌",
        "空调外机嗡嗡响",
        "装修电钻声整天不停",
    ],
    "schools": [
        "学区划分不清楚",
        "幼儿园学位不够",
        "学校周边乱收补课费",
        "校车迟迟不开通",
        "入学报名材料太多",
    ],
}
PLACES = ["柳荫", "晨曦", "锦绣", "松涛", "望江", "翠湖", "银杏", "东篱", "长亭", "兰亭", "听雨", "枫林"]
ENDINGS = ["请尽快派人看一看", "已经半个月没有人管", "老人孩子出行不便", "打过电话没有回音", "希望早日答复"]


def message(trouble: str, number: int) -> str:
    """A message of a kind, different for each number."""
    dice = random.Random(f"{trouble}{number}")
    place = f"{dice.choice(PLACES)}{dice.choice(['花园', '大街', '新村', '苑'])}{number}号"
    return f"您好，{place}附近{dice.choice(TROUBLES[trouble])}，{dice.choice(ENDINGS)}。"


def messages(each: int = 40) -> list[tuple[str, str]]:
    """``each`` messages of every kind, in turns."""
    return [(message(trouble, number), trouble) for number in range(each) for trouble in TROUBLES]
