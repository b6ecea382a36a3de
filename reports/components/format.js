export const UNKNOWN = '–';

export const rounded = (value, digits, language, options = {}) =>
	new Intl.NumberFormat(language, { maximumFractionDigits: digits, ...options }).format(value);

const span = (minutes, language) => {
	if (minutes < 90) return `${rounded(minutes, 0, language)} min`;
	if (minutes < 48 * 60) return `${rounded(minutes / 60, minutes < 600 ? 1 : 0, language)} h`;
	return `${rounded(minutes / 1440, 1, language)} ${language === 'fr' ? 'j' : 'd'}`;
};

/**
 * A figure as people read it; what is not known is a dash, never a zero.
 * @param {number | null | undefined} value
 * @param {'count'|'number'|'rate'|'money'|'days'|'minutes'|'ratio'|'months'|'score'|'points'|'fixed'|'one'} kind
 * @param {string} language
 * @param {string} currency
 */
export const figure = (value, kind, language, currency = 'EUR') => {
	if (value === null || value === undefined || Number.isNaN(Number(value))) return UNKNOWN;
	const number = Number(value);
	switch (kind) {
		case 'rate':
			return rounded(number, Math.abs(number) < 0.1 ? 1 : 0, language, { style: 'percent' });
		case 'points':
			return `${number > 0 ? '+' : ''}${rounded(number * 100, 1, language)} ${language === 'fr' ? 'pts' : 'pts'}`;
		case 'money':
			return rounded(number, Math.abs(number) >= 10000 ? 1 : 0, language, {
				style: 'currency',
				currency,
				notation: Math.abs(number) >= 10000 ? 'compact' : 'standard',
				minimumFractionDigits: 0
			});
		case 'days':
			return `${rounded(number, number < 10 ? 1 : 0, language)} ${language === 'fr' ? 'j' : 'd'}`;
		case 'months':
			return `${rounded(number, 1, language)} ${language === 'fr' ? 'mois' : 'months'}`;
		case 'minutes':
			return span(number, language);
		case 'ratio':
			return `${rounded(number, 1, language)} ×`;
		case 'score':
			return rounded(number, 0, language);
		case 'fixed':
			return rounded(number, 2, language, { minimumFractionDigits: 2 });
		case 'one':
			return rounded(number, 1, language, { minimumFractionDigits: 1 });
		case 'number':
			return rounded(number, 2, language);
		default:
			return rounded(number, 0, language);
	}
};
