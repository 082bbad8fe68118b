"""Texts in the one form in which they are compared, and what of them speaks of the matter.

Width, case and punctuation are no difference between two texts. Neither are the words that nearly every
message to an office holds (the reader is greeted, hopes are spoken out): they are cut away, and what stays
are the pieces that name a place, a thing, a trouble.
"""

from __future__ import annotations

import re
import unicodedata

_BETWEEN = re.compile(r"[\W_]+")
_SAYS_NOTHING = re.compile(
    "尊敬|领导|您好|你好|政府|部门|有关|相关|反映|举报|投诉|咨询|建议|要求|问题|情况|解决|处理|居民|业主|市民|小区"
    "|[的了是我们你您他她它在有和与就都也很不这那个一上下到说要会能可以对为而且但因从被把让给向于及其之将已没还又再"
    "么吗呢吧啊什怎如何请谢盼望希好]"
)


def fold(text: str, longest: int) -> str:
    """The first ``longest`` characters in NFKC and lower case, words parted by single blanks."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text[:longest]).casefold()).strip()


def pieces(text: str, longest: int) -> list[str]:
    """What of the first ``longest`` characters speaks of the matter, in its order; may be empty."""
    return _SAYS_NOTHING.sub(" ", fold(text, longest)).split()
