"""The HTTP and WebSocket edge: pydantic models in, problem documents out; everything else is the service's."""
