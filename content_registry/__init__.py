"""The content registry: what the screens can show, what it is called, and how to find it in a sentence."""

from content_registry.loader import load_registry
from content_registry.schema import Panel, Problem, Registry, RegistryError, Visibility

__all__ = ["Panel", "Problem", "Registry", "RegistryError", "Visibility", "load_registry"]
