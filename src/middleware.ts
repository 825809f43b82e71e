import { randomUUID } from 'node:crypto';
import { defineMiddleware } from 'astro:middleware';
import { findActor } from '#features/accounts/person.repository.ts';
import { isStanding, readSession } from '#features/accounts/session.service.ts';
import { jsonError } from '#lib/api.ts';
import { MAX_BODY_BYTES } from '#lib/body.ts';
import { withTileOrigin } from '#lib/csp.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { createTranslator, preferredLocale, stripLocale, type Locale } from '#lib/i18n.ts';
import { pathToLog } from '#lib/log-path.ts';
import { isForeignRequest } from '#lib/origin.ts';
import { getPortal } from '#lib/portal.ts';
import { areSamplesShown } from '#lib/samples.ts';
import { addDays, startOfLocalDate, toLocalDate } from '#lib/time.ts';

const SECURITY_HEADERS = {
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'strict-origin-when-cross-origin',
	'permissions-policy': 'camera=(self), geolocation=(self), microphone=(), payment=(), usb=()',
	'cross-origin-opener-policy': 'same-origin',
};

/** May be kept by anyone who asks each time whether it still holds. */
const PUBLIC = 'public, no-cache';

const isApi = (path: string) => /^\/api(\/|$)/.test(path);
const isRpc = (path: string) => path.startsWith('/_actions/');
/** What an operator's programs ask, also while the database is away. */
const isHealth = (path: string) => path === '/healthz' || path === '/readyz';
/** What other sites may show in a frame: it knows nobody and sets no cookie. */
const isEmbed = (path: string) => /^(\/en)?\/nhung\/(ban-do|danh-sach|truong\/[^/]+)$/.test(path);
const isType = (message: Request | Response, type: RegExp) =>
	type.test(message.headers.get('content-type') ?? '');

/** Pages say their language in the address; the API is asked by header, and is Vietnamese otherwise. */
const localeOf = (path: string, request: Request): Locale =>
	isApi(path) ? preferredLocale(request.headers.get('accept-language')) : stripLocale(path).locale;

/** Any site may show this answer in a frame; an error page is none of them. */
function allowFrames(headers: Headers): void {
	headers.delete('x-frame-options');
	const csp = headers.get('content-security-policy') ?? '';
	headers.set('content-security-policy', csp.replace("frame-ancestors 'none'", 'frame-ancestors *'));
}

/** Refuses what no page and no action needs to look at. */
function checkRequest(request: Request, path: string, url: URL): void {
	if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES)
		throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge');
	// PostgreSQL keeps no NUL in a text, so nothing has such a name.
	if (path.includes('\0') || url.href.includes('%00'))
		throw new DomainError('NOT_FOUND', 'unknownAddress', { values: { method: request.method } });
	const isAction = request.method === 'POST' && (isRpc(path) || url.searchParams.has('_action'));
	if (isAction && isEmbed(path))
		throw new DomainError('NOT_FOUND', 'unknownAddress', { values: { method: request.method } });
	// Every action is a form; Astro would also parse JSON, and fail on JSON that is none.
	if (isAction && !isType(request, /^(application\/x-www-form-urlencoded|multipart\/form-data)/i))
		throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'formUnreadable');
}

/** An answer that says less than what went wrong becomes the error that it stands for. */
function checkResponse(response: Response, locals: App.Locals, request: Request, path: string): void {
	if (isApi(path) && response.status === 404 && !isType(response, /json/))
		throw new DomainError('NOT_FOUND', 'unknownAddress', { values: { method: request.method } });
	if (isRpc(path)) return;
	// A body that is no form is refused before the action runs.
	const { formError } = locals;
	if (response.status === 415 && !formError)
		throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'formUnreadable');
	if (!formError) return;
	// A page that its visitor may not see goes elsewhere or says only that; the refusal of the form stands.
	const isUnseen = response.status !== HTTP_STATUS[formError.kind] || !isType(response, /^text\/html/);
	if (isUnseen || ['signInFirst', 'notYourRole'].includes(formError.key)) throw formError;
}

/** What lies behind a refusal is for the operator to read and to mend. */
function logCause(refusal: DomainError | undefined, request: Request, path: string): void {
	if (refusal?.cause !== undefined)
		console.error(`${request.method} ${pathToLog(path)}: ${refusal.key}`, refusal.cause);
}

/** The expected failure that an error is or stands for; undefined for a bug. */
function readRefusal(error: unknown): DomainError | undefined {
	if (error instanceof DomainError) return error;
	// The adapter counts the bytes of a body whose length was not announced, and knows no class for this.
	if (error instanceof Error && error.message.startsWith('Body size limit exceeded'))
		return new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge');
	return undefined;
}

