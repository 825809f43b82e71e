import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import {
	findOrganisation,
	findOrganisationByName,
	insertOrganisation,
	updateOrganisation,
} from '#features/accounts/organisation.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { findCurrentUnit, listWards } from '#features/places/place.repository.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { toLocalDate } from '#lib/time.ts';
import { ORGANISATION_KINDS } from './organisation.ts';
import { listGrantsIn } from './role.repository.ts';
import { endWithin, withdrawAllIn } from './role.service.ts';

/**
 * Writes down an organisation of a ward, from today on; returns its id. Refuses with 403 another ward's officer, with
 * 409 a name that a living organisation has, with 422 an unknown kind or ward.
 */
export async function openOrganisation(
	db: Db,
	actor: Actor | undefined,
	input: { kind: string; name: string; adminUnitId: string },
	now: number,
): Promise<string> {
	requireActor(actor);
	const ward = (await listWards(db)).find((each) => each.id === input.adminUnitId);
	if (!ward) throw new DomainError('UNPROCESSABLE_CONTENT', 'wardUnknown', { field: 'adminUnitId' });
	const grant = requireGrant(actor, 'organisation.change', [{ kind: 'ward', id: ward.id }]);
	const kind = ORGANISATION_KINDS.find((each) => each === input.kind);
	if (!kind) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'kind' });
	const name = cleanText(input.name, { max: 200 });
	if (!name) throw new DomainError('UNPROCESSABLE_CONTENT', 'nameMissing', { field: 'name' });
	const isSample = actor.isSample ? 1 : 0;
	return inTransaction(db, async (trx) => {
		await holdGrant(trx, grant.id, now);
		if (await findOrganisationByName(trx, name, isSample))
			throw new DomainError('CONFLICT', 'organisationExists', { field: 'name' });
		const row = { kind, name, adminUnitId: ward.id, validFrom: toLocalDate(now), isSample } as const;
		const id = await insertOrganisation(trx, row, now);
		const event = { action: 'organisation.open', subjectKind: 'organisation', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
		return id;
	});
}

/**
 * Ends an organisation today, with the roles in it and the invitations to them; what it did stays. A second time
 * changes nothing. Refuses with 403 and 404.
 */
export async function closeOrganisation(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const organisation = await findOrganisation(db, id);
	if (!organisation) throw new DomainError('NOT_FOUND', 'unknownOrganisation');
	const wardId = organisation.adminUnitId;
	const scopes =
		wardId === null ? [] : [{ kind: 'ward' as const, id: (await findCurrentUnit(db, wardId)).id }];
	const grant = requireGrant(actor, 'organisation.change', scopes);
	requireSameKind(actor, organisation.isSample === 1);
	await inTransaction(db, async (trx) => {
		// Whoever is being invited or taken in waits, and then finds it closed.
		await lockRow(trx, 'organisation', id);
		await holdGrant(trx, grant.id, now);
		if ((await findOrganisation(trx, id))?.validTo !== null) return;
		await updateOrganisation(trx, id, { validTo: toLocalDate(now) });
		await withdrawAllIn(trx, { kind: 'organisation', id }, grant.id, now);
		// Nobody acts for what is no more.
		for (const held of await listGrantsIn(trx, { kind: 'organisation', id }, now))
			await endWithin(trx, held, grant.id, now);
		const event = { action: 'organisation.close', subjectKind: 'organisation', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}
