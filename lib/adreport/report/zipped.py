"""Office files whose bytes depend on what they say and on the date of the report, not on when they were packed."""

import re
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def dated(content: bytes, made_on: date) -> bytes:
    """The same Office file, all of whose parts are of one day."""
    packed, written = BytesIO(), made_on.strftime("%Y-%m-%dT00:00:00Z").encode()
    with ZipFile(BytesIO(content)) as parts, ZipFile(packed, "w") as made:
        for part in parts.infolist():
            text = parts.read(part)
            text = DATES.sub(rb"\g<1>" + written, text) if part.filename == "docProps/core.xml" else text
            made.writestr(ZipInfo(part.filename, (*made_on.timetuple()[:3], 0, 0, 0)), text, ZIP_DEFLATED)
    return packed.getvalue()
