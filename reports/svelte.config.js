// Pages are rendered apart from the bundle, see scripts/prerender.mjs.
import { resolve } from 'node:path';

const components = '../../../../node_modules/@evidence-dev/core-components/dist';

export default {
	kit: {
		alias: {
			'$report-themes': resolve(components, 'themes/themes.js')
		},
		prerender: { entries: [], crawl: false }
	}
};
