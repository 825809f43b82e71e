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

/** Which of the eight winds leads from a to b: 0 for north, 1 for north-east, clockwise. */
export function windTo(a: Point, b: Point): number {
	const east = (b.longitude - a.longitude) * Math.cos((a.latitude * Math.PI) / 180);
	const turn = Math.atan2(east, b.latitude - a.latitude) / (2 * Math.PI);
	return Math.round(turn * 8 + 8) % 8;
}
