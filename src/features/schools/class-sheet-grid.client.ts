// The sheet by keyboard as in a spreadsheet, its totals while somebody types, and on a phone one class at a time.
import { watchCampaign } from './class-sheet-campaign.client.ts';
import { openKept } from './class-sheet-kept.client.ts';
import { sayTyped, type Unit } from './class-sheet-sum.ts';

/** A phone shows one class at a time; the style sheet knows the same width. */
const NARROW = '(width <= 30rem)';

/** Those of the columns that are shown. */
const cellsOf = (row: HTMLTableRowElement | undefined) => [
	...(row?.querySelectorAll<HTMLInputElement>('td:not([hidden]) input') ?? []),
];
/** Somebody wrote something in this class's row. */
const isTyped = (row: HTMLTableRowElement) => cellsOf(row).some(({ value }) => value.trim() !== '');
const unitOf = (input: HTMLInputElement) => input.name.split(':')[3] as Unit;

export function enhanceClassSheet(): void {
	const form = document.querySelector<HTMLFormElement>('[data-class-sheet]');
	const grid = form?.querySelector<HTMLTableElement>('.grid');
	const body = grid?.tBodies[0];
	if (!form || !grid || !body) return;
	openKept(form, grid);
	if (!form.contains(grid)) return;
	const narrow = matchMedia(NARROW);
	const rows = () => [...body.rows];
	const show = pickClasses(form, body, narrow);
	const go = (input: HTMLInputElement | undefined) => {
		if (!input) return;
		show(rows().indexOf(input.closest('tr')!));
		input.focus();
		input.select();
	};
	body.addEventListener('keydown', (event) => {
		const input = event.target;
		if (!(input instanceof HTMLInputElement) || event.isComposing || event.altKey || event.metaKey) return;
		const next = nextCell(input, event, rows(), narrow.matches);
		if (next === undefined) return;
		event.preventDefault();
		if (next) go(next);
	});
	form.addEventListener('click', (event) => {
		const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[href^="#cell:"]');
		const input = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
		if (!(input instanceof HTMLInputElement)) return;
		event.preventDefault();
		go(input);
	});
	form.addEventListener('click', (event) => {
		const button = (event.target as HTMLElement).closest<HTMLElement>('[data-offer]');
		if (!button) return;
		void import('./class-sheet-paste.client.ts').then(({ takeOffer }) => {
			takeOffer(form, button);
			total();
		});
	});
	const look = () => {
		if (form.querySelector('[data-offer]'))
			void import('./class-sheet-paste.client.ts').then(({ showOffers }) => showOffers(form));
	};
	body.addEventListener('input', look);
	look();
	const sayCampaign = watchCampaign(form);
	const total = () => {
		addUp(grid);
		sayCampaign();
	};
	form.addEventListener('input', total);
	total();
	const read = async (text: string, at?: HTMLInputElement) => {
		const { readPasted } = await import('./class-sheet-paste.client.ts');
		readPasted(form, text, at);
		total();
		show(
			Math.max(
				0,
				rows().findIndex((row) => row.querySelector('[aria-invalid]')),
			),
		);
	};
	body.addEventListener('paste', (event) => {
		const text = event.clipboardData?.getData('text/plain') ?? '';
		if (!(event.target instanceof HTMLInputElement) || !/[\t\n]/.test(text.trimEnd())) return;
		event.preventDefault();
		void read(text, event.target);
	});
	const button = form.querySelector<HTMLButtonElement>('[data-read-table]');
	button?.addEventListener('click', (event) => {
		const text = form.querySelector('textarea')!;
		const file = form.querySelector<HTMLInputElement>('input[type=file]');
		// A file is read by the portal, which knows workbooks; one that is too large need not go there.
		const chosen = file?.files?.[0];
		if (file && chosen) {
			file.setCustomValidity(chosen.size > MAX_FILE ? (file.dataset['max'] ?? '') : '');
			if (!file.reportValidity()) event.preventDefault();
			return;
		}
		if (text.value.trim() === '') return;
		event.preventDefault();
		void read(text.value).then(() => {
			text.value = '';
			form.querySelector('details')!.open = false;
		});
	});
	sendByOutbox(form);
	const corrected = new URLSearchParams(location.hash.slice(1)).get('sua');
	if (corrected !== null)
		void import('./class-sheet-queue.client.ts')
			.then(({ openWaiting }) => openWaiting(form, corrected))
			.then(() => {
				total();
				show(Math.max(0, rows().findIndex(isTyped)));
			})
			.catch(() => undefined);
	form
		.querySelector('input[type=file]')
		?.addEventListener('change', (event) => (event.target as HTMLInputElement).setCustomValidity(''));
}

