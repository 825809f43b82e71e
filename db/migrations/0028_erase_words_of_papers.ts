import type { Kysely } from 'kysely';
import { dropRefusal, refuse } from './dialect.ts';

/**
 * What may stand on the board and be wrong to stand there: once booked, it may be erased, and nothing else put in its
 * place. The hash of what was sent goes with it: one could guess by it what the words were.
 */
const PAPERS = [
	{
		...{ table: 'statement', words: 'words', message: 'statement is not changed after it was recorded' },
		columns: ['kind', 'happened_on', 'account', 'amount_vnd', 'purpose', 'photo_id'],
	},
	{
		...{ table: 'cash_count', words: 'reason', message: 'cash_count is not changed after it was recorded' },
		columns: ['counted_on', 'counted_vnd', 'book_vnd', 'book_sequence'],
	},
	{
		...{
			table: 'entry_reversal',
			words: 'reason',
			message: 'a reversal is not changed after it was asked for',
		},
		columns: ['reverses_entry_id'],
	},
];

export async function up(db: Kysely<unknown>): Promise<void> {
	for (const { table, words, message, columns } of PAPERS) {
		const kept = [...columns, 'id', 'fund_id', 'recorded_at', 'recorded_by', 'recorder_id', 'is_sample'];
		await dropRefusal(db, table, 'update');
		await refuse(db, {
			table,
			event: 'update',
			when: `${kept.map((column) => `new.${column} is distinct from old.${column}`).join(' or ')}
				or (new.${words} <> old.${words} and (new.${words} <> '…' or old.entry_id is null))
				or new.content_hash not in (old.content_hash, '')`,
			message,
		});
	}
}
