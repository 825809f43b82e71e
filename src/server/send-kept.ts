import type { IncomingMessage, ServerResponse } from 'node:http';
import { namesSession } from '#features/accounts/session-cookie.ts';
import type { Encoding } from '#lib/page-cache.ts';
import { getPortal } from '#lib/portal.ts';

const accepts = (header: string, encoding: Encoding) =>
	new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(header);

const encodingFor = (header = ''): Encoding =>
	(['br', 'gzip'] as const).find((encoding) => accepts(header, encoding)) ?? 'identity';

/** Answers with the bytes of a page that is kept for its address; false where the page must be made. */
export async function sendKept(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
	const { config, pages } = getPortal();
	const { method, url = '', headers } = request;
	if (method !== 'GET' && method !== 'HEAD') return false;
	if (namesSession(config, headers.cookie)) return false;
	// A database that cannot be asked has its own page of failure.
	const page = await pages.find(url, Date.now()).catch(() => undefined);
	if (!page) {
		// Of HEAD nothing is kept, and who has left already is not heard leaving.
		if (method === 'HEAD' || response.closed) pages.giveUp(url);
		else response.once('close', () => pages.giveUp(url));
		return false;
	}
	for (const [name, value] of page.headers) response.setHeader(name, value);
	response.setHeader('vary', 'accept-encoding');
	if (headers['if-none-match']?.includes(page.etag)) {
		response.writeHead(304).end();
		return true;
	}
	const encoding = encodingFor(headers['accept-encoding']);
	const bytes = await page.bytes(encoding);
	if (encoding !== 'identity') response.setHeader('content-encoding', encoding);
	response.setHeader('content-length', bytes.length);
	response.end(method === 'HEAD' ? undefined : bytes);
	return true;
}
