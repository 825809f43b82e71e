// Photos of disclosures that were taken back before 0023 stayed public at their addresses; afterwards they are not.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import type { Db } from '#lib/db.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

async function fill(db: Db): Promise<void> {
	const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
	await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, is_sample: 0 });
	await add('role_grant', {
		...{ id: 'treasurer', person_id: 'lan', role: 'treasurer', scope_kind: 'fund', scope_id: 'fund' },
		...{ valid_from: '2026-01-01', granted_at: 1, is_sample: 0 },
	});
	await add('fund', {
		...{ id: 'fund', code: 'DK', name_vi: 'Quỹ', name_en: 'Fund', created_at: 1, is_sample: 0 },
	});
	const disclosure = (id: string, over: Record<string, unknown>) =>
		add('disclosure', {
			...{ id, fund_id: 'fund', subject: 'Sổ', form: 'meeting', place: 'Khối 6', from_on: '2026-11-01' },
			...{ to_on: '2026-11-01', note: '', recorded_by: 'treasurer', recorded_at: 5, content_hash: id },
			...{ is_sample: 0, ...over },
		});
	for (const [id, status] of [
		['stands', 'approved'],
		['back', 'approved'],
		['back-waiting', 'private'],
	] as const) {
		await add('photo', {
			...{ id: `photo-${id}`, sha256: id, width: 1, height: 1, byte_count: 1, status, uploaded_at: 1 },
			...{ uploaded_by: 'treasurer', is_sample: 0, children_declared: 0 },
			...(status === 'approved' && { decided_by: 'treasurer', decided_at: 2 }),
		});
		await disclosure(id, { photo_id: `photo-${id}` });
		if (id !== 'stands')
			await disclosure(`undo-${id}`, {
				...{ photo_missing_reason: '', replaces_id: id, withdraw_reason: 'Ghi nhầm', recorded_at: 7 },
			});
	}
}

test.each(['sqlite', 'postgres'] as const)(
	'the photo of a record that was taken back is public no longer, on %s',
	async (engine) => {
		const { db, close } = await openBefore(engine, '0022_hold_months_for_reversals');
		try {
			await fill(db);
			await migrateToLatest(db);
			const columns = ['id', 'status', 'decidedBy', 'decidedAt', 'publicKey', 'publicFrames'] as const;
			const whole = { decidedBy: 'treasurer', publicKey: null, publicFrames: null };
			expect(await db.selectFrom('photo').select(columns).orderBy('id').execute()).toEqual([
				{ ...whole, id: 'photo-back', status: 'refused', decidedAt: 7 },
				{ ...whole, id: 'photo-back-waiting', status: 'refused', decidedAt: 7 },
				{ ...whole, id: 'photo-stands', status: 'approved', decidedAt: 2 },
			]);
		} finally {
			await close();
		}
	},
);
