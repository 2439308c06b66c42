"""The evaluation set of a pack: messages as people write them, with what they want; to measure by, never to learn from."""

import json

from bot.library import checks
from bot.library.fields import Body, Frozen, Id
from bot.library.reader import Reader


class Expected(Frozen):
    """One message: *want* are the ids that would be right, none if no id would; *group* and *style* sort the figures."""

    text: Body
    want: tuple[Id, ...]
    group: str = ""
    style: str = ""


def read(reader: Reader) -> tuple[Expected, ...]:
    """The messages of all files of ``evaluation/``; after the entries, because they are named in it."""
    found = []
    # Of what every pack must have, the lack is told already.
    known = {*reader.places, *reader.removed, *checks.REQUIRED}
    for path in reader.files("evaluation", "jsonl"):
        for number, line in enumerate((reader.text(path) or "").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                told = json.loads(line)
            except ValueError:
                reader.add(path, number, 'is not of the form {"text": "…", "want": ["id", …]}; mend it')
                continue
            expected: Expected | None = reader.model(Expected, told, path, {(): number}, (number,))
            if expected is None:
                continue
            for id in expected.want:
                if id not in known and not reader.unread:
                    reader.add(path, number, f"want: {id} does not exist; mend the id or remove it")
            # Who asks for what staff have taken away wants nothing that there is.
            want = tuple(id for id in expected.want if id not in reader.removed)
            found.append(expected if want == expected.want else expected.model_copy(update={"want": want}))
    return tuple(found)
