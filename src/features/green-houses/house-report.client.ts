// Sends what somebody says of a house by way of the outbox: kept on the phone first, so that no signal loses nothing.
import type { OutboxItem } from '../outbox/outbox.ts';
import { mintId, queue, readPhoto, sayAbove } from '../outbox/outbox.client.ts';

type Words = Record<
	| 'report'
	| 'outbox'
	| 'notKept'
	| 'houseMissing'
	| 'kindMissing'
	| 'textMissing'
	| 'photoOf'
	| 'photoUnreadable',
	string
>;

/** Today in Vietnam by the phone's clock, as people write it. */
const phoneDay = () => new Date().toLocaleDateString('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' });

function enhance(form: HTMLFormElement, words: Words): void {
	const houses = document.querySelector<HTMLSelectElement>('[data-houses]');
	const houseName = () =>
		(houses?.selectedOptions[0] ?? document.querySelector('[data-house-name]'))?.textContent?.trim() ?? '';
	const readItem = (data: FormData, button: HTMLButtonElement | null): OutboxItem => {
		const value = (name: string) => String(data.get(name) ?? '').trim();
		const isState = form.dataset['report'] === 'house-state';
		const code = houses?.value ?? value('house');
		const id = value('id') || mintId();
		const [kind, text] = [value('kind'), value('text')];
		const kindName =
			form.querySelector('input[name=kind]:checked')?.closest('label')?.textContent?.trim() ??
			form.dataset['kindName'] ??
			'';
		const said = isState ? (button?.textContent?.trim() ?? '') : [kindName, text].filter(Boolean).join(': ');
		const query = new URLSearchParams({ diem: code, ...(isState ? {} : { viec: kind }) });
		const seen = { id, green_house_code: code, seen_at: new Date().toISOString() };
		return {
			id,
			kind: isState ? 'house-state' : 'problem',
			body: isState ? { ...seen, state: button?.value ?? '' } : { ...seen, kind, text },
			language: document.documentElement.lang,
			text: `${phoneDay()}, ${houseName()}: ${said}`,
			correctPath: `${words.report}?${query}`,
			madeAt: Date.now(),
		};
	};
	/** What the phone can see itself, in the portal's words. */
	const missing = ({ body }: OutboxItem): string | undefined => {
		if (body['green_house_code'] === '') return words.houseMissing;
		if (body['kind'] === '') return words.kindMissing;
		return body['kind'] === 'wrong_pin' && body['text'] === '' ? words.textMissing : undefined;
	};
	/** The plain form, with all that a script has filled in. */
	const sendPlainly = ({ id, body }: OutboxItem) => {
		const filled = { id, house: body['green_house_code'], state: body['state'] };
		for (const [name, value] of Object.entries(filled)) {
			if (typeof value !== 'string') continue;
			const input =
				form.querySelector<HTMLInputElement>(`input[name=${name}]`) ?? document.createElement('input');
			Object.assign(input, { type: 'hidden', name, value });
			form.append(input);
		}
		form.submit();
	};
	const send = async (button: HTMLButtonElement | null) => {
		const data = new FormData(form);
		const item = readItem(data, button);
		const sentence = missing(item);
		if (sentence !== undefined) return sayAbove(form, sentence);
		const replaces = new URLSearchParams(location.hash.slice(1)).get('sua') ?? undefined;
		button?.setAttribute('aria-disabled', 'true');
		try {
			const photo = await readPhoto(data, item, words.photoOf);
			if (photo === 'unreadable') return sayAbove(form, words.photoUnreadable);
			const outcome = await queue(item, replaces, photo);
			// The portal's own page marks the refused field; nothing was written under this id.
			if (outcome === 'refused') return sendPlainly(item);
			const idField = form.querySelector<HTMLInputElement>('input[name=id]');
			// Whoever comes back to this page writes another record.
			if (idField) idField.value = mintId();
			const done = item.kind === 'problem' ? 'viec' : 'tinh-trang';
			const code = encodeURIComponent(String(item.body['green_house_code']));
			location.assign(outcome === 'sent' ? `${words.report}?diem=${code}&xong=${done}` : words.outbox);
		} catch {
			// The phone keeps nothing: the plain form is left, where there is a network.
			if (navigator.onLine) sendPlainly(item);
			else sayAbove(form, words.notKept);
		} finally {
			button?.removeAttribute('aria-disabled');
		}
	};
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		const button = event.submitter as HTMLButtonElement | null;
		if (button?.getAttribute('aria-disabled') !== 'true') void send(button);
	});
}

/** The form that the phone keeps stands for every house: what the address asks for is chosen in it. */
function openKeptForm(houses: HTMLSelectElement): void {
	const wanted = new URLSearchParams(location.search);
	const code = (wanted.get('diem') ?? '').toUpperCase();
	if ([...houses.options].some(({ value }) => value === code)) houses.value = code;
	const kind = wanted.get('viec');
	for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=kind][type=radio]'))
		radio.checked = radio.value === kind;
}

export function enhanceHouseReports(): void {
	const root = document.querySelector<HTMLElement>('[data-report-words]');
	if (!root) return;
	const words = JSON.parse(root.dataset['reportWords'] ?? '{}') as Words;
	const houses = document.querySelector<HTMLSelectElement>('[data-houses]');
	if (houses) openKeptForm(houses);
	const text = document.querySelector<HTMLTextAreaElement>('textarea[name=text]');
	// What was refused, to be corrected.
	if (text) text.value ||= new URLSearchParams(location.hash.slice(1)).get('text') ?? '';
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-report]')) enhance(form, words);
}
