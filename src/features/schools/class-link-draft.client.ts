// What a homeroom teacher types stays on the phone until it was sent: the page itself is kept nowhere, its address is a secret.

type Draft = { id: string; values: Record<string, string> };
/** A portal that does not answer within this is taken for no network. */
const PATIENCE_MS = 8000;

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

const isReached = () =>
	fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }).then(
		(response) => response.ok,
		() => false,
	);

/** Keeps the draft of the form's link, brings it back, and does not leave the page while there is no network. */
export function keepDraft(): void {
	const form = document.querySelector<HTMLFormElement>('form[data-draft]');
	if (!form) return;
	const key = `so-lop-${form.dataset['draft']}`;
	const id = form.querySelector<HTMLInputElement>('[name=id]')!;
	const draft = read(key);
	if (draft && draft.id === form.dataset['sent']) keep(key, undefined);
	// A form that was refused comes back as it was sent.
	else if (draft && inputs(form).every((each) => !each.name.startsWith('cell:') || each.value === '')) {
		id.value = draft.id;
		for (const input of inputs(form)) input.value = draft.values[input.name] ?? input.value;
	}
	form.addEventListener('input', () => {
		const values = Object.fromEntries(inputs(form).map(({ name, value }) => [name, value]));
		keep(key, { id: id.value, values });
	});
	const note = form.querySelector<HTMLElement>('[data-offline]')!;
	const send = async () => {
		note.hidden = true;
		if (await isReached()) form.submit();
		else note.hidden = false;
	};
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		void send();
	});
}
