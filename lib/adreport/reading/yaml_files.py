"""YAML as people write it by hand: nothing is guessed, a name stands once, and no file can grow while it is read.

PyYAML follows YAML 1.1, in which 010 is eight, 1:30 is ninety and `no` is false. Here, as in YAML 1.2, such words stay
words; numbers, dates, true, false and null are read.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from adreport.study.faults import ParameterFault

DEEPEST = 20
LONGEST_SHOWN = 60
READ_AS = {
    "tag:yaml.org,2002:null": (re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    "tag:yaml.org,2002:bool": (re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")),
    "tag:yaml.org,2002:int": (re.compile(r"-?(0|[1-9]\d*)"), list("-0123456789")),
    "tag:yaml.org,2002:float": (re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?"), list("-0123456789")),
    "tag:yaml.org,2002:timestamp": (re.compile(r"\d{4}-\d\d-\d\d"), list("0123456789")),
}


def read_yaml(file: Path) -> dict[str, Any]:
    """A YAML file of names and values; {} where there is none. Raises ParameterFault where it is something else."""
    if not file.exists():
        return {}
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), _Loader)
    except (yaml.YAMLError, ValueError, OSError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = problem if isinstance(error, _Refused) else "cannot be read"
        raise ParameterFault(
            f"{file.name}{where}: {why}. Look at quotes, indentation and dates, and save it as UTF-8."
        ) from None
    if content is not None and not isinstance(content, dict):
        raise ParameterFault(f"{file.name}: must hold lines of name: value.")
    return content or {}


def read_value(text: str) -> Any:
    """A single value, numbers read as numbers. Raises ValueError for what is no YAML."""
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError:
        raise ValueError(text) from None


def shown(value: object) -> str:
    """A value as a message shows it: never long, whatever it holds."""
    text = repr(value) if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


class _Refused(yaml.MarkedYAMLError):
    pass


class _Loader(yaml.SafeLoader):
    depth = 0
    yaml_implicit_resolvers: dict = {}

    def compose_node(self, parent, index):
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(problem="refers to another place (*), which is not read", problem_mark=event.start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused(problem="holds too much within one another", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        for place, ((key, _), name) in enumerate(zip(node.value, names, strict=True)):
            if not isinstance(name, str | int | float | None) and not hasattr(name, "isoformat"):
                raise _Refused(problem="has a name that is no word", problem_mark=key.start_mark)
            if name in names[:place]:
                raise _Refused(problem=f"says {name} twice", problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


for _tag, (_pattern, _first) in READ_AS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern.pattern})$"), _first)
