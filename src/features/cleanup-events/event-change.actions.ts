import { field, formAction } from '#lib/forms.ts';
import { localePath } from '#lib/i18n.ts';
import { cancelEvent, moveEvent, postponeEvent, undoChange } from './event-change.service.ts';
import { readId, readReason, readSequence, readTimes, readWhere } from './event-input.ts';

const readAsked = (form: FormData) => ({
	id: readId(form),
	sequence: readSequence(form),
	reason: readReason(form),
});

const pathOf = (id: string, done: 'hoan' | 'doi-cho' | 'huy' | 'lay-lai') =>
	`/cua-toi/su-kien/${id}/doi?xong=${done}#da-doi`;

export const eventChanges = {
	postpone: formAction(async (form, { locals }) => {
		const asked = { ...readAsked(form), ...readTimes(form) };
		await postponeEvent(locals.db, locals.actor, asked, locals.now);
		return localePath(locals.locale, pathOf(asked.id, 'hoan'));
	}),
	move: formAction(async (form, { locals }) => {
		const asked = { ...readAsked(form), ...readWhere(form) };
		await moveEvent(locals.db, locals.actor, asked, locals.now);
		return localePath(locals.locale, pathOf(asked.id, 'doi-cho'));
	}),
	cancel: formAction(async (form, { locals }) => {
		const asked = readAsked(form);
		await cancelEvent(locals.db, locals.actor, asked, locals.now);
		return localePath(locals.locale, pathOf(asked.id, 'huy'));
	}),
	undoChange: formAction(async (form, { locals }) => {
		const input = { eventId: readId(form), changeId: field(form, 'changeId') };
		await undoChange(locals.db, locals.actor, input, locals.now);
		return localePath(locals.locale, pathOf(input.eventId, 'lay-lai'));
	}),
};
