// Renders every page of a finished bundle again, over the data that lie in static/data now.
// SvelteKit does this within a build; apart from it, new figures need no new bundle.
// Usage, from the template folder: node prerender.mjs OUT ROUTES.json; may run for other routes at the same time
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// The engine answers some hundred small queries; compiling it a second time, better, takes longer than
// they do. A Node that does not know the flag goes on without it.
setFlagsFromString('--liftoff-only');

const [target, routesFile] = process.argv.slice(2);
const routes = JSON.parse(readFileSync(routesFile, 'utf-8'));
const output = resolve('.svelte-kit/output');
const from = (path) => import(pathToFileURL(join(output, path)).href);
const kit = resolve(process.env.REPORT_NODE_MODULES, '@sveltejs/kit/src/exports/node');
const { installPolyfills } = await import(pathToFileURL(join(kit, 'polyfills.js')).href);
const { createReadableStream } = await import(pathToFileURL(join(kit, 'index.js')).href);

installPolyfills();
// Evidence writes the results of queries straight to where SvelteKit prerenders to.
const dependenciesFolder = join(output, 'prerendered/dependencies');

const { manifest } = await from('server/manifest-full.js');
const internal = await from('server/internal.js');
const { Server } = await from('server/index.js');
internal.set_building();
internal.set_prerendering();
const server = new Server(manifest);
await server.init({ env: {}, read: (file) => createReadableStream(join(output, 'server', file)) });

const write = (root, path, body) => {
	const file = join(root, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, body);
};

let failed = 0;
for (const route of routes) {
	const dependencies = new Map();
	const started = Date.now();
	const response = await server.respond(new Request(`http://sveltekit-prerender${route}`), {
		getClientAddress: () => '127.0.0.1',
		prerendering: { dependencies },
		read: (file) => readFileSync(join('static', file))
	});
	const body = await response.text();
	if (response.status !== 200) {
		failed += 1;
		console.error(`✖ Error: ${route} answered ${response.status}`);
	}
	write(target, join(route, 'index.html'), body);
	for (const [path, { response, body }] of dependencies) {
		// a page asks for itself once, so that its inputs are known when it is rendered
		if (response.status !== 200 || path.endsWith('/')) continue;
		const bytes = body ?? new Uint8Array(await response.arrayBuffer());
		write(dependenciesFolder, decodeURI(path), bytes);
	}
	console.log(`${route} ${Date.now() - started} ms`);
}
process.exit(failed ? 1 : 0);
