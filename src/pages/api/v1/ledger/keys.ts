import type { APIRoute } from 'astro';
import { findLog, listKeys } from '#features/checkpoints/checkpoint.repository.ts';
import { keyIdOf } from '#features/checkpoints/ledger-key.ts';
import { verifierKey } from '#features/checkpoints/signed-note.ts';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';
import { json } from '#lib/api.ts';

/** The name under which this portal's books are signed, and every key that signs or signed them, the newest first. */
export const GET: APIRoute = async ({ locals: { db } }) => {
	const origin = (await findLog(db))?.origin ?? '';
	const keys = (await listKeys(db)).map(({ publicKey, validFrom }) => {
		const bytes = Buffer.from(publicKey, 'base64');
		return {
			key: verifierKey(origin, keyIdOf(origin, bytes), bytes),
			valid_from: new Date(validFrom).toISOString(),
		};
	});
	return json({ origin, keys }, { headers: OPEN_DATA_HEADERS });
};
