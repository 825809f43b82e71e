import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

/** What people have in hand and where it goes: content with a date and a source, each change a new version. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table guide_item (
			code text not null,
			version bigint not null check (version > 0),
			sort_order bigint not null,
			destination text not null
				check (destination in ('house', 'recyclable', 'food', 'residual', 'bulky', 'hazardous')),
			material_code text references material (code),
			glyph text not null,
			name_vi text not null check (name_vi <> ''),
			name_en text not null check (name_en <> ''),
			aliases_vi text not null,
			aliases_en text not null,
			what_vi text not null check (what_vi <> ''),
			what_en text not null check (what_en <> ''),
			prepare_vi text not null check (prepare_vi <> ''),
			prepare_en text not null check (prepare_en <> ''),
			where_vi text not null,
			where_en text not null,
			source_vi text not null check (source_vi <> ''),
			source_en text not null check (source_en <> ''),
			dated_on text not null,
			published_at bigint not null,
			published_by text references role_grant (id),
			primary key (code, version),
			check (destination <> 'house' or material_code is not null)
		)`,
	]);
	await makeAppendOnly(db, 'guide_item');
}
