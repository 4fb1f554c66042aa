"""Pictures as the gateway sees them: what is ordered, what is there, what stands under it."""

from services.gateway.pictures.order import AspectRatio, Kind, Order, Picture, Preview, Style, Version

__all__ = ["AspectRatio", "Kind", "Order", "Picture", "Preview", "Style", "Version"]
