// Records that a device sends at once, as its outbox does: each is answered by itself.
import type { APIContext } from 'astro';
import { z } from 'astro/zod';
import { addressKey } from '#lib/address-key.ts';
import { errorBody, json } from '#lib/api.ts';
import { readJsonBody } from '#lib/body.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { parseInstant } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { isDeviceSecret, keptOrNewSecret } from './device-alias.ts';
import { readAliasCookie, writeAliasCookie } from './device-cookies.ts';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_ITEMS = 50;

/** A text of an item; PostgreSQL keeps no NUL in one. */
export const batchText = (max: number) =>
	z
		.string()
		.max(max)
		.regex(/^[^\0]*$/);

const envelope = z.looseObject({
	sent_at: batchText(40),
	/** A secret that a client without cookies mints once and keeps: 43 to 128 characters of base64url. */
	device: z.string().refine(isDeviceSecret).optional(),
});
// Each item is read by itself: one that cannot be read must not hold up the others.
const list = z.array(z.unknown()).min(1).max(MAX_ITEMS);

type Rate = { limit: number; windowMs: number };
export type BatchKind = {
	/** What the list of records is called in the body. */
	list: string;
	/** Under which name its tries are counted: of an address the records, of a device the requests. */
	rate: { name: string; perAddress: Rate; perDevice: Rate };
	/** What a service calls its fields, as this address calls them. */
	fields: Record<string, string>;
	/** Writes one record; `correction` is how far the device's clock is behind. Refuses with a DomainError. */
	record: (raw: unknown, sender: { secret: string; correction: number }) => Promise<'created' | 'unchanged'>;
};

/** Reads an item by its shape. Refuses with 422 naming what is wrong. */
export function readItem<Shape extends z.ZodType<{ id: string }>>(
	shape: Shape,
	raw: unknown,
): z.infer<Shape> {
	const parsed = shape.safeParse(raw);
	if (!parsed.success) {
		const field = parsed.error.issues[0]?.path.join('.') || undefined;
		throw new DomainError('UNPROCESSABLE_CONTENT', 'bodyMalformed', { field });
	}
	const id = normaliseUuid(parsed.data.id);
	if (!id) throw new DomainError('UNPROCESSABLE_CONTENT', 'idInvalid', { field: 'id' });
	return { ...parsed.data, id };
}

/** An item's instant as it was written. Refuses with 422. */
export function readInstant(text: string, field: string): number {
	const instant = parseInstant(text);
	if (instant === undefined) throw new DomainError('UNPROCESSABLE_CONTENT', 'instantInvalid', { field });
	return instant;
}

/** The item's id as it was sent, so that the client finds its own again; null when there is none. */
function idOf(raw: unknown): string | null {
	const id: unknown = (raw as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id : null;
}

/** Answers a request that brings a list of records. Refuses it as a whole with 400, 413, 415 and 429. */
export async function answerBatch(
	{ request, locals, cookies, clientAddress }: APIContext,
	{ list: name, rate, fields, record }: BatchKind,
): Promise<Response> {
	const { db, config, now, t } = locals;
	const sent = envelope.safeParse(await readJsonBody(request, MAX_BODY_BYTES));
	const sentAt = sent.success ? parseInstant(sent.data.sent_at) : undefined;
	const items = sent.success ? list.safeParse(sent.data[name]).data : undefined;
	if (!sent.success || sentAt === undefined || items === undefined) {
		const field = sent.error?.issues[0]?.path.join('.') ?? (sentAt === undefined ? 'sent_at' : name);
		throw new DomainError('BAD_REQUEST', 'bodyMalformed', { field: field || undefined });
	}
	const { device } = sent.data;
	const secret = device ?? keptOrNewSecret(readAliasCookie(cookies, config));
	await takeRate(db, addressKey(rate.name, clientAddress), rate.perAddress, now, items.length);
	await takeRate(db, `${rate.name}:device:${secret}`, rate.perDevice, now);
	if (device === undefined) writeAliasCookie(cookies, secret, config);

	const results = [];
	for (const raw of items) {
		const id = idOf(raw);
		try {
			const outcome = await record(raw, { secret, correction: now - sentAt });
			results.push({ id, status: outcome === 'created' ? 201 : 200 });
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			const { field, ...rest } = errorBody(error, t);
			const named = field === undefined ? rest : { ...rest, field: fields[field] ?? field };
			results.push({ id, status: HTTP_STATUS[error.kind], error: named });
		}
	}
	return json({ results });
}
