import { sql, type ExpressionBuilder } from 'kysely';
import type { Database } from '#db/schema.ts';
import { addressKey } from './address-key.ts';
import type { Db } from './db.ts';
import { DomainError } from './errors.ts';
import { sha256Hex } from './hash.ts';
import { formatTime } from './time.ts';

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
	if (count > limit) {
		const values = { until: formatTime(windowStart + windowMs) };
		throw new DomainError('TOO_MANY_REQUESTS', 'tooManyRequests', { values });
	}
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

type Rate = { limit: number; windowMs: number };
/** Where a try comes from: its browser, if it can be told from others, and its address. */
export type Visitor = {
	/** What the portal knows it by, or a secret that it may have made up. */
	browser: string | undefined;
	/** The portal knows it. */
	isKept: boolean;
	address: string;
};

/** An address may have as many times the tries of one browser: a school's computer room, or a line of many households. */
const BROWSERS_PER_ADDRESS = 4;
/** Of browsers that the portal knows: whoever has opened an account there, or logged something, is one soon. */
const KEPT_PER_ADDRESS = 8;

const keysOf = (what: string, { browser, isKept, address }: Visitor, { limit, windowMs }: Rate) => ({
	all: {
		key: addressKey(isKept ? `${what}-kept` : `${what}-all`, address),
		rate: { windowMs, limit: limit * (isKept ? KEPT_PER_ADDRESS : BROWSERS_PER_ADDRESS) },
	},
	own: {
		key: browser === undefined ? addressKey(what, address) : `${what}:browser:${browser}`,
		rate: { limit, windowMs },
	},
});

/**
 * Counts a try of somebody who is not signed in: for its browser, those of an address that bring no secret being one,
 * and for the address under a higher limit. Who is stopped at the first uses nothing of the second up, so that one
 * stubborn browser does not close the address for the others. Browsers that the portal knows have a count of the
 * address to themselves: whoever makes up secrets by the thousand does not close the address for them. Refuses with 429.
 */
export async function takeVisit(
	db: Db,
	what: string,
	visitor: Visitor,
	rate: Rate,
	now: number,
): Promise<void> {
	const { all, own } = keysOf(what, visitor, rate);
	await takeRate(db, all.key, all.rate, now);
	await takeRate(db, own.key, own.rate, now).catch(async (error: unknown) => {
		await returnRate(db, all.key, all.rate, now);
		throw error;
	});
}

/** A try that was let through counts also for what its browser is known by since then; refuses nothing. */
export async function carryVisit(
	db: Db,
	what: string,
	{ from, to }: { from: Visitor; to: Visitor },
	{ windowMs }: Rate,
	now: number,
): Promise<void> {
	if (to.browser === undefined || to.browser === from.browser) return;
	const rate = { limit: Infinity, windowMs };
	await takeRate(db, keysOf(what, to, rate).own.key, rate, now);
}

/** Takes a counted try back, as {@link returnRate} does. */
export async function returnVisit(
	db: Db,
	what: string,
	visitor: Visitor,
	rate: Rate,
	now: number,
): Promise<void> {
	for (const { key } of Object.values(keysOf(what, visitor, rate))) await returnRate(db, key, rate, now);
}
