import { sql, type ExpressionBuilder } from 'kysely';
import type { Database } from '#db/schema.ts';
import type { Db } from './db.ts';
import { DomainError } from './errors.ts';
import { sha256Hex } from './hash.ts';

/**
 * Counts a try under a key, or `by` of them, and refuses (429) when the window holds more than `limit`; gives how many
 * it holds.
 * Windows are fixed; the key is stored as a hash because it may hold a phone number or an address.
 */
export async function takeRate(
	db: Db,
	key: string,
	{ limit, windowMs }: { limit: number; windowMs: number },
	now: number,
	by = 1,
): Promise<number> {
	const windowStart = now - (now % windowMs);
	const { count } = await db
		.insertInto('rateLimit')
		.values({ key: sha256Hex(key), windowStart, count: by })
		.onConflict((conflict) =>
			conflict.columns(['key', 'windowStart']).doUpdateSet({ count: sql<number>`rate_limit.count + ${by}` }),
		)
		.returning('count')
		.executeTakeFirstOrThrow();
	// The first try of a window clears the table of windows that nobody counts any more.
	if (count === by)
		await db
			.deleteFrom('rateLimit')
			.where('windowStart', '<', now - 24 * 3_600_000)
			.execute();
	if (count > limit) throw new DomainError('TOO_MANY_REQUESTS', 'tooManyRequests');
	return count;
}

/** Takes a counted try back, for tries that count only when they fail. */
export async function returnRate(
	db: Db,
	key: string,
	{ windowMs }: { windowMs: number },
	now: number,
): Promise<void> {
	const window = (eb: ExpressionBuilder<Database, 'rateLimit'>) =>
		eb.and({ key: sha256Hex(key), windowStart: now - (now % windowMs) });
	const { numUpdatedRows } = await db
		.updateTable('rateLimit')
		.set({ count: sql<number>`count - 1` })
		.where(window)
		.where('count', '>', 1)
		.executeTakeFirst();
	if (Number(numUpdatedRows) === 0)
		await db.deleteFrom('rateLimit').where(window).where('count', '=', 1).execute();
}
