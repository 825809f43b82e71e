// What changes at a house after it was registered: it is surveyed, moved, paused, opened again, closed, merged, or
// changed by a file.
import { SERVICE_AREA } from '#features/places/base-map.ts';
import type { Material } from '#features/materials/material.ts';
import { metresOutside, TOLERANCE_M } from '#features/places/ward-geometry.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import type { GreenHouse } from './green-house.ts';
import { impossibleTimes, isNeighbourhoodName } from './house-import.ts';

/** The fields that a change can touch, as they are written down: names and codes, no ids. */
export type HouseValues = {
	nameVi?: string;
	hostType?: GreenHouse['hostType'];
	/** The unit as it is stated, by name. */
	ward?: string;
	/** The organisation that looks after it, by name. */
	steward?: string;
	latitude?: number;
	longitude?: number;
	positionSource?: GreenHouse['positionSource'];
	accuracyM?: number | null;
	address?: string;
	neighbourhood?: string;
	hours?: string;
	/** Codes in alphabetical order. */
	materials?: string[];
	status?: GreenHouse['status'];
	closedOn?: string | null;
	/** The code of the house that stands in for it. */
	successor?: string | null;
};

export type Position = { latitude: number; longitude: number };

/** A position that is less sure than this tells a house from its neighbours no more. */
export const MAX_ACCURACY_M = 100;
/** A survey may wait on the phone; what is older is measured again. */
const SURVEY_KEPT_MS = 366 * 24 * 60 * 60 * 1000;

/** Clocks differ by so much. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

const refuse = (key: DomainErrorKey, field: string, values: Record<string, string | number> = {}): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
};

function readDegree(text: string, field: 'latitude' | 'longitude'): number {
	const typed = text.normalize('NFKC').trim();
	if (typed === '') refuse('positionMissing', field);
	if (!/^-?\d{1,3}([.,]\d{1,15})?$/.test(typed)) refuse('positionUnreadable', field);
	// Seven decimals are a centimetre.
	return Math.round(Number(typed.replace(',', '.')) * 1e7) / 1e7;
}

/** Coordinates as somebody typed them, with a point or a comma. Refuses with 422 what is none or lies elsewhere. */
export function readPosition(latitude: string, longitude: string): Position {
	const position = {
		latitude: readDegree(latitude, 'latitude'),
		longitude: readDegree(longitude, 'longitude'),
	};
	checkPosition(position);
	return position;
}

function checkPosition({ latitude, longitude }: Position): void {
	const { south, west, north, east } = SERVICE_AREA;
	const isWithin = (lat: number, lng: number) => lat >= south && lat <= north && lng >= west && lng <= east;
	if (isWithin(longitude, latitude)) refuse('positionSwapped', 'latitude');
	if (!isWithin(latitude, longitude)) refuse('positionOutsideArea', 'latitude');
}

/** The radius that a device gave, in whole metres; null when the position was typed. Refuses with 422. */
export function readAccuracy(text: string): number | null {
	const typed = text.normalize('NFKC').trim();
	if (typed === '') return null;
	if (!/^\d{1,6}([.,]\d{1,15})?$/.test(typed)) refuse('accuracyUnreadable', 'accuracy');
	const accuracyM = Math.max(1, Math.ceil(Number(typed.replace(',', '.'))));
	if (accuracyM > MAX_ACCURACY_M)
		refuse('positionVague', 'accuracy', { accuracy: accuracyM, max: MAX_ACCURACY_M });
	return accuracyM;
}

/** Asks once more about a point that lies outside the ward by more than its outline errs. Refuses with 422. */
export function checkInWard(
	house: Pick<GreenHouse, 'ward'>,
	{ latitude, longitude }: Position,
	isConfirmed: boolean,
	wardName: string,
): void {
	if (isConfirmed) return;
	const metres = Math.round(metresOutside(house.ward, latitude, longitude));
	if (metres > TOLERANCE_M) refuse('positionOutsideWard', 'farConfirmed', { metres, ward: wardName });
}

/** Refuses with 422 an instant that has not come yet, or that is so long ago that the house may stand elsewhere. */
export function checkSurveyedAt(happenedAt: number, now: number): void {
	if (happenedAt > now + CLOCK_TOLERANCE_MS) refuse('surveyInFuture', 'surveyedAt');
	if (happenedAt < now - SURVEY_KEPT_MS) refuse('surveyTooOld', 'surveyedAt');
}

/** Refuses with 422 words that the register does not take: a neighbourhood of no known kind, an hour of no clock. */
export function checkWords({ neighbourhood, hours }: { neighbourhood: string; hours: string }): void {
	if (neighbourhood !== '' && !isNeighbourhoodName(neighbourhood))
		refuse('neighbourhoodKind', 'neighbourhood', { found: neighbourhood });
	const [found] = impossibleTimes(hours);
	if (found !== undefined) refuse('hoursImpossible', 'hours', { found });
}

/** Refuses with 422 when nothing is chosen, and what never belongs into a Green House. */
export function checkMaterials(codes: string[], catalogue: Material[], locale: 'vi' | 'en'): void {
	if (codes.length === 0) refuse('houseMaterialsMissing', 'materials');
	for (const code of codes) {
		const material = catalogue.find((each) => each.code === code);
		if (!material) return refuse('unknownMaterial', 'materials');
		if (material.acceptedByDefault === 'never')
			refuse('materialNever', 'materials', { material: locale === 'vi' ? material.nameVi : material.nameEn });
	}
}

/** What is other than before, on both sides; undefined when nothing is. */
export function valuesThatDiffer(
	before: HouseValues,
	after: HouseValues,
): { before: HouseValues; after: HouseValues } | undefined {
	const keys = (Object.keys(after) as (keyof HouseValues)[]).filter(
		(key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
	);
	if (keys.length === 0) return undefined;
	const pick = (values: HouseValues): HouseValues =>
		Object.fromEntries(keys.map((key) => [key, values[key]]));
	return { before: pick(before), after: pick(after) };
}

/** What a change wrote down. */
export const readValues = (json: string): HouseValues => JSON.parse(json) as HouseValues;
