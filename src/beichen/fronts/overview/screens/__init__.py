"""Screens (大屏): declared in `views.yaml`, filled within the rights of who looks."""
