// Reads what the forms about an event ask for.
import { isCause } from '#features/notifications/cause.ts';
import { DomainError } from '#lib/errors.ts';
import { field } from '#lib/forms.ts';
import { createTranslator } from '#lib/i18n.ts';
import { parseCount } from '#lib/number-input.ts';
import { localDateTimeToInstant, parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { endAfter, MAX_CAPACITY, type EventInput, type Where } from './cleanup-event.ts';
import { parseArea } from './event-area.ts';
import { parseNeeds } from './event-need.ts';
import { parseSections } from './event-section.ts';

export function readId(form: FormData, name = 'id'): string {
	const id = normaliseUuid(field(form, name));
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	return id;
}

/** Which state of the event the form was made from. */
export const readSequence = (form: FormData): number =>
	parseCount(field(form, 'sequence'), { min: 0, max: 1_000_000 }, 'sequence');

/** Coordinates as map programs copy them: `21.85372, 106.76155`. */
function readPosition(form: FormData): { latitude: number | null; longitude: number | null } {
	const text = field(form, 'position').trim();
	if (text === '') return { latitude: null, longitude: null };
	const match = /^(-?\d{1,2}(?:\.\d{1,20})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,20})?)$/.exec(text);
	if (!match) throw new DomainError('UNPROCESSABLE_CONTENT', 'positionInvalid', { field: 'position' });
	return { latitude: Number(match[1]), longitude: Number(match[2]) };
}

function readInstant(form: FormData, name: 'startTime' | 'endTime'): number {
	const date = parseLocalDate(field(form, 'date'));
	if (!date) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'date' });
	// Some browsers send seconds with a time.
	const instant = localDateTimeToInstant(
		date,
		field(form, name)
			.trim()
			.replace(/^(\d\d:\d\d):\d\d$/, '$1'),
	);
	if (instant === undefined) throw new DomainError('UNPROCESSABLE_CONTENT', 'timeInvalid', { field: name });
	return instant;
}

/** Start and end on the form's day; an end before the start is the next day's, within a night. */
export function readTimes(form: FormData): { startsAt: number; endsAt: number } {
	const startsAt = readInstant(form, 'startTime');
	return { startsAt, endsAt: endAfter(startsAt, readInstant(form, 'endTime')) };
}

export const readWhere = (form: FormData): Where => ({
	greenHouseCode: field(form, 'greenHouseCode').trim() || null,
	assemblyPoint: field(form, 'assemblyPoint'),
	...readPosition(form),
});

/** The cause that was tapped and what was typed beside it, in Vietnamese: `Mưa bão. Đường ngập`. */
export function readReason(form: FormData): string {
	const [cause, typed] = [field(form, 'cause'), field(form, 'reason').trim()];
	const named = isCause(cause) ? createTranslator('vi')(`cleanup-events:cause.${cause}`) : '';
	return [named, typed].filter(Boolean).join('. ');
}

export function readEvent(form: FormData): EventInput {
	const capacity = field(form, 'capacity').trim();
	return {
		id: readId(form),
		organisationId: field(form, 'organisationId'),
		title: field(form, 'title'),
		description: field(form, 'description'),
		...readTimes(form),
		...readWhere(form),
		capacity: capacity === '' ? null : parseCount(capacity, { min: 1, max: MAX_CAPACITY }, 'capacity'),
		whatToBring: field(form, 'whatToBring'),
		collectionPartner: field(form, 'collectionPartner'),
		documentNumber: field(form, 'documentNumber'),
		areaText: field(form, 'areaText'),
		area: parseArea(field(form, 'area')),
		provided: field(form, 'provided'),
		clothes: field(form, 'clothes'),
		rainPlan: field(form, 'rainPlan'),
		leadName: field(form, 'leadName'),
		leadPhone: field(form, 'leadPhone').trim() || null,
		isLeadPhonePublic: form.has('isLeadPhonePublic'),
		coOrganiserIds: [...new Set(form.getAll('coOrganiserIds').map(String))].sort(),
		sections: parseSections(field(form, 'sections')),
		needs: parseNeeds(field(form, 'needs')),
	};
}
