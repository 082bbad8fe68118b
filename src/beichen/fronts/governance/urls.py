"""Addresses of the console."""

from __future__ import annotations

from django.urls import path

from beichen.fronts.governance.views import (
    board,
    bulk,
    case,
    desk,
    identity,
    importing,
    map_,
    papers,
    queue,
    saved,
    suggesting,
    taking,
    wall,
)

app_name = "governance"
urlpatterns = [
    path("console", queue.queue, name="queue"),
    path("console/new", taking.take, name="take"),
    path("console/objects", taking.find_object, name="object"),
    path("console/import", importing.take_file, name="import"),
    path("console/import/<str:code>", importing.one_file, name="import-file"),
    path("console/import/<str:code>/refused", importing.refused_rows, name="import-refused"),
    path("console/views", saved.keep, name="save-view"),
    path("console/views/<int:number>/delete", saved.forget, name="delete-view"),
    path("console/bulk", bulk.bulk, name="bulk"),
    path("console/board", board.board, name="board"),
    path("console/wall", wall.wall, name="wall"),
    path("console/map", map_.case_map, name="map"),
    path("console/suggestions", suggesting.suggestions, name="suggestions"),
    path("console/map.json", map_.clusters, name="clusters"),
    path("console/cases/<str:code>", case.case, name="case"),
    path("console/cases/<str:code>/reporter", identity.reporter, name="reporter"),
    path("console/cases/<str:code>/files/<str:file>", papers.paper, name="paper"),
    path("console/cases/<str:code>/<str:command>", case.act, name="act"),
    path("desk", desk.desk, name="desk"),
]
