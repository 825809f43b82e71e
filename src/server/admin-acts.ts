// What the operator's command line writes, with its line in the log: nobody of the portal did it.
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import {
	findOrganisation,
	findOrganisationByName,
	insertOrganisation,
	isClosed,
} from '#features/accounts/organisation.repository.ts';
import { findOwnFund } from '#features/fund/fund.repository.ts';
import { openFund, type NewFund } from '#features/fund/ledger.service.ts';
import { ConfigError } from '#lib/config.ts';
import { inTransaction, isUniqueViolation, lockRow, type Db, type Trx } from '#lib/db.ts';
import { retireSamples } from '#lib/samples.ts';
import { toLocalDate } from '#lib/time.ts';

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

/**
 * Opens a real fund: of a ward, or an organisation's own, which gathers what the house in its yard earns. Refuses a code
 * that another has, and an organisation that is none, is closed, or has its own fund already.
 */
export async function createFund(db: Db, fund: Omit<NewFund, 'isSample'>, now: number): Promise<void> {
	await inTransaction(db, async (trx) => {
		if (fund.organisationId !== null && fund.adminUnitId === null)
			await holdOwner(trx, fund.organisationId, now);
		await openFund(trx, { ...fund, isSample: 0 }, now);
		await insertAuditEvent(trx, { action: 'fund.open', subjectKind: 'fund', subjectId: fund.id }, now);
	}).catch((error: unknown) => {
		throw isUniqueViolation(error)
			? new ConfigError(`--code ${fund.code}: there is such a fund already.`)
			: error;
	});
}

/** Of two commands for one organisation the second waits here, and finds the first one's fund. */
async function holdOwner(trx: Trx, id: string, now: number): Promise<void> {
	await lockRow(trx, 'organisation', id);
	const organisation = await findOrganisation(trx, id);
	if (organisation?.isSample !== 0 || isClosed(organisation, toLocalDate(now)))
		throw new ConfigError(`--organisation ${id}: there is no such organisation, or it is closed.`);
	const own = await findOwnFund(trx, id);
	if (own) throw new ConfigError(`--organisation ${id}: it has its own fund already, ${own.code}.`);
}

/** Hides every sample row for good; a second time changes nothing. */
export async function retire(db: Db, now: number): Promise<void> {
	await inTransaction(db, async (trx) => {
		if (!(await retireSamples(trx))) return;
		const event = { action: 'sample.retire', subjectKind: 'portal_setting', subjectId: 'samples_retired' };
		await insertAuditEvent(trx, event, now);
	});
}
