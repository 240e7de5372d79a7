import { build } from 'vite';

/**
 * Serves each worker of a development server as the one script that it is in the product: asked for module by module,
 * it takes longer to start than what most tests do with it.
 * @returns {import('vite').Plugin}
 */
export function bundledWorkers() {
  /** @type {Map<string, Promise<string>>} */
  const bundles = new Map();
  return {
    name: 'bundled-workers',
    apply: 'serve',
    configureServer({ config: { root }, middlewares, watcher }) {
      watcher.on('change', () => bundles.clear());
      middlewares.use((request, response, next) => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
        if (!searchParams.has('worker_file')) {
          next();
          return;
        }
        const bundled = bundles.get(pathname) ?? bundle(root, pathname);
        bundles.set(pathname, bundled);
        bundled.then((code) => {
          response.setHeader('content-type', 'text/javascript');
          response.end(code);
        }, next);
      });
    },
  };
}

/**
 * @param {string} root
 * @param {string} path of the worker's entry, as the server names it
 * @returns {Promise<string>}
 */
async function bundle(root, path) {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    plugins: [servedAssets],
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      assetsInlineLimit: 0,
      rolldownOptions: { input: root + path, output: { format: 'es', codeSplitting: false } },
    },
  });
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const entry = outputs.find((output) => output.type === 'chunk' && output.isEntry);
  if (entry?.type !== 'chunk') throw new Error(`${path} was not bundled`);
  return entry.code;
}

const served = '\0served:';

/** Assets stay where the server has them. @type {import('vite').Plugin} */
const servedAssets = {
  name: 'served-assets',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!source.endsWith('?url')) return null;
    const asset = await this.resolve(source.slice(0, -'?url'.length), importer);
    return asset === null ? null : served + asset.id;
  },
  load(id) {
    if (!id.startsWith(served)) return null;
    return `export default ${JSON.stringify(`/@fs${id.slice(served.length)}`)}`;
  },
};
