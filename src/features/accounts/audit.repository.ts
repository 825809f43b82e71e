import type { Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';

export type AuditEvent = {
	action: string;
	subjectKind: string;
	subjectId: string;
	/** The role in which it was done; absent for what needs none. */
	roleGrantId?: string;
};

/** Writes down who changed what; ids only, no personal data. */
export async function insertAuditEvent(trx: Trx, event: AuditEvent, now: number): Promise<void> {
	await trx
		.insertInto('auditEvent')
		.values({
			id: uuidv7(now),
			happenedAt: now,
			roleGrantId: event.roleGrantId ?? null,
			action: event.action,
			subjectKind: event.subjectKind,
			subjectId: event.subjectId,
		})
		.execute();
}
