import type { Kysely } from 'kysely';
import { createTables, keepRows, refuse } from './dialect.ts';

const KEPT = [
	...[
		'id',
		'fund_id',
		'month',
		'subject',
		'form',
		'place',
		'from_on',
		'note',
		'photo_id',
		'photo_missing_reason',
	],
	...['replaces_id', 'withdraw_reason', 'recorded_by', 'recorded_at', 'content_hash', 'is_sample'],
];

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// What was made public: a month of the book, or something else in words. A record that replaces another one
		// says that the other was wrong; it repeats what it takes back.
		`create table disclosure (
			id text primary key,
			fund_id text not null,
			month text check (length(month) = 7),
			subject text not null,
			form text not null check (form in ('board', 'meeting', 'loudspeaker', 'zalo', 'site')),
			place text not null check (place <> ''),
			from_on text not null,
			to_on text check (to_on >= from_on),
			note text not null,
			photo_id text unique references photo (id),
			photo_missing_reason text,
			replaces_id text unique,
			withdraw_reason text,
			recorded_by text not null references role_grant (id),
			recorded_at bigint not null,
			content_hash text not null,
			is_sample bigint not null,
			unique (fund_id, id),
			foreign key (fund_id, is_sample) references fund (id, is_sample),
			foreign key (fund_id, replaces_id) references disclosure (fund_id, id),
			check ((month is null) = (subject <> '')),
			check ((photo_id is null) = (photo_missing_reason is not null)),
			check ((replaces_id is null) = (withdraw_reason is null)),
			check (withdraw_reason <> '')
		)`,
		`create index disclosure_by_fund on disclosure (fund_id, from_on, id)`,
		// One row: what the newest run of the books' checks found, as JSON.
		`create table ledger_check (
			id text primary key check (id = 'last'),
			started_at bigint not null,
			finished_at bigint not null,
			entry_count bigint not null,
			is_ok bigint not null check (is_ok in (0, 1)),
			failed text not null
		)`,
	]);
	await keepRows(db, 'disclosure', 'disclosure is append-only');
	await refuse(db, {
		table: 'disclosure',
		event: 'update',
		when: `${KEPT.map((column) => `new.${column} is distinct from old.${column}`).join(' or ')}
			or old.to_on is not null or old.replaces_id is not null`,
		message: 'disclosure is append-only but for its end, which is set once',
	});
	await refuse(db, {
		table: 'disclosure',
		event: 'insert',
		when: `exists (select 1 from disclosure d where d.id = new.replaces_id and d.replaces_id is not null)`,
		message: 'what was taken back is not taken back again',
	});
	await refuse(db, {
		table: 'disclosure',
		event: 'insert',
		name: 'recorder',
		when: `not exists (
			select 1 from role_grant g join fund f on f.id = new.fund_id
			where g.id = new.recorded_by and g.is_sample = new.is_sample
				and (g.ended_at is null or g.ended_at > new.recorded_at)
				and ((g.role = 'treasurer' and g.scope_kind = 'fund' and g.scope_id = f.id)
					or (g.role = 'steward' and g.scope_kind = 'organisation' and g.scope_id = f.organisation_id))
		)`,
		message: 'a disclosure is recorded by the treasurer of its fund, or in the organisation that stewards it',
	});
}
