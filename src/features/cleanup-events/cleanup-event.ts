// A Green Sunday: neighbours clean up together at a place and time that an organisation announces.
import { shortHouseName } from '#features/green-houses/green-house.ts';
import type { Actor, Scope } from '#features/accounts/actor.ts';
import { distanceM, type Point } from '#features/places/distance.ts';
import { DomainError, type DomainErrorKey, type DomainErrorOptions } from '#lib/errors.ts';
import { cleanMultiline, cleanText, foldSearch } from '#lib/fold.ts';
import type { Locale } from '#lib/i18n.ts';
import type { CleanupEventTable, EventReportLineTable, EventReportTable } from '#db/schema.ts';
import type { EventArea } from './event-area.ts';
import type { EventNeed } from './event-need.ts';
import type { EventSection } from './event-section.ts';

export type CleanupEvent = CleanupEventTable & {
	organisationName: string;
	houseCode: string | null;
	houseName: string | null;
	/** The ward in which people meet. */
	wardNameVi: string | null;
	wardNameEn: string | null;
	/** Heads of everybody who is signed up. */
	signedUp: number;
	/** Heads for whom a place is held until they say yes. */
	heldHeads: number;
};

export type EventInput = {
	id: string;
	organisationId: string;
	title: string;
	description: string;
	startsAt: number;
	endsAt: number;
	greenHouseCode: string | null;
	assemblyPoint: string;
	latitude: number | null;
	longitude: number | null;
	capacity: number | null;
	whatToBring: string;
	/** Who takes the recyclables away. */
	collectionPartner: string;
	/** The number of the letter that calls to it: `12-KH/ĐTN`. */
	documentNumber: string;
	areaText: string;
	area: EventArea | null;
	provided: string;
	clothes: string;
	rainPlan: string;
	leadName: string;
	leadPhone: string | null;
	/** True when that person agreed that everybody sees the number. */
	isLeadPhonePublic: boolean;
	coOrganiserIds: string[];
	sections: EventSection[];
	/** What people are asked to bring, and how many. */
	needs: EventNeed[];
};

const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_MS = DAY_MS;
/** Nobody announces a clean-up further ahead. */
const FARTHEST_MS = 366 * DAY_MS;
export const MAX_CAPACITY = 100_000;
export const MAX_HEADS = { person: 50, unit: 500 } as const;
/** Telephone numbers of those who signed up leave this long after the event. */
export const PHONE_KEPT_MS = 30 * DAY_MS;

export const MAX_LENGTH = {
	title: 120,
	description: 4000,
	assemblyPoint: 200,
	whatToBring: 500,
	collectionPartner: 120,
	documentNumber: 60,
	areaText: 300,
	provided: 500,
	clothes: 200,
	rainPlan: 300,
	leadName: 120,
	reason: 300,
	remarks: 2000,
	giftText: 500,
	shortcomings: 2000,
	proposals: 2000,
	name: 120,
	contact: 120,
} as const;

const refuse = (key: DomainErrorKey, options: DomainErrorOptions): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, options);
};

const LONG: (keyof typeof MAX_LENGTH)[] = [
	...(['description', 'whatToBring', 'provided', 'rainPlan'] as const),
	...(['remarks', 'giftText', 'shortcomings', 'proposals'] as const),
];

/** The text as it is stored (NFC, one line or several). Refuses with 422 what is too long; nothing is cut off. */
export function readText(raw: string, field: keyof typeof MAX_LENGTH): string {
	const max = MAX_LENGTH[field];
	const isLong = LONG.includes(field);
	const text = (isLong ? cleanMultiline : cleanText)(raw, { max: max + 1 });
	if ([...text].length > max) refuse('textTooLong', { field, values: { max } });
	return text;
}

/** A text for where nothing draws bold: without the stars that mark it. */
export const plainText = (text: string): string => text.replace(/\*\*/g, '');

/** The texts of an event as they are stored. */
export const readTexts = (input: EventInput): EventInput => ({
	...input,
	title: readText(input.title, 'title'),
	description: readText(input.description, 'description'),
	assemblyPoint: readText(input.assemblyPoint, 'assemblyPoint'),
	whatToBring: readText(input.whatToBring, 'whatToBring'),
	collectionPartner: readText(input.collectionPartner, 'collectionPartner'),
	documentNumber: readText(input.documentNumber, 'documentNumber'),
	areaText: readText(input.areaText, 'areaText'),
	provided: readText(input.provided, 'provided'),
	clothes: readText(input.clothes, 'clothes'),
	rainPlan: readText(input.rainPlan, 'rainPlan'),
	leadName: readText(input.leadName, 'leadName'),
});

