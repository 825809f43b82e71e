// Between the pages and the network: keeps what may be read without one, and sends what waits when the browser wakes it.
// Only answers that say `public` are kept, asked for without cookies: nothing of a visitor can be among them.
import { CHANNEL, sendOutbox } from '../features/outbox/outbox-send.client.ts';

type Extendable = Event & { waitUntil(work: Promise<unknown>): void };
type FetchEvent = Extendable & { request: Request; respondWith(answer: Promise<Response>): void };
type PushEvent = Extendable & { data: { json(): unknown } | null };
type ClickEvent = Extendable & {
	action: string;
	notification: Notification & { data: { path: string; stop: string } };
};
type Worker = {
	skipWaiting(): Promise<void>;
	clients: { claim(): Promise<void>; openWindow(path: string): Promise<unknown> };
	registration: { showNotification(title: string, options: object): Promise<void> };
	addEventListener(type: 'install' | 'activate', handle: (event: Extendable) => void): void;
	addEventListener(type: 'fetch', handle: (event: FetchEvent) => void): void;
	addEventListener(type: 'message', handle: (event: Extendable & { data: unknown }) => void): void;
	addEventListener(type: 'push', handle: (event: PushEvent) => void): void;
	addEventListener(type: 'notificationclick', handle: (event: ClickEvent) => void): void;
	addEventListener(type: 'sync', handle: (event: Extendable & { tag: string }) => void): void;
};
const worker = globalThis as unknown as Worker;

const PAGES = 'trang-1';
const FILES = 'tep-1';
const KEPT_AT = 'x-kept-at';
const OFFLINE = '/ngoai-tuyen';
/** Forms that a phone keeps: each stands for its page at every house. */
const KEPT_FORMS: Record<string, string> = {
	'/ghi-nhan': '/ghi-nhan/khong-mang',
	'/bao-tin': '/bao-tin/khong-mang',
};
/** One page that holds the whole sorting guide, and searches in it by itself. */
const GUIDE = '/phan-loai';
/** Kept only by whoever opened a survey; it stands for that page at every house. */
const SURVEY_OFFLINE = '/khao-sat/khong-mang';
/** Kept only by whoever opened a check-in; the list itself the page holds in its own store. */
const CHECK_IN_OFFLINE = '/diem-danh/khong-mang';
/** Kept only by whoever opened a class sheet; its school and classes the page has from its own store. */
const SHEET_OFFLINE = '/so-lop/khong-mang';
/** Where what was filled in without a network waits: kept before any form that leads to it. */
const WAITING = '/cho-gui';
/** What a form asks for by its name. */
const KEPT_ON_DEMAND: Record<string, string[]> = {
	'khao-sat': [OFFLINE, WAITING, SURVEY_OFFLINE],
	'diem-danh': [OFFLINE, WAITING, CHECK_IN_OFFLINE],
	'so-lop': [OFFLINE, WAITING, SHEET_OFFLINE],
};
/** What one visit makes readable without a network, in the visitor's language. */
const SHELL = [OFFLINE, WAITING, ...Object.values(KEPT_FORMS), '/', '/chu-nhat-xanh', GUIDE];
const SHELL_AGE_MS = 6 * 60 * 60 * 1000;
/** A kept page is shown when the network has not answered by then. */
const PATIENCE_MS = 4000;
const MAX_PAGES = 80;

const prefixOf = (path: string) => (/^\/en(\/|$)/.test(path) ? '/en' : '');
const inLanguage = (prefix: string, path: string) => (path === '/' ? prefix || '/' : prefix + path);
const isFile = (path: string) => /^\/(_astro|icons)\//.test(path) || path === '/favicon.svg';

/** The same page under the same key, however it was asked for. */
function keyOf(url: URL): string {
	// The size of the text is no other page: the browser sets it.
	if (!url.searchParams.has('chu')) return url.pathname + url.search;
	const plain = new URL(url);
	plain.searchParams.delete('chu');
	return plain.pathname + plain.search;
}

/**
 * The files that a page, a style sheet or a script cannot do without; what a script fetches when wanted is not among them,
 * but for what makes a photo small, takes a position, checks people in, reads a code or keeps a class sheet: they are
 * wanted where there is no network.
 */
