// The way to a place, on foot, in a map that the visitor has: never before somebody presses the link.
import type { Point } from './distance.ts';

/** OpenStreetMap's way on foot: any browser shows it. */
export const walkOnTheWeb = ({ latitude, longitude }: Point): string =>
	`https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot&to=${latitude}%2C${longitude}`;

/**
 * What opens the phone's own map at the place, by what the browser says it is; undefined where nothing of the kind
 * is known to work: on computers, and in the window of another app, which may not know such addresses.
 */
export function walkInOwnMap(
	userAgent: string,
	{ latitude, longitude }: Point,
	name: string,
): string | undefined {
	if (/iPhone|iPad|iPod/.test(userAgent))
		return `https://maps.apple.com/?daddr=${latitude},${longitude}&dirflg=w`;
	if (!/Android/.test(userAgent) || /\bZalo\b|\bFBA[NV]\b|\bInstagram\b|; wv\)/i.test(userAgent))
		return undefined;
	const label = encodeURIComponent(name).replace(/[()]/g, '');
	return `geo:${latitude},${longitude}?q=${latitude},${longitude}(${label})`;
}
