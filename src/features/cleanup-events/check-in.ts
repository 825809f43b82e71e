// When a check-in may be said, and the code by which somebody is found on a lead's list.
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { keyedHash, type Secret } from '#lib/secret.ts';
import { codeText, HASH_DIGITS, saidAt, type ListAge } from './attendance.ts';
import { checkRange, type CleanupEvent } from './cleanup-event.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Whoever sets up comes before the start. */
const EARLY_MS = 6 * HOUR_MS;
/** The list leaves the phones this long after the end, and nobody is checked in any more. */
export const LIST_KEPT_MS = 48 * HOUR_MS;
/** A phone's clock may run this much ahead. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;
export const MAX_PRESENT = 9999;

export type AttendanceInput = {
	/** Minted on the phone or with the form: the same word sent twice is one. */
	id: string;
	eventId: string;
	signUpId: string | null;
	device: string;
	isChoice: boolean;
	heads: number;
	minors: number | null;
	/** As the device said: part of the content, but for plain forms. */
	statedAt: number;
	/** The same by the portal's clock; not later than it was received, but for a few minutes. */
	checkedInAt: number;
	/** Of a phone. */
	list?: ListAge | undefined;
};

const refuse = (key: 'bodyMalformed' | 'checkInTooEarly' | 'checkInTooLate', field: string) =>
	new DomainError('UNPROCESSABLE_CONTENT', key, { field });

/** Whole heads within reason; minors are counted of those without a sign-up alone, and a choice is about a sign-up. Refuses with 422. */
export function checkAttendance({ signUpId, device, isChoice, heads, minors }: AttendanceInput): void {
	checkRange(heads, { min: 0, max: MAX_PRESENT }, 'heads');
	if (minors !== null) checkRange(minors, { min: 0, max: heads }, 'minors');
	if ((signUpId === null) !== (minors !== null) || (isChoice && signUpId === null))
		throw refuse('bodyMalformed', 'minors');
	if (!/^[\w:-]{1,64}$/.test(device)) throw refuse('bodyMalformed', 'device');
}

/** A phone whose clock was ahead, and was put right before it sent, said it by now at the latest. */
const clampClock = (at: number, now: number): number => (at > now + CLOCK_TOLERANCE_MS ? now : at);

/**
 * When a check-in was said, by the portal's clock. A phone's clock may be days off, and may be put right between the list,
 * the check-in and the sending: {@link saidAt} takes what can be true, said after the list was given and before it was
 * sent, while people were checked in. A clock that was changed so that neither is, loses nobody: it is the nearest moment
 * that could. But where the list and the clock both can be true and both lie outside the check-in, it was said outside.
 * Without a list there is only the clock.
 */
export function placeCheckIn(
	event: Pick<CleanupEvent, 'startsAt' | 'endsAt'>,
	{ checkedInAt: clock, list, isChoice }: Pick<AttendanceInput, 'checkedInAt' | 'list' | 'isChoice'>,
	now: number,
): number {
	if (!list) return clampClock(clock, now);
	const first = Math.min(now, Math.max(list.givenAt, event.startsAt - EARLY_MS));
	const last = Math.max(first, isChoice ? now : Math.min(now, event.endsAt + LIST_KEPT_MS));
	const byList = list.givenAt + list.ageMs;
	const isSaid = (at: number) => at >= list.givenAt && at <= now + CLOCK_TOLERANCE_MS;
	const isCheckIn = (at: number) => at >= first && at <= last + CLOCK_TOLERANCE_MS;
	const known = [byList, clock];
	if (known.every(isSaid) && !known.some(isCheckIn)) return byList;
	return Math.min(last, saidAt(list, { clock, first, last: last + CLOCK_TOLERANCE_MS }));
}

/** From six hours before the start to 48 hours after the end; which figure counts may be said later. Refuses with 422. */
export function checkCheckedInAt(
	event: Pick<CleanupEvent, 'startsAt' | 'endsAt'>,
	{ checkedInAt, isChoice }: Pick<AttendanceInput, 'checkedInAt' | 'isChoice'>,
): void {
	if (checkedInAt < event.startsAt - EARLY_MS) throw refuse('checkInTooEarly', 'checkedInAt');
	if (!isChoice && checkedInAt > event.endsAt + LIST_KEPT_MS) throw refuse('checkInTooLate', 'checkedInAt');
}

/** True while people are checked in. */
export const isCheckInOpen = (
	event: Pick<CleanupEvent, 'startsAt' | 'endsAt' | 'status'>,
	now: number,
): boolean =>
	event.status === 'published' && now >= event.startsAt - EARLY_MS && now <= event.endsAt + LIST_KEPT_MS;

/** As which somebody counts who sends the plain forms. */
export const deviceOfForms = (personId: string): string => `web:${personId}`;
export const isOfForms = (device: string): boolean => device.startsWith('web:');

/** Ten digits: read aloud and typed on a number pad, and of no other use than to find a sign-up on its event's list. */
export const checkInCodeOf = (secret: Secret, signUpId: string): string =>
	(BigInt(`0x${keyedHash(secret, 'check-in', signUpId).slice(0, 24)}`) % 10_000_000_000n)
		.toString()
		.padStart(10, '0');

/** `4821 093 765` */
export const shownCode = (code: string): string => code.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1 $2 $3');

/** What a lead's phone holds of a code: enough to refuse a wrong one without a network. */
export const codeHash = (eventId: string, code: string): string =>
	sha256Hex(codeText(eventId, code)).slice(0, HASH_DIGITS);
