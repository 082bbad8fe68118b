"""Regions: the statistical codes of the National Bureau of Statistics down to the village committee.

The raw table joins romanised names by code. Where a code was given to another place since, the join
is wrong (万宝镇 came with the name of 兴隆山镇), so a romanisation stands only when every syllable is a
reading of its character; otherwise the name is romanised again from its own characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pypinyin import Style, lazy_pinyin, pinyin

from tools.changchun import tables

COLUMNS = ("code", "name", "name_en", "level", "parent_code", "kind")
LEVELS = {
    "province": "province",
    "prefecture": "city",
    "county": "county",
    "township": "street",
    "village": "community",
}
SUFFIXES = (
    ("街道", "subdistrict", "Subdistrict"),
    ("镇", "town", "Town"),
    ("朝鲜族乡", "ethnic-township", "Korean Ethnic Township"),
    ("满族乡", "ethnic-township", "Manchu Ethnic Township"),
    ("回族乡", "ethnic-township", "Hui Ethnic Township"),
    ("乡", "township", "Township"),
    ("区", "district", "District"),
    ("市", "county-level-city", "City"),
    ("县", "county", "County"),
)
GIVEN_NAMES = {
    "220000": ("Jilin Province", "province"),
    "220100": ("Changchun", "sub-provincial-city"),
    "220171": ("Changchun Economic and Technological Development Zone", "development-zone"),
    "220172": ("Changchun Jingyue High-tech Industrial Development Zone", "development-zone"),
    "220173": ("Changchun High-tech Industrial Development Zone", "development-zone"),
    "220174": ("Changchun Automotive Economic and Technological Development Zone", "development-zone"),
    "220106400": ("Lüyuan Economic Development Zone", "special-area"),
    "220106401": ("Haoyue Industrial Park", "special-area"),
    "220122400": ("Wazhonggao Farm", "special-area"),
    "220184400": ("Provincial Seed Propagation Station", "special-area"),
    "220184401": ("Siping Academy of Agricultural Sciences", "special-area"),
    "220184402": ("Gongzhuling Breeding Pig Farm", "special-area"),
    "220184404": ("Shiwu Breeding Cattle Farm", "special-area"),
    "220184405": ("Chuangye Farm", "special-area"),
    "220184407": ("Fanjiatun Economic Development Zone", "special-area"),
}


def write(raw: Path, out: Path) -> int:
    """Write ``regions.csv``, ordered by code, and return the number of regions."""
    rows = tables.read(raw / "changchun_admin_codes.csv")
    return tables.write(out / "regions.csv", COLUMNS, (region(row) for row in sorted(rows, key=_code)))


def region(row: Mapping[str, str]) -> dict[str, str]:
    """One raw row as a region."""
    name_en, kind = GIVEN_NAMES.get(row["code"]) or _name_and_kind(row)
    return {
        "code": row["code"],
        "name": row["name"],
        "name_en": name_en,
        "level": LEVELS[row["level"]],
        "parent_code": row["parent_code"],
        "kind": kind,
    }


def _code(row: Mapping[str, str]) -> str:
    return row["code"]


def _name_and_kind(row: Mapping[str, str]) -> tuple[str, str]:
    if row["level"] == "village":
        return "", _community_kind(row["code"])
    for suffix, kind, suffix_en in SUFFIXES:
        if row["name"].endswith(suffix):
            stem = row["name"].removesuffix(suffix)
            return f"{romanised(stem, row['pinyin'])} {suffix_en}", kind
    raise ValueError(f"{row['code']} {row['name']}: no kind is known for this name")


def _community_kind(code: str) -> str:
    """By the statistical rule for the last three digits: 001-199 residents, 200-399 villagers, 400+ alike."""
    number = int(code[9:])
    return (
        "residents-committee" if number < 200 else "villagers-committee" if number < 400 else "similar-unit"
    )


def romanised(stem: str, given: str) -> str:
    """The Hanyu Pinyin of a place name in one word: Nong'an, Lüyuan (GB/T 28039)."""
    syllables = given.split()
    if not _reads(stem, syllables):
        syllables = lazy_pinyin(stem, style=Style.NORMAL, v_to_u=True)
    word = ""
    for syllable in syllables:
        joint = "'" if word and re.match("[aeo]", syllable) else ""
        word += joint + syllable.replace("v", "ü")
    return word.capitalize()


def _reads(stem: str, syllables: list[str]) -> bool:
    if len(stem) != len(syllables):
        return False
    readings = pinyin(stem, style=Style.NORMAL, heteronym=True, v_to_u=False)
    return all(syllable in possible for syllable, possible in zip(syllables, readings, strict=True))
