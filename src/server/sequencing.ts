// Hashes and signs what has been posted, a moment after it was posted.
import { sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import type { LedgerKey } from '#features/checkpoints/ledger-key.ts';
import type { Db } from '#lib/db.ts';

/** Between two rounds over all funds. */
export const PAUSE_MS = 2_000;

/** Brings every fund's tree up to its book now and every two seconds; a failure is logged when it is a new one. */
export async function startSequencing(db: Db, key: LedgerKey): Promise<void> {
	let lastFailure = '';
	const run = async () => {
		try {
			await sequenceFunds(db, key, Date.now());
			lastFailure = '';
		} catch (error) {
			const failure = error instanceof Error ? error.message : 'sequencing failed';
			if (failure !== lastFailure) console.error(error);
			lastFailure = failure;
		}
		setTimeout(() => void run(), PAUSE_MS).unref();
	};
	await run();
}
