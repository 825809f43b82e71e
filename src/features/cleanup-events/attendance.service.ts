import { findGrant, type Actor } from '#features/accounts/actor.ts';
import { holdGrant, listGrantsAt } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import type { Secret } from '#lib/secret.ts';
import { compareNames } from '#lib/compare-names.ts';
import {
	findAttendance,
	insertAttendance,
	listExpected,
	listFigures,
	listLeads,
} from './attendance.repository.ts';
import { readCode } from './attendance.ts';
import {
	checkAttendance,
	checkCheckedInAt,
	checkInCodeOf,
	codeHash,
	isOfForms,
	placeCheckIn,
	type AttendanceInput,
} from './check-in.ts';
import { eventScopes } from './cleanup-event.ts';
import { requireEvent } from './cleanup-event.service.ts';
import { findSignUp } from './sign-up.repository.ts';

/**
 * Writes down what a lead's phone says of who came. Whoever says it must organise the event now, and must have done so
 * when it was said. The same id with the same content changes nothing. Who cancelled and came all the same is counted.
 * Refuses with 401, 403, 404 and 422, with 409 an event that was called off and the same id with other content.
 */
export async function recordAttendance(
	db: Db,
	actor: Actor | undefined,
	input: AttendanceInput,
	now: number,
): Promise<'created' | 'unchanged'> {
	const { grant } = await requireEvent(db, actor, input.eventId);
	const { personId } = actor!;
	checkAttendance(input);
	const { checkedInAt: _clocked, list: _list, ...said } = input;
	const { statedAt, ...rest } = said;
	// A plain form that is sent twice arrives at two times.
	const content = isOfForms(said.device) ? rest : { ...rest, statedAt };
	const contentHash = sha256Hex(canonicalJson({ ...content, personId }));
	const write = () =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'cleanup_event', input.eventId);
			await holdGrant(trx, grant.id, now);
			const { event } = await requireEvent(trx, actor, input.eventId);
			const existing = await findAttendance(trx, input.id);
			if (existing?.contentHash === contentHash) return 'unchanged';
			if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
			if (event.status === 'cancelled') throw new DomainError('CONFLICT', 'eventCancelled');
			const checkedInAt = placeCheckIn(event, input, now);
			checkCheckedInAt(event, { ...input, checkedInAt });
			const then = { ...actor!, grants: await listGrantsAt(trx, personId, checkedInAt, event.isSample) };
			if (!findGrant(then, 'cleanup-event.change', eventScopes(event)))
				throw new DomainError('FORBIDDEN', 'notYourRoleThen');
			const signUp = input.signUpId === null ? undefined : await findSignUp(trx, input.signUpId);
			if (input.signUpId !== null && signUp?.eventId !== event.id)
				throw new DomainError('NOT_FOUND', 'signUpNotFound');
			await insertAttendance(trx, {
				...said,
				...{ isChoice: input.isChoice ? 1 : 0, checkedInAt, recordedAt: now, recordedBy: grant.id },
				...{ contentHash, isSample: event.isSample },
			});
			return 'created';
		});
	return retryWhenTaken(write);
}

/** The list that a lead's phone takes along: who is expected, by which code each is known, and who is there already. */
export async function readAttendance(db: Db, actor: Actor | undefined, secret: Secret, eventId: string) {
	const { event } = await requireEvent(db, actor, eventId);
	const expected = await listExpected(db, eventId);
	const rows = expected
		.map((each) => ({ ...each, hash: codeHash(eventId, checkInCodeOf(secret, each.id)) }))
		.sort((a, b) => (a.kind === b.kind ? compareNames(a.name, b.name) : a.kind === 'unit' ? -1 : 1));
	const leads = await listLeads(db, eventId);
	const figures = (await listFigures(db, eventId)).map((each) => ({
		...each,
		by: leads.get(each.id) ?? null,
	}));
	return { event, rows, figures };
}

/**
 * Checks in all heads of the sign-up that a typed code stands for; returns its id. Refuses with 422 a code of nobody on
 * the event's list, and like {@link recordAttendance}.
 */
export async function checkInByCode(
	db: Db,
	actor: Actor | undefined,
	{
		secret,
		code,
		...input
	}: Omit<AttendanceInput, 'signUpId' | 'heads' | 'minors'> & { secret: Secret; code: string },
	now: number,
): Promise<string> {
	await requireEvent(db, actor, input.eventId);
	const typed = readCode(code);
	const expected = await listExpected(db, input.eventId);
	const found = expected.find(({ id }) => checkInCodeOf(secret, id) === typed);
	if (!found) throw new DomainError('UNPROCESSABLE_CONTENT', 'checkInCodeWrong', { field: 'code' });
	const said = { ...input, signUpId: found.id, heads: found.headCount, minors: null };
	await recordAttendance(db, actor, said, now);
	return found.id;
}
