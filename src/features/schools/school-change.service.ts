// What every change of a school's classes goes through.
import { requireGrant, type Actor } from '#features/accounts/actor.ts';
import { findOrganisation } from '#features/accounts/organisation.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';

export type SchoolRef = { organisationId: string };
type Work = (trx: Trx, school: { isSample: 0 | 1; grantId: string }) => Promise<void>;

/** One change at a time in a school, by who may make it. Refuses with 401 and 403. */
export async function changeSchool(
	db: Db,
	actor: Actor | undefined,
	{ organisationId }: SchoolRef,
	now: number,
	work: Work,
): Promise<void> {
	const grant = requireGrant(actor, 'school-class.change', [{ kind: 'organisation', id: organisationId }]);
	const write = async (trx: Trx) => {
		await lockRow(trx, 'organisation', organisationId);
		await holdGrant(trx, grant.id, now);
		const school = await findOrganisation(trx, organisationId);
		if (school?.kind !== 'school') throw new DomainError('FORBIDDEN', 'notYourRole');
		await work(trx, { isSample: school.isSample, grantId: grant.id });
	};
	await retryWhenTaken(() => inTransaction(db, write));
}
