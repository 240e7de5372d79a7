import { parseArgs, type ParseArgsConfig } from 'node:util';
import { IcejamError } from '../src/error.ts';
import { parseAddress } from '../src/flare/address.ts';
import type { Protocol } from '../src/iceberg/stop.ts';
import { nearest } from '../src/nearest.ts';

/** An address with the local path that an option gives it. */
export interface AddressPath {
  address: string;
  path: string;
}

/** What `icejam run` is asked to do, in the order in which it is done. */
export interface RunOptions {
  /** Tables to adopt, from the directories that hold them. */
  imports: AddressPath[];
  data: AddressPath[];
  workflows: string[];
  protocol?: Protocol;
  /** The file of the script over which the one workflow runs. */
  script?: string;
  queries: string[];
  exports: AddressPath[];
  /** The URI that the exported table's paths begin with; absent: that of its directory. */
  location?: string;
  /** The directory that keeps the browser's storage; absent: a temporary one. */
  profile?: string;
  json: boolean;
}

/** How the command is called. */
const usage = `npm run icejam -- run [workflow.yaml…] [options]

  --import ADDRESS=DIR   adopt the table in a directory before anything else (repeatable)
  --data ADDRESS=FILE    put a file of trips into the dropzone first (repeatable)
  --protocol P           queued (default), optimistic or unsafe
  --script FILE          run the jobs of the one workflow in the order of a script
  --query SQL            ask when the workflows are done (repeatable)
  --export ADDRESS=DIR   write the complete table to a directory at the end (repeatable)
  --location URI         where the exported table will live (default: file URI of DIR)
  --profile DIR          keep the browser's storage in a directory between calls
  --json                 print one JSON object and nothing else

An ADDRESS is such as dataos://icebase:raw01/ny_taxi_04
`;

const flags = {
  data: { type: 'string', multiple: true },
  protocol: { type: 'string' },
  query: { type: 'string', multiple: true },
  export: { type: 'string', multiple: true },
  location: { type: 'string' },
  profile: { type: 'string' },
  json: { type: 'boolean', default: false },
  import: { type: 'string', multiple: true },
  script: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

const protocols: readonly Protocol[] = ['queued', 'optimistic', 'unsafe'];

/**
 * The options in a command line (without the program's own name).
 * Throws `IllegalArgument` that names the argument at fault.
 */
export function parseOptions(args: string[]): RunOptions {
  const { positionals, values } = parseFlags(args);
  const [command, ...workflows] = positionals;
  if (command !== 'run') {
    throw illegal(
      command === undefined ? 'No command was given.' : `There is no command "${command}".`,
      'Write: npm run icejam -- run workflow.yaml',
    );
  }
  if (values.script !== undefined && workflows.length !== 1) {
    throw illegal(
      `--script was given with ${workflows.length} workflows.`,
      'Give --script with exactly one workflow: it says in which order its jobs go on.',
    );
  }
  const protocol = parseProtocol(values.protocol);
  const exports = (values.export ?? []).map((text) => addressPath('--export', 'DIR', text));
  if (values.location !== undefined && exports.length !== 1) {
    throw illegal(
      `--location was given with ${exports.length} exports.`,
      'Give --location with exactly one --export: two tables cannot share one location.',
    );
  }
  return {
    imports: (values.import ?? []).map((text) => addressPath('--import', 'DIR', text)),
    data: (values.data ?? []).map((text) => addressPath('--data', 'FILE', text)),
    workflows,
    ...(protocol === undefined ? {} : { protocol }),
    ...(values.script === undefined ? {} : { script: values.script }),
    queries: values.query ?? [],
    exports,
    ...(values.location === undefined ? {} : { location: values.location.replace(/\/+$/, '') }),
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    json: values.json,
  };
}

function parseFlags(args: string[]) {
  try {
    return parseArgs({ args, options: flags, allowPositionals: true });
  } catch (cause) {
    const [message = ''] = String(Reflect.get(Object(cause), 'message')).split('. ');
    const unknown = /^Unknown option '--?([^']+)'/.exec(message)?.[1];
    if (unknown === undefined) throw illegal(`${message}.`, usage);
    const [meant] = nearest(unknown, Object.keys(flags), 1);
    throw illegal(
      `There is no option --${unknown}.`,
      meant === undefined ? usage : `Did you mean --${meant}?`,
    );
  }
}

function parseProtocol(text: string | undefined): Protocol | undefined {
  if (text === undefined) return undefined;
  const protocol = protocols.find((name) => name === text);
  if (protocol !== undefined) return protocol;
  throw illegal(`There is no protocol "${text}".`, `Write one of ${protocols.join(', ')}.`);
}

/** `ADDRESS=PATH`, where the address may itself say `?acl=rw`. */
function addressPath(flag: string, what: string, text: string): AddressPath {
  const [, address, path] = /^([^=?]+(?:\?acl=\w+)?)=(.+)$/.exec(text) ?? [];
  if (address === undefined || path === undefined) {
    throw illegal(
      `${flag} ${text} is not of the form ADDRESS=${what}.`,
      `Write, for instance, ${flag} dataos://depot:collection/dataset=${what.toLowerCase()}.`,
    );
  }
  parseAddress(address);
  return { address, path };
}

function illegal(message: string, remedy: string): IcejamError {
  return new IcejamError('IllegalArgument', message, { remedy });
}
