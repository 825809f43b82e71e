// Reports from before 0046 said nothing of shortcomings and proposals: the paper leaves them to the pen.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { listReports } from '#features/cleanup-events/event-report.repository.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)('reports outlive the upgrade, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0044_create_campaigns');
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
		await add('event_report', {
			...{ event_id: 'event', revision: 1, head_count: 9, remarks: 'Tốt', gift_text: 'Áo mưa' },
			...{ recorded_at: 1, recorded_by: 'grant', is_sample: 0 },
		});
		await migrateToLatest(db);
		expect(await listReports(db, 'event')).toMatchObject([
			{ headCount: 9, remarks: 'Tốt', giftText: 'Áo mưa', shortcomings: '', proposals: '' },
		]);
		await expect(db.updateTable('eventReport').set({ shortcomings: 'x' }).execute()).rejects.toThrow(
			/append-only/,
		);
	} finally {
		await close();
	}
});
