// What a homeroom teacher types stays on the phone until it was sent: the page itself is kept nowhere, its address is a secret.

type Draft = {
	/** The form's, which becomes the sheet's. */
	id: string;
	values: Record<string, string>;
	/** Each figure as it is read, by the name of its field: a material may leave the form, and the form its link. */
	said: Record<string, string>;
	title: string;
	language: string;
	/** It has left the phone as it stands here; whether it arrived is not known. */
	isSent: boolean;
	/** From this instant on nobody needs it. */
	until: number;
};
/** A portal that does not answer within this is taken for no network. */
const PATIENCE_MS = 8000;
const PREFIX = 'so-lop-';

const inputs = (form: HTMLFormElement) => [
	...form.querySelectorAll<HTMLInputElement>('[name^="cell:"], [name=collectedOn]'),
];

function read(key: string): Draft | null {
	try {
		return JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null;
	} catch {
		return null;
	}
}

function keep(key: string, draft: Draft | undefined): void {
	try {
		if (draft) localStorage.setItem(key, JSON.stringify(draft));
		else localStorage.removeItem(key);
	} catch {
		// A phone that keeps nothing loses no more than before.
	}
}

function dropOld(): void {
	try {
		for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX)))
			if (!((read(key)?.until ?? 0) > Date.now())) keep(key, undefined);
	} catch {
		// Nothing is kept there.
	}
}

/** True when the portal has the sheet that this draft became, just as it stands here. */
const hasArrived = (draft: Draft, { known = '' }: DOMStringMap) =>
	draft.isSent && known.split(' ').includes(draft.id);

const isReached = () =>
	fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }).then(
		(response) => response.ok,
		() => false,
	);

function draftOf(form: HTMLFormElement, isSent: boolean): Draft | undefined {
	const figures = inputs(form).filter(({ name, value }) => name !== 'collectedOn' && value.trim() !== '');
	if (figures.length === 0) return undefined;
	return {
		id: form.querySelector<HTMLInputElement>('[name=id]')!.value,
		values: Object.fromEntries(inputs(form).map(({ name, value }) => [name, value])),
		said: Object.fromEntries(
			figures.map(({ name, value, dataset }) => [
				name,
				`${dataset['text']}: ${value.trim()} ${dataset['unit']}`,
			]),
		),
		title: form.dataset['title'] ?? '',
		language: document.documentElement.lang,
		isSent,
		until: Number(form.dataset['until']),
	};
}

function restore(form: HTMLFormElement, draft: Draft): void {
	// What was typed on after it was sent is another sheet.
	if (!(form.dataset['known'] ?? '').split(' ').includes(draft.id))
		form.querySelector<HTMLInputElement>('[name=id]')!.value = draft.id;
	for (const input of inputs(form)) input.value = draft.values[input.name] ?? input.value;
	const names = new Set(inputs(form).map(({ name }) => name));
	const strays = Object.entries(draft.said).filter(([name]) => !names.has(name));
	const list = form.querySelector<HTMLElement>('[data-strays]')!;
	list.lang = draft.language;
	for (const [, text] of strays)
		list.append(Object.assign(document.createElement('li'), { textContent: text }));
	form.querySelector<HTMLElement>('[data-has-strays]')!.hidden = strays.length === 0;
	form.querySelector<HTMLElement>('[data-restored]')!.hidden = false;
}

/** Keeps the draft of the form's link, brings it back, and does not leave the page while there is no network. */
export function keepDraft(): void {
	const form = document.querySelector<HTMLFormElement>('form[data-draft]');
	if (!form) return;
	dropOld();
	const key = PREFIX + form.dataset['draft'];
	const draft = read(key);
	// A form that was refused comes back as it was sent, perhaps under another id.
	if (form.dataset['refused'] !== undefined) keep(key, draftOf(form, false));
	else if (draft && hasArrived(draft, form.dataset)) keep(key, undefined);
	else if (draft) restore(form, draft);
	form.addEventListener('input', () => keep(key, draftOf(form, false)));
	const note = form.querySelector<HTMLElement>('[data-offline]')!;
	const send = async () => {
		note.hidden = true;
		if (!(await isReached())) {
			note.hidden = false;
			return;
		}
		keep(key, draftOf(form, true));
		form.submit();
	};
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		void send();
	});
}

/** Where a link takes nothing more: shows what was typed for it and not sent, until it is taken off the phone. */
export function showUnsent(): void {
	const box = document.querySelector<HTMLElement>('[data-unsent]');
	if (!box) return;
	dropOld();
	const key = PREFIX + box.dataset['unsent'];
	const draft = read(key);
	if (!draft) return;
	if (hasArrived(draft, box.dataset)) return keep(key, undefined);
	const day = (draft.values['collectedOn'] ?? '').split('-').reverse().join('/');
	const head = [draft.title, day].filter(Boolean).join(', ');
	const text = box.querySelector<HTMLElement>('[data-share-text]')!;
	text.textContent = [`${head}:`, ...Object.values(draft.said)].join('\n');
	text.lang = draft.language;
	box.hidden = false;
	box.querySelector('[data-drop]')!.addEventListener('click', () => {
		keep(key, undefined);
		box.textContent = box.dataset['dropped'] ?? '';
	});
}
