"""The rights of the room: to see one's own things, to write news and to publish them."""

from __future__ import annotations

from beichen.kernel.access.service import permission

OWN = permission("citizen.own.read", "查看本人事项", "See one's own things")
WRITE_NEWS = permission("citizen.news.write", "编写新闻公告", "Write news")
PUBLISH_NEWS = permission("citizen.news.publish", "发布新闻公告", "Publish news")
