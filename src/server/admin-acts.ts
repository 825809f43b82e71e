// What the operator's command line writes, with its line in the log: nobody of the portal did it.
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findOrganisationByName, insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { openFund, type NewFund } from '#features/fund/ledger.service.ts';
import { ConfigError } from '#lib/config.ts';
import { inTransaction, isUniqueViolation, type Db } from '#lib/db.ts';
import { retireSamples } from '#lib/samples.ts';

/** Writes down an organisation and returns its id. Refuses a name that a living one has. */
export async function createOrganisation(
	db: Db,
	organisation: Omit<Parameters<typeof insertOrganisation>[1], 'isSample'>,
	now: number,
): Promise<string> {
	return inTransaction(db, async (trx) => {
		if (await findOrganisationByName(trx, organisation.name, 0))
			throw new ConfigError(`--name ${organisation.name}: there is such an organisation already.`);
		const id = await insertOrganisation(trx, { ...organisation, isSample: 0 }, now);
		const event = { action: 'organisation.open', subjectKind: 'organisation', subjectId: id };
		await insertAuditEvent(trx, event, now);
		return id;
	});
}

/** Opens a real fund. Refuses a code that another has. */
export async function createFund(db: Db, fund: Omit<NewFund, 'isSample'>, now: number): Promise<void> {
	await inTransaction(db, async (trx) => {
		await openFund(trx, { ...fund, isSample: 0 }, now);
		await insertAuditEvent(trx, { action: 'fund.open', subjectKind: 'fund', subjectId: fund.id }, now);
	}).catch((error: unknown) => {
		throw isUniqueViolation(error)
			? new ConfigError(`--code ${fund.code}: there is such a fund already.`)
			: error;
	});
}

/** Hides every sample row for good; a second time changes nothing. */
export async function retire(db: Db, now: number): Promise<void> {
	await inTransaction(db, async (trx) => {
		if (!(await retireSamples(trx))) return;
		const event = { action: 'sample.retire', subjectKind: 'portal_setting', subjectId: 'samples_retired' };
		await insertAuditEvent(trx, event, now);
	});
}
