"""The engine inside our own worker process: encoded sound and pictures are handed on, never encoded anew."""
