/** The rules of the protocol as cards: two or three sentences, and where they are written down. */
export const rules = {
  close: 'Close',
  source: 'In the specification',
  swap: {
    title: 'A swap compares',
    text: 'A commit puts its metadata file in place of the one that it was built on. It does so only if the table’s pointer still names that one: whoever comes second finds another version and loses. Nothing is wrong then: it reads the table again and builds two small files anew, on top of the winner’s.',
    source: 'https://iceberg.apache.org/spec/#optimistic-concurrency',
  },
  unsafe: {
    title: 'A put does not compare',
    text: 'Without the comparison a commit puts its metadata file wherever the pointer stands. It never looks what was committed since it read the table, so what came in between is in no version any more, although its job was told “committed”.',
    source: 'https://iceberg.apache.org/spec/#optimistic-concurrency',
  },
  serializable: {
    title: 'Serializable: as if it had run alone',
    text: 'An overwrite with isolation-level: serializable is refused if files were added to what it replaces since it read the table: it would delete rows that it has never seen. It is not tried again, as the conflict would still be there. Run the job again: it then starts from the table as it is.',
    source: 'https://iceberg.apache.org/docs/latest/reliability/#concurrent-write-operations',
  },
  snapshot: {
    title: 'Snapshot isolation: nobody deletes twice',
    text: 'An overwrite with isolation-level: snapshot is refused if files were deleted from what it replaces since it read the table. Rows that were only added do not count: serializable asks for that too.',
    source: 'https://iceberg.apache.org/docs/latest/reliability/#concurrent-write-operations',
  },
  conflict: {
    title: 'A commit that conflicts is refused',
    text: 'An operation names what it rests on: the files that it rewrites or deletes, and what it asked to be validated. If one of these was changed since, the commit is refused and not tried again, as the conflict would still be there.',
    source: 'https://iceberg.apache.org/docs/latest/reliability/#concurrent-write-operations',
  },
  retries: {
    title: 'Retries can run out',
    text: 'Iceberg tries a lost commit again four times, with growing pauses (commit.retry.num-retries). Under steady contention all five attempts can be lost. Nothing was committed then, and running the job again is safe. A queue for the table keeps this from happening.',
    source: 'https://iceberg.apache.org/docs/latest/configuration/#table-behavior-properties',
  },
} as const;
