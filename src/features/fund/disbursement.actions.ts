import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { parseCount, parseVnd } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
	returnDisbursement,
} from './disbursement.service.ts';
import { MAX_BENEFICIARIES } from './disbursement.ts';
import { setFundRule } from './fund-rule.service.ts';
import { readRule } from './fund-rule.ts';
import type { Purpose } from './ledger.ts';

function readId(form: FormData, name: string): string {
	const id = normaliseUuid(field(form, name));
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	return id;
}

export const fund = {
	requestDisbursement: formAction(async (form, { locals }) => {
		const input = {
			id: readId(form, 'id'),
			fundId: field(form, 'fundId'),
			// Any text may stand here; the service refuses what is no purpose.
			purpose: field(form, 'purpose') as Purpose,
			description: field(form, 'description'),
			amountVnd: parseVnd(field(form, 'amount'), 'amount'),
			beneficiaryCount: parseCount(field(form, 'count'), { min: 1, max: MAX_BENEFICIARIES }, 'count'),
			adminUnitId: field(form, 'wardId') || null,
		};
		await requestDisbursement(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, `/cua-toi/chi/${input.id}`);
	}),
	approveDisbursement: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await approveDisbursement(locals.db, locals.actor, { id }, locals.now);
		return localePath(locals.locale, `/cua-toi/chi/${id}`);
	}),
	returnDisbursement: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await returnDisbursement(locals.db, locals.actor, { id, reason: field(form, 'reason') }, locals.now);
		return localePath(locals.locale, `/cua-toi/chi/${id}`);
	}),
	payDisbursement: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		const paidOn = parseLocalDate(field(form, 'paidOn'));
		if (!paidOn) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'paidOn' });
		await payDisbursement(
			locals.db,
			locals.actor,
			{ id, entryId: readId(form, 'entryId'), paidOn },
			locals.now,
		);
		return localePath(locals.locale, `/cua-toi/chi/${id}`);
	}),
	setRule: formAction(async (form, { locals }) => {
		const rule = { ...readRule(form), id: readId(form, 'id'), fundId: field(form, 'fundId') };
		await setFundRule(locals.db, locals.actor, rule, locals.now);
		return localePath(locals.locale, `/cua-toi/quy/${encodeURIComponent(field(form, 'code'))}/quy-che`);
	}),
};
