"""Reading addresses: the notation, the parts, and whatever else people write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.platforms.geo.addresses.grammar import Named, Words, parse
from beichen.platforms.geo.addresses.notation import folded

ROADS = (
    "亚泰大街",
    "长通路",
    "东七条",
    "光复路",
    "长春大街",
    "吉林大路",
    "太平街",
    "大马路",
    "东三马路",
    "福民街",
)
REGIONS = {
    "吉林省": (Named(0, "220000", "/220000/"),),
    "长春市": (Named(1, "220100", "/220000/220100/"),),
    "南关区": (Named(2, "220102", "/220000/220100/220102/"),),
    "宽城区": (Named(2, "220103", "/220000/220100/220103/"),),
    "长通街道": (Named(3, "220102005", "/220000/220100/220102/220102005/"),),
    "永长社区": (Named(4, "220102005001", "/220000/220100/220102/220102005/220102005001/"),),
}
WORDS = Words(
    REGIONS,
    {name[:-1]: found for name, found in REGIONS.items() if found[0].rank < 3},
    {road: road for road in ROADS},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("亚泰大街１１３８號", "亚泰大街1138号"),
        ("东3条街5#", "东三条街5号"),
        ("中环十一区三十四号楼", "中环11区34号楼"),
        ("光复北路五号", "光复北路5号"),
        ("长通路12号之3", "长通路12-3号"),
        ("长通路12号附3号", "长通路12-3号"),
        ("太平街 一零八幢", "太平街108栋"),
        ("二道區三馬路", "二道区三马路"),
        ("1~2層", "1-2层"),
        ("\u202e长通路\u0007", "长通路"),
    ],
)
def test_one_notation(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "吉林省长春市南关区长通街道长通路769号",
            {
                "region": "220102005",
                "county": "220102",
                "street": "长通街道",
                "road": "长通路",
                "number": "769",
            },
        ),
        ("亚泰大街1138", {"road": "亚泰大街", "number": "1138"}),
        (
            "长春南关区亚泰大街1138号新天地购物公园F2",
            {"region": "220102", "county": "220102", "road": "亚泰大街", "number": "1138"}
            | {"estate": "新天地购物公园", "floor": "F2"},
        ),
        (
            "长春大街2511号中环11区41号楼",
            {"road": "长春大街", "number": "2511", "estate": "中环11区", "building": "41"},
        ),
        ("中环11区40栋1单元101室", {"estate": "中环11区", "building": "40", "unit": "1", "room": "101"}),
        ("东七条街316-a号附近", {"road": "东七条", "number": "316-A"}),
        ("光复路小区110栋", {"estate": "光复路小区", "building": "110"}),
        ("光复路太平街331号", {"road": "太平街", "within": ("光复路",), "number": "331"}),
        ("长通路与亚泰大街交汇处", {"road": "长通路", "crossing": "亚泰大街"}),
        (
            "东三马路与福民街交口东北角中环11区34号楼1层",
            {"road": "东三马路", "crossing": "福民街", "estate": "中环11区", "building": "34", "floor": "1"},
        ),
        (
            "光复路南关区第二幼儿园西北侧约30米",
            {"road": "光复路", "estate": "南关区第二幼儿园", "towards": "西北", "metres": 30},
        ),
        (
            "长通路877号(长通路与光复路交汇)",
            {"road": "长通路", "number": "877", "notes": ("长通路与光复路交汇",)},
        ),
        (
            "南关区太平街道台小区",
            {"region": "220102", "county": "220102", "road": "太平街", "estate": "道台小区"},
        ),
        (
            "宽城区东广街道光复路5号",
            {"region": "220103", "county": "220103", "street": "东广街道"}
            | {"road": "光复路", "number": "5"},
        ),
        ("永长社区", {"region": "220102005001"}),
        ("长春站", {"estate": "长春站"}),
        ("吉林大路535号", {"road": "吉林大路", "number": "535"}),
        ("无名新路88号", {"road": "无名新路", "number": "88"}),
        ("", {}),
        ("???", {"estate": "???"}),
    ],
)
def test_parts(text: str, expected: dict[str, Any]) -> None:
    told = parse(text, WORDS).as_dict()
    told.pop("text", None)
    assert told == expected


@given(st.text(max_size=400))
def test_any_text_has_parts(text: str) -> None:
    """No text is too strange; what is read is in the text, as it is folded."""
    parts = parse(text, WORDS)
    assert parts.text == folded(text)
    for part in (parts.road, parts.number, parts.building, parts.room):
        assert part in parts.text or part in WORDS.roads


@given(
    st.sampled_from(["", "吉林省长春市南关区", "长春市", "宽城区"]),
    st.sampled_from(ROADS),
    st.integers(1, 99_999),
    st.sampled_from(["", "-1", "-A"]),
)
def test_a_door_is_read_back(before: str, road: str, number: int, more: str) -> None:
    parts = parse(f"{before}{road}{number}{more}号", WORDS)
    assert (parts.road, parts.number) == (road, f"{number}{more}")


def test_a_text_without_end_takes_no_time() -> None:
    parts = parse("路" * 1_000_000, WORDS)
    assert len(parts.text) == 200
