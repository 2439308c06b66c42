"""YAML with line numbers: where in a file each value stands."""

from typing import Any

import yaml

Path = tuple[str | int, ...]


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
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise YamlError(
            line + first_line, f"is not valid YAML: {error.problem}; check quotes and indentation"
        ) from error
    except yaml.YAMLError as error:
        raise YamlError(first_line, "holds a character that YAML does not allow; save the file as UTF-8") from error
    lines: dict[Path, int] = {(): first_line}
    if node is None:
        return None, lines
    _walk(node, (), lines, first_line)
    try:
        return yaml.safe_load(text), lines
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(first_line, f"holds a value that cannot be read: {error}") from error


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], first_line: int) -> None:
    lines[path] = node.start_mark.line + first_line
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            line = key.start_mark.line + first_line
            if key.value in seen:
                raise YamlError(line, f"has the key {key.value!r} twice; keep one")
            seen.add(key.value)
            _walk(value, (*path, key.value), lines, first_line)
            lines[(*path, key.value)] = line
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _walk(value, (*path, position), lines, first_line)


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of *path*, or of the nearest thing around it that has one."""
    while path not in lines:
        path = path[:-1]
    return lines[path]
