import type { Kysely } from 'kysely';
import { createTables, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// The file that everybody sees instead of <id>.webp, with its frames blacked out; null: the photo as it is.
		`alter table photo add column public_key text`,
		`alter table photo add column public_frames text`,
		`create unique index photo_public_key on photo (public_key)`,
	]);
	const isHalf = `(new.public_key is null) <> (new.public_frames is null) or new.public_key = new.id`;
	await refuse(db, {
		table: 'photo',
		event: 'insert',
		when: `new.public_key is not null or ${isHalf}`,
		message: 'a photo is blacked out as it is decided',
	});
	// What was blacked out stays so: the file is named with the decision, and never again.
	await refuse(db, {
		table: 'photo',
		event: 'update',
		name: 'public',
		when: `${isHalf} or (new.public_key is not null and new.status <> 'approved')
			or (old.status <> 'private' and (new.public_key is distinct from old.public_key
				or new.public_frames is distinct from old.public_frames))`,
		message: 'a photo is blacked out as it is decided',
	});
}
