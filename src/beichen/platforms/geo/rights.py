"""Who may do what with layers, addresses and cells."""

from __future__ import annotations

from beichen.kernel.access.service import permission

READ = permission("geo.read", "查看地图图层", "Read map layers")
WRITE = permission("geo.layer.write", "管理地图图层", "Manage map layers")
EDIT = permission("geo.feature.write", "编辑图层要素", "Edit features of layers")
WRITE_ADDRESSES = permission("geo.address.write", "维护标准地址库", "Keep the address library")
WRITE_CELLS = permission("geo.cell.write", "划分管理网格", "Draw management cells")
