"""What can be done at the door: news are written and read; the messages that it sends are declared."""

from __future__ import annotations

from beichen.fronts.citizen.codes import load_messages
from beichen.fronts.citizen.news.writing import (
    NewsFacts,
    find_news,
    kept_news,
    publish_news,
    save_news,
    shown_news,
)

__all__ = ["NewsFacts", "find_news", "kept_news", "load_messages", "publish_news", "save_news", "shown_news"]
