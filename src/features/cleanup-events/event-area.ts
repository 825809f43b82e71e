// The street or the place that is cleaned, drawn on the map: a line, or an area when it ends where it began.
import { SERVICE_AREA } from '#features/places/base-map.ts';
import { DomainError } from '#lib/errors.ts';

/** Longitude first, as GeoJSON has it. */
type Position = [number, number];
export type EventArea =
	{ type: 'LineString'; coordinates: Position[] } | { type: 'Polygon'; coordinates: [Position[]] };

export const MAX_POINTS = 200;
/** About a metre. */
const DECIMALS = 5;

const refuse = (key: 'areaUnreadable' | 'areaTooShort' | 'tooManyLines' | 'positionOutside') => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'area', values: { max: MAX_POINTS } });
};

/** A point a line, `21.85372, 106.76155`; none for an empty text. Refuses with 422. */
export function parseArea(text: string): EventArea | null {
	const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
	if (lines.length === 0) return null;
	if (lines.length > MAX_POINTS) refuse('tooManyLines');
	const points = lines.map((line): Position => {
		const match = /^\s*(\d{1,2}\.\d{1,20})\s*[,;\s]\s*(\d{1,3}\.\d{1,20})\s*$/.exec(line);
		if (!match) refuse('areaUnreadable');
		const [latitude, longitude] = [Number(match![1]), Number(match![2])];
		const { south, west, north, east } = SERVICE_AREA;
		const isHere = latitude >= south && latitude <= north && longitude >= west && longitude <= east;
		if (!isHere) refuse('positionOutside');
		return [Number(longitude.toFixed(DECIMALS)), Number(latitude.toFixed(DECIMALS))];
	});
	const isClosed = points.length > 3 && String(points[0]) === String(points.at(-1));
	if (new Set(points.map(String)).size < (isClosed ? 3 : 2)) refuse('areaTooShort');
	return isClosed ? { type: 'Polygon', coordinates: [points] } : { type: 'LineString', coordinates: points };
}

export const readArea = (stored: string | null): EventArea | null =>
	stored === null ? null : (JSON.parse(stored) as EventArea);

/** Its points in their order; the last is the first again where it encloses something. */
export const pointsOf = (area: EventArea): { latitude: number; longitude: number }[] =>
	(area.type === 'Polygon' ? area.coordinates[0] : area.coordinates).map(([longitude, latitude]) => ({
		latitude,
		longitude,
	}));

export const formatArea = (area: EventArea | null): string =>
	area === null
		? ''
		: pointsOf(area)
				.map(({ latitude, longitude }) => `${latitude}, ${longitude}`)
				.join('\n');
