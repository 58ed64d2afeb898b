"""What a panel shows: the PanelView that screens draw, and the one figure that is spoken."""

from display_bridge.views.frame import SpokenValue, build_view, value_of

__all__ = ["SpokenValue", "build_view", "value_of"]