/** Every sheet goes by way of the outbox; a browser that cannot fetch its part posts the form as it is. */
function sendByOutbox(form: HTMLFormElement): void {
	let isPlain = false;
	form.addEventListener('submit', (event) => {
		const by = event.submitter;
		if (isPlain || by?.matches('[data-read-table]')) return;
		event.preventDefault();
		if (by?.getAttribute('aria-disabled') === 'true') return;
		by?.setAttribute('aria-disabled', 'true');
		const sendPlainly = () => {
			isPlain = true;
			form.requestSubmit(by);
		};
		void import('./class-sheet-queue.client.ts')
			.then(({ sendSheet }) => sendSheet(form, by, sendPlainly), sendPlainly)
			.finally(() => by?.removeAttribute('aria-disabled'));
	});
}

const MAX_FILE = 5_000_000;

/** Where a key leads; null where it leads nowhere, undefined where the key is the field's own. */
function nextCell(
	input: HTMLInputElement,
	{ key, shiftKey, ctrlKey }: KeyboardEvent,
	rows: HTMLTableRowElement[],
	isOneByOne: boolean,
): HTMLInputElement | null | undefined {
	const row = input.closest('tr')!;
	const [at, cells] = [rows.indexOf(row), cellsOf(row)];
	const place = cells.indexOf(input);
	const in_ = (index: number, column = place) => cellsOf(rows[index])[column] ?? null;
	// Whole or empty: the cell is chosen, not being written in.
	const isChosen = input.selectionStart === 0 && input.selectionEnd === input.value.length;
	const isAtEnd = input.selectionStart === input.value.length;
	const isAtBegin = input.selectionEnd === 0;
	if (key === 'Enter') {
		if (isOneByOne) return cells[place + (shiftKey ? -1 : 1)] ?? in_(at + (shiftKey ? -1 : 1), 0);
		return in_(at + (shiftKey ? -1 : 1));
	}
	if (shiftKey) return undefined;
	if (key === 'ArrowUp') return in_(at - 1);
	if (key === 'ArrowDown') return in_(at + 1);
	if (key === 'ArrowLeft' && (isChosen || isAtBegin)) return cells[place - 1] ?? null;
	if (key === 'ArrowRight' && (isChosen || isAtEnd)) return cells[place + 1] ?? null;
	if (key === 'Home' && (isChosen || ctrlKey)) return ctrlKey ? in_(0, 0) : cells[0]!;
	if (key === 'End' && (isChosen || ctrlKey))
		return ctrlKey ? (cellsOf(rows.at(-1)).at(-1) ?? null) : cells.at(-1)!;
	return undefined;
}

/** Shows one class at a time on a phone; returns what shows another one. */
function pickClasses(form: HTMLFormElement, body: HTMLTableSectionElement, narrow: MediaQueryList) {
	const pick = form.querySelector<HTMLElement>('[data-pick]')!;
	const select = pick.querySelector('select')!;
	const [back, on] = pick.querySelectorAll('button');
	let current = Math.max(
		0,
		[...body.rows].findIndex((row) => row.querySelector('[aria-invalid]')),
	);
	const show = (index: number) => {
		current = Math.min(Math.max(index, 0), body.rows.length - 1);
		for (const [place, row] of [...body.rows].entries()) row.hidden = narrow.matches && place !== current;
		pick.hidden = !narrow.matches;
		select.value = String(current);
		back!.disabled = current === 0;
		on!.disabled = current === body.rows.length - 1;
	};
	pick.addEventListener('click', (event) => {
		const step = (event.target as HTMLElement).closest<HTMLElement>('[data-step]')?.dataset['step'];
		if (step) show(current + Number(step));
	});
	select.addEventListener('change', () => show(Number(select.value)));
	narrow.addEventListener('change', () => show(current));
	show(current);
	return show;
}

function addUp(grid: HTMLTableElement): void {
	const locale = document.documentElement.lang === 'en' ? 'en' : 'vi';
	const say = (inputs: HTMLInputElement[]) =>
		sayTyped(
			inputs.map((input) => ({ unit: unitOf(input), text: input.value })),
			locale,
		);
	const rows = [...grid.tBodies[0]!.rows].map((row) => ({
		inputs: [...row.querySelectorAll('input')],
		sum: row.cells,
	}));
	for (const { inputs, sum } of rows) sum[sum.length - 1]!.textContent = say(inputs);
	const foot = [...(grid.tFoot?.rows[0]?.querySelectorAll('td') ?? [])];
	for (const [index, cell] of foot.entries())
		cell.textContent = say(
			index === foot.length - 1
				? rows.flatMap(({ inputs }) => inputs)
				: rows.flatMap(({ inputs }) => inputs[index] ?? []),
		);
}
