// Photos before 0032 belong to somebody's role; afterwards what they belong to, and what is refused of them, is as before.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

test.each(['sqlite', 'postgres'] as const)(
	'photos, what points to them and what they refuse outlive the upgrade, on %s',
	async (engine) => {
		const { db, close } = await openBefore(engine, '0029_record_house_changes');
		try {
			const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
			await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, is_sample: 0 });
			await add('role_grant', {
				...{ id: 'treasurer', person_id: 'lan', role: 'treasurer', scope_kind: 'fund', scope_id: 'fund' },
				...{ valid_from: '2026-01-01', granted_at: 1, is_sample: 0 },
			});
			await add('fund', {
				...{ id: 'fund', code: 'DK', name_vi: 'Quỹ', name_en: 'Fund', created_at: 1, is_sample: 0 },
			});
			const photo = { sha256: 'x', width: 1, height: 1, byte_count: 1, uploaded_at: 1, is_sample: 0 };
			await add('photo', {
				...{ ...photo, id: 'seen', status: 'approved', uploaded_by: 'treasurer', children_declared: 0 },
				...{ decided_by: 'treasurer', decided_at: 2 },
			});
			await add('disclosure', {
				...{ id: 'd', fund_id: 'fund', subject: 'Sổ', form: 'meeting', place: 'Khối 6', note: '' },
				...{ from_on: '2026-11-01', to_on: '2026-11-01', recorded_by: 'treasurer', recorded_at: 5 },
				...{ content_hash: 'd', is_sample: 0, photo_id: 'seen' },
			});
			await migrateToLatest(db);
			expect(await db.selectFrom('photo').selectAll().execute()).toMatchObject([
				{ id: 'seen', status: 'approved', uploadedBy: 'treasurer', decidedAt: 2, childrenDeclared: 0 },
			]);
			// Nobody's, from now on; and still nothing that does not exist is pointed to.
			await add('photo', { ...photo, id: 'visitor', status: 'private', uploaded_by: null });
			const refused = (work: () => Promise<unknown>, message: RegExp) =>
				expect(work()).rejects.toThrow(message);
			await refused(() => db.deleteFrom('photo').execute(), /photo is kept|foreign key/i);
			const change =
				(set: object, id = 'seen') =>
				() =>
					db.updateTable('photo').set(set).where('id', '=', id).execute();
			await refused(change({ sha256: 'y' }), /with children stays private/);
			await refused(change({ status: 'approved' }, 'visitor'), /with children stays private/);
			await refused(change({ publicKey: 'k' }), /blacked out/);
			await refused(
				() =>
					add('visitor_photo', {
						photo_id: 'none',
						drop_off_id: null,
						content_hash: '',
						green_house_id: 'h',
					}),
				/constraint|check/i,
			);
		} finally {
			await close();
		}
	},
);
