import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { prepareAliasCookie, readAliasCookie, writeAliasCookie } from '#features/accounts/device-cookies.ts';
import { isDeviceSecret, keptOrNewSecret } from '#features/accounts/device-alias.ts';
import { PER_ADDRESS, PER_DEVICE } from '#features/drop-offs/drop-off-limits.ts';
import { recordDropOff, type DropOffInput } from '#features/drop-offs/drop-off.service.ts';
import type { DropOffLine } from '#features/drop-offs/drop-off.ts';
import { addressKey } from '#lib/address-key.ts';
import { errorBody, json } from '#lib/api.ts';
import { readJsonBody } from '#lib/body.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { parseInstant } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';

const MAX_BODY_BYTES = 64 * 1024;

// PostgreSQL keeps no NUL in a text.
const text = (max: number) =>
	z
		.string()
		.max(max)
		.regex(/^[^\0]*$/);
const line = z.object({
	material: text(64),
	quantity: z.union([z.number(), text(40)]),
	unit: z.enum(['kg', 'piece']),
});
const item = z.object({
	id: text(64),
	green_house_code: text(64),
	happened_at: text(40),
	/** How its writer came to it: the portal's own form says `qr` or `web`. */
	channel: z.enum(['qr', 'web', 'api']).default('api'),
	lines: z.array(line).max(100),
});
const body = z.object({
	sent_at: text(40),
	/** A secret that a client without cookies mints once and keeps: 43 to 128 characters of base64url. */
	device: z.string().refine(isDeviceSecret).optional(),
	// Each item is read by itself: one that cannot be read must not hold up the others.
	drop_offs: z.array(z.unknown()).min(1).max(50),
});

/** What the form calls its fields, as this address calls them. */
const FIELDS: Record<string, string> = { house: 'green_house_code', date: 'happened_at' };

function toLine({ material, quantity, unit }: z.infer<typeof line>, index: number): DropOffLine {
	return { material, unit, quantityMilli: parseQuantityMilli(quantity, unit, `lines.${index}.quantity`) };
}

/** Reads one item. Refuses with 422. `correction` is how far the phone's clock is behind. */
function toInput(raw: unknown, correction: number, locale: 'vi' | 'en'): DropOffInput {
	const parsed = item.safeParse(raw);
	if (!parsed.success) {
		const field = parsed.error.issues[0]?.path.join('.') || undefined;
		throw new DomainError('UNPROCESSABLE_CONTENT', 'bodyMalformed', { field });
	}
	const id = normaliseUuid(parsed.data.id);
	if (!id) throw new DomainError('UNPROCESSABLE_CONTENT', 'idInvalid', { field: 'id' });
	const statedAt = parseInstant(parsed.data.happened_at);
	if (statedAt === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'instantInvalid', { field: 'happened_at' });
	return {
		id,
		greenHouseCode: parsed.data.green_house_code,
		statedAt,
		happenedAt: statedAt + correction,
		channel: parsed.data.channel,
		lines: parsed.data.lines.map(toLine),
		locale,
	};
}

/** The item's id as it was sent, so that the client finds its own again; null when there is none. */
function idOf(raw: unknown): string | null {
	const id: unknown = (raw as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id : null;
}

/** Gives a browser its device's secret before it sends, so that a request whose answer was lost comes from the same one. */
export const GET: APIRoute = ({ locals, cookies }) => {
	prepareAliasCookie(cookies, locals.config);
	return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
};

export const POST: APIRoute = async ({ request, locals, cookies, clientAddress }) => {
	const { db, config, now, t, locale } = locals;
	const parsed = body.safeParse(await readJsonBody(request, MAX_BODY_BYTES));
	const sentAt = parsed.success ? parseInstant(parsed.data.sent_at) : undefined;
	if (!parsed.success || sentAt === undefined) {
		const field = parsed.success ? 'sent_at' : parsed.error.issues[0]?.path.join('.') || undefined;
		throw new DomainError('BAD_REQUEST', 'bodyMalformed', { field });
	}
	const { device, drop_offs: items } = parsed.data;
	const secret = device ?? keptOrNewSecret(readAliasCookie(cookies, config));
	await takeRate(db, addressKey('drop-off', clientAddress), PER_ADDRESS, now, items.length);
	await takeRate(db, `drop-off:device:${secret}`, PER_DEVICE, now);
	if (device === undefined) writeAliasCookie(cookies, secret, config);

	const results = [];
	for (const raw of items) {
		const id = idOf(raw);
		try {
			const input = toInput(raw, now - sentAt, locale);
			const outcome = await recordDropOff(db, { kind: 'device', secret }, input, now);
			results.push({ id, status: outcome === 'created' ? 201 : 200 });
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			const { field, ...rest } = errorBody(error, t);
			const named = field === undefined ? rest : { ...rest, field: FIELDS[field] ?? field };
			results.push({ id, status: HTTP_STATUS[error.kind], error: named });
		}
	}
	return json({ results });
};
