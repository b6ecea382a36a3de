/** @type {import("@sveltejs/kit").HandleServerError} */
export const handleError = ({ error, event }) => {
	console.error(`✖ Error: ${event.url.pathname}: ${error?.message ?? error}`);
	return { message: String(error?.message ?? error) };
};

/** @type {import('@sveltejs/kit').Handle} */
export function handle({ event, resolve }) {
	const language = event.url.pathname.startsWith('/fr/') ? 'fr' : 'en';
	return resolve(event, {
		transformPageChunk: ({ html }) => html.replace('%language%', language)
	});
}