export const onRequest = defineMiddleware(async (context, next) => {
	const { locals, request, url, cookies, isPrerendered } = context;
	// A rewrite to an error page comes through here again.
	if (isPrerendered || locals.refusal || locals.errorId) return next();
	const { config, db, secret, pages } = getPortal();
	// Of an address that nothing has, and of a rewrite, `url` names the page that answers.
	const path = context.originPathname;
	locals.config = config;
	locals.db = db;
	locals.secret = secret;
	locals.now = Date.now();
	locals.publicUrl = config.publicUrl;
	locals.locale = localeOf(path, request);
	locals.t = createTranslator(locals.locale);
	locals.samplesShown = false;
	locals.isSameForAll = false;
	locals.changesAt = startOfLocalDate(addDays(toLocalDate(locals.now), 1));
	locals.hasStreets = false;
	locals.mayBeFramed = false;

	const finish = (response: Response): Response => {
		// A page whose address is a secret says by itself that it goes nowhere.
		const referrer = response.headers.get('referrer-policy');
		for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
		if (referrer === 'same-origin') response.headers.set('referrer-policy', referrer);
		if (config.publicUrl.startsWith('https:')) {
			response.headers.set('strict-transport-security', 'max-age=31536000');
		}
		const csp = response.headers.get('content-security-policy');
		response.headers.set(
			'content-security-policy',
			csp === null
				? "default-src 'none'; frame-ancestors 'none'"
				: withTileOrigin(csp, locals.hasStreets ? config.tileUrl : undefined),
		);
		if (locals.mayBeFramed && isEmbed(path) && !locals.refusal && !locals.errorId)
			allowFrames(response.headers);
		if (locals.samplesShown || isHealth(path)) response.headers.set('x-robots-tag', 'noindex');
		if (locals.isSameForAll && locals.session === undefined && response.status === 200)
			response.headers.set('cache-control', PUBLIC);
		// No cache may hand one visitor's cookie to the next.
		if (!cookies.headers().next().done) response.headers.set('cache-control', 'private, no-store');
		if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache');
		return response;
	};
	/** The page is kept as bytes, for whoever asks for it next. */
	const keep = async (response: Response, version: string): Promise<Response> => {
		const isPublic = response.headers.get('cache-control') === PUBLIC && isType(response, /^text\/html/);
		if (!isPublic || request.method !== 'GET') return response;
		const body = Buffer.from(await response.arrayBuffer());
		const { changesAt } = locals;
		const page = { version, changesAt, headers: [...response.headers], body };
		const { headers } = await pages.keep(path + url.search, page);
		return new Response(body, { headers });
	};
	const fail = async (error: unknown): Promise<Response> => {
		// When a page that its visitor may not see refuses too, the refusal of the form stands.
		const refusal = (error instanceof DomainError && locals.formError) || readRefusal(error);
		if (refusal !== locals.formError) logCause(refusal, request, path);
		if (!refusal) {
			locals.errorId = randomUUID();
			console.error(`[${locals.errorId}] ${request.method} ${pathToLog(path)}`, error);
		}
		if (isApi(path)) {
			if (refusal) return jsonError(refusal, locals.t);
			return Response.json(
				{ error: { code: 'unexpected', message: locals.t('errors:unexpected', { id: locals.errorId! }) } },
				{ status: 500 },
			);
		}
		locals.refusal = refusal;
		const page = await context.rewrite('/500');
		const status = refusal ? HTTP_STATUS[refusal.kind] : 500;
		return new Response(page.body, { status, headers: page.headers });
	};

	try {
		if (isHealth(path)) return finish(await next());
		const version = await pages.readVersion();
		locals.samplesShown = await areSamplesShown(db);
		if (isForeignRequest(request, config)) throw new DomainError('FORBIDDEN', 'foreignOrigin');
		checkRequest(request, path, url);
		// The API knows no roles, and a session that is prolonged sets its cookie: open data may be kept by any cache.
		const session =
			isApi(path) || isEmbed(path) ? undefined : await readSession(db, config, cookies, locals.now);
		locals.session = session;
		locals.checkSession = async () => {
			if (session && !(await isStanding(db, session))) throw new DomainError('UNAUTHORIZED', 'signInFirst');
		};
		// A session of a sample person, or a sample role, may be older than the public address.
		locals.actor =
			session && !session.isPending
				? await findActor(db, session.personId, locals.now, session.secondFactorAt, config.isLocal)
				: undefined;
		const lang = context.params['lang'];
		if (lang !== undefined && lang !== 'en') return finish(await context.rewrite('/404'));
		const response = await next();
		logCause(locals.formError, request, path);
		logCause(locals.photoRefusal, request, path);
		// A page that rewrote to 404 was refused on its way through here.
		if (locals.refusal || locals.errorId) return finish(response);
		checkResponse(response, locals, request, path);
		if (response.status === 404 && response.body === null) return finish(await context.rewrite('/404'));
		return await keep(finish(response), version);
	} catch (error) {
		return finish(await fail(error));
	}
});
