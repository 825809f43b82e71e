// How far two points are apart.
export type Point = { latitude: number; longitude: number };

const EARTH_M = 6_371_000;

/** Metres along the great circle (haversine). */
export function distanceM(a: Point, b: Point): number {
	const rad = Math.PI / 180;
	const h =
		Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2 +
		Math.cos(a.latitude * rad) *
			Math.cos(b.latitude * rad) *
			Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2;
	return 2 * EARTH_M * Math.asin(Math.sqrt(h));
}
