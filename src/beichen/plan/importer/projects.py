"""The projects that a plan's boxes (专栏) name, under the groups of the box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from beichen.plan.importer import codes
from beichen.plan.importer.codes import Findings
from beichen.plan.importer.entries import Entry, read_entries
from beichen.plan.importer.facts import Project, stable_key
from beichen.plan.importer.grids import GridRow, read_grid
from beichen.plan.importer.outline import Division
from beichen.plan.importer.passages import Passage

_LEAD = re.compile(
    r"(?:(?:重点|加快|积极|全力|继续|持续|着力|大力|有序|主要|全面|深入|组织|统筹|优先|力争|尽快|稳步|一批)*"
    r"(?:推进|推动|建设|实施|开展|打造|扩大|创建|谋划|启动|建成|抓好|布局|开工|包括|包含|培育|争取|争创|做好|规划|加快|支持|完成|安排"
    r"|新建|改扩建|新改建|改建|扩建|续建|迁建|规划研究|研究|储备)"
    r"(?:和|及|、)?)+(?:建设|实施|谋划|发展)?(?:以下|好)?[：:]?(?![性用])"
)
_TAIL = re.compile(
    r"(?<![高中初平同均相优特一二三上下])等(?!级|离|效|专|职|教|学|待|额|院)[^、，。；]{0,18}\Z"
)
_WORK = re.compile(r"(?<!工程)(?<!项目)(?:的)?(?:建设|运营规模|落位|实施)\Z")
_NOUN = re.compile(
    r"(?:项目|工程|园|园区|基地|中心|平台|机场|高铁|高速|铁路|公路|医院|学校|学院|大学|水库|厂|站|馆|区|镇|城|广场|港|桥|隧道"
    r"|路|线|试点|实验室|产业链|综合体|枢纽|通道|电站|管网|设施|系统|网络|集群|集团|公司|总部|乐园|公园|湿地|街|村|谷|院|所"
    r"|场|机组|核电|风电|光伏|站|堤|泵站|大厦|宫|剧院|楼|口岸|航道|码头|船闸|灌区|水系|岛|酒店|商圈|市场|校区|院区|分院|分校|新城|组团"
    r"|走廊|环线|地铁|立交|生产线|装置|治理|加固|排涝|扩建工程|示范|改造|扩建|[一二三四]期|计划|行动|班列|片区|航线|等)(?:（[^）]*）)?(?:建设)?\Z"
)
_DESCRIBES = re.compile(
    r"\A(?:以|围绕|通过|依托|按照|针对|采用|坚持|加强|完善|健全|建立|提升|提高|推广|鼓励|控制|改善|总结|深化|优化|强化|增强|促进"
    r"|构建|发展|突出|聚焦|引导|充实|到20|全面|力争|每年|新增|实现|严格|加大|探索|落实|利用|发挥|面向|形成|开发|研发|突破|整合)"
)
_CONTAINER = re.compile(r"(?:类|项目|领域|方面|板块|机场|铁路|公路|交通|(?:重点|重大)[\u4e00-\u9fff]{2,8})\Z")
_STAGE = re.compile(r"(?:续建|新建|在建|拟建|改扩建|谋划|储备|开工|建成|竣工)")
_PAIRS = {"（": "）", "“": "”", "《": "》", "〔": "〕"}
_ROUTE = re.compile(r"[\u4e00-\u9fff]{2,6}至[\u4e00-\u9fff]{2,6}\Z")


def _divide(passage: Passage, signs: str) -> list[Passage]:
    """The pieces of a passage between the signs, brackets and quotation marks kept whole."""
    pieces: list[Passage] = []
    closing: list[str] = []
    start = 0
    text = passage.text
    for i, character in enumerate(text):
        if character in _PAIRS and _PAIRS[character] in text[i + 1 : i + 60]:
            closing.append(_PAIRS[character])
        elif closing and character == closing[-1]:
            closing.pop()
        elif not closing and character in signs:
            pieces.append(passage.slice(start, i))
            start = i + 1
    pieces.append(passage.slice(start, len(text)))
    return [piece for piece in pieces if piece.text.strip()]


def _trim(piece: Passage) -> Passage:
    text = piece.text
    lead = re.match(r"(?:以及|其中|[ ，、：；。])*", text)
    start = lead.end() if lead else 0
    end = len(text.rstrip(" ，、：；。"))
    return piece.slice(start, max(start, end))


def _names(clause: Passage) -> list[Passage]:
    """The names that one clause lists, without the verb before and the word for their kind after them."""
    lead = _LEAD.match(clause.text)
    body = (
        clause.slice(lead.end(), len(clause.text)) if lead and lead.end() < len(clause.text) - 1 else clause
    )
    tail = _TAIL.search(body.text)
    if tail and tail.start() > 1:
        body = body.slice(0, tail.start())
    elif lead and (work := _WORK.search(body.text)) and work.start() >= 4:
        body = body.slice(0, work.start())
    names: list[Passage] = []
    for piece in map(_trim, _divide(body, "、；")):
        if names and names[-1].text[-1:].isdigit() and piece.text[:1].isdigit():
            first = body.offsets.index(names[-1].offsets[0])
            names[-1] = body.slice(first, body.offsets.index(piece.offsets[-1]) + 1)
            continue
        if names and _ROUTE.match(names[-1].text) and not _NOUN.search(names[-1].text):
            first = body.offsets.index(names[-1].offsets[0])
            names[-1] = body.slice(first, body.offsets.index(piece.offsets[-1]) + 1)
        elif 2 <= len(piece.text) <= 60:
            names.append(piece)
    return _last_pair(names)


def _last_pair(names: list[Passage]) -> list[Passage]:
    """「A、B和C」: the last two are two when both sides of 和 are names of projects."""
    if len(names) < 2:
        return names
    last = names[-1]
    for match in re.finditer("[和及]", last.text):
        left, right = last.text[: match.start()], last.text[match.end() :]
        if len(left) > 3 and len(right) > 3 and _NOUN.search(left) and _NOUN.search(right):
            return [*names[:-1], last.slice(0, match.start()), last.slice(match.end(), len(last.text))]
    return names


def _lists(passage: Passage) -> bool:
    """Whether the words are a list of names rather than a description."""
    clauses = [clause for sentence in _divide(passage, "。") for clause in _divide(sentence, "，")]
    if not clauses or len(clauses) > 8:
        return False
    for clause in map(_trim, clauses):
        pieces = _divide(clause, "、；")
        body = clause.text
        lead = _LEAD.match(body)
        tailed = lead is not None and len(pieces) > 2 and _TAIL.search(body) is not None
        single = len(pieces) == 1 and not _NOUN.search(body)
        if single or (_DESCRIBES.match(body) and not tailed) or len(body) > 32 * len(pieces):
            return False
    return True


def _lists_works(passage: Passage) -> bool:
    """Whether the words are a verb of building and names of works alone: 「实施甲项目、乙园区建设。」."""
    sentences = [_trim(sentence) for sentence in _divide(passage, "。")]
    return all(
        _LEAD.match(sentence.text)
        and (names := _names(sentence))
        and all(len(name.text) > 4 and _NOUN.search(name.text) for name in names)
        for sentence in sentences
    ) and _lists(passage)


def _named(entry: Entry) -> tuple[Passage, Passage] | None:
    """An entry that names an item first: its name and its description."""
    match = re.match(r"([^，。；：]{2,40}?)[。：]", entry.text)
    if match is None:
        return None
    name = entry.passage.slice(0, match.end(1))
    rest = entry.passage.slice(match.end(), len(entry.text))
    lead = _LEAD.match(name.text)
    only_verb = lead is not None and lead.end() >= len(name.text) - 6 and not _STAGE.match(name.text)
    if entry.text[match.end(1)] == "：" and only_verb:
        return None
    if not rest.text or (entry.text[match.end(1)] == "。" and "、" in name.text and not entry.mark):
        return None
    return name, rest


class _Box:
    """Reads the entries of one box and keeps the group that is open."""

    def __init__(self, division: Division) -> None:
        self.division = division
        self.group = ""
        self.found: list[Project] = []

    def add(self, name: Passage, description: str = "") -> None:
        """Note a project under the open group."""
        name = _trim(name)
        if len(name.text) < 2:
            return
        start, end = name.span(0, len(name.text))
        self.found.append(
            Project(
                key=stable_key("project", self.division.title, name.text),
                box=self.division.location,
                box_title=self.division.title,
                group=self.group,
                name=name.text,
                description=description,
                location=self.division.location,
                start=start,
                end=end,
            )
        )

    def add_list(self, passage: Passage) -> None:
        """Note every project that the sentences of a list name."""
        for sentence in _divide(passage, "。"):
            for clause in _divide(sentence, "，"):
                for name in _names(_trim(clause)):
                    self.add(name)

    def read_rows(self, rows: Sequence[GridRow]) -> None:
        """Read a box that is a table; a cell may list several names."""
        for row in rows:
            self.group = row.group
            names = _divide(row.name, "、；")
            for name in names:
                self.add(name, row.rest if len(names) == 1 else "")

    def read(self, entries: Sequence[Entry]) -> None:
        """Read all entries of the box."""
        skip = False
        for i, entry in enumerate(entries):
            if skip:
                skip = False
                continue
            following = entries[i + 1] if i + 1 < len(entries) else None
            skip = self._entry(entry, following)

    def _entry(self, entry: Entry, following: Entry | None) -> bool:
        """Read one entry; True when the one after it was its description."""
        if entry.is_title and entry.mark and "、" not in entry.text:
            return self._title(entry, following)
        named = _named(entry)
        if named is None:
            self._plain(entry)
            return False
        name, rest = named
        if self._is_group(entry, name, rest):
            outer, self.group = self.group, name.text
            self.add_list(rest)
            self.group = name.text if entry.mark == 1 else outer
            return False
        if entry.mark == 1:
            self.group = name.text
        self.add(name, rest.text)
        return False

    @staticmethod
    def _is_group(entry: Entry, name: Passage, rest: Passage) -> bool:
        """Whether 「NAME：A、B」 or 「NAME。A、B等项目。」 lists items rather than describing one."""
        several = len(_divide(rest, "、；")) > 1
        kind = _CONTAINER.search(name.text) is not None
        if entry.text[len(name.text)] != "。":
            return (several or kind) and _lists(rest)
        broad = kind or entry.mark == 1 or name.text.endswith(("工程", "行动", "网络", "体系"))
        if entry.mark and not _NOUN.search(name.text) and _lists_works(rest):
            return True
        return several and _lists(rest) and (broad or _TAIL.search(rest.text.rstrip("。")) is not None)

    def _title(self, entry: Entry, following: Entry | None) -> bool:
        """A marked heading is a group when entries of another kind follow it, else an item of its own."""
        title = _trim(entry.passage)
        if following is None or following.mark == entry.mark or 0 < following.mark < entry.mark:
            self.add(title)
            return False
        describes = not following.mark and not following.is_title and _named(following) is None
        if describes and not _lists(following.passage):
            if entry.mark == 1:
                self.group = title.text
            self.add(title, following.text)
            return True
        self.group = title.text
        return False

    def _plain(self, entry: Entry) -> None:
        if entry.is_title and "、" not in entry.text:
            if entry.text.endswith("："):
                self.group = entry.text.rstrip("：")
            else:
                self.add(entry.passage)
        elif _lists(entry.passage) or "、" in entry.text:
            self.add_list(entry.passage)


def read_projects(divisions: Sequence[Division], findings: Findings) -> tuple[Project, ...]:
    """The projects of all boxes; a box without any is reported."""
    return tuple(_of_boxes(divisions, findings))


def _of_boxes(divisions: Sequence[Division], findings: Findings) -> Iterator[Project]:
    for division in divisions:
        if not division.is_box or division.heading is None:
            continue
        box = _Box(division)
        rows = list(read_grid(division.lines))
        if rows:
            box.read_rows(rows)
        else:
            box.read(read_entries(division.lines))
        if not box.found and not division.holds_table:
            span = (division.heading.start, division.heading.end)
            findings.add(codes.BOX_EMPTY, span, f"{division.location} names no project that could be read")
        yield from box.found
