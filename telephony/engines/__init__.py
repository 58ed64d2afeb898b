"""Media engines: who carries sound and pictures between the parties of a call or a room."""
