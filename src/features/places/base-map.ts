// The local vector map as SVG paths: wards, former outlines, river, railway and roads around the houses.
import type { FeatureCollection, LineString, MultiLineString, Position } from 'geojson';
import { currentOutlines, formerOutlines, readGeo } from './ward-geometry.ts';

/** The four wards in degrees: Leaflet and its tiles keep to it. */
export const SERVICE_AREA = { south: 21.75, west: 106.69, north: 21.935, east: 106.885 };
/** Side of the square drawing, in its own units. It shows the old city, where the houses are. */
export const SIZE = 1000;

const CENTRE = { latitude: 21.85976, longitude: 106.74887 };
const DEGREES_HIGH = 0.0935;
// One scale for both axes, so that shapes keep their form.
const UNITS_NORTH = SIZE / DEGREES_HIGH;
const UNITS_EAST = UNITS_NORTH * Math.cos((CENTRE.latitude * Math.PI) / 180);
const METRES_PER_DEGREE = 111_320;

/** Drawing units in one kilometre, for the scale bar. */
export const UNITS_PER_KM = (UNITS_NORTH / METRES_PER_DEGREE) * 1000;

export type Point = { x: number; y: number };
export type Place = { latitude: number; longitude: number };

/** A place on the drawing (equirectangular about the centre), to any fraction of a unit. */
export const projectExactly = ({ latitude, longitude }: Place): Point => ({
	x: SIZE / 2 + (longitude - CENTRE.longitude) * UNITS_EAST,
	y: SIZE / 2 - (latitude - CENTRE.latitude) * UNITS_NORTH,
});

/** The same in whole units, which is as fine as the eye sees. */
export function project(latitude: number, longitude: number): Point {
	const { x, y } = projectExactly({ latitude, longitude });
	return { x: Math.round(x), y: Math.round(y) };
}

export type Frame = { x: number; y: number; side: number };

const MARGIN = 60;

/** The square of the drawing to show: all of it, and more when a place lies outside. */
export function frameOf(places: Place[]): Frame {
	const points = places.map(({ latitude, longitude }) => project(latitude, longitude));
	const left = Math.min(0, ...points.map(({ x }) => x - MARGIN));
	const top = Math.min(0, ...points.map(({ y }) => y - MARGIN));
	const right = Math.max(SIZE, ...points.map(({ x }) => x + MARGIN));
	const bottom = Math.max(SIZE, ...points.map(({ y }) => y + MARGIN));
	return { x: left, y: top, side: Math.max(right - left, bottom - top) };
}

/** A frame's edges in degrees. */
export function boundsOf({ x, y, side }: Frame): typeof SERVICE_AREA {
	const latitude = (each: number) => CENTRE.latitude + (SIZE / 2 - each) / UNITS_NORTH;
	const longitude = (each: number) => CENTRE.longitude + (each - SIZE / 2) / UNITS_EAST;
	return { south: latitude(y + side), west: longitude(x), north: latitude(y), east: longitude(x + side) };
}

/** Douglas–Peucker: drops points that lie within `tolerance` of the line between their neighbours. */
function simplify(points: Point[], tolerance: number): Point[] {
	const first = points[0];
	const last = points.at(-1);
	if (!first || !last || points.length < 3) return points;
	let farthest = 0;
	let split = 0;
	for (let index = 1; index < points.length - 1; index += 1) {
		const point = points[index]!;
		const length = Math.hypot(last.x - first.x, last.y - first.y);
		const distance =
			length === 0
				? Math.hypot(point.x - first.x, point.y - first.y)
				: Math.abs((last.x - first.x) * (first.y - point.y) - (first.x - point.x) * (last.y - first.y)) /
					length;
		if (distance > farthest) [farthest, split] = [distance, index];
	}
	if (farthest <= tolerance) return [first, last];
	return [
		...simplify(points.slice(0, split + 1), tolerance).slice(0, -1),
		...simplify(points.slice(split), tolerance),
	];
}

/** Coarser than the eye sees at the size of the map. */
const TOLERANCE = 3;

const toPoints = (line: Position[]): Point[] =>
	simplify(
		line.map(([longitude, latitude]) => project(latitude!, longitude!)),
		TOLERANCE,
	);

function toPath(line: Position[], isClosed: boolean): string {
	const kept = toPoints(line);
	const steps = kept.slice(1).map(({ x, y }, index) => `${x - kept[index]!.x} ${y - kept[index]!.y}`);
	return `M${kept[0]!.x} ${kept[0]!.y}l${steps.join(' ').replaceAll(' -', '-')}${isClosed ? 'z' : ''}`;
}

type LineKind = 'river' | 'railway' | 'road';

export type BaseMap = {
	wards: { name: string; path: string; label: Point; outline: Point[][] }[];
	rivers: Point[][];
	former: string;
	formerLabels: { name: string; label: Point }[];
	lines: Record<LineKind, string>;
};

// Where no house stands; the label points of db/data/geo are inner points, and two of them lie outside the drawing.
const LABELS: Record<string, Point> = {
	'Phường Tam Thanh': { x: 300, y: 130 },
	'Phường Lương Văn Tri': { x: 190, y: 830 },
	'Phường Đông Kinh': { x: 800, y: 930 },
	'Phường Kỳ Lừa': { x: 850, y: 330 },
};
export const RIVER_LABEL: Point = { x: 168, y: 510 };

function formerLabels(): { name: string; label: Point }[] {
	const points =
		readGeo<FeatureCollection<{ type: 'Point'; coordinates: Position }, { name: string; set: string }>>(
			'ward_label_points.geojson',
		);
	return points.features
		.filter((feature) => feature.properties.set === 'pre2025')
		.map(({ properties, geometry }) => ({
			name: properties.name,
			label: project(geometry.coordinates[1]!, geometry.coordinates[0]!),
		}));
}

function draw(): BaseMap {
	const lines =
		readGeo<FeatureCollection<LineString | MultiLineString, { kind: string }>>(
			'lines_approx.geojson',
		).features;
	const partsOf = (kind: LineKind) =>
		lines
			.filter((feature) => feature.properties.kind === kind)
			.flatMap(({ geometry }) =>
				geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates,
			);
	const linesOf = (kind: LineKind) =>
		partsOf(kind)
			.map((line) => toPath(line, false))
			.join('');
	return {
		wards: currentOutlines().map(({ name, rings }) => ({
			name,
			path: rings.map((ring) => toPath(ring, true)).join(''),
			label: LABELS[name] ?? { x: SIZE / 2, y: SIZE / 2 },
			outline: rings.map(toPoints),
		})),
		rivers: partsOf('river').map(toPoints),
		former: formerOutlines()
			.flatMap(({ rings }) => rings.map((ring) => toPath(ring, true)))
			.join(''),
		formerLabels: formerLabels(),
		lines: { river: linesOf('river'), railway: linesOf('railway'), road: linesOf('road') },
	};
}

let drawn: BaseMap | undefined;
/** The drawing, made once for the process. */
export const baseMap = (): BaseMap => (drawn ??= draw());
