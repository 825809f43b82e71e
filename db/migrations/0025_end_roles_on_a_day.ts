import { sql, type Kysely } from 'kysely';
import { createTables, isSqlite, refuse } from './dialect.ts';

/** How each rule of the database asks whether a role was live when something was written. */
const HAD_NOT_ENDED = /\(g\.ended_at is null or g\.ended_at > (new\.\w+)\)/g;
const LIKE = '%g.ended_at is null or g.ended_at >%';

export async function up(db: Kysely<unknown>): Promise<void> {
	const dayOf = (instant: string) =>
		isSqlite(db)
			? `date(${instant} / 1000 + 25200, 'unixepoch')`
			: `to_char(to_timestamp(${instant} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;
	await createTables(db, [`alter table invitation add column valid_to text`]);
	await refuse(db, {
		table: 'invitation',
		event: 'update',
		name: 'set_end',
		when: `new.valid_to is distinct from old.valid_to`,
		message: 'an invitation keeps the day on which its role ends',
	});
	await refuse(db, {
		table: 'role_grant',
		event: 'insert',
		when: `new.valid_to is not null and (new.role = 'administrator' or new.valid_to < new.valid_from)`,
		message: 'a role ends after it began, and the administrator on no set day',
	});
	await refuse(db, {
		table: 'role_grant',
		event: 'update',
		name: 'set_end',
		when: `new.valid_to is distinct from old.valid_to
			and (new.ended_at is null or new.valid_to is null or old.valid_to is null or new.valid_to > old.valid_to)`,
		message: 'a set end moves only to the day on which the role is ended before it',
	});
	// A role whose last day has passed allows nothing more in money, wherever one that was taken does not.
	const withDay = (text: string) =>
		text.replace(
			HAD_NOT_ENDED,
			(ended: string, instant: string) =>
				`(${ended} and (g.valid_to is null or g.valid_to >= ${dayOf(instant)}))`,
		);
	if (isSqlite(db)) {
		const { rows } = await sql<{ name: string; sql: string }>`
			select name, sql from sqlite_master where type = 'trigger' and sql like ${LIKE} order by name
		`.execute(db);
		for (const trigger of rows) {
			await sql.raw(`drop trigger ${trigger.name}`).execute(db);
			await sql.raw(withDay(trigger.sql)).execute(db);
		}
		return;
	}
	const { rows } = await sql<{ definition: string }>`
		select pg_get_functiondef(p.oid) as definition from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where n.nspname = current_schema() and p.prosrc like ${LIKE} order by p.proname
	`.execute(db);
	for (const { definition } of rows) await sql.raw(withDay(definition)).execute(db);
}
