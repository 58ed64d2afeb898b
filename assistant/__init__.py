"""The assistant: hearing, understanding, speaking, the session that ties them, and the service."""
