// One act signs heads up for every day of a series that is still to come.
import type { Actor } from '#features/accounts/actor.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { isOpenForSignUp, type SignUpInput } from './cleanup-event.ts';
import { listSeriesEvents } from './cleanup-event.repository.ts';
import { findSeries } from './event-series.repository.ts';
import { checkRepeat, signUp, type Device } from './sign-up.service.ts';

/** What keeps one day from taking the sign-up, and none of the others. */
const OF_A_DAY = [
	...(['eventFull', 'fewPlacesLeft', 'moreThanCapacity'] as const),
	...(['eventCancelled', 'eventOver', 'signUpCancelled'] as const),
] as string[];

/** The id of a day's row: the same form leads to the same rows, however often it is sent (RFC 9562, version 8). */
function rowIdOf(formId: string, eventId: string): string {
	const hex = sha256Hex(`${formId}:${eventId}`);
	const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Signs up for the chosen days of a series, each with a row of its own: a place, a place in line where the day is full
 * and they may wait, or nothing where it takes nobody. Each day is a write of its own, so a form that is sent again
 * goes on where it stopped. Returns how many days took it. 404, 409 and 422 of the form itself write nothing.
 */
export async function signUpForSeries(
	db: Db,
	seriesId: string,
	{ dates, ...input }: SignUpInput & { /** Ids of the events that are wanted. */ dates: readonly string[] },
	device: Device,
	now: number,
	actor?: Actor,
): Promise<{ taken: number; left: number }> {
	if (!(await findSeries(db, seriesId))) throw new DomainError('NOT_FOUND', 'unknownSeries');
	const days = (await listSeriesEvents(db, seriesId)).filter(
		(each) => isOpenForSignUp(each, now) && dates.includes(each.id),
	);
	if (days.length === 0) throw new DomainError('UNPROCESSABLE_CONTENT', 'noDayChosen', { field: 'dates' });
	const inputOf = (eventId: string) => ({ ...input, id: rowIdOf(input.id, eventId) });
	// Asked before any day is written. Whoever is signed in has one sign-up of their own a day.
	const isOwn = input.kind === 'person' && actor !== undefined;
	for (const { id } of isOwn ? [] : days) await checkRepeat(db, id, inputOf(id), device, actor);
	let taken = 0;
	for (const { id } of days) {
		try {
			await signUp(db, id, { ...inputOf(id), mayRepeat: true }, device, now, actor);
			taken += 1;
		} catch (error) {
			if (!(error instanceof DomainError) || !OF_A_DAY.includes(error.key)) throw error;
		}
	}
	return { taken, left: days.length - taken };
}
