// As Evidence's own, but it names no pages to render: scripts/prerender.mjs is told them.
import fs from 'node:fs/promises';
import path from 'node:path';
import preprocessor from '@evidence-dev/preprocess';
import { json } from '@sveltejs/kit';

export const prerender = true;

/** @type {import("./$types").RequestHandler} */
export async function GET({ params: { route } }) {
	const page = await fs.readFile(path.join('src', 'pages', route, '+page.md'), 'utf8');
	return json({ queries: preprocessor.extractQueries(preprocessor.injectPartials(page)) });
}
