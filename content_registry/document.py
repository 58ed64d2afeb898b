"""One registry file read into entries that know their lines: YAML nodes in, strings and lists of strings out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from content_registry.schema import Problem

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STR = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
MAX_BYTES = 1_048_576
MAX_DEPTH = 16


class _ShallowLoader(_BASE):  # type: ignore[misc]  # the C loader has no type
    """A safe loader that refuses deep nesting: libyaml composes by recursion and would end the process."""

    _depth = 0

    def descend_resolver(self, parent: yaml.Node | None, index: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=parent.start_mark if parent else None)
        super().descend_resolver(parent, index)

    def ascend_resolver(self) -> None:
        self._depth -= 1
        super().ascend_resolver()


class Entry:
    """One mapping of a list in a file. Reading a field that is wrong appends a problem and gives an empty value."""

    def __init__(self, file: str, node: yaml.MappingNode, problems: list[Problem], key: str = "id") -> None:
        self.file = file
        self.line = _line(node)
        self._problems = problems
        self._before = len(problems)
        self._fields: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        self._refused: set[str] = set()
        self.id: str | None = None
        for name_node, value in node.value:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else "?"
            if name in self._fields:
                self.refuse("duplicate-field", f"'{name}' is given twice", _line(name_node))
            self._fields[name] = value
        if (named := self._fields.get(key)) is not None and named.tag == _STR:
            self.id = named.value.strip() or None

    @property
    def broken(self) -> bool:
        """Whether a problem was found in this entry."""
        return len(self._problems) > self._before

    def refuse(self, code: str, message: str, line: int | None = None) -> None:
        """Records a problem with this entry."""
        entry = f"'{self.id}': " if self.id else ""
        self._problems.append(Problem(self.file, line or self.line, code, entry + message, self.id))

    def line_of(self, field: str) -> int:
        """The line of a field, or the entry's own."""
        node = self._fields.get(field)
        return _line(node) if node is not None else self.line

    def text(self, field: str) -> str:
        """A required, non-empty string."""
        value = self.optional(field)
        if value is None and field not in self._refused:
            self.refuse("missing-field", f"'{field}' is missing")
        return value or ""

    def optional(self, field: str) -> str | None:
        """A string, or None where the field is absent or null."""
        node = self._get(field)
        if node is None or node.tag == _NULL:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag != _STR:
            self._refuse_field(field, "wrong-type", f"'{field}' must be a text (quote numbers and yes/no)", _line(node))
            return None
        value: str = node.value.strip()
        if not value:
            self._refuse_field(field, "missing-field", f"'{field}' is empty", _line(node))
            return None
        return value

    def texts(self, field: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of non-empty strings; a required one has at least one element."""
        node = self._get(field)
        if node is None or node.tag == _NULL:
            if required:
                self.refuse("missing-field", f"'{field}' is missing")
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.refuse("wrong-type", f"'{field}' must be a list of texts", _line(node))
            return ()
        values: list[str] = []
        for item in node.value:
            if not isinstance(item, yaml.ScalarNode) or item.tag != _STR or not item.value.strip():
                self.refuse("wrong-type", f"'{field}' must hold texts (quote numbers and yes/no)", _line(item))
            elif item.value.strip() in values:
                self.refuse("duplicate-value", f"'{field}' holds '{item.value.strip()}' twice", _line(item))
            else:
                values.append(item.value.strip())
        if required and not values and not self.broken:
            self.refuse("missing-field", f"'{field}' is empty", _line(node))
        return tuple(values)

    def finish(self) -> None:
        """Refuses fields that nobody asked for: most often a misspelt name."""
        for name in self._fields:
            if name not in self._asked:
                self.refuse("unknown-field", f"'{name}' is not a field", self.line_of(name))

    def _get(self, field: str) -> yaml.Node | None:
        self._asked.add(field)
        return self._fields.get(field)

    def _refuse_field(self, field: str, code: str, message: str, line: int) -> None:
        self._refused.add(field)
        self.refuse(code, message, line)


class Document:
    """A registry file. What cannot be read as a whole becomes one problem, and the file has no entries."""

    def __init__(self, folder: Path, file: str, problems: list[Problem]) -> None:
        self.file = file
        self._problems = problems
        self._sections: dict[str, yaml.Node] = {}
        self._readable = False
        text = self._read(folder / file)
        root = self._compose(text) if text is not None else None
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            self._refuse("bad-yaml", "the file must be a mapping of sections", _line(root))
            return
        self._readable = True
        for key, value in root.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in self._sections:
                self._refuse("duplicate-field", f"section '{name}' is given twice", _line(key))
            else:
                self._sections[name] = value

    def lists(self, section: str) -> bool:
        """Whether the section could be read as a list; where not, nothing can be said of what refers to it."""
        return isinstance(self._sections.get(section), yaml.SequenceNode)

    def entries(self, section: str, key: str = "id") -> Iterator[Entry]:
        """The mappings of a section's list, in file order."""
        for item in self._items(section):
            if isinstance(item, yaml.MappingNode):
                yield Entry(self.file, item, self._problems, key)
            else:
                self._refuse("wrong-type", f"an entry of '{section}' must be a mapping", _line(item))

    def texts(self, section: str, *, required: bool = True) -> tuple[str, ...]:
        """The strings of a section's list, in file order; a section that is not required may be missing."""
        if not required and section not in self._sections:
            return ()
        found = []
        for item in self._items(section):
            if isinstance(item, yaml.ScalarNode) and item.tag == _STR and item.value.strip():
                found.append(item.value.strip())
            else:
                self._refuse("wrong-type", f"'{section}' must hold texts", _line(item))
        return tuple(dict.fromkeys(found))

    def only(self, *sections: str) -> None:
        """Refuses sections with other names."""
        for name, node in self._sections.items():
            if name not in sections:
                self._refuse("unknown-field", f"'{name}' is not a section of this file", _line(node))

    def _items(self, section: str) -> list[yaml.Node]:
        if not self._readable:
            return []
        node = self._sections.get(section)
        if node is None:
            self._refuse("missing-field", f"section '{section}' is missing", 1)
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._refuse("wrong-type", f"section '{section}' must be a list", _line(node))
            return []
        items: list[yaml.Node] = node.value
        return items

    def _read(self, path: Path) -> str | None:
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as error:
            self._refuse("unreadable-file", f"the file cannot be read: {error.strerror or error}", 1)
            return None
        if len(data) > MAX_BYTES:
            self._refuse("file-too-large", f"the file is larger than {MAX_BYTES} bytes", 1)
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._refuse("not-utf-8", "the file is not UTF-8", line)
            return None
        if not text.strip():
            self._refuse("empty-file", "the file is empty", 1)
            return None
        return unicodedata.normalize("NFC", text)

    def _compose(self, text: str) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(text, Loader=_ShallowLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._refuse("bad-yaml", f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else 1)
            return None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self._refuse("bad-yaml", f"not YAML: {type(error).__name__}", 1)
            return None
        if root is None:
            self._refuse("empty-file", "the file has no content", 1)
        return root

    def _refuse(self, code: str, message: str, line: int) -> None:
        self._problems.append(Problem(self.file, line, code, message, None))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
