// Where photos lie: a private folder, or an S3-compatible bucket that several machines share.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AwsClient } from 'aws4fetch';
import type { Config, PhotoBucket } from '#lib/config.ts';

/** A photo's bytes by its id, which we mint: no name that somebody chose becomes a path. */
export type PhotoStore = {
	put(id: string, data: Uint8Array): Promise<void>;
	/** Undefined when there is none. */
	get(id: string): Promise<Uint8Array | undefined>;
	remove(id: string): Promise<void>;
};

function openFolder(dir: string): PhotoStore {
	const fileOf = (id: string) => path.join(dir, `${id}.webp`);
	return {
		async put(id, data) {
			await mkdir(dir, { recursive: true });
			await writeFile(fileOf(id), data, { mode: 0o600 });
		},
		get: (id) => readFile(fileOf(id)).catch(() => undefined),
		remove: (id) => rm(fileOf(id), { force: true }),
	};
}

function openBucket({ url, region, accessKeyId, secretAccessKey }: PhotoBucket): PhotoStore {
	const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region, retries: 2 });
	const addressOf = (id: string) => `${url}/${id}.webp`;
	const expectOk = (response: Response, what: string) => {
		if (!response.ok) throw new Error(`the photo bucket answered ${what} with ${response.status}`);
	};
	return {
		async put(id, data) {
			const headers = { 'content-type': 'image/webp' };
			const body = new Uint8Array(data);
			expectOk(await client.fetch(addressOf(id), { method: 'PUT', body, headers }), 'PUT');
		},
		async get(id) {
			const response = await client.fetch(addressOf(id));
			if (response.status === 404) return undefined;
			expectOk(response, 'GET');
			return new Uint8Array(await response.arrayBuffer());
		},
		async remove(id) {
			const response = await client.fetch(addressOf(id), { method: 'DELETE' });
			if (response.status !== 404) expectOk(response, 'DELETE');
		},
	};
}

export const openPhotoStore = ({
	photoDir,
	photoBucket,
}: Pick<Config, 'photoDir' | 'photoBucket'>): PhotoStore =>
	photoBucket ? openBucket(photoBucket) : openFolder(photoDir);
