// What stands in the form of an event: typed before, taken from an event, or the usual Sunday morning.
import type { MessageKey } from '#lib/i18n.ts';
import { formatTime, addDays, startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';
import { formatPhone } from '#lib/phone.ts';
import type { CleanupEvent } from './cleanup-event.ts';
import { formatArea, readArea } from './event-area.ts';
import { formatNeeds, type EventNeed } from './event-need.ts';
import { formatSections, type EventSection } from './event-section.ts';

export const EVENT_FIELDS = [
	'title',
	'date',
	'startTime',
	'endTime',
	'repeat',
	'until',
	'assemblyPoint',
	'greenHouseCode',
	'position',
	'capacity',
	'whatToBring',
	'description',
	'provided',
	'clothes',
	'rainPlan',
	'areaText',
	'area',
	'sections',
	'needs',
	'coOrganiserIds',
	'collectionPartner',
	'leadName',
	'leadPhone',
	'isLeadPhonePublic',
	'documentNumber',
] as const;
export type EventField = (typeof EVENT_FIELDS)[number];
export type EventValues = Record<EventField, string>;

/** What a field is called. */
export const FIELD_NAMES: Record<EventField, MessageKey> = {
	title: 'cleanup-events:announce.eventTitle',
	date: 'cleanup-events:announce.date',
	startTime: 'cleanup-events:announce.start',
	endTime: 'cleanup-events:announce.end',
	repeat: 'cleanup-events:series.repeat',
	until: 'cleanup-events:series.until',
	assemblyPoint: 'cleanup-events:announce.place',
	greenHouseCode: 'cleanup-events:announce.house',
	position: 'cleanup-events:announce.position',
	capacity: 'cleanup-events:announce.capacity',
	whatToBring: 'cleanup-events:announce.bring',
	description: 'cleanup-events:announce.text',
	provided: 'cleanup-events:announce.provided',
	clothes: 'cleanup-events:announce.clothes',
	rainPlan: 'cleanup-events:announce.rain',
	areaText: 'cleanup-events:announce.area',
	area: 'cleanup-events:area.points',
	sections: 'cleanup-events:event.sections',
	needs: 'cleanup-events:need.title',
	coOrganiserIds: 'cleanup-events:announce.coOrganisers',
	collectionPartner: 'cleanup-events:announce.partner',
	leadName: 'cleanup-events:announce.lead',
	leadPhone: 'cleanup-events:announce.leadPhone',
	isLeadPhonePublic: 'cleanup-events:announce.leadAgrees',
	documentNumber: 'cleanup-events:announce.document',
};

// Noon in Vietnam is the same calendar day in UTC.
const weekdayOf = (date: LocalDate) => new Date(startOfLocalDate(date) + 12 * 3_600_000).getUTCDay();

/** The next Sunday that is not today. */
export function nextSunday(now: number): LocalDate {
	const today = toLocalDate(now);
	return addDays(today, 7 - weekdayOf(today));
}

/** The first day after both an event's own and today that has its weekday: of a Sunday the next Sunday. */
export function nextLike(startsAt: number, now: number): LocalDate {
	const own = toLocalDate(startsAt);
	const today = toLocalDate(now);
	const from = own > today ? own : today;
	return addDays(from, ((weekdayOf(own) - weekdayOf(from) + 6) % 7) + 1);
}

const NOTHING = Object.fromEntries(EVENT_FIELDS.map((name) => [name, ''])) as EventValues;

export const newEventValues = (now: number): EventValues => ({
	...NOTHING,
	date: nextSunday(now),
	startTime: '07:00',
	endTime: '10:00',
});

type Place = { latitude: number; longitude: number } | undefined;

type Parts = { coOrganisers: { id: string }[]; sections: EventSection[]; needs: EventNeed[] };

/** For which begin somebody says that a second event of one name is meant: for no other that is typed since. */
export const sureOf = ({ date, startTime }: Pick<EventValues, 'date' | 'startTime'>): string =>
	`${date} ${startTime}`;

/** An event as its form shows it; a position that is only the house's is not repeated. */
export function valuesOf(
	event: CleanupEvent,
	{ coOrganisers, sections, needs }: Parts,
	house: Place,
): EventValues {
	const isHouses = house?.latitude === event.latitude && house?.longitude === event.longitude;
	return {
		...NOTHING,
		title: event.title,
		date: toLocalDate(event.startsAt),
		startTime: formatTime(event.startsAt),
		endTime: formatTime(event.endsAt),
		assemblyPoint: event.assemblyPoint,
		greenHouseCode: event.houseCode ?? '',
		position: event.latitude === null || isHouses ? '' : `${event.latitude}, ${event.longitude}`,
		capacity: event.capacity === null ? '' : String(event.capacity),
		whatToBring: event.whatToBring,
		description: event.description,
		provided: event.provided,
		clothes: event.clothes,
		rainPlan: event.rainPlan,
		areaText: event.areaText,
		area: formatArea(readArea(event.area)),
		sections: formatSections(sections),
		needs: formatNeeds(needs),
		coOrganiserIds: coOrganisers.map(({ id }) => id).join(' '),
		collectionPartner: event.collectionPartner,
		leadName: event.leadName,
		leadPhone: event.leadPhoneE164 ? formatPhone(event.leadPhoneE164) : '',
		isLeadPhonePublic: event.isLeadPhonePublic === 1 ? 'on' : '',
		documentNumber: event.documentNumber,
	};
}

/** A draft as its form shows it; a field that is younger than the draft is empty. */
export const draftValues = (content: string): EventValues => ({
	...NOTHING,
	...(JSON.parse(content) as Partial<EventValues>),
});

/** What was typed, where the form has the field. */
export function typedValues(form: FormData, base: EventValues): EventValues {
	const values = { ...base };
	for (const name of EVENT_FIELDS) {
		const typed = form.get(name);
		if (typeof typed === 'string') values[name] = typed;
	}
	// A box that is not ticked sends nothing.
	values.coOrganiserIds = form.getAll('coOrganiserIds').join(' ');
	values.isLeadPhonePublic = form.has('isLeadPhonePublic') ? 'on' : '';
	return values;
}

/** The same for what a browser sends back untouched: some send seconds with a time, and line breaks of their own. */
const plain = (name: EventField, text: string) => {
	const read = text.replace(/\r\n?/g, '\n').normalize('NFC').trim();
	if (name === 'coOrganiserIds') return read.split(' ').sort().join(' ');
	return name === 'startTime' || name === 'endTime' ? read.slice(0, 5) : read;
};

/** What a form showed before anybody typed into it, as it says itself; undefined where it does not say so. */
export function readShown(form: FormData): EventValues | undefined {
	try {
		const said: unknown = JSON.parse(String(form.get('shown')));
		if (typeof said !== 'object' || said === null || Array.isArray(said)) return undefined;
		const texts = EVENT_FIELDS.map((name) => [name, (said as Record<string, unknown>)[name] ?? '']);
		return texts.every(([, text]) => typeof text === 'string')
			? (Object.fromEntries(texts) as EventValues)
			: undefined;
	} catch {
		return undefined;
	}
}

export type Merged = {
	/** What the form shows: their own changes, and what stands of all else. */
	values: EventValues;
	/** Changed by them and by somebody else, each otherwise: theirs is shown. */
	both: EventField[];
	/** Changed by somebody else alone: what stands is shown. */
	others: EventField[];
	/** Changed by them alone. */
	own: EventField[];
};

/**
 * What somebody typed into a form that had grown old, over what stands now: only what they changed carries over. Of a
 * form that does not say what it showed, all that differs counts as changed by both.
 */
export function mergeTyped(
	{ shown, stands, typed }: { shown: EventValues | undefined; stands: EventValues; typed: EventValues },
	fields: readonly EventField[] = EVENT_FIELDS,
): Merged {
	const merged: Merged = { values: { ...stands }, both: [], others: [], own: [] };
	const differs = (name: EventField, a: EventValues, b: EventValues) =>
		plain(name, a[name]) !== plain(name, b[name]);
	for (const name of fields) {
		const differ = (a: EventValues, b: EventValues) => differs(name, a, b);
		if (!differ(stands, typed)) continue;
		const isOwn = shown === undefined || differ(shown, typed);
		const isOthers = shown === undefined || differ(shown, stands);
		merged[isOwn && isOthers ? 'both' : isOwn ? 'own' : 'others'].push(name);
		if (isOwn) merged.values[name] = typed[name];
	}
	// Whoever agreed to show a number agreed for that person and number alone.
	const isAnotherLead = (['leadName', 'leadPhone'] as const).some(
		(name) => differs(name, merged.values, typed) && fields.includes(name),
	);
	if (isAnotherLead) merged.values.isLeadPhonePublic = stands.isLeadPhonePublic;
	return merged;
}
