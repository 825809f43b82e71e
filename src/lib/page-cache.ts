// Public pages as bytes, each as long as nothing that it may show has changed; see docs/decisions/0017.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ReadVersion } from './data-version.ts';
import { sha256Hex } from './hash.ts';

export type Encoding = 'br' | 'gzip' | 'identity';
export type KeptPage = {
	headers: [name: string, value: string][];
	etag: string;
	/** The page's bytes, compressed when first asked for so. */
	bytes(encoding: Encoding): Promise<Buffer>;
};

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_KNOWN = 10_000;
/** Longer addresses are nobody's link, and would take more memory than their pages. */
const LONGEST_KEY = 400;
/** Nobody waits longer for a page that somebody else makes. */
const PATIENCE_MS = 3000;
const QUALITY = 5;
const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

const compress = (body: Buffer, encoding: Encoding): Promise<Buffer> => {
	if (encoding === 'identity') return Promise.resolve(body);
	return encoding === 'gzip'
		? deflate(body)
		: brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
};

function keptPage(headers: KeptPage['headers'], body: Buffer): KeptPage {
	const made = new Map<Encoding, Promise<Buffer>>();
	const etag = `W/"${sha256Hex(body).slice(0, 22)}"`;
	return {
		headers: [...headers, ['etag', etag]],
		etag,
		bytes(encoding) {
			const bytes = made.get(encoding) ?? compress(body, encoding);
			made.set(encoding, bytes);
			return bytes;
		},
	};
}

/** Keeps pages by their address; all of them go with the first write after which one is asked for. */
export function createPageCache(readVersion: ReadVersion, mostBytes = MOST_BYTES) {
	const pages = new Map<string, { page: KeptPage; size: number; changesAt: number }>();
	/** What was kept and will be again, and who is making it now. */
	const known = new Set<string>();
	const making = new Map<string, PromiseWithResolvers<void>>();
	let keptVersion = '';
	let size = 0;
	const drop = (key: string) => {
		size -= pages.get(key)?.size ?? 0;
		pages.delete(key);
	};
	const dropOlder = (version: string) => {
		if (version === keptVersion) return;
		if (known.size > MOST_KNOWN) known.clear();
		for (const key of pages.keys()) known.add(key);
		pages.clear();
		size = 0;
		keptVersion = version;
	};
	const look = async (key: string, now: number): Promise<KeptPage | undefined> => {
		if (!pages.has(key)) return undefined;
		dropOlder(await readVersion());
		const kept = pages.get(key);
		if (kept && kept.changesAt > now) {
			// What is asked for stays; what was asked for once goes first.
			pages.delete(key);
			pages.set(key, kept);
			return kept.page;
		}
		if (kept) known.add(key);
		drop(key);
		return undefined;
	};
	const endMaking = (key: string) => {
		making.get(key)?.resolve();
		making.delete(key);
	};
	return {
		/** To be read before the page is made, and given when it is kept. */
		readVersion,
		/**
		 * The page at an address as it would be made anew at `now`; undefined where it must be. After a write the first
		 * who comes makes it and the others wait, for a moment and as long as the first has not answered ({@link giveUp}).
		 */
		async find(key: string, now: number): Promise<KeptPage | undefined> {
			const page = await look(key, now);
			if (page || !known.has(key)) return page;
			const maker = making.get(key);
			if (maker) {
				await maker.promise;
				return look(key, now);
			}
			making.set(key, Promise.withResolvers());
			setTimeout(endMaking, PATIENCE_MS, key).unref();
			return undefined;
		},
		/** Whoever found nothing at an address has answered, with or without a page to keep. */
		giveUp: endMaking,
		/** Keeps what was made out of the data of `version`, up to the instant at which it changes by itself. */
		async keep(
			key: string,
			{
				version,
				changesAt,
				headers,
				body,
			}: { version: string; changesAt: number; body: Buffer } & Pick<KeptPage, 'headers'>,
		): Promise<KeptPage> {
			const page = keptPage(headers, body);
			const current = await readVersion();
			dropOlder(current);
			if (version === current && key.length <= LONGEST_KEY) {
				drop(key);
				pages.set(key, { page, size: body.length, changesAt });
				size += body.length;
				for (const oldest of pages.keys()) {
					if (size <= mostBytes) break;
					drop(oldest);
				}
			}
			endMaking(key);
			return page;
		},
	};
}

export type PageCache = ReturnType<typeof createPageCache>;
