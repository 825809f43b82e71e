// Changes of houses from before 0031 are as they were, and no less protected; a file may change a house from then on.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)(
	'what changed at houses is kept as it was, on %s',
	async (engine) => {
		const { db, close } = await openBefore(engine, '0029_record_house_changes');
		try {
			const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
			await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, is_sample: 0 });
			await add('role_grant', {
				...{ id: 'officer', person_id: 'lan', role: 'ward_officer', scope_kind: 'ward', scope_id: 'dk' },
				...{ valid_from: '2026-01-01', granted_at: 1, is_sample: 0 },
			});
			const unit = {
				name_en: 'x',
				official_code: '1',
				valid_from: null,
				valid_to: null,
				in_service_area: 1,
				note: '',
			};
			await add('admin_unit', { id: 'dk', kind: 'ward', name_vi: 'Phường Đông Kinh', ...unit });
			await add('green_house', {
				...{ id: 'house', code: 'NNX-001', name_vi: 'Nhà', host_type: 'residential', admin_unit_id: 'dk' },
				...{ latitude: 21.8, longitude: 106.7, position_source: 'surveyed', status: 'active', created_at: 1 },
				...{ hours: '', address: '', is_sample: 0 },
			});
			const change = {
				...{ green_house_id: 'house', kind: 'pause', happened_at: 1, recorded_at: 2, reason: 'Sửa' },
				...{ before_values: '{}', after_values: '{}', content_hash: 'x', is_sample: 0 },
			};
			await add('house_change', { ...change, id: 'one', recorded_by: 'officer' });
			const before = await db.selectFrom('houseChange').selectAll().execute();
			await migrateToLatest(db);
			expect(await db.selectFrom('houseChange').selectAll().execute()).toEqual(before);
			await expect(db.updateTable('houseChange').set({ reason: 'x' }).execute()).rejects.toThrow(
				/append-only/,
			);
			await expect(db.deleteFrom('houseChange').execute()).rejects.toThrow(/append-only/);
			await add('house_change', { ...change, id: 'two', kind: 'import' });
			await expect(add('house_change', { ...change, id: 'three' })).rejects.toThrow(/check/i);
			await expect(add('house_change', { ...change, id: 'four', kind: 'x' })).rejects.toThrow(/check/i);
		} finally {
			await close();
		}
	},
);