/** More bodies than call to one clean-up together. */
const MAX_CO_ORGANISERS = 20;

const LONGEST_NIGHT_MS = DAY_MS / 2;

/** An end that reads as before the start of the same day is the next morning's; further on it is a slip and stays. */
export const endAfter = (startsAt: number, endsAt: number): number =>
	endsAt < startsAt && endsAt + DAY_MS - startsAt <= LONGEST_NIGHT_MS ? endsAt + DAY_MS : endsAt;

type Times = Pick<EventInput, 'startsAt' | 'endsAt'>;

/** An end after the start, a start that is still to come (an edit may keep one that has begun). Refuses with 422. */
export function checkTimes(input: Times, now: number, startsAtBefore?: number): void {
	if (!Number.isSafeInteger(input.startsAt)) refuse('dateInvalid', { field: 'date' });
	if (!Number.isSafeInteger(input.endsAt)) refuse('timeInvalid', { field: 'endTime' });
	if (input.endsAt <= input.startsAt) refuse('endBeforeStart', { field: 'endTime' });
	if (input.endsAt - input.startsAt > LONGEST_MS) refuse('eventTooLong', { field: 'endTime' });
	if (input.startsAt <= now && input.startsAt !== startsAtBefore) refuse('eventInPast', { field: 'date' });
	if (input.endsAt <= now) refuse('eventInPast', { field: 'date' });
	if (input.startsAt > now + FARTHEST_MS) refuse('eventTooFar', { field: 'date' });
}

/** Where people meet, as somebody says it. */
export type Where = Pick<EventInput, 'assemblyPoint' | 'greenHouseCode' | 'latitude' | 'longitude'>;

/** A point or a house, and a position that is whole. Refuses with 422. */
export function checkMeetingPlace(input: Where): void {
	if (!input.assemblyPoint && !input.greenHouseCode) refuse('placeMissing', { field: 'assemblyPoint' });
	if ((input.latitude === null) !== (input.longitude === null))
		refuse('positionInvalid', { field: 'position' });
}

/**
 * Title with at least one letter, times and a place as {@link checkTimes} and {@link checkMeetingPlace} want them, a
 * capacity that is a positive whole number. Refuses with 422.
 */
export function checkEvent(input: EventInput, now: number, startsAtBefore?: number): void {
	if (!/\p{L}/u.test(input.title)) refuse('titleMissing', { field: 'title' });
	checkTimes(input, now, startsAtBefore);
	checkMeetingPlace(input);
	if (input.capacity !== null) checkRange(input.capacity, { min: 1, max: MAX_CAPACITY }, 'capacity');
	if (input.leadPhone && !input.leadName) refuse('nameMissing', { field: 'leadName' });
	if (input.coOrganiserIds.length > MAX_CO_ORGANISERS)
		refuse('tooManyLines', { field: 'coOrganiserIds', values: { max: MAX_CO_ORGANISERS } });
}

/** A phone and a map that somebody taps are this far out. */
const SAME_PLACE_M = 100;

/** People who meet at a house meet where it stands: a point elsewhere would contradict it. Refuses with 422. */
export function checkAtHouse(point: Point, house: Point): void {
	const metres = Math.round(distanceM(point, house));
	if (!(metres <= SAME_PLACE_M)) refuse('positionNotAtHouse', { field: 'position', values: { metres } });
}

export function checkRange(
	count: number,
	{ min, max }: { min: number; max: number },
	field: string,
	key: DomainErrorKey = 'countOutOfRange',
): void {
	if (!Number.isSafeInteger(count) || count < min || count > max)
		refuse(key, { field, values: { min, max } });
}

/** `tong-ve-sinh-bo-song-2026-11-29`, with a number when it is taken. */
export function slugOf(title: string, date: string, attempt: number): string {
	const words = foldSearch(title)
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 60)
		.replace(/-+$/, '');
	return `${words || 'chu-nhat-xanh'}-${date}${attempt > 1 ? `-${attempt}` : ''}`;
}

