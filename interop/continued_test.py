"""Others went on writing what the app had exported, and the app adopted it again: it sees what they see."""

import json
import os
import unittest
from pathlib import Path

from scenario import alike, continued, for_each, told

FOLDER = Path(os.environ["ICEJAM_SCENARIO"]).parent


def each_continued():
    seen = json.loads((FOLDER / "seen.json").read_text())
    return ((name, written, seen[name]) for name, written in continued().items())


class TheAppReads(unittest.TestCase):
    @for_each(each_continued)
    def test_what_others_wrote_on(self, written, seen):
        for snapshot_id, rows in written["snapshots"].items():
            alike(self, rows, seen["snapshots"][snapshot_id])
        self.assertEqual(told(written["history"]), told(seen["history"]))
        self.assertEqual(written["refs"], seen["refs"])


if __name__ == "__main__":
    unittest.main()
