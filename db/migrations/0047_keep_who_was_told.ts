import { sql, type Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** Whose way a message went by, which may be gone since, and what it said of an act on many days. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`alter table outbox_message add column person_id text references person (id)`,
		`alter table outbox_message add column said text`,
		`create index outbox_message_of_person on outbox_message (person_id)`,
	]);
	await sql`update outbox_message set person_id =
		(select person_id from recipient where recipient.id = outbox_message.recipient_id)`.execute(db);
}
