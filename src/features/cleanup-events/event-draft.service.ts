import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { eventScopes } from './cleanup-event.ts';
import { findEvent, findOpenOrganisation } from './cleanup-event.repository.ts';
import {
	countDrafts,
	deleteDraftRow,
	findDraft,
	insertDraft,
	updateDraft,
} from './event-draft.repository.ts';
import type { EventValues } from './event-form.ts';

/** More than an organisation prepares at a time. */
const MAX_DRAFTS = 50;
/** Several times the longest announcement. */
const MAX_CONTENT = 64 * 1024;

export type DraftInput = {
	id: string;
	organisationId: string;
	/** The one that the form was made from; none for a new draft. */
	sequence: number | undefined;
	values: EventValues;
};

/**
 * Keeps a form that is not finished, whatever it says. The same content changes nothing. Refuses with 401, 403, 404
 * and with 409 when the draft was changed or announced meanwhile, or there are too many; nothing is written then.
 */
export async function saveDraft(
	db: Db,
	actor: Actor | undefined,
	input: DraftInput,
	now: number,
): Promise<void> {
	const grant = requireGrant(actor, 'cleanup-event.announce', eventScopes(input));
	const { id, organisationId } = input;
	const content = JSON.stringify(input.values);
	if (content.length > MAX_CONTENT) throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge');
	const write = () =>
		inTransaction(db, async (trx) => {
			const known = await findDraft(trx, id);
			// In one order, whoever moves a draft from one to the other.
			for (const each of [...new Set([organisationId, known?.organisationId ?? organisationId])].sort())
				await lockRow(trx, 'organisation', each);
			const organisation = await findOpenOrganisation(trx, organisationId, now);
			requireSameKind(actor!, organisation.isSample === 1, 'organisationId');
			await holdGrant(trx, grant.id, now);
			if (await findEvent(trx, id)) throw new DomainError('CONFLICT', 'draftAnnounced');
			const current = await findDraft(trx, id);
			// Of the organisation that it belonged to, too.
			if (current) requireGrant(actor, 'cleanup-event.announce', eventScopes(current));
			if (current?.content === content && current.organisationId === organisationId) return;
			if (current && current.sequence !== input.sequence)
				throw new DomainError('CONFLICT', 'changedMeanwhile');
			const stands = { organisationId, content, updatedAt: now, updatedBy: grant.id };
			if (current) await updateDraft(trx, id, { ...stands, sequence: current.sequence + 1 });
			else {
				if ((await countDrafts(trx, organisationId)) >= MAX_DRAFTS)
					throw new DomainError('CONFLICT', 'tooManyDrafts', { values: { max: MAX_DRAFTS } });
				const { isSample } = organisation;
				await insertDraft(trx, { id, sequence: 0, createdAt: now, isSample, ...stands });
			}
		});
	return retryWhenTaken(write);
}

/** Throws a draft away; a second time changes nothing. Refuses with 401 and 403. */
export async function deleteDraft(
	db: Db,
	actor: Actor | undefined,
	input: { id: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		const draft = await findDraft(trx, input.id);
		if (!draft) return;
		const grant = requireGrant(actor, 'cleanup-event.announce', eventScopes(draft));
		requireSameKind(actor, draft.isSample === 1);
		await lockRow(trx, 'organisation', draft.organisationId);
		await holdGrant(trx, grant.id, now);
		await deleteDraftRow(trx, draft.id);
	});
}
