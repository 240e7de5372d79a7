"""Others went on writing what the app had exported, and the app adopted it again: it sees what they see."""

import json
import os
import unittest
from pathlib import Path

from scenario import alike, for_each

FOLDER = Path(os.environ["ICEJAM_SCENARIO"]).parent


def each_continued():
    seen = {table["name"]: table for table in json.loads((FOLDER / "seen.json").read_text())}
    for table in json.loads((FOLDER / "continued.json").read_text()):
        yield table["name"], table["snapshots"], seen[table["name"]]["snapshots"]


class TheAppReads(unittest.TestCase):
    @for_each(each_continued)
    def test_what_others_wrote_on(self, written, seen):
        for snapshot_id, rows in written.items():
            alike(self, rows, seen[snapshot_id])


if __name__ == "__main__":
    unittest.main()
