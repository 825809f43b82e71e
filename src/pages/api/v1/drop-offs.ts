import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { answerBatch, batchText, readInstant, readItem } from '#features/accounts/device-batch.ts';
import { prepareAliasCookie } from '#features/accounts/device-cookies.ts';
import { PER_ADDRESS, PER_DEVICE } from '#features/drop-offs/drop-off-limits.ts';
import { recordDropOff, type DropOffInput } from '#features/drop-offs/drop-off.service.ts';
import type { DropOffLine } from '#features/drop-offs/drop-off.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';

const line = z.object({
	material: batchText(64),
	quantity: z.union([z.number(), batchText(40)]),
	unit: z.enum(['kg', 'piece']),
});
const item = z.object({
	id: batchText(64),
	green_house_code: batchText(64),
	happened_at: batchText(40),
	/** How its writer came to it: the portal's own form says `qr` or `web`. */
	channel: z.enum(['qr', 'web', 'api']).default('api'),
	lines: z.array(line).max(100),
});

function toLine({ material, quantity, unit }: z.infer<typeof line>, index: number): DropOffLine {
	return { material, unit, quantityMilli: parseQuantityMilli(quantity, unit, `lines.${index}.quantity`) };
}

function toInput(raw: unknown, correction: number, locale: 'vi' | 'en'): DropOffInput {
	const { id, green_house_code, happened_at, channel, lines } = readItem(item, raw);
	const statedAt = readInstant(happened_at, 'happened_at');
	return {
		...{ id, greenHouseCode: green_house_code, channel, locale, statedAt },
		happenedAt: statedAt + correction,
		lines: lines.map(toLine),
	};
}

/** Gives a browser its device's secret before it sends, so that a request whose answer was lost comes from the same one. */
export const GET: APIRoute = ({ locals, cookies }) => {
	prepareAliasCookie(cookies, locals.config);
	return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
};

export const POST: APIRoute = (context) => {
	const { db, now, locale } = context.locals;
	return answerBatch(context, {
		list: 'drop_offs',
		rate: { name: 'drop-off', perAddress: PER_ADDRESS, perDevice: PER_DEVICE },
		fields: { house: 'green_house_code', date: 'happened_at' },
		record: (raw, { secret, correction }) =>
			recordDropOff(db, { kind: 'device', secret }, toInput(raw, correction, locale), now),
	});
};
