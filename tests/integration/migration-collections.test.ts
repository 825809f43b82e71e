// Sales of before 0016 held whole cycles; afterwards each of their kinds is held, and nothing can be sold a second time.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { loadCatalogue } from '#db/reference.ts';
import { listUnsoldCycles } from '#features/collections/collection-cycle.repository.ts';
import { listGoodsLeft } from '#features/collections/goods.repository.ts';
import type { Db } from '#lib/db.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

const LAST_BEFORE = '0014_complete_money';

/** One house with a booked, a returned and a waiting sale, as the tables were before. */
async function fill(db: Db): Promise<void> {
	await loadCatalogue(db);
	const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
	const [material] = await db
		.selectFrom('material')
		.select('code')
		.where('code', '=', 'mixed_paper')
		.execute();
	expect(material).toBeDefined();
	for (const id of ['recorder', 'confirmer']) {
		await add('person', { id, display_name: id, locale: 'vi', created_at: 1, is_sample: 0 });
		await add('role_grant', {
			...{ id: `grant-${id}`, person_id: id, role: 'treasurer', scope_kind: 'fund', scope_id: 'fund' },
			...{ valid_from: '2026-01-01', granted_at: 1, is_sample: 0 },
		});
	}
	await add('fund', {
		...{ id: 'fund', code: 'DK', name_vi: 'Quỹ', name_en: 'Fund', created_at: 1, is_sample: 0 },
	});
	for (const [code, type] of [
		['cash', 'asset'],
		['income-paper', 'income'],
	])
		await add('ledger_account', { fund_id: 'fund', code, type });
	await add('green_house', {
		...{ id: 'house', code: 'NNX-001', name_vi: 'Nhà', host_type: 'residential', admin_unit_id: 'dk-2025' },
		...{ address: '', latitude: 21.8, longitude: 106.7, position_source: 'surveyed', hours: '' },
		...{ status: 'active', created_at: 1, is_sample: 0 },
	});
	for (const number of [1, 2, 3, 4]) {
		await add('collection_cycle', {
			...{ id: `cycle-${number}`, green_house_id: 'house', number, opened_at: number * 10, is_sample: 0 },
			...(number < 4 && { closed_at: number * 10 + 9, closed_by: 'grant-recorder' }),
		});
		await add('drop_off', {
			...{
				id: `drop-${number}`,
				green_house_id: 'house',
				happened_at: number * 10,
				recorded_at: number * 10,
			},
			...{ channel: 'web', content_hash: '', cycle_id: `cycle-${number}`, late: 0, is_sample: 0 },
		});
		const lines = [
			['mixed_paper', 'kg', 10_000, 10_000],
			['e_waste', 'piece', 3000, null],
		] as const;
		for (const [index, [code, unit, quantity, grams]] of lines.entries())
			await add('drop_off_line', {
				...{ drop_off_id: `drop-${number}`, position: index + 1, material_code: code, unit },
				...{ quantity_milli: quantity, basis: 'estimated', declared_weight_grams: grams },
			});
	}
	await add('journal_entry', {
		...{ id: 'entry', fund_id: 'fund', sequence: 1, kind: 'scrap_sale', happened_on: '2026-11-01' },
		...{ booked_on: '2026-11-01', recorded_at: 1, recorded_by: 'grant-confirmer', source_kind: 'scrap_sale' },
		...{ source_id: 'sale-1', source_hash: '', posting_count: 1, change_vnd: 500, cash_after_vnd: 500 },
		...{ bank_after_vnd: 0, text_hash: '', canonical: '{}', is_sample: 0 },
	});
	await add('posting', {
		...{ entry_id: 'entry', fund_id: 'fund', position: 1, debit_account: 'cash' },
		...{ credit_account: 'income-paper', amount_vnd: 500 },
	});
	for (const number of [1, 2, 3]) {
		await add('scrap_sale', {
			...{ id: `sale-${number}`, fund_id: 'fund', sold_on: '2026-11-01', recorded_at: 1, dealer: 'x' },
			...{ recorded_by: 'grant-recorder', recorder_id: 'recorder', cash_received_vnd: 500 },
			...{ photo_missing_reason: 'x', status: 'recorded', content_hash: `${number}`, is_sample: 0 },
		});
		await add('scrap_sale_cycle', { sale_id: `sale-${number}`, cycle_id: `cycle-${number}` });
		await add('scrap_sale_line', {
			...{ sale_id: `sale-${number}`, position: 1, cycle_id: `cycle-${number}`, material_code: 'cardboard' },
			...{ weighed_weight_grams: 500, unit_price_vnd: 1000, amount_vnd: 500, kind: 'goods', note: '' },
		});
	}
	await sql`update scrap_sale set status = 'confirmed', confirmed_at = 2, confirmed_by = 'grant-confirmer', confirmer_id = 'confirmer', entry_id = 'entry' where id = 'sale-1'`.execute(
		db,
	);
	await sql`update scrap_sale set status = 'returned', return_reason = 'x' where id = 'sale-2'`.execute(db);
	await sql`update scrap_sale_cycle set released_at = 3 where sale_id = 'sale-2'`.execute(db);
}

test.each(['sqlite', 'postgres'] as const)(
	'sales of before hold their goods afterwards, on %s',
	async (engine) => {
		const { db, close } = await openBefore(engine, LAST_BEFORE);
		try {
			await fill(db);
			const columns = ['id', 'status', 'cashReceivedVnd', 'entryId', 'contentHash'] as const;
			const before = await db.selectFrom('scrapSale').select(columns).orderBy('id').execute();
			await migrateToLatest(db);
			expect(await db.selectFrom('scrapSale').select(columns).orderBy('id').execute()).toEqual(before);
			const goods = await db
				.selectFrom('scrapSaleGoods')
				.select(['saleId', 'materialCode', 'declaredWeightGrams', 'releasedAt'])
				.orderBy('saleId')
				.orderBy('materialCode')
				.execute();
			const row = (saleId: string, materialCode: string, declaredWeightGrams: number | null) => ({
				...{ saleId, materialCode, declaredWeightGrams },
				releasedAt: saleId === 'sale-2' ? 3 : null,
			});
			expect(goods).toEqual([
				// Booked: what was declared, the line that nobody declared, and the rest; unknown is not zero.
				...[row('sale-1', '', 0), row('sale-1', 'cardboard', 0), row('sale-1', 'e_waste', null)],
				row('sale-1', 'mixed_paper', 10_000),
				...['sale-2', 'sale-3'].flatMap((id) =>
					['', 'cardboard', 'e_waste', 'mixed_paper'].map((material) => row(id, material, null)),
				),
			]);
			expect((await listUnsoldCycles(db, ['house'])).map((cycle) => cycle.id)).toEqual(['cycle-2']);
			expect((await listGoodsLeft(db, 'cycle-2')).map((each) => each.materialCode)).toEqual([
				'mixed_paper',
				'e_waste',
			]);
			expect(await listGoodsLeft(db, 'cycle-1')).toEqual([]);
			const [house] = await db.selectFrom('greenHouse').select('varianceLimitPercent').execute();
			expect(house?.varianceLimitPercent).toBe(15);
			const dropOffs = await db.selectFrom('dropOff').select(['paperPageId', 'householdCount']).execute();
			expect(dropOffs).toEqual([1, 2, 3, 4].map(() => ({ paperPageId: null, householdCount: null })));
		} finally {
			await close();
		}
	},
);
