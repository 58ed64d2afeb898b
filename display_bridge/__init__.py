"""The display bridge: what each screen shows, how screens follow it, and the city data behind the panels."""
