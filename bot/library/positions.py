"""YAML with line numbers: where in a file each value stands."""

from collections.abc import Mapping
from typing import Any

import yaml

Path = tuple[str | int, ...]

# The parser in C is eight times as fast, and everything that reads a pack waits for it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEYS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


class YamlError(Exception):
    """A file that is not readable YAML; carries the line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read(text: str, *, first_line: int = 1) -> tuple[Any, dict[Path, int]]:
    """The data in *text*, and for each path into it (keys and list positions) its line, counted from *first_line*.

    Raises YamlError for bad syntax and for a key that stands twice in one mapping (YAML would silently take the last).
    """
    lines: dict[Path, int] = {(): first_line}
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return None, lines
        _walk(node, (), lines, first_line)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, first_line) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + first_line
        raise YamlError(line, "holds a character that YAML does not allow; remove it") from error
    except RecursionError as error:
        raise YamlError(first_line, "is nested without end; write it without `&` and `*`") from error
    return _construct(node, first_line), lines


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], first_line: int) -> None:
    lines[path] = node.start_mark.line + first_line
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + first_line
            if not isinstance(key, yaml.ScalarNode):
                raise YamlError(line, "has a list or mapping as a key; put the key in quotes")
            if key.tag not in _KEYS:
                raise YamlError(line, f"has the key {key.value!r}, which is no text to YAML; put it in quotes")
            if key.value in seen:
                raise YamlError(line, f"has the key {key.value!r} twice; keep one")
            seen.add(key.value)
            _walk(value, (*path, key.value), lines, first_line)
            lines[(*path, key.value)] = line
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _walk(value, (*path, position), lines, first_line)


def _syntax(error: yaml.MarkedYAMLError, first_line: int) -> YamlError:
    mark = error.problem_mark
    if error.problem == "found unexpected end of stream" and error.context_mark is not None:
        # The place to mend is where the quote was opened, not the end of the file.
        return YamlError(error.context_mark.line + first_line, "is not valid YAML: a quote opened here is never closed")
    line = (mark.line if mark is not None else 0) + first_line
    return YamlError(line, f"is not valid YAML: {error.problem}; check quotes and indentation")


def _construct(node: yaml.Node, first_line: int) -> Any:
    try:
        return yaml.constructor.SafeConstructor().construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        place = _culprit(node) or node
        value = place.value if isinstance(place, yaml.ScalarNode) else place.tag
        raise YamlError(
            place.start_mark.line + first_line, f"holds the value {value!r}, which cannot be read; put it in quotes"
        ) from error


def _culprit(node: yaml.Node) -> yaml.Node | None:
    """The first thing in *node* that has no value, such as the 31st of February."""
    inner: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        inner = [part for pair in node.value for part in pair]
    elif isinstance(node, yaml.SequenceNode):
        inner = node.value
    for part in inner:
        found = _culprit(part)
        if found is not None:
            return found
    try:
        yaml.constructor.SafeConstructor().construct_document(node)
    except (yaml.YAMLError, ValueError):
        return node
    return None


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of *path*, or of the nearest thing around it that has one."""
    while path not in lines:
        path = path[:-1]
    return lines[path]
