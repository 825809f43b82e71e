import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findPerson, holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanMultiline } from '#lib/fold.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { dueDates, isUnread, REQUEST_KINDS } from './rights-request.ts';
import {
	findAnswers,
	findRequest,
	insertAnswer,
	insertRequest,
	listRequestsOf,
	updateRequest,
} from './rights-request.repository.ts';

const MAX_OPEN = 5;

/**
 * Sends a request that a person must answer; its clocks run from today. The same id changes nothing. Refuses with 401,
 * with 409 more than five that are open, with 422 a request without a kind or words.
 */
export async function sendRequest(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; kind: string; text: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	if (input.kind === '')
		throw new DomainError('UNPROCESSABLE_CONTENT', 'requestKindMissing', { field: 'kind' });
	const kind = REQUEST_KINDS.find((each) => each === input.kind);
	if (!kind) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'kind' });
	const text = cleanMultiline(input.text, { max: 2000 });
	if (!text) throw new DomainError('UNPROCESSABLE_CONTENT', 'textMissing', { field: 'text' });
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'person', personId);
		if (!(await findPerson(trx, personId))) throw new DomainError('UNAUTHORIZED', 'signInFirst');
		const own = await listRequestsOf(trx, personId);
		const sent = own.find((each) => each.id === input.id);
		if (sent?.kind === kind && sent.text === text) return;
		if (await findRequest(trx, input.id)) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		if (own.filter((each) => each.completedAt === null).length >= MAX_OPEN)
			throw new DomainError('CONFLICT', 'tooManyRequestsOpen', { values: { max: MAX_OPEN } });
		await insertRequest(trx, {
			...{ id: input.id, personId, kind, text, requestedAt: now, ...dueDates(toLocalDate(now)) },
			...{ repliedAt: null, completedAt: null, readAt: null },
		});
		const event = { action: 'rights-request.send', subjectKind: 'rights_request', subjectId: input.id };
		await insertAuditEvent(trx, { ...event, personId }, now);
	});
}

/**
 * Answers a request in words, and completes it when all is done; earlier answers stay. The same words again are no
 * second answer. Refuses with 401, 403, 404, 409 and 422.
 */
export async function answerRequest(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; answer: string; isComplete: boolean },
	now: number,
): Promise<void> {
	requireActor(actor);
	const grant = requireGrant(actor, 'rights-request.answer', []);
	const answer = cleanMultiline(input.answer, { max: 2000 });
	if (!answer) throw new DomainError('UNPROCESSABLE_CONTENT', 'textMissing', { field: 'answer' });
	await inTransaction(db, async (trx) => {
		await holdGrant(trx, grant.id, now);
		const request = await findRequest(trx, input.id);
		if (!request) throw new DomainError('NOT_FOUND', 'requestUnknown');
		await lockRow(trx, 'person', request.personId);
		requireSameKind(actor, (await findPerson(trx, request.personId))?.isSample === 1);
		const current = await findRequest(trx, input.id);
		if (current?.completedAt != null) throw new DomainError('CONFLICT', 'requestCompleted');
		const newest = (await findAnswers(trx, [input.id])).get(input.id)?.at(-1);
		const isSaid = newest?.text === answer;
		if (isSaid && !input.isComplete) return;
		if (!isSaid) {
			const row = { id: uuidv7(now), requestId: input.id, text: answer };
			await insertAnswer(trx, { ...row, answeredAt: now, answeredBy: grant.id });
		}
		await updateRequest(trx, input.id, {
			...{ repliedAt: current?.repliedAt ?? now, readAt: null },
			...(input.isComplete ? { completedAt: now } : {}),
		});
		const step = input.isComplete ? 'complete' : 'reply';
		const event = { action: `rights-request.${step}`, subjectKind: 'rights_request', subjectId: input.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}

/**
 * The person has read the answer to their request; a second time changes nothing, a later answer is unread again.
 * Refuses with 401, with 404 a request that is not theirs.
 */
export async function readAnswer(db: Db, actor: Actor | undefined, id: string, now: number): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'person', personId);
		const request = await findRequest(trx, id);
		if (request?.personId !== personId) throw new DomainError('NOT_FOUND', 'requestUnknown');
		if (isUnread(request)) await updateRequest(trx, id, { readAt: now });
	});
}
