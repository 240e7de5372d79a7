"""A strict checker that stands beside the project looks at every byte of every exported table."""

import os
import subprocess
import unittest

from scenario import each_exported, for_each, steps


# A name mapping tells the field ids of files that have none, which the checker does not look up.
ALLOWED = {"pyiceberg_mapped": "parquet-field-id,parquet-column"}


def each_directory():
    for name, exported in each_exported():
        yield name, exported.directory, ALLOWED.get(name, "")
    for step in steps():
        yield step.name, step.directory, ""


class CheckerAgrees(unittest.TestCase):
    @for_each(each_directory)
    def test_the_files_of_the_table_follow_the_spec(self, directory, allowed):
        checker = os.environ["ICEJAM_CHECKER"].split()
        command = [*checker, str(directory), "--allow", allowed]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-1000:])


if __name__ == "__main__":
    unittest.main()
