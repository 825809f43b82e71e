import { requireActor, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { deleteSecondFactors, voidResetCodes } from '#features/accounts/credential.repository.ts';
import { deleteKnownDevices } from '#features/accounts/known-device.repository.ts';
import { deletePassword, findPerson, updatePerson } from '#features/accounts/person.repository.ts';
import { endSessions } from '#features/accounts/session.service.ts';
import { hidePhoto } from '#features/photos/photo-decision.service.ts';
import { endRoleWithin } from '#features/team/role.service.ts';
import { listGrantsOf } from '#features/team/role.repository.ts';
import { forgetRecipients } from '#features/notifications/follow.service.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { unlinkAliases, withdrawEveryConsent } from './consent.repository.ts';
import { forgetProblemTexts, forgetSignUps, selectOwnPhotos } from './own-data.repository.ts';
import { eraseRequests } from './rights-request.repository.ts';

/**
 * Erases a person: their name, number, sign-in, sign-ups' names, the words of their problem reports, the photos that came
 * with what they brought or reported, by what they are told of news, and the link to their drop-offs. What they did for
 * the programme stays under an id that leads to nobody, so no total and no entry changes. Invitations to their number stay
 * until they lapse: the number need not have been theirs. A second time changes nothing.
 * Refuses with 401, with 409 the portal's last administrator and an organisation's last lead.
 */
export async function eraseAccount(db: Db, actor: Actor | undefined, now: number): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'person', personId);
		const person = await findPerson(trx, personId);
		if (!person) return;
		for (const grant of await listGrantsOf(trx, personId, now))
			await endRoleWithin(trx, actor, grant.id, now);
		await forgetSignUps(trx, personId, now);
		await forgetRecipients(trx, personId, now);
		await forgetProblemTexts(trx, personId);
		for (const { id } of await selectOwnPhotos(trx, personId).orderBy('photo.id').execute())
			await hidePhoto(trx, id, null, now);
		await withdrawEveryConsent(trx, personId, now);
		await unlinkAliases(trx, personId);
		await eraseRequests(trx, personId, now);
		await voidResetCodes(trx, personId, now);
		await deleteSecondFactors(trx, personId);
		await deletePassword(trx, personId);
		await deleteKnownDevices(trx, personId);
		await endSessions(trx, personId);
		await insertAuditEvent(
			trx,
			{ action: 'account.erase', subjectKind: 'person', subjectId: personId, personId },
			now,
		);
		await updatePerson(trx, personId, { displayName: '', phoneE164: null, email: null, erasedAt: now });
	});
}
