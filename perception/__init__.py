"""Hands, face and bookshelf cameras: each a detector and a pure state machine."""
