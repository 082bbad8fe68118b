"""Invented messages of a city: as long as real ones, its places growing with their number."""

from __future__ import annotations

import random
from collections.abc import Iterator

_SIGNS = (
    "安白百柏宝北碧昌长晨成春翠大德东枫丰福富古光广桂海河恒红华惠吉佳建江金景静九兰乐丽凌龙绿明南宁平清庆"
    "秋泉荣瑞山盛松泰天桐万文西祥新兴星秀雅阳永玉园云泽中竹紫"
)
_KINDS = ["花园", "新村", "苑", "大街", "小学", "广场", "胡同", "家园", "公寓", "市场", "桥", "路"]
_TROUBLES = {
    "roads": "路面坑洼 路灯不亮 井盖松动 道路积水 护栏倒塌 人行道破损 信号灯失灵 标线看不清 树枝挡住路牌",
    "noise": "夜间施工 广场舞音响 歌厅放歌 空调外机轰鸣 装修电钻 货车鸣笛 商铺喇叭叫卖 篮球场喧闹",
    "waste": "垃圾堆积 污水外溢 油烟呛人 宠物粪便 渣土乱倒 河面漂浮物 公厕没人打扫 垃圾桶满溢",
    "schools": "学位不够 学区不清 校车停运 补课收费 校门口拥堵 食堂饭菜太差 操场开裂 报名材料太多",
    "homes": "房屋漏水 电梯故障 供暖不热 物业不作为 产权证不下来 外墙脱落 水压不足 停电频繁",
    "work": "拖欠工资 社保没有缴 押金不退 加班没有报酬 工伤不认 合同不签 培训机构跑路",
    "shops": "缺斤少两 假冒商品 退款无门 预付卡跑路 食品发霉 无证经营 价格欺诈",
}
_TALK = [
    "从上个月开始就一直这样",
    "老人和孩子出行都不方便",
    "多次打电话没有回音",
    "附近几栋楼的住户都很着急",
    "白天晚上都受影响",
    "曾经有人来看过但是没有下文",
    "周边还有学校和医院",
    "下雨天更加严重",
    "大家自己想过办法没有用",
    "不知道该由哪一家负责",
    "隔壁那条街去年已经修好",
    "照片可以随时提供",
    "请给一个明确的时间",
    "我们愿意配合工作",
    "每次路过都提心吊胆",
    "听说要改造却迟迟不见动静",
    "已经有人因此摔倒",
    "夏天气味更大",
    "冬天更麻烦",
    "买房时承诺过的没有兑现",
]


def invented(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """``count`` pairs of text and kind; a place is named by some five messages on average."""
    dice = random.Random(seed)
    kinds = [(kind, words.split()) for kind, words in _TROUBLES.items()]
    places = [_place(dice) for _number in range(max(1, count // 5))]
    for _number in range(count):
        kind, words = dice.choice(kinds)
        place, talk = dice.choice(places), dice.sample(_TALK, dice.randint(4, 14))
        text = f"{place}{dice.choice(words)}。您好，{place}{dice.choice(words)}，{'，'.join(talk)}。"
        yield text, kind


def reworded(text: str, seed: int) -> str:
    """The same trouble told by somebody else: the place and the trouble stay, the talk is another."""
    dice = random.Random(seed)
    title = text.partition("。")[0]
    return f"反映{title}的问题：{title}，{'，'.join(dice.sample(_TALK, 6))}。"


def _place(dice: random.Random) -> str:
    name = "".join(dice.choice(_SIGNS) for _sign in range(dice.choice((2, 3, 3))))
    return f"{name}{dice.choice(_KINDS)}{dice.randint(1, 99)}号"
