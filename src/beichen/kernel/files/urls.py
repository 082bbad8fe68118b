"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from beichen.kernel.files import views

urlpatterns = [path("files/<str:code>", views.download, name="file")]
