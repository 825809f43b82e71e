import type { Kysely } from 'kysely';
import { createTables, keepRows, refuse } from './dialect.ts';

/** What of a row nobody may rewrite: all but when it was taken back, once. */
const FIXED = ['id', 'event_id', 'sequence', 'kind', 'reason', 'stood', 'stands', 'changed_by', 'changed_at'];

/** A Green Sunday that was postponed, moved or called off: what stood, what stands, and whether it was taken back. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table event_change (
			id text primary key,
			event_id text not null references cleanup_event (id),
			sequence bigint not null check (sequence > 0),
			kind text not null check (kind in ('postpone', 'move', 'cancel', 'pause')),
			reason text not null,
			stood text not null,
			stands text not null,
			changed_by text not null references role_grant (id),
			changed_at bigint not null,
			undone_by text references role_grant (id),
			undone_at bigint check (undone_at >= changed_at),
			unique (event_id, sequence),
			check ((undone_by is null) = (undone_at is null))
		)`,
	]);
	await keepRows(db, 'event_change');
	await refuse(db, {
		table: 'event_change',
		event: 'update',
		when: ['old.undone_at is not null', ...FIXED.map((name) => `new.${name} <> old.${name}`)].join(' or '),
		message: 'event_change is append-only',
	});
}
