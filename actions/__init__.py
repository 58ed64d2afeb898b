"""Actions: intent -> commands, as pure functions over a view of the world."""

from actions.planning import plan
from actions.world import Choice, Finish, Plan, World

__all__ = ["Choice", "Finish", "Plan", "World", "plan"]
