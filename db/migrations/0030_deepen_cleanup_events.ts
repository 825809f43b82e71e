import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

const TEXTS = [
	'collection_partner',
	'document_number',
	'area_text',
	'provided',
	'clothes',
	'rain_plan',
	'lead_name',
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		...TEXTS.map((name) => `alter table cleanup_event add column ${name} text not null default ''`),
		// A GeoJSON geometry: the street or the place that is cleaned.
		`alter table cleanup_event add column area text`,
		`alter table cleanup_event add column lead_phone_e164 text`,
		`alter table cleanup_event add column is_lead_phone_public bigint not null default 0 check (is_lead_phone_public in (0, 1))`,
		`create table event_organisation (
			event_id text not null references cleanup_event (id),
			organisation_id text not null references organisation (id),
			primary key (event_id, organisation_id)
		)`,
		`create index event_organisation_by_organisation on event_organisation (organisation_id)`,
		// Which unit cleans where.
		`create table event_section (
			event_id text not null references cleanup_event (id),
			position bigint not null check (position > 0),
			unit text not null check (unit <> ''),
			place text not null,
			primary key (event_id, position)
		)`,
		// A form that is not finished: nobody but the organisation's organisers sees it, so it is no event yet.
		`create table event_draft (
			id text primary key,
			organisation_id text not null references organisation (id),
			sequence bigint not null check (sequence >= 0),
			content text not null,
			created_at bigint not null,
			updated_at bigint not null,
			updated_by text not null references role_grant (id),
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		`create index event_draft_by_organisation on event_draft (organisation_id)`,
	]);
}