/** A sample organisation's events are samples, and say so in their title wherever it goes (product.md, rule 8). */
export const markedTitle = (title: string, isSample: 0 | 1): string =>
	isSample === 1 && /\p{L}/u.test(title) && !foldSearch(title).includes('(mau)') ? `${title} (mẫu)` : title;

export type SignUpInput = {
	id: string;
	kind: 'person' | 'unit';
	name: string;
	headCount: number;
	phone: string | null;
	isSixteen: boolean;
	/** Who answers for a unit. */
	contact?: string;
	/** Stands in line when there is no room. */
	mayWait?: boolean;
	/** False where a second one of the same name from the same browser or account is asked about first. */
	mayRepeat?: boolean;
};

/** As many as a household, or a unit, brings. Refuses with 422. */
export const checkHeads = (kind: SignUpInput['kind'], headCount: number): void =>
	checkRange(headCount, { min: 1, max: MAX_HEADS[kind] }, 'headCount', 'headsOutOfRange');

/** A name, a head count, and the word that whoever signs up is sixteen or older. Refuses with 422. */
export function checkSignUp(input: SignUpInput): void {
	if (!/\p{L}/u.test(input.name)) refuse('nameMissing', { field: 'name' });
	checkHeads(input.kind, input.headCount);
	if (input.contact && !/\p{L}/u.test(input.contact)) refuse('nameMissing', { field: 'contact' });
	if (input.kind === 'person' && !input.isSixteen) refuse('ownNameSixteen', { field: 'isSixteen' });
}

/** One revision of what was achieved, with its recyclables by material in the catalogue's order. */
export type EventReport = EventReportTable & {
	lines: EventReportLine[];
	/** Of the house whose cycle took them. */
	houseCode: string | null;
	houseName: string | null;
};
export type EventReportLine = Pick<EventReportLineTable, 'materialCode' | 'quantityMilli' | 'unit'> & {
	nameVi: string;
	nameEn: string;
};

/** So long after its end somebody reminds of a report that is missing. */
export const REPORT_DUE_MS = 2 * DAY_MS;

/** True of an event without a report; whether it has one is not asked here. */
export const isReportOverdue = (event: Pick<CleanupEvent, 'endsAt'>, now: number): boolean =>
	event.endsAt <= now - REPORT_DUE_MS;

/** People may sign up until the event ends. */
export const isOpenForSignUp = (event: Pick<CleanupEvent, 'status' | 'endsAt'>, now: number): boolean =>
	event.status === 'published' && event.endsAt > now;

/** Heads that may still sign up; null without a limit. */
export const placesLeft = (
	event: Pick<CleanupEvent, 'capacity' | 'signedUp' | 'heldHeads'>,
): number | null =>
	event.capacity === null ? null : Math.max(0, event.capacity - event.signedUp - event.heldHeads);

/** The scopes in which somebody may change an event. */
export const eventScopes = (event: Pick<CleanupEvent, 'organisationId'>): Scope[] => [
	{ kind: 'organisation', id: event.organisationId },
];

/** The organisations for which somebody may announce: a list of ids, or all of them. */
export function organiserScope(actor: Actor | undefined): string[] | 'all' {
	const grants = actor?.grants.filter((grant) => grant.role === 'organiser') ?? [];
	if (grants.some((grant) => grant.scopeKind === 'portal')) return 'all';
	return grants.flatMap((grant) =>
		grant.scopeKind === 'organisation' && grant.scopeId ? [grant.scopeId] : [],
	);
}

type Place = Pick<CleanupEvent, 'assemblyPoint' | 'houseName' | 'wardNameVi' | 'wardNameEn'>;

/** Where people meet, in one line: the point, the house, and today's ward unless the point names it already. */
export function placeText(event: Place, locale: Locale): string {
	const house = event.houseName && shortHouseName(event.houseName);
	const parts = [event.assemblyPoint, house].filter((part): part is string => Boolean(part));
	const { wardNameVi, wardNameEn } = event;
	if (wardNameVi && !parts.some((part) => foldSearch(part).includes(foldSearch(wardNameVi)))) {
		parts.push(
			locale === 'vi' ? wardNameVi.charAt(0).toLowerCase() + wardNameVi.slice(1) : (wardNameEn ?? wardNameVi),
		);
	}
	return parts.join(', ');
}
