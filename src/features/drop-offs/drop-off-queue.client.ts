// Sends the form by way of the outbox: kept on the phone first, so that a lost network or a closed tab loses nothing.
import type { OutboxItem } from '../outbox/outbox.ts';
import { mintId, queue, readPhoto, sayAbove } from '../outbox/outbox.client.ts';

type Line = { material: string; quantity: string; unit: string };

const NOON = 'T12:00:00+07:00';
const DAY_MS = 86_400_000;

/** Today in Vietnam by the phone's clock. */
export const phoneToday = (): string => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

/** The rows with a quantity, in the order of the form. */
function readLines(form: FormData): Line[] {
	return form.getAll('quantity').flatMap((quantity, index) => {
		const text = String(quantity).trim();
		const material = String(form.get(`material-${index}`) ?? '');
		return text === '' ? [] : [{ material, quantity: text, unit: String(form.get(`unit-${index}`) ?? '') }];
	});
}

const loadedOn = phoneToday();

/**
 * The instant of the drop-off by the phone's clock, which the portal sets right when the record comes. A day before
 * counts from noon, the hour nobody wrote down.
 * @param pageDay what the form calls today: the portal's day, whatever the phone believes
 */
function happenedAt(date: string, pageDay: string): string {
	const days = Math.round((Date.parse(pageDay + NOON) - Date.parse(date + NOON)) / DAY_MS);
	// A form left open overnight still means the day it was opened on.
	if (days === 0 && loadedOn === phoneToday()) return new Date().toISOString();
	return new Date(Date.parse(loadedOn + NOON) - days * DAY_MS).toISOString();
}

/** Where the form opens again with these rows. */
function correctPath(base: string, house: string, date: string, lines: Line[]): string {
	const query = new URLSearchParams({ diem: house, date });
	for (const [index, { material, quantity, unit }] of lines.entries()) {
		query.append('quantity', quantity);
		query.set(`material-${index}`, material);
		query.set(`unit-${index}`, unit);
	}
	return `${base}?${query}`;
}

export type QueueForm = {
	form: HTMLFormElement;
	/** The page of the form, and that of the outbox. */
	paths: { log: string; outbox: string };
	/** What is said where nothing was typed, where the phone keeps nothing, and of a photo. */
	words: Record<'missing' | 'notKept' | 'photoOf' | 'photoUnreadable', string>;
	/** A row in words, `2 kg giấy`. */
	describe: (line: Line) => string;
	/** The house in words. */
	houseName: () => string;
};

export function sendThroughOutbox({ form, paths, words, describe, houseName }: QueueForm): void {
	const send = async (button: HTMLElement | null) => {
		const data = new FormData(form);
		const lines = readLines(data);
		if (lines.length === 0) return sayAbove(form, words.missing);
		const [house, date] = [String(data.get('house') ?? ''), String(data.get('date') ?? '')];
		const id = String(data.get('id') ?? '') || mintId();
		const item: OutboxItem = {
			id,
			kind: 'drop-off',
			body: {
				id,
				green_house_code: house,
				happened_at: happenedAt(date, form.dataset['today'] || loadedOn),
				channel: data.get('channel') === 'qr' ? 'qr' : 'web',
				lines,
			},
			language: document.documentElement.lang,
			text: `${date.split('-').reverse().join('/')}, ${houseName()}: ${lines.map(describe).join(', ')}`,
			correctPath: correctPath(paths.log, house, date, lines),
			madeAt: Date.now(),
		};
		const replaces = new URLSearchParams(location.hash.slice(1)).get('sua') ?? undefined;
		button?.setAttribute('aria-disabled', 'true');
		try {
			const photo = await readPhoto(data, item, words.photoOf);
			if (photo === 'unreadable') return sayAbove(form, words.photoUnreadable);
			const outcome = await queue(item, replaces, photo);
			// The portal's own page marks the refused field; nothing was written under this id.
			if (outcome === 'refused') return form.submit();
			const idField = form.querySelector<HTMLInputElement>('input[name=id]');
			// Whoever comes back to this page writes another record.
			if (idField) idField.value = mintId();
			location.assign(outcome === 'sent' ? `${paths.log}/xong?ma=${id}` : paths.outbox);
		} catch {
			// The phone keeps nothing: the plain form is left, where there is a network.
			if (navigator.onLine) form.submit();
			else sayAbove(form, words.notKept);
		} finally {
			button?.removeAttribute('aria-disabled');
		}
	};
	form.addEventListener('submit', (event) => {
		const button = event.submitter as HTMLButtonElement | null;
		// "One more kind" asks the portal for another row.
		if (button?.formMethod === 'get') return;
		event.preventDefault();
		if (button?.getAttribute('aria-disabled') !== 'true') void send(button);
	});
}
