import type { Kysely } from 'kysely';
import { keepRows, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	// Also against SQLite's INSERT OR REPLACE, which would write an approved request anew with another amount.
	await keepRows(db, 'disbursement');
	await refuse(db, {
		table: 'scrap_sale',
		event: 'update',
		name: 'decided',
		when: `new.recorded_by <> old.recorded_by or new.content_hash <> old.content_hash
			or new.photo_id is distinct from old.photo_id or new.replaces_sale_id is distinct from old.replaces_sale_id
			or (old.confirmer_id is not null and new.confirmer_id is distinct from old.confirmer_id)
			or (old.status in ('returned', 'reversed') and new.status <> old.status)`,
		message: 'a sale that was decided stays as it is',
	});
	for (const table of ['scrap_sale_line', 'scrap_sale_cycle']) {
		await refuse(db, {
			table,
			event: 'insert',
			when: `(select s.status from scrap_sale s where s.id = new.sale_id) <> 'recorded'`,
			message: 'the sale is complete',
		});
	}
	// A cycle that could be taken out of its sale could be sold a second time.
	await keepRows(db, 'scrap_sale_cycle');
	await refuse(db, {
		table: 'scrap_sale_cycle',
		event: 'update',
		when: `new.sale_id <> old.sale_id or new.cycle_id <> old.cycle_id
			or (old.released_at is not null and new.released_at is distinct from old.released_at)
			or (old.declared_weight_grams is not null and new.declared_weight_grams is distinct from old.declared_weight_grams)`,
		message: 'a cycle is released from its sale once',
	});
}
