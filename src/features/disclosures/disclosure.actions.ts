import { readDecision, readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction, requireFormId } from '#lib/forms.ts';
import { localePath, type Locale } from '#lib/i18n.ts';
import { parseLocalDate } from '#lib/time.ts';
import {
	decideDisclosurePhoto,
	endDisclosure,
	recordDisclosure,
	withdrawDisclosure,
} from './disclosure.service.ts';
import type { DisclosureForm } from './disclosure.ts';

function readDate(form: FormData, name: string): string {
	const date = parseLocalDate(field(form, name));
	if (!date) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: name });
	return date;
}

const ownPage = (form: FormData, locale: Locale) =>
	localePath(locale, `/cua-toi/quy/${encodeURIComponent(field(form, 'code'))}/cong-khai`);

export const disclosures = {
	record: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const input = {
			...{ id: requireFormId(field(form, 'id')), fundId: field(form, 'fundId') },
			...{ month: field(form, 'month') || null, subject: field(form, 'subject') },
			// Any text may stand here; the service refuses what is no form.
			...{ form: field(form, 'how') as DisclosureForm, place: field(form, 'place') },
			fromOn: readDate(form, 'fromOn'),
			toOn: field(form, 'toOn').trim() === '' ? null : readDate(form, 'toOn'),
			...{ note: field(form, 'note'), photoMissingReason: field(form, 'photoMissingReason') },
		};
		const upload = await readUpload(form, openPhotoStore(config));
		await recordDisclosure(db, actor, input, now, upload);
		return `${ownPage(form, locale)}?xong=ghi`;
	}),
	end: formAction(async (form, { locals }) => {
		const input = { id: requireFormId(field(form, 'id')), toOn: readDate(form, 'toOn') };
		await endDisclosure(locals.db, locals.actor, input, locals.now);
		return `${ownPage(form, locals.locale)}?xong=go`;
	}),
	withdraw: formAction(async (form, { locals }) => {
		const ids = {
			id: requireFormId(field(form, 'id')),
			replacesId: requireFormId(field(form, 'replacesId')),
		};
		await withdrawDisclosure(locals.db, locals.actor, { ...ids, reason: field(form, 'reason') }, locals.now);
		return `${ownPage(form, locals.locale)}?xong=rut`;
	}),
	decidePhoto: formAction(async (form, { locals }) => {
		const decision = readDecision(form, openPhotoStore(locals.config));
		const input = { id: requireFormId(field(form, 'id')), ...decision };
		await decideDisclosurePhoto(locals.db, locals.actor, input, locals.now);
		return ownPage(form, locals.locale);
	}),
};