function filesIn(text: string): string[] {
	const named = [...text.matchAll(/\/_astro\/[\w.~-]+\.(?:js|css|woff2|svg)\b/g)].map(([url]) => url);
	const imported = [...text.matchAll(/(?:from|import)\s*["']\.\/([\w.~-]+\.js)["']/g)];
	const wanted = [
		...text.matchAll(
			/import\(["'`]\.\/((?:photo-item|take-position|attendance-board|kept-lists|check-in-scan|class-sheet-(?:paste|queue))[\w.~-]*\.js)["'`]\)/g,
		),
	];
	return [...new Set([...named, ...[...imported, ...wanted].map(([, name]) => `/_astro/${name}`)])];
}

async function keepFiles(text: string, seen = new Set<string>()): Promise<void> {
	const cache = await caches.open(FILES);
	for (const url of filesIn(text)) {
		if (seen.has(url)) continue;
		seen.add(url);
		// One that a page fetched for itself is kept without what it needs.
		const kept = await cache.match(url);
		const response = kept ?? (await fetch(url));
		if (!response.ok) continue;
		if (!kept) await cache.put(url, response.clone());
		if (/\.(css|js)$/.test(url)) await keepFiles(await response.text(), seen);
	}
}

/** Pages that are being kept now, and how often one was begun. */
let keeping = 0;
let begun = 0;

/** Keeps a page that is the same for everybody, once what it needs is kept. */
async function keepPage(url: URL, response: Response): Promise<void> {
	keeping += 1;
	begun += 1;
	await keepWhole(url, response).finally(() => (keeping -= 1));
}

async function keepWhole(url: URL, response: Response): Promise<void> {
	const control = response.headers.get('cache-control') ?? '';
	if (!response.ok || response.redirected || !/\bpublic\b/.test(control)) return;
	const text = await response.text();
	const headers = new Headers(response.headers);
	for (const name of ['content-encoding', 'content-length']) headers.delete(name);
	headers.set(KEPT_AT, String(Date.now()));
	const cache = await caches.open(PAGES);
	await keepFiles(text);
	await cache.put(keyOf(url), new Response(text, { headers }));
	await forgetOldest(cache);
}

async function forgetOldest(cache: Cache): Promise<void> {
	const keys = await cache.keys();
	const shell = new Set(['', '/en'].flatMap((prefix) => SHELL.map((path) => inLanguage(prefix, path))));
	const others = keys.filter(({ url }) => !shell.has(keyOf(new URL(url))));
	// Put again at each visit, so the first are the ones unseen for longest.
	for (const key of others.slice(0, Math.max(0, others.length - MAX_PAGES))) await cache.delete(key);
}

/** Drops the files that no kept page needs any more; leaves it to the next time where a page is being kept. */
async function forgetFiles(): Promise<void> {
	const before = begun;
	const [pages, files] = [await caches.open(PAGES), await caches.open(FILES)];
	const needed = new Set<string>();
	const need = async (text: string): Promise<void> => {
		for (const url of filesIn(text)) {
			if (needed.has(url)) continue;
			needed.add(url);
			if (/\.(css|js)$/.test(url)) await need((await (await files.match(url))?.text()) ?? '');
		}
	};
	for (const key of await pages.keys()) await need((await (await pages.match(key))?.text()) ?? '');
	for (const key of await files.keys()) {
		const { pathname } = new URL(key.url);
		if (keeping > 0 || begun !== before) return;
		if (pathname.startsWith('/_astro/') && !needed.has(pathname)) await files.delete(key);
	}
}

async function keepShell(prefix: string, paths = SHELL): Promise<void> {
	const cache = await caches.open(PAGES);
	for (const path of paths.map((each) => inLanguage(prefix, each))) {
		const kept = await cache.match(path);
		if (kept && Date.now() - Number(kept.headers.get(KEPT_AT)) < SHELL_AGE_MS) continue;
		const url = new URL(path, location.origin);
		await keepPage(url, await fetch(url, { credentials: 'omit' }));
	}
	await forgetFiles();
}

/** A kept page says of itself since when it was kept; the page's script tells the reader. */
async function marked(kept: Response): Promise<Response> {
	const text = await kept.text();
	const at = Number(kept.headers.get(KEPT_AT));
	return new Response(text.replace('<body', `<body data-kept="${at}"`), { headers: kept.headers });
}

/** What stands in for a page without a network; undefined when nothing was kept yet. */
async function findKept(url: URL): Promise<Response | undefined> {
	const cache = await caches.open(PAGES);
	const exact = await cache.match(keyOf(url));
	if (exact) return exact;
	const prefix = prefixOf(url.pathname);
	const path = url.pathname.slice(prefix.length) || '/';
	if (path === GUIDE || path.startsWith(`${GUIDE}/`)) return cache.match(prefix + GUIDE);
	if (/^\/cua-toi\/nha\/[^/]+\/khao-sat$/.test(path)) return cache.match(prefix + SURVEY_OFFLINE);
	// Every kept page leads to the list, which may have been opened in the other language alone.
	if (/^\/cua-toi\/su-kien\/[^/]+\/diem-danh$/.test(path))
		return (
			(await cache.match(prefix + CHECK_IN_OFFLINE)) ??
			cache.match((prefix === '' ? '/en' : '') + CHECK_IN_OFFLINE)
		);
	if (path === '/cua-toi/truong') return cache.match(prefix + SHEET_OFFLINE);
	const form = KEPT_FORMS[path];
	return form === undefined ? undefined : cache.match(prefix + form);
}

/** A printed code that is scanned without a network leads to the form for that house. */
function scanned(url: URL): Response | undefined {
	const code = /^\/n\/([\w-]+)$/.exec(url.pathname)?.[1];
	return code ? Response.redirect(`/ghi-nhan?diem=${code.toUpperCase()}&tu=qr`, 302) : undefined;
}

const later = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

async function answerPage(event: FetchEvent): Promise<Response> {
	const url = new URL(event.request.url);
	const fresh = fetch(event.request);
	event.waitUntil(fresh.then((response) => keepPage(url, response.clone())).catch(() => undefined));
	const kept = await findKept(url);
	try {
		const answer = kept ? await Promise.race([fresh, later(PATIENCE_MS)]) : await fresh;
		if (answer) return answer;
	} catch {
		// No network.
	}
	if (kept) return marked(kept);
	const offline = await (await caches.open(PAGES)).match(prefixOf(url.pathname) + OFFLINE);
	return scanned(url) ?? (offline ? marked(offline) : Response.error());
}

async function answerFile(request: Request): Promise<Response> {
	const cache = await caches.open(FILES);
	const kept = await cache.match(request);
	if (kept) return kept;
	const response = await fetch(request);
	if (response.ok) await cache.put(request, response.clone());
	return response;
}

// A page that is open keeps its files and what was typed in it; only the next one is answered by the new worker.
worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => {
	const { keep, form } = (event.data ?? {}) as { keep?: unknown; form?: unknown };
	const paths = (typeof form === 'string' ? KEPT_ON_DEMAND[form] : undefined) ?? SHELL;
	if (typeof keep === 'string')
		event.waitUntil(keepShell(keep === 'en' ? '/en' : '', paths).catch(() => undefined));
});
worker.addEventListener('sync', (event) => {
	if (event.tag === CHANNEL) event.waitUntil(sendOutbox());
});
// A message that comes twice bears the same tag, and is shown once.
worker.addEventListener('push', (event) => {
	const { title, body, path, stop, stopText, tag } = (event.data?.json() ?? {}) as Record<string, string>;
	const actions = [{ action: 'stop', title: stopText }];
	const options = { body, tag, icon: '/icons/icon-192.png', data: { path, stop }, actions };
	if (title) event.waitUntil(worker.registration.showNotification(title, options));
});
worker.addEventListener('notificationclick', (event) => {
	const { data } = event.notification;
	event.notification.close();
	// Only a page of the portal: the address came with the message.
	const url = new URL(event.action === 'stop' ? data.stop : data.path, location.origin);
	if (url.origin === location.origin) event.waitUntil(worker.clients.openWindow(url.pathname + url.search));
});
worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== location.origin) return;
	if (request.mode === 'navigate') event.respondWith(answerPage(event));
	else if (isFile(url.pathname)) event.respondWith(answerFile(request));
});
