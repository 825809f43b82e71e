// The outlines of wards, for the map and for checking that a house lies where its row says.
import { readFileSync } from 'node:fs';
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';

type WardFeature = Feature<Polygon | MultiPolygon, Record<string, unknown>>;

export const readGeo = <T extends FeatureCollection>(name: string): T =>
	JSON.parse(readFileSync(`db/data/geo/${name}`, 'utf8')) as T;

export const rings = (feature: WardFeature): Position[][] =>
	feature.geometry.type === 'Polygon' ? feature.geometry.coordinates : feature.geometry.coordinates.flat();

export type WardOutline = { name: string; rings: Position[][] };

function readOutlines(file: string): WardOutline[] {
	return readGeo<FeatureCollection<Polygon | MultiPolygon, Record<string, unknown>>>(file).features.map(
		(feature) => ({
			name: String(feature.properties['name_vi'] ?? feature.properties['name'] ?? ''),
			rings: rings(feature),
		}),
	);
}

const cache = new Map<string, WardOutline[]>();
function outlines(file: string): WardOutline[] {
	let list = cache.get(file);
	if (!list) cache.set(file, (list = readOutlines(file)));
	return list;
}

/** The wards since 2025-07-01. */
export const currentOutlines = (): WardOutline[] => outlines('wards_2025.geojson');

/** The wards and communes of the city before 2025-07-01. */
export const formerOutlines = (): WardOutline[] => outlines('wards_pre2025.geojson');

/** Even-odd rule over all rings, so that holes and several parts need no special case. */
function isInside(latitude: number, longitude: number, outline: WardOutline): boolean {
	let inside = false;
	for (const ring of outline.rings) {
		for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
			const [x1, y1] = ring[i] as [number, number];
			const [x2, y2] = ring[j] as [number, number];
			const crosses = y1 > latitude !== y2 > latitude;
			if (crosses && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
		}
	}
	return inside;
}

const METRES_PER_DEGREE = 111_320;

/** Metres from a point to the nearest edge, on a plane: exact enough within a city. */
function distanceToEdge(latitude: number, longitude: number, outline: WardOutline): number {
	const scale = Math.cos((latitude * Math.PI) / 180);
	let least = Number.POSITIVE_INFINITY;
	for (const ring of outline.rings) {
		for (let i = 1; i < ring.length; i += 1) {
			const toPlane = ([x, y]: Position) => [(x! - longitude) * scale, y! - latitude] as const;
			const [ax, ay] = toPlane(ring[i - 1]!);
			const [bx, by] = toPlane(ring[i]!);
			const length = (bx - ax) ** 2 + (by - ay) ** 2;
			const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * (bx - ax) + ay * (by - ay)) / length));
			least = Math.min(least, Math.hypot(ax + along * (bx - ax), ay + along * (by - ay)));
		}
	}
	return least * METRES_PER_DEGREE;
}

/** Outlines are good to about 30 m in the median and 90 m at the ninetieth percentile (db/data/README.md). */
export const TOLERANCE_M = 100;

type Unit = { nameVi: string; validTo: string | null };

/** How far outside a unit a point lies, 0 within it; infinitely far where its outline is not known. */
export function metresOutside(unit: Unit, latitude: number, longitude: number): number {
	const list =
		unit.validTo === null
			? currentOutlines()
			: [...formerOutlines(), ...outlines('surrounding_communes_pre2025.geojson')];
	const outline = list.find((each) => each.name === unit.nameVi);
	if (!outline) return Number.POSITIVE_INFINITY;
	return isInside(latitude, longitude, outline) ? 0 : distanceToEdge(latitude, longitude, outline);
}

/**
 * True when the point lies in the unit, or at most {@link TOLERANCE_M} outside; for a unit of any time, also for the
 * communes around the city that were merged into it.
 */
export const unitHolds = (unit: Unit, latitude: number, longitude: number): boolean =>
	metresOutside(unit, latitude, longitude) <= TOLERANCE_M;
