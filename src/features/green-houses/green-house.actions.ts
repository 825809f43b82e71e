import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import type { Condition, Fill } from './green-house.ts';
import { reportHouseState } from './green-house.service.ts';

// The steward presses one of five words; locked and damaged say nothing about how full it is.
const REPORTS = new Map<string, { fill: Fill; condition: Condition }>([
	['empty', { fill: 'empty', condition: 'usable' }],
	['half', { fill: 'half', condition: 'usable' }],
	['full', { fill: 'full', condition: 'usable' }],
	['locked', { fill: null, condition: 'locked' }],
	['damaged', { fill: null, condition: 'damaged' }],
]);

export const greenHouses = {
	reportState: formAction(async (form, { locals }) => {
		const report = REPORTS.get(field(form, 'state'));
		if (!report) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'state' });
		const greenHouseCode = field(form, 'greenHouseCode');
		await reportHouseState(locals.db, locals.actor, { greenHouseCode, ...report }, locals.now);
		return localePath(locals.locale, `/cua-toi/nha/${encodeURIComponent(greenHouseCode)}?xong=nha`);
	}),
};
