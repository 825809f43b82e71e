// Class sheets from before 0044 stood with their drop-offs: they are approved, and their figures are cells.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { loadCatalogue } from '#db/reference.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)('class sheets outlive the upgrade, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0043_put_goods_into_cycles');
	try {
		const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
		const sample = { is_sample: 0 };
		await loadCatalogue(db);
		await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, ...sample });
		await add('organisation', { id: 'school', kind: 'school', name: 'Trường', ...sample });
		await add('role_grant', {
			...{ id: 'grant', person_id: 'lan', role: 'school_lead', scope_kind: 'organisation' },
			...{ scope_id: 'school', valid_from: '2026-01-01', granted_at: 1, ...sample },
		});
		await add('green_house', {
			...{ id: 'house', code: 'NNX-001', name_vi: 'Nhà', host_type: 'school', admin_unit_id: 'dk-2025' },
			...{ address: '', latitude: 21.8, longitude: 106.7, position_source: 'surveyed', hours: '' },
			...{ status: 'active', created_at: 1, ...sample },
		});
		await add('collection_cycle', {
			...{ id: 'cycle', green_house_id: 'house', number: 1, opened_at: 1, ...sample },
		});
		await add('school_class', {
			...{ id: '6A', organisation_id: 'school', school_year: '2026-2027', grade: 6, name: '6A', ...sample },
		});
		const addSheet = async (id: string, status: string, revokedAt: number | null) => {
			await add('class_sheet', {
				...{ id, organisation_id: 'school', green_house_id: 'house', collected_on: '2026-11-20', status },
				...{ recorded_at: 5, recorded_by: 'grant', revoked_at: revokedAt, content_hash: id, ...sample },
			});
			await add('drop_off', {
				...{ id: `of ${id}`, green_house_id: 'house', class_sheet_id: id, school_class_id: '6A' },
				...{ happened_at: 5, recorded_at: 5, channel: 'class_sheet', content_hash: id, cycle_id: 'cycle' },
				...{ late: 0, withdrawn_at: revokedAt, ...sample },
			});
			for (const position of [1, 2])
				await add('drop_off_line', {
					...{ drop_off_id: `of ${id}`, position, material_code: 'mixed_paper', quantity_milli: 1500 },
					...{ unit: 'kg', basis: 'estimated', declared_weight_grams: 1500 },
				});
		};
		await addSheet('stands', 'entered', null);
		await addSheet('gone', 'revoked', 9);
		await migrateToLatest(db);
		const sheets = await db.selectFrom('classSheet').selectAll().orderBy('id').execute();
		expect(sheets).toMatchObject([
			{ id: 'gone', status: 'revoked', approvedAt: 5, approvedBy: 'grant', revokedAt: 9, campaignId: null },
			{ id: 'stands', status: 'approved', approvedAt: 5, approvedBy: 'grant', revokedAt: null },
		]);
		const cell = { schoolClassId: '6A', materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 3000 };
		expect(await db.selectFrom('classSheetCell').selectAll().orderBy('classSheetId').execute()).toEqual([
			{ classSheetId: 'gone', ...cell },
			{ classSheetId: 'stands', ...cell },
		]);
		expect(await db.selectFrom('schoolClass').selectAll().executeTakeFirst()).toMatchObject({
			closedOn: null,
			mergedIntoId: null,
		});
	} finally {
		await close();
	}
});
