import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { readAliasCookie, writeAliasCookie } from '#features/accounts/alias-cookie.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.service.ts';
import { PER_ADDRESS, PER_DEVICE } from '#features/drop-offs/drop-off-limits.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import type { DropOffLine } from '#features/drop-offs/drop-off.ts';
import { errorBody, json } from '#lib/api.ts';
import { readJsonBody } from '#lib/body.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { parseInstant } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';

const MAX_BODY_BYTES = 64 * 1024;

const quantity = z.union([z.number(), z.string().max(40)]);
const item = z.object({
	id: z.string().max(64),
	green_house_code: z.string().max(64),
	happened_at: z.string().max(40),
	lines: z
		.array(z.object({ material: z.string().max(64), quantity, unit: z.enum(['kg', 'piece']) }))
		.max(100),
});
const body = z.object({
	sent_at: z.string().max(40),
	/** A secret that a client without cookies mints once and keeps: 43 to 128 characters of base64url. */
	device: z.string().max(128).optional(),
	drop_offs: z.array(item).min(1).max(50),
});

function toLine(line: z.infer<typeof item>['lines'][number], index: number): DropOffLine {
	const { material, unit } = line;
	const field = `lines.${index}.quantity`;
	return { material, unit, quantityMilli: parseQuantityMilli(line.quantity, unit, field) };
}

export const POST: APIRoute = async ({ request, locals, cookies, clientAddress }) => {
	const { db, config, now, t, locale } = locals;
	const parsed = body.safeParse(await readJsonBody(request, MAX_BODY_BYTES));
	const sentAt = parsed.success ? parseInstant(parsed.data.sent_at) : undefined;
	if (!parsed.success || sentAt === undefined) {
		const field = parsed.success ? 'sent_at' : parsed.error.issues[0]?.path.join('.');
		throw new DomainError('BAD_REQUEST', 'bodyMalformed', { field });
	}
	await takeRate(db, `drop-off:address:${clientAddress}`, PER_ADDRESS, now);
	const alias = await ensureDeviceAlias(db, parsed.data.device ?? readAliasCookie(cookies, config), now);
	if (parsed.data.device === undefined) writeAliasCookie(cookies, alias.secret, config);
	await takeRate(db, `drop-off:device:${alias.id}`, PER_DEVICE, now);

	// The phone's clock is corrected by the difference that its own sending time shows.
	const correction = now - sentAt;
	const results = [];
	for (const each of parsed.data.drop_offs) {
		try {
			const id = normaliseUuid(each.id);
			if (!id) throw new DomainError('UNPROCESSABLE_CONTENT', 'idInvalid', { field: 'id' });
			const happenedAt = parseInstant(each.happened_at);
			if (happenedAt === undefined)
				throw new DomainError('UNPROCESSABLE_CONTENT', 'instantInvalid', { field: 'happened_at' });
			const outcome = await recordDropOff(
				db,
				{ kind: 'device', deviceAliasId: alias.id },
				{
					id,
					greenHouseCode: each.green_house_code,
					statedAt: happenedAt,
					happenedAt: happenedAt + correction,
					channel: 'api',
					lines: each.lines.map(toLine),
					locale,
				},
				now,
			);
			results.push({ id: each.id, status: outcome === 'created' ? 201 : 200 });
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			results.push({ id: each.id, status: HTTP_STATUS[error.kind], error: errorBody(error, t) });
		}
	}
	return json({ results });
};
