// Sends a survey by way of the outbox, for houses stand where there is no signal. It carries the account that measured.
import type { OutboxItem } from '../outbox/outbox.ts';
import { mintId, queue } from '../outbox/outbox.client.ts';
import { phoneTime } from '../outbox/phone-time.client.ts';

export type SendWords = Record<
	'item' | 'photoUnreadable' | 'notKept' | 'noAccount' | 'houseMissing' | 'survey' | 'outbox',
	string
>;

// Who surveys on this device: the form that is kept for all knows nobody.
const ACCOUNT = 'khao-sat';

/** The page knows who is signed in; the kept form takes whoever last surveyed here. */
function readAccount(form: HTMLFormElement): string {
	const { account } = form.dataset;
	try {
		if (account) localStorage.setItem(ACCOUNT, account);
		return account ?? localStorage.getItem(ACCOUNT) ?? '';
	} catch {
		return account ?? '';
	}
}

/** Asks the service worker for the form that works without a network; residents need no such page. */
async function keepForm(): Promise<void> {
	const worker = await navigator.serviceWorker?.ready;
	worker?.active?.postMessage({ keep: document.documentElement.lang, form: 'khao-sat' });
}

/** The kept form stands for every house: the address says which, and with what was typed. */
function openKept(form: HTMLFormElement, houses: HTMLSelectElement): void {
	const asked = new URLSearchParams(location.search);
	const code = /\/nha\/([^/]+)\//.exec(location.pathname)?.[1] ?? asked.get('diem') ?? '';
	const input = (name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]`)!;
	const fill = (values: { place: string; hours: string; takes: string[] }) => {
		input('neighbourhood').value = values.place;
		input('hours').value = values.hours;
		for (const box of form.querySelectorAll<HTMLInputElement>('input[name=materials]'))
			box.checked = values.takes.includes(box.value);
	};
	houses.addEventListener('change', () => {
		const { place = '', hours = '', takes = '' } = houses.selectedOptions[0]?.dataset ?? {};
		fill({ place, hours, takes: takes.split(' ') });
	});
	const known = [...houses.options].find(({ value }) => value === decodeURIComponent(code).toUpperCase());
	if (known) houses.value = known.value;
	houses.dispatchEvent(new Event('change'));
	if (!asked.has('latitude')) return;
	for (const name of ['latitude', 'longitude', 'accuracy']) input(name).value = asked.get(name) ?? '';
	const [place, hours] = [asked.get('neighbourhood') ?? '', asked.get('hours') ?? ''];
	fill({ place, hours, takes: asked.getAll('materials') });
	input('farConfirmed').checked = asked.get('farConfirmed') === '1';
}

/** Where the form opens again with all that was typed. */
function correctPath(base: string, data: FormData): string {
	const query = new URLSearchParams();
	for (const [name, value] of data.entries())
		if (typeof value === 'string' && !['id', 'house', 'statedAt'].includes(name)) query.append(name, value);
	return `${base}?${query}`;
}

export function sendThroughOutbox(form: HTMLFormElement, words: SendWords): void {
	const account = readAccount(form);
	const houses = form.querySelector<HTMLSelectElement>('[data-houses]');
	const photo = form.querySelector<HTMLInputElement>('input[type=file]');
	const alert = form.querySelector<HTMLElement>('[data-alert]')!;
	const removePhoto = alert.querySelector('button')!;
	const say = (sentence: string, isAboutPhoto = false) => {
		alert.role = 'alert';
		alert.querySelector('p')!.textContent = sentence;
		removePhoto.hidden = !isAboutPhoto;
		alert.hidden = false;
		alert.scrollIntoView({ block: 'center' });
	};
	removePhoto.addEventListener('click', () => {
		if (photo) photo.value = '';
		alert.hidden = true;
	});
	const houseName = () => form.dataset['houseName'] ?? houses?.selectedOptions[0]?.textContent?.trim() ?? '';
	const surveyPath = (code: string) => words.survey.replace('{{code}}', encodeURIComponent(code));
	/** The plain form, on the page of its house. */
	const sendPlainly = (code: string) => {
		const query = new URL(form.action).search;
		form.action = surveyPath(code) + query;
		const statedAt = form.querySelector<HTMLInputElement>('input[name=statedAt]')!;
		statedAt.value ||= new Date().toISOString();
		form.submit();
	};
	const readItem = async (data: FormData): Promise<OutboxItem | undefined> => {
		const value = (name: string) => String(data.get(name) ?? '').trim();
		const [id, code, madeAt] = [value('id') || mintId(), value('house'), Date.now()];
		const [latitude, longitude] = [value('latitude'), value('longitude')];
		const said = Object.entries({ house: houseName() || code, latitude, longitude });
		const survey = {
			...{ id, account, green_house_code: code },
			surveyed_at: new Date(madeAt).toISOString(),
			...{ latitude, longitude, accuracy: value('accuracy') },
			...{ neighbourhood: value('neighbourhood'), hours: value('hours') },
			materials: data.getAll('materials').map(String),
			far_confirmed: value('farConfirmed') === '1',
		};
		const file = photo?.files?.[0];
		const taken = file && (await (await import('../outbox/photo-item.client.ts')).shrink(file));
		if (file && !taken) return undefined;
		const sent = { id, survey: JSON.stringify(survey), hasChildren: value('hasChildren'), photo: taken };
		return {
			id,
			...(taken ? { kind: 'house-survey-photo', body: sent } : { kind: 'house-survey', body: survey }),
			language: document.documentElement.lang,
			text: `${phoneTime(madeAt)}, ${said.reduce((text, [name, each]) => text.replace(`{{${name}}}`, each), words.item)}`,
			correctPath: correctPath(surveyPath(code), data),
			madeAt,
		};
	};
	const send = async (button: HTMLElement | null) => {
		const data = new FormData(form);
		const code = String(data.get('house') ?? '');
		if (code === '') return say(words.houseMissing);
		if (account === '') return say(words.noAccount);
		const replaces = new URLSearchParams(location.hash.slice(1)).get('sua') ?? undefined;
		button?.setAttribute('aria-disabled', 'true');
		try {
			const item = await readItem(data);
			if (!item) return say(words.photoUnreadable, true);
			const outcome = await queue(item, replaces);
			// The portal's own page marks the refused field; nothing was written under this id.
			if (outcome === 'refused') return sendPlainly(code);
			// Whoever comes back to this page writes another survey.
			form.querySelector<HTMLInputElement>('input[name=id]')!.value = mintId();
			location.assign(outcome === 'sent' ? `${surveyPath(code)}?xong=1` : words.outbox);
		} catch {
			// The phone keeps nothing: the plain form is left, where there is a network.
			if (navigator.onLine) sendPlainly(code);
			else say(words.notKept);
		} finally {
			button?.removeAttribute('aria-disabled');
		}
	};
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		const button = event.submitter;
		if (button?.getAttribute('aria-disabled') !== 'true') void send(button);
	});
	if (houses) openKept(form, houses);
	else void keepForm().catch(() => undefined);
}
