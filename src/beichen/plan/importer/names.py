"""What names of bodies end in, and the words before a name that are no part of it."""

from __future__ import annotations

import re


def _longest_first(words: str) -> str:
    return "|".join(sorted(re.findall(r"\S+", words), key=len, reverse=True))


_KINDS = {
    "government": """
        人民代表大会常务委员会 人民政府 市委市政府 市委 市政府 省委 省政府 人大 政协 管委会 管理委员会
        委员会 领导小组 (?<![布格大结全新开好变时政])局 人民法院 检察院 海关 审计部门
        """,
    "education": "大学 学院 高等专科学校 专科学校 职业学校 技术学校 运动学校 党校",
    "research": """
        科学院 农科院 社科院 中科院 研究院 研究所 分院 工程研究中心 技术研究中心 技术创新中心 重点实验室
        工程实验室 (?<![场厕务易住出育会])所(?=[，。、；等）]|\\Z)
        """,
    "enterprise": "股份有限公司 有限责任公司 有限公司 分公司 公司 集团 银行 产权交易中心",
    "health": "医院 疾控中心 疾病预防控制中心 急救中心 妇幼保健院",
    "association": "联合会 协会 商会 学会 红十字会 工商联 共青团 妇联 工会",
    "zone": """
        新区 高新区 经开区 汽开区 高新技术产业开发区 经济技术开发区 科技开发区 经济开发区 综合保税区
        旅游度假区 合作示范区 经济示范区 自贸区 工业集中区
        """,
}
ENDING = re.compile("|".join(f"(?P<{kind}>{_longest_first(words)})" for kind, words in _KINDS.items()))
"""The end of a body's name; the group that matched is the body's kind."""

CUT = re.compile(
    _longest_first(
        """
        支持 依托 推动 推进 加快 鼓励 引导 发挥 整合 联合 围绕 建设 打造 创建 成立 设立 组建 融入 包括
        统筹 培育 引进 加强 深化 实施 重点 争取 建立 完善 健全 提升 强化 扩大 落实 团结 带领 面向 吸引
        聚焦 发展 形成 以及 服务 参与 承办 举办 申报 促进 组织 认真 积极 全面 优化 改造 筹建 新建 扩建
        规划 整体 借助 通过 按照 根据 报请 报市 向 与 和 及 以 由 在 对 将 把 从 为 于 等 是 的 了 即 使
        各 会同 至 大力 深入 贯彻 配合 创新 全省 我市 全市 利用 谋划 申建 建成 集聚 提高 基本 解决 实现
        补强 改革 壮大 开设 布局 学习 接受 发行 推广 一批 高水平 高品质 以上 更多 两大 三大 引入 助推
        争创 提请 按程序 全力 提供 进入 做大 做强 [个家](?=国家|级) 自觉 充分 以下 让 给 领域 监督
        """
    )
)
"""Words that stand before a name and end what could be part of it."""

GENERIC = re.compile(
    "(?:"
    + _longest_first(
        """
        国家级 国家 省级 市级 县级 区级 各级 各类 一批 重点 大型 骨干 龙头 高等 职业 职教 民营 中小 国有
        外资 行业 科研 公立 基层 社区 新型 专业 国际 国内 知名 一流 优质 老年 开放 老城 主城 新城 央企
        本土 本地 房地产 物权 总 子 母 上市 挂牌 保险 租赁 金融 投资 资产 资本 管理 运营 专科 综合 核心
        功能 区域 产业 跨国 省 县 村 居 双 多 [一二三四五六七八九十两]+[个家所座]? 主体 主导 先行 示范
        试验 工程 技术 特色 独立 民间 地方 村镇 商业 政策性 数字 市域 产学研 绿色 汽车专业 软件 化 财务
        融资 担保 影视 制作 城市 世界 出版 高风险 三甲 航空 公务机 基地 品牌 院 大院大 高校 联合 现代
        农业 合作 商 类 外友好 （市） 区 市场 机关 党政 党 企业 单位 机构 商会 教育 社会 文化 生态 经济
        高级 资格 评审 多式联运 市(?=级|区|县)
        """
    )
    + r")*\Z"
)
"""A stem that only says what sort of body is meant, and names none."""

TRADES = frozenset(("汽车", "装备", "医药", "新材料", "职业教育", "航空航天", "光电信息", "农业", "工业"))
"""Words that stand in lists of enterprises and are trades."""

WHOLE = frozenset(
    ("工会", "共青团", "妇联", "工商联", "市委", "市政府", "省委", "省政府", "审计部门", "中科院")
)
"""Names that are complete as they are."""
