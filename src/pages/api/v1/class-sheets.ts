import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { batchText as text } from '#features/accounts/device-batch.ts';
import { readSheetRows, sureOf } from '#features/schools/class-sheet.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { DomainError } from '#lib/errors.ts';
import { parseLocalDate } from '#lib/time.ts';
import { answerAccountBatch } from './_account-batch.ts';

const shape = z.object({
	id: text(64),
	account: text(64),
	green_house_code: text(64),
	collected_on: text(40),
	/** Quantities as they were typed, by `class`, then by `material:unit`. */
	rows: z.record(text(64), z.record(text(80), text(40))),
	is_approved: z.boolean(),
	is_extra: z.boolean(),
	/** Whether unusual amounts were meant, or which of them: a form's answer stands for those that were asked about. */
	is_sure: z.union([z.boolean(), text(20_000)]),
	/** Empty: it belongs to no campaign. */
	campaign_id: text(64).optional(),
});

/** The outbox's class sheets: each is recorded under the account that entered it. */
export const POST: APIRoute = (context) => {
	const { db, now, locale } = context.locals;
	return answerAccountBatch(context, {
		list: 'class_sheets',
		shape,
		fields: { greenHouseCode: 'green_house_code', collectedOn: 'collected_on' },
		waits: { signIn: 'sheetSignIn', otherAccount: 'sheetOtherAccount' },
		record: (read, { actor }) => {
			const collectedOn = parseLocalDate(read.collected_on);
			if (!collectedOn)
				throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'collectedOn' });
			const form = new FormData();
			for (const [classId, cells] of Object.entries(read.rows))
				for (const [name, typed] of Object.entries(cells)) form.append(`cell:${classId}:${name}`, typed);
			const rows = readSheetRows(form);
			const isSure = typeof read.is_sure === 'string' ? read.is_sure === sureOf(rows) : read.is_sure;
			const said = { isApproved: read.is_approved, isExtra: read.is_extra, isSure };
			const input = {
				id: read.id,
				greenHouseCode: read.green_house_code,
				collectedOn,
				rows,
				campaignId: read.campaign_id || undefined,
				...said,
				locale,
			};
			return recordClassSheet(db, actor, input, now);
		},
	});
};
