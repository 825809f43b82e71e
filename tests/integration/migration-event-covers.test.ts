// Photos of events from before 0042 are as they were, and still never change; from then on one may invite.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)('photos of events outlive the upgrade, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0035_deepen_event_reports');
	try {
		const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
		await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, is_sample: 0 });
		await add('organisation', { id: 'doan', kind: 'youth_union', name: 'Đoàn', is_sample: 0 });
		await add('role_grant', {
			...{ id: 'grant', person_id: 'lan', role: 'organiser', scope_kind: 'organisation', scope_id: 'doan' },
			...{ valid_from: '2026-01-01', granted_at: 1, is_sample: 0 },
		});
		await add('cleanup_event', {
			...{ id: 'event', slug: 'event', status: 'published', sequence: 0, organisation_id: 'doan' },
			...{ title: 'x', description: '', starts_at: 5, ends_at: 9, assembly_point: 'x', what_to_bring: '' },
			...{ created_by: 'grant', created_at: 1, updated_at: 1, content_hash: 'x', is_sample: 0 },
		});
		const addPhoto = async (id: string, moment: string) => {
			await add('photo', {
				...{ id, sha256: id, byte_count: 9, width: 9, height: 9, status: 'private', children_declared: 0 },
				...{ uploaded_by: 'grant', uploaded_at: 1, is_sample: 0 },
			});
			await add('event_photo', { photo_id: id, event_id: 'event', moment, content_hash: id });
		};
		await addPhoto('one', 'before');
		await addPhoto('two', 'after');
		const read = () => db.selectFrom('eventPhoto').selectAll().orderBy('photoId').execute();
		const before = await read();
		await migrateToLatest(db);
		expect(await read()).toEqual(before);
		await addPhoto('three', 'cover');
		await expect(addPhoto('four', 'poster')).rejects.toThrow(/check/i);
		await expect(db.updateTable('eventPhoto').set({ moment: 'after' }).execute()).rejects.toThrow(
			/append-only/,
		);
		await expect(db.deleteFrom('eventPhoto').execute()).rejects.toThrow(/append-only/);
	} finally {
		await close();
	}
});
