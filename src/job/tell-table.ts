import { exhaustive } from '../exhaustive.ts';
import type { ReadingCommand } from '../flare/tool-commands.ts';
import { isGzipped } from '../iceberg/table-metadata-file.ts';
import { currentSchema, type Table } from '../iceberg/table.ts';
import { typeText } from '../iceberg/type.ts';
import type { Told } from '../race/report.ts';
import { committedVersions } from './set-metadata.ts';

/** The commands that tell of one table. */
export type TellingTool = Exclude<ReadingCommand, 'list'>;

/** What `dataos-tool dataset <tool>` tells of a table, with the columns of `dataos-ctl dataset`. Times are epoch ms. */
export function tellTable(tool: TellingTool, { metadata, ...table }: Table): Told {
  const title = `dataset ${tool}`;
  switch (tool) {
    case 'get': {
      const rows = currentSchema(metadata).fields.map(({ id, name, type, required }) => [
        id,
        name,
        typeText(type),
        String(!required),
      ]);
      return { title, columns: ['ID', 'NAME', 'TYPE', 'NULLABLE'], rows };
    }
    case 'snapshots': {
      const columns = ['SNAPSHOTID', 'TIMESTAMP', 'DATE AND TIME (GMT)'];
      const rows = metadata.snapshots.map(({ 'snapshot-id': id, 'timestamp-ms': time }) => [
        String(id),
        time,
        dateAndTime(time),
      ]);
      return { title, columns, rows };
    }
    case 'metadata': {
      const log = metadata['metadata-log'].map((entry) => entry['timestamp-ms']);
      const times = [...log, metadata['last-updated-ms']];
      const rows = committedVersions({ metadata, ...table }).map(({ version, location }, index) => [
        `v${version}${isGzipped(location) ? '.gz' : ''}.metadata.json`,
        times[index] ?? '',
      ]);
      return { title, columns: ['VERSION', 'TIMESTAMP'], rows };
    }
    case 'properties': {
      const rows = Object.entries(metadata.properties).sort(([a], [b]) => (a < b ? -1 : 1));
      return { title, columns: ['PROPERTY NAME', 'PROPERTY VALUE'], rows };
    }
    case 'list-branch': {
      const branches = Object.entries(metadata.refs).filter(([, ref]) => ref.type === 'branch');
      const rows = branches.map(([name, ref]) => [name, String(ref['snapshot-id'])]);
      return { title, columns: ['BRANCH', 'SNAPSHOTID'], rows };
    }
    default:
      return exhaustive(tool);
  }
}

/** What `dataset list` tells: the tables of a collection, by the names in the catalog. */
export function tellTables(names: readonly string[], collection: string): Told {
  const own = names.filter((name) => name.startsWith(`${collection}/`));
  const rows = own.map((name) => [name.slice(collection.length + 1), `dataos://${name}`]);
  return { title: 'dataset list', columns: ['NAME', 'ADDRESS'], rows };
}

const dateAndTime = (millis: number): string =>
  new Date(millis).toISOString().replace('T', ' ').slice(0, 19);
