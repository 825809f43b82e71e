// Sign-ups from before 0034 are as they were; from then on some wait, and nobody comes twice.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)('who signed up stays signed up, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0031_record_house_imports');
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
		const row = (id: string, over: Record<string, unknown> = {}) => ({
			...{ id, event_id: 'event', kind: 'person', name: 'Lan', head_count: 2, status: 'active' },
			...{ cancel_token_hash: id, created_at: 1, content_hash: 'x', is_sample: 0 },
			...over,
		});
		await add('sign_up', row('one', { phone_e164: '+84912345678' }));
		await add('sign_up', row('two', { status: 'cancelled', cancelled_at: 3, name: '', person_id: 'lan' }));
		const before = await db.selectFrom('signUp').selectAll().orderBy('id').execute();
		await migrateToLatest(db);
		const after = await db.selectFrom('signUp').selectAll().orderBy('id').execute();
		expect(after).toEqual(
			before.map((each) => ({ ...each, contact: '', waitingSince: null, offeredUntil: null })),
		);
		await add('sign_up', row('three', { status: 'waiting', waiting_since: 4, person_id: 'lan' }));
		const refused: [Record<string, unknown>, RegExp][] = [
			[{ status: 'waiting' }, /check/i],
			[{ status: 'offered', waiting_since: 4 }, /check/i],
			[{ offered_until: 4 }, /check/i],
			[{ status: 'gone' }, /check/i],
			[{ person_id: 'lan' }, /unique/i],
			[{ event_id: 'other' }, /foreign/i],
		];
		for (const [over, words] of refused)
			await expect(add('sign_up', row('four', over))).rejects.toThrow(words);
		await add('sign_up', row('five', { person_id: 'lan', kind: 'unit' }));
	} finally {
		await close();
	}
});
