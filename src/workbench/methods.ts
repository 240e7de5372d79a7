import { positionDeleteRewriter } from '../engine/position-deletes.ts';
import { unloadSnapshots } from '../engine/scan.ts';
import { quoted } from '../engine/types.ts';
import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import { readEvidence } from '../iceberg/table-evidence.ts';
import type { FileIO, TableName } from '../iceberg/ports.ts';
import { startSparkEngine } from '../sql/spark-engine.ts';
import { dropPointer, indexedDbCatalog, listPointers } from '../storage/catalog.ts';
import { openDatabase } from '../storage/database.ts';
import { deletionQueue } from '../storage/locks.ts';
import { opfsFileIO } from '../storage/opfs.ts';
import { countSeed, deleteRace, listRaces, loadRace, saveRace } from '../storage/races.ts';
import { registeredLocation } from '../storage/registrations.ts';
import { resetNewerDatabase, resetStorage } from '../storage/reset.ts';
import { adoptWasm } from '../wasm.ts';
import type { At, WorkbenchMethods } from './api.ts';
import { dropTable } from './drop-table.ts';
import { exportTable } from './export-table.ts';
import { importTable } from './import-table.ts';
import { Lazy } from './lazy.ts';
import { listEntries, listFiles, listManifests, listSnapshots, listTable } from './listing.ts';
import { runQuery } from './query.ts';
import { repairTable } from './repair-table.ts';
import {
  readMetadataFile,
  readStoredList,
  readStoredManifest,
  unlessDeleted,
} from './stored-files.ts';
import { setBack } from './set-back.ts';
import { type TableVersion, TableVersions } from './table-version.ts';

/** The browser's storage, opened. */
async function openStorage() {
  const db = await openDatabase();
  const io = opfsFileIO();
  const catalog = indexedDbCatalog(db);
  const versions = new TableVersions(db, io, catalog);
  return { db, io, catalog, versions, loadedDatasets: new Map<string, string>() };
}

/**
 * What the Workbench's worker answers. The engine starts with the first query. Whatever uses it takes its turn, so that
 * calls that are made side by side do not disturb each other; all else is answered at once.
 */
export function workbenchMethods(): WorkbenchMethods {
  const storage = new Lazy(openStorage);
  const engine = new Lazy(startSparkEngine);
  const inTurn = turns();
  const rewritePositionDeletes: RewritePositionDeletes = async (...file) =>
    positionDeleteRewriter(await engine.get())(...file);
  const resolve = async (table: string, at?: At) =>
    (await storage.get()).versions.resolve(table, at);
  /** Works with the files of a version while nobody deletes them. */
  const reading = async <T>(
    table: string,
    at: At | undefined,
    work: (io: FileIO, version: TableVersion) => Promise<T>,
  ): Promise<T> => {
    const { io, versions } = await storage.get();
    const { version, release } = await versions.lease(table, at);
    try {
      return await work(io, version);
    } finally {
      release();
    }
  };

  return {
    adoptWasm({ modules }) {
      adoptWasm(modules);
      return Promise.resolve();
    },

    query: (question) =>
      inTurn(async () => runQuery(await engine.get(), await storage.get(), question)),

    async tables() {
      const { db, versions } = await storage.get();
      const pointers = await listPointers(db);
      return Promise.all(
        pointers.map(async ({ table }) =>
          listTable(await versions.resolve(table), await registeredLocation(db, table)),
        ),
      );
    },

    async metadata({ table, at }) {
      const { location } = await resolve(table, at);
      return readMetadataFile((await storage.get()).io, location);
    },

    snapshots: async ({ table }) => listSnapshots(await resolve(table)),
    files: ({ table, at }) => reading(table, at, listFiles),
    manifests: ({ table, at }) => reading(table, at, listManifests),
    manifestEntries: ({ table, path }) =>
      reading(table, 'latest', (io, version) => listEntries(io, version, path)),
    metadataFile: async ({ path }) =>
      unlessDeleted(readMetadataFile((await storage.get()).io, path)),
    manifestList: async ({ path }) => unlessDeleted(readStoredList((await storage.get()).io, path)),
    storedEntries: async ({ table, path }) =>
      unlessDeleted(
        readStoredManifest((await storage.get()).io, (await resolve(table)).metadata, path),
      ),
    history: async ({ table, since, deleted }) => {
      return readEvidence(await storage.get(), table, since, { deleted });
    },

    exportTable: ({ table, location }) =>
      inTurn(async () => exportTable(await storage.get(), table, location, rewritePositionDeletes)),
    importTable: ({ table, files }) =>
      inTurn(async () => importTable(await storage.get(), table, files, rewritePositionDeletes)),

    saveRace: async ({ race }) => saveRace((await storage.get()).db, race),
    loadRace: async ({ id }) => loadRace((await storage.get()).db, id),
    races: async () => listRaces((await storage.get()).db),
    deleteRace: async ({ id }) => deleteRace((await storage.get()).db, id),
    setBack: async ({ tables }) => {
      const { db, io, catalog } = await storage.get();
      const drop = (table: TableName) => dropPointer(db, table);
      await setBack({ io, catalog, deletions: deletionQueue, drop }, tables);
    },
    countSeed: async ({ seed }) => countSeed((await storage.get()).db, seed),

    dropTable: ({ table }) =>
      inTurn(async () =>
        dropTable(await storage.get(), table, (await resolve(table)).metadata.location),
      ),
    repairTable: (repair) => inTurn(async () => repairTable(await storage.get(), repair)),

    reset: () =>
      inTurn(async () => {
        await storage.get().catch(resetNewerDatabase);
        const { db, versions, loadedDatasets } = await storage.get();
        await resetStorage(db);
        versions.clear();
        const started = await engine.started;
        if (!started) return;
        unloadSnapshots(started, 0);
        for (const dataset of loadedDatasets.keys()) {
          started.execute(`DROP TABLE ${quoted(dataset)}`);
        }
        loadedDatasets.clear();
      }),
  };
}

/** Runs one function at a time, in the order of asking. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
