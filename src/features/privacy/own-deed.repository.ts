// What a person recorded, confirmed or handed on in their roles: which thing it was and when, nothing of what others said.
import { sql } from 'kysely';
import type { Db } from '#lib/db.ts';

type Deed = {
	/** `table.column` of the grant in which it was done. */
	what: string;
	/** When. */
	at: string;
	/** What names the thing; `id` by default. */
	id?: string;
	/** Which kind of thing it was, or how it was decided. */
	kind?: string;
	/** Where the person stands beside the grant. */
	person?: string;
};

/** Every column that names the role somebody acted in. */
export const DEEDS = [
	{ what: 'roleGrant.grantedBy', at: 'grantedAt', kind: 'role' },
	{ what: 'roleGrant.endedBy', at: 'endedAt', kind: 'role' },
	{ what: 'invitation.invitedBy', at: 'createdAt', kind: 'role' },
	{ what: 'invitation.acceptedGrantId', at: 'acceptedAt', kind: 'role' },
	{ what: 'invitation.replacesGrantId', at: 'createdAt', kind: 'role' },
	{ what: 'resetCode.issuedBy', at: 'issuedAt' },
	{ what: 'contentPage.publishedBy', at: 'publishedAt', id: 'slug', kind: 'locale' },
	{ what: 'guideItem.publishedBy', at: 'publishedAt', id: 'code' },
	{ what: 'rightsRequestAnswer.answeredBy', at: 'answeredAt', id: 'requestId' },
	{ what: 'photo.uploadedBy', at: 'uploadedAt' },
	{ what: 'photo.decidedBy', at: 'decidedAt', kind: 'status' },
	{ what: 'houseStateReport.reportedBy', at: 'reportedAt' },
	{ what: 'problemReport.closedBy', at: 'closedAt', kind: 'kind' },
	{ what: 'houseChange.recordedBy', at: 'recordedAt' },
	{ what: 'collectionCycle.closedBy', at: 'closedAt' },
	{ what: 'carriedGoods.carriedBy', at: 'carriedAt', id: 'fromCycleId', kind: 'materialCode' },
	{ what: 'carriedGoods.returnedBy', at: 'returnedAt', id: 'fromCycleId', kind: 'materialCode' },
	{ what: 'paperPage.recordedBy', at: 'recordedAt' },
	{ what: 'paperPageWithdrawal.withdrawnBy', at: 'withdrawnAt', id: 'paperPageId' },
	{ what: 'varianceLimit.decidedBy', at: 'decidedAt' },
	{ what: 'scrapSale.recordedBy', at: 'recordedAt', person: 'recorderId' },
	{ what: 'scrapSale.confirmedBy', at: 'confirmedAt', person: 'confirmerId' },
	{ what: 'classSheet.recordedBy', at: 'recordedAt' },
	{ what: 'classSheet.approvedBy', at: 'approvedAt' },
	{ what: 'campaign.createdBy', at: 'createdAt' },
	{ what: 'classLink.issuedBy', at: 'issuedAt' },
	{ what: 'weighIn.recordedBy', at: 'recordedAt', kind: 'materialCode' },
	{ what: 'cleanupEvent.createdBy', at: 'createdAt' },
	{ what: 'eventDraft.updatedBy', at: 'updatedAt' },
	{ what: 'eventSeries.createdBy', at: 'createdAt' },
	{ what: 'eventChange.changedBy', at: 'changedAt', kind: 'kind' },
	{ what: 'eventChange.undoneBy', at: 'undoneAt', kind: 'kind' },
	{ what: 'attendance.recordedBy', at: 'recordedAt' },
	{ what: 'eventReport.recordedBy', at: 'recordedAt', id: 'eventId' },
	{ what: 'journalEntry.recordedBy', at: 'recordedAt', kind: 'kind' },
	{ what: 'disbursement.requestedBy', at: 'requestedAt', kind: 'purpose', person: 'requesterId' },
	{
		what: 'disbursementApproval.approvedBy',
		at: 'approvedAt',
		id: 'disbursementId',
		kind: 'decision',
		person: 'approverId',
	},
	{ what: 'disbursementPayment.paidBy', at: 'paidAt', id: 'disbursementId', person: 'treasurerId' },
	{ what: 'disbursementReturn.returnedBy', at: 'returnedAt', id: 'disbursementId', person: 'returnerId' },
	{ what: 'disbursementNote.writtenBy', at: 'writtenAt', id: 'disbursementId' },
	{ what: 'disbursementProof.recordedBy', at: 'recordedAt', id: 'disbursementId' },
	{ what: 'fundRule.decidedBy', at: 'createdAt' },
	{ what: 'statement.recordedBy', at: 'recordedAt', kind: 'kind', person: 'recorderId' },
	{ what: 'statement.decidedBy', at: 'decidedAt', kind: 'status', person: 'confirmerId' },
	{ what: 'cashCount.recordedBy', at: 'recordedAt', person: 'recorderId' },
	{ what: 'cashCount.decidedBy', at: 'decidedAt', kind: 'status', person: 'confirmerId' },
	{ what: 'monthClose.decidedBy', at: 'decidedAt', kind: 'act' },
	{ what: 'entryReversal.recordedBy', at: 'recordedAt', person: 'recorderId' },
	{ what: 'entryReversal.decidedBy', at: 'decidedAt', kind: 'status', person: 'confirmerId' },
	{ what: 'disclosure.recordedBy', at: 'recordedAt' },
] as const satisfies Deed[];

export type OwnDeed = {
	what: (typeof DEEDS)[number]['what'];
	id: string;
	kind: string | null;
	doneAt: number | null;
};

/** What the person did in the roles that they hold or held, oldest first. */
export async function listOwnDeeds(db: Db, personId: string): Promise<OwnDeed[]> {
	const all: OwnDeed[] = [];
	for (const deed of DEEDS) {
		const { what, at, id = 'id', kind, person }: Deed = deed;
		const [table, by] = what.split('.') as [string, string];
		const byPerson = person === undefined ? sql`` : sql` or ${sql.ref(person)} = ${personId}`;
		const { rows } = await sql<Omit<OwnDeed, 'what'>>`
			select ${sql.ref(id)} as "id", ${kind === undefined ? sql`null` : sql.ref(kind)} as "kind",
				${sql.ref(at)} as "doneAt"
			from ${sql.table(table)}
			where ${sql.ref(by)} in (select id from role_grant where person_id = ${personId})${byPerson}
		`.execute(db);
		for (const row of rows) all.push({ what: deed.what, ...row });
	}
	return all.sort((a, b) => (a.doneAt ?? 0) - (b.doneAt ?? 0));
}
