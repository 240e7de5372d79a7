import { dirname, relative, resolve, sep } from 'node:path';

/** The modules right below src/ serve every folder; the page's entry serves none. */
const everybodys = /^src\/(?!main\.)[a-z-]+\.ts$/;

const pipeline = ['flare', 'spark', 'engine', 'iceberg', 'storage'];

/**
 * Which folders of src/ a folder may import from, beside itself. `types`: by `import type` alone.
 * `packages`: the only packages it may use; absent: any.
 * @type {Record<string, { values?: string[], types?: string[], packages?: RegExp }>}
 */
export const borders = {
  iceberg: { packages: /^fzstd$/ },
  flare: { values: ['spark'], packages: /^(yaml|valibot)$/ },
  spark: { packages: /^$/ },
  storage: { values: ['iceberg'] },
  engine: { values: ['iceberg'] },
  sql: { values: ['spark', 'engine', 'iceberg'] },
  job: { values: [...pipeline, 'sql', 'dropzone'], types: ['race'] },
  dropzone: { values: pipeline },
  workbench: { values: [...pipeline, 'sql', 'dropzone'] },
  race: { values: ['iceberg'], types: ['flare', 'dropzone', 'workbench'] },
  lab: { values: ['race', 'flare', 'iceberg'], types: ['dropzone', 'workbench', 'storage'] },
  ui: {
    values: ['lab'],
    types: ['race', 'flare', 'iceberg', 'dropzone', 'workbench', 'storage'],
  },
};

/** Svelte is the skin: what runs in a worker or in Node does not know it. */
const skin = ['lab', 'ui'];

/**
 * A path below the project as the folder of src/ that holds it.
 * @param {string} path
 */
function folderOf(path) {
  const [top, folder, rest] = path.split('/');
  return top === 'src' && rest !== undefined ? folder : undefined;
}

/**
 * Why a file may not import something, or undefined if it may.
 * @param {string} file path below the project, with slashes
 * @param {string} source as it stands in the import
 * @param {boolean} isType whether only types are imported
 */
export function objection(file, source, isType) {
  const from = folderOf(file);
  const border = from === undefined ? undefined : borders[from];
  if (from !== undefined && border === undefined) {
    return `src/${from} has no entry in the table of borders (scripts/folder-imports.mjs).`;
  }
  if (!source.startsWith('.')) return objectionToPackage(from, border, source);

  const path = source.replace(/[?].*$/, '');
  if (!/\.[a-z]+$/.test(path))
    return 'A relative import carries its extension, such as ./table.ts.';
  const target = resolve('/', dirname(file), path).slice(1).split(sep).join('/');
  if (target.startsWith('workers/')) {
    if (/[?]worker\b/.test(source)) return undefined;
    return 'workers/ holds entry points: start them, never import them.';
  }
  const to = folderOf(target);
  if (border === undefined || to === from || everybodys.test(target)) return undefined;
  if (to === undefined) return `src/${String(from)} may not import ${target}.`;
  if (border.values?.includes(to)) return undefined;
  if (border.types?.includes(to)) {
    return isType ? undefined : `src/${String(from)} may import types of src/${to} only.`;
  }
  return `src/${String(from)} may not import from src/${to}.`;
}

/**
 * @param {string | undefined} from
 * @param {{ packages?: RegExp } | undefined} border
 * @param {string} source
 */
function objectionToPackage(from, border, source) {
  if (from === undefined) return undefined;
  if (source.startsWith('node:')) return 'src/ runs in a browser: no Node modules.';
  if (/^svelte(\/|$)/.test(source) && !skin.includes(from)) {
    return `src/${from} may not import Svelte.`;
  }
  if (border?.packages?.test(source) === false) return `src/${from} may not import ${source}.`;
  return undefined;
}

/**
 * The lint rule that holds every import to the table of borders.
 * @type {import('eslint').Rule.RuleModule}
 */
export const folderImports = {
  meta: { type: 'problem', schema: [], messages: { objection: '{{ objection }}' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    /**
     * @param {import('eslint').Rule.Node} node
     * @param {unknown} source the literal that names what is imported, if there is one
     */
    const check = (node, source) => {
      /** @type {unknown} */
      const path = Reflect.get(Object(source), 'value');
      const isType = ['importKind', 'exportKind'].some((key) => Reflect.get(node, key) === 'type');
      const found = typeof path === 'string' ? objection(file, path, isType) : undefined;
      if (found !== undefined) {
        context.report({ node, messageId: 'objection', data: { objection: found } });
      }
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
    };
  },
};
