"""Seoul's open data as feeds: one module a kind of data, each with its column maps, pure parsers and reading."""
