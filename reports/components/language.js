/** The language of a page, by where it is. @param {string} path */
export const languageOf = (path) => (path.startsWith('/fr/') ? 'fr' : 'en');

/** The same page, or another, in a language. @param {string} name @param {string} language */
export const addressOf = (name, language) => {
	const path = name === 'index' ? '/' : `/${name}/`;
	return language === 'en' ? path : `/${language}${path}`;
};

/** Where the other language says the same. @param {string} path */
export const translated = (path) => (path.startsWith('/fr/') ? path.slice(3) : `/fr${path}`);
