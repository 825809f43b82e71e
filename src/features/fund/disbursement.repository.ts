import { sql } from 'kysely';
import type {
	DisbursementApprovalTable,
	DisbursementPaymentTable,
	DisbursementReturnTable,
	DisbursementTable,
} from '#db/schema.ts';
import { isSqlite, type Db, type Trx } from '#lib/db.ts';
import type { Disbursement } from './disbursement.ts';

/** The day of an instant in Vietnam, as `toLocalDate` writes it. */
const dayOf = (db: Db, instant: string) =>
	isSqlite(db)
		? sql<string>`date(${sql.ref(instant)} / 1000 + 25200, 'unixepoch')`
		: sql<string>`to_char(to_timestamp(${sql.ref(instant)} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;

const selectDisbursements = (db: Db) =>
	db
		.selectFrom('disbursement')
		.innerJoin('fund', 'fund.id', 'disbursement.fundId')
		.innerJoin('person', 'person.id', 'disbursement.requesterId')
		.selectAll('disbursement')
		.select([
			'fund.code as fundCode',
			'fund.nameVi as fundNameVi',
			'fund.nameEn as fundNameEn',
			'fund.adminUnitId as fundWardId',
			'person.displayName as requesterName',
		])
		.select((eb) =>
			eb
				.selectFrom('fundRule')
				.select('fundRule.twoApproversAboveVnd')
				.whereRef('fundRule.fundId', '=', 'disbursement.fundId')
				.where('fundRule.validFrom', '<=', dayOf(db, 'disbursement.requested_at'))
				.orderBy('fundRule.validFrom', 'desc')
				.limit(1)
				.as('twoApproversAboveVnd'),
		);

export const findDisbursement = (db: Db, id: string): Promise<Disbursement | undefined> =>
	selectDisbursements(db).where('disbursement.id', '=', id).executeTakeFirst();

/** Requests of these funds (in some of the states only), those that wait first, then the newest. */
export async function listDisbursements(
	db: Db,
	fundIds: string[],
	limit: number,
	statuses: DisbursementTable['status'][] = ['submitted', 'approved', 'returned', 'paid'],
): Promise<Disbursement[]> {
	if (fundIds.length === 0) return [];
	return selectDisbursements(db)
		.where('disbursement.fundId', 'in', fundIds)
		.where('disbursement.status', 'in', statuses)
		.orderBy((eb) =>
			eb
				.case()
				.when('disbursement.status', '=', 'submitted')
				.then(0)
				.when('disbursement.status', '=', 'approved')
				.then(1)
				.else(2)
				.end(),
		)
		.orderBy('disbursement.requestedAt', 'desc')
		.orderBy('disbursement.id', 'desc')
		.limit(limit)
		.execute();
}

/** True for a ward or commune of the service area as it is today. */
export async function isWardOfToday(db: Db, id: string): Promise<boolean> {
	const row = await db
		.selectFrom('adminUnit')
		.select('id')
		.where('id', '=', id)
		.where('inServiceArea', '=', 1)
		.where('validTo', 'is', null)
		.executeTakeFirst();
	return row !== undefined;
}

export const insertDisbursement = (trx: Trx, row: DisbursementTable) =>
	trx.insertInto('disbursement').values(row).execute();

export const insertApproval = (trx: Trx, row: DisbursementApprovalTable) =>
	trx.insertInto('disbursementApproval').values(row).execute();

export const insertPayment = (trx: Trx, row: DisbursementPaymentTable) =>
	trx.insertInto('disbursementPayment').values(row).execute();

export const setDisbursementStatus = (trx: Trx, id: string, status: DisbursementTable['status']) =>
	trx.updateTable('disbursement').set({ status }).where('id', '=', id).execute();

export const listApprovals = (db: Db, disbursementId: string) =>
	db
		.selectFrom('disbursementApproval')
		.innerJoin('person', 'person.id', 'disbursementApproval.approverId')
		.select([
			'approverId',
			'approvedBy',
			'approvedAt',
			'decision',
			'reason',
			'person.displayName as approverName',
		])
		.where('disbursementId', '=', disbursementId)
		.orderBy('approvedAt')
		.execute();

/** When each approver of what an entry pays said yes, the first first. */
export async function listApprovalTimes(db: Db, entryId: string): Promise<number[]> {
	const rows = await db
		.selectFrom('disbursementPayment')
		.innerJoin(
			'disbursementApproval',
			'disbursementApproval.disbursementId',
			'disbursementPayment.disbursementId',
		)
		.select('approvedAt')
		.where('entryId', '=', entryId)
		.where('decision', '=', 'approve')
		.orderBy('approvedAt')
		.execute();
	return rows.map((row) => row.approvedAt);
}

/** Of these requests, those that the person has approved. */
export async function listApprovedBy(db: Db, personId: string, ids: string[]): Promise<Set<string>> {
	if (ids.length === 0) return new Set();
	const rows = await db
		.selectFrom('disbursementApproval')
		.select('disbursementId')
		.where('approverId', '=', personId)
		.where('decision', '=', 'approve')
		.where('disbursementId', 'in', ids)
		.execute();
	return new Set(rows.map((row) => row.disbursementId));
}

export const insertReturn = (trx: Trx, row: DisbursementReturnTable) =>
	trx.insertInto('disbursementReturn').values(row).execute();

/** How an approved request was taken back, with who did it. */
export const findReturn = (db: Db, disbursementId: string) =>
	db
		.selectFrom('disbursementReturn')
		.innerJoin('person', 'person.id', 'disbursementReturn.returnerId')
		.selectAll('disbursementReturn')
		.select('person.displayName as returnerName')
		.where('disbursementId', '=', disbursementId)
		.executeTakeFirst();

export const findPayment = (db: Db, disbursementId: string) =>
	db
		.selectFrom('disbursementPayment')
		.innerJoin('person', 'person.id', 'disbursementPayment.treasurerId')
		.selectAll('disbursementPayment')
		.select('person.displayName as treasurerName')
		.where('disbursementId', '=', disbursementId)
		.executeTakeFirst();
