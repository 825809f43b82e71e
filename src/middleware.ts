import { randomUUID } from 'node:crypto';
import { defineMiddleware } from 'astro:middleware';
import { findActor } from '#features/accounts/person.repository.ts';
import { readSession } from '#features/accounts/session.ts';
import { jsonError } from '#lib/api.ts';
import { withTileOrigin } from '#lib/csp.ts';
import { DomainError } from '#lib/errors.ts';
import { createTranslator, stripLocale, type Locale } from '#lib/i18n.ts';
import { isForeignRequest } from '#lib/origin.ts';
import { getPortal } from '#lib/portal.ts';
import { areSamplesShown } from '#lib/samples.ts';

const SECURITY_HEADERS = {
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'strict-origin-when-cross-origin',
	'permissions-policy': 'camera=(self), geolocation=(self), microphone=(), payment=(), usb=()',
	'cross-origin-opener-policy': 'same-origin',
};

const isApi = (path: string) => path.startsWith('/api/');

/** Pages say their language in the address; the API is asked by header, and is Vietnamese otherwise. */
function localeOf(path: string, request: Request): Locale {
	if (!isApi(path)) return stripLocale(path).locale;
	return request.headers.get('accept-language')?.toLowerCase().startsWith('en') ? 'en' : 'vi';
}

export const onRequest = defineMiddleware(async (context, next) => {
	const { locals, request, url, cookies, isPrerendered } = context;
	if (isPrerendered) return next();
	const { config, db } = getPortal();
	const path = url.pathname;
	locals.config = config;
	locals.db = db;
	locals.now = Date.now();
	locals.publicUrl = config.publicUrl;
	// A page that rewrites to 404 stays in its reader's language.
	locals.locale = localeOf(context.originPathname, request);
	locals.t = createTranslator(locals.locale);
	locals.samplesShown = false;

	const finish = (response: Response): Response => {
		for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
		if (config.publicUrl.startsWith('https:')) {
			response.headers.set('strict-transport-security', 'max-age=31536000');
		}
		const csp = response.headers.get('content-security-policy');
		response.headers.set(
			'content-security-policy',
			csp === null ? "default-src 'none'; frame-ancestors 'none'" : withTileOrigin(csp, config.tileUrl),
		);
		if (locals.samplesShown) response.headers.set('x-robots-tag', 'noindex');
		if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache');
		return response;
	};
	const fail = async (error: unknown): Promise<Response> => {
		if (error instanceof DomainError && isApi(path)) return jsonError(error, locals.t);
		locals.errorId = randomUUID();
		console.error(`[${locals.errorId}] ${request.method} ${path}`, error);
		if (isApi(path)) {
			return Response.json(
				{ error: { code: 'unexpected', message: locals.t('errors:unexpected', { id: locals.errorId }) } },
				{ status: 500 },
			);
		}
		return context.rewrite('/500');
	};

	try {
		if (isForeignRequest(request, config)) throw new DomainError('FORBIDDEN', 'foreignOrigin');
		locals.samplesShown = await areSamplesShown(db);
		const personId = await readSession(db, config, cookies);
		locals.actor = personId === undefined ? undefined : await findActor(db, personId, locals.now);
		const lang = context.params['lang'];
		if (lang !== undefined && lang !== 'en') return finish(await context.rewrite('/404'));
		return finish(await next());
	} catch (error) {
		if (error instanceof DomainError && !isApi(path)) {
			const status = { FORBIDDEN: 403, NOT_FOUND: 404, UNAUTHORIZED: 401 }[error.kind as string] ?? 400;
			return finish(new Response(locals.t(`errors:${error.key}`, error.values), { status }));
		}
		return finish(await fail(error));
	}
});
