import type { Kysely } from 'kysely';
import { createTables, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// The file that everybody sees instead of <id>.webp, with its frames blacked out; null: the photo as it is.
		`alter table photo add column public_key text`,
		`alter table photo add column public_frames text`,
		`create unique index photo_public_key on photo (public_key)`,
		// Files of copies that no row names (any more), until they are removed from the store.
		`create table photo_leftover (
			file_key text primary key,
			since bigint not null
		)`,
		// What was taken back is no longer shown: the photos of such records were public at their addresses.
		`update photo set status = 'refused',
			decided_by = (select back.recorded_by from disclosure wrong
				join disclosure back on back.replaces_id = wrong.id where wrong.photo_id = photo.id),
			decided_at = (select back.recorded_at from disclosure wrong
				join disclosure back on back.replaces_id = wrong.id where wrong.photo_id = photo.id)
			where status <> 'refused' and exists (select 1 from disclosure wrong
				join disclosure back on back.replaces_id = wrong.id where wrong.photo_id = photo.id)`,
	]);
	const isHalf = `(new.public_key is null) <> (new.public_frames is null) or new.public_key = new.id`;
	await refuse(db, {
		table: 'photo',
		event: 'insert',
		when: `new.public_key is not null or ${isHalf}`,
		message: 'a photo is blacked out as it is decided',
	});
	// Other parts are another file, so that nobody gets the one before under its name; what was refused stays so.
	await refuse(db, {
		table: 'photo',
		event: 'update',
		name: 'public',
		when: `${isHalf} or (new.public_key is not null and new.status <> 'approved')
			or (new.public_key = old.public_key and new.public_frames <> old.public_frames)
			or (old.status <> 'private' and new.decided_at = old.decided_at
				and new.public_key is distinct from old.public_key)
			or (old.status = 'refused' and new.status <> 'refused')`,
		message: 'a photo is blacked out as it is decided',
	});
}
