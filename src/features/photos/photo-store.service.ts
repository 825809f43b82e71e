// Where photos lie: a private folder, or an S3-compatible bucket that several machines share.
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AwsClient } from 'aws4fetch';
import type { Config, PhotoBucket } from '#lib/config.ts';
import { DomainError } from '#lib/errors.ts';

/** A photo's bytes by its id, which we mint: no name that somebody chose becomes a path. */
export type PhotoStore = {
	put(id: string, data: Uint8Array): Promise<void>;
	/** Undefined when there is none. */
	get(id: string): Promise<Uint8Array | undefined>;
	remove(id: string): Promise<void>;
};

/** A name in a folder is on the disk only when the folder is too. Windows opens no folder, and needs none opened. */
async function syncFolder(dir: string): Promise<void> {
	if (process.platform === 'win32') return;
	const handle = await open(dir, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

function openFolder(dir: string): PhotoStore {
	const fileOf = (id: string) => path.join(dir, `${id}.webp`);
	return {
		async put(id, data) {
			const made = await mkdir(dir, { recursive: true });
			const handle = await open(fileOf(id), 'w', 0o600);
			try {
				await handle.writeFile(data);
				await handle.sync();
			} finally {
				await handle.close();
			}
			await syncFolder(dir);
			// The folders that were made are names in the folders above them.
			for (
				let folder = dir;
				made !== undefined && folder.length >= made.length;
				folder = path.dirname(folder)
			)
				await syncFolder(path.dirname(folder));
		},
		get: (id) =>
			readFile(fileOf(id)).catch((error: NodeJS.ErrnoException) => {
				if (error.code === 'ENOENT') return undefined;
				throw error;
			}),
		remove: (id) => rm(fileOf(id), { force: true }),
	};
}

/** A bucket that says nothing must not hold a visitor's request, or a job, for ever. */
const BUCKET_MS = 20_000;

function openBucket(
	{ url, region, accessKeyId, secretAccessKey }: PhotoBucket,
	timeoutMs: number,
): PhotoStore {
	const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region, retries: 2 });
	const addressOf = (id: string) => `${url}/${id}.webp`;
	/** One limit for all tries at it, and for reading what it says. */
	const ask = (id: string, init: RequestInit) =>
		client.fetch(addressOf(id), { ...init, signal: AbortSignal.timeout(timeoutMs) });
	const expectOk = (response: Response, what: string) => {
		if (!response.ok) throw new Error(`the photo bucket answered ${what} with ${response.status}`);
	};
	return {
		async put(id, data) {
			const headers = { 'content-type': 'image/webp' };
			const body = new Uint8Array(data);
			expectOk(await ask(id, { method: 'PUT', body, headers }), 'PUT');
		},
		async get(id) {
			const response = await ask(id, {});
			if (response.status === 404) return undefined;
			expectOk(response, 'GET');
			return new Uint8Array(await response.arrayBuffer());
		},
		async remove(id) {
			const response = await ask(id, { method: 'DELETE' });
			if (response.status !== 404) expectOk(response, 'DELETE');
		},
	};
}

/** A store that fails, a full disk or a bucket that refuses, is the operator's to mend; the visitor is told to come back. */
function refusing(store: PhotoStore): PhotoStore {
	const refuse = (error: unknown): never => {
		throw new DomainError('SERVICE_UNAVAILABLE', 'photoStoreAway', { field: 'photo', cause: error });
	};
	return {
		put: (id, data) => store.put(id, data).catch(refuse),
		get: (id) => store.get(id).catch(refuse),
		remove: (id) => store.remove(id).catch(refuse),
	};
}

/** The configured store; each of its acts refuses with 503 when the disk or the bucket fails. */
export const openPhotoStore = (
	{ photoDir, photoBucket }: Pick<Config, 'photoDir' | 'photoBucket'>,
	timeoutMs = BUCKET_MS,
): PhotoStore => refusing(photoBucket ? openBucket(photoBucket, timeoutMs) : openFolder(photoDir));
