import { figure, rounded } from './format.js';

/** Room of a plot, in pixels, at each width that app.css tells apart: what months can be shown in. */
const WIDTHS = [820, 520, 320, 230];
const LETTER = 7;
const APART = 12;

/** Steps that people count in: 1, 2, 2.5 or 5 times a power of ten. */
const niceStep = (rough) => {
	const power = 10 ** Math.floor(Math.log10(rough));
	return [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) * power;
};

/**
 * Round values from the lowest to the highest, about `count` steps.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @param {boolean} isWhole whether there is nothing between 1 and 2
 */
export const ticks = (low, high, count, isWhole) => {
	const step = Math.max(niceStep((high - low || 1) / count), isWhole ? 1 : 0);
	const whole = isWhole && step % 1 ? Math.ceil(step) : step;
	const first = Math.floor(low / whole);
	const last = Math.max(Math.ceil(high / whole - 0.001), first + 1);
	return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * whole);
};

/**
 * A value on an axis: all of one axis alike, with no more digits than tell them apart.
 * @param {number} value
 * @param {string} kind
 * @param {string} language
 * @param {string} currency
 * @param {number[]} all
 */
export const axisFigure = (value, kind, language, currency, all) => {
	const step = all[1] - all[0];
	const top = Math.max(...all.map(Math.abs));
	if (kind === 'rate') return rounded(value, step < 0.00999 ? 1 : 0, language, { style: 'percent' });
	if (kind === 'money')
		return rounded(value, top >= 10000 && step >= 1000 ? 1 : 0, language, {
			style: 'currency',
			currency,
			notation: top >= 10000 ? 'compact' : 'standard',
			minimumFractionDigits: 0
		});
	return kind === 'count' ? rounded(value, 0, language) : figure(value, 'number', language);
};

/**
 * Labels below a plot with the widths at which there is room for each, the last one always.
 * @param {string[]} labels
 */
export const withRoom = (labels) => {
	const longest = Math.max(...labels.map((label) => label.length), 1) * LETTER + APART;
	const steps = WIDTHS.map((width) => Math.ceil(labels.length / Math.max(Math.floor(width / longest), 2)));
	return labels.map((label, at) => ({
		label,
		widths: steps
			.map((step, width) => ((labels.length - 1 - at) % step === 0 ? `width-${width}` : ''))
			.filter(Boolean)
			.join(' ')
	}));
};

/**
 * Runs of known values: a line is not drawn across what nobody knows.
 * @template Point
 * @param {(Point | undefined)[]} points
 */
export const runs = (points) =>
	points.reduce(
		(found, point) => {
			if (point) found.at(-1).push(point);
			else if (found.at(-1).length) found.push([]);
			return found;
		},
		[/** @type {Point[]} */ ([])]
	).filter((run) => run.length);

