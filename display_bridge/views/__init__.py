"""What a panel shows: the PanelView that screens draw, and the one figure that is spoken."""

from display_bridge.views.frame import build_view
from display_bridge.views.spoken import SpokenValue, value_of

__all__ = ["SpokenValue", "build_view", "value_of"]
