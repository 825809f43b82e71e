// The sheet's form for the time without a network: it stands for the school that was opened last on this phone.

import { campaignOfDay, type OpenCampaign } from './campaign-choice.ts';

const STORE = 'so-lop';
type Kept = {
	account: string;
	code: string;
	classes: { id: string; name: string }[];
	taken: string[];
	/** Those that take sheets; a phone that kept the rest before there were any has none. */
	campaigns?: OpenCampaign[];
};
type Known = Required<Pick<Kept, 'classes' | 'campaigns'>> & {
	materials: { code: string; isTaken: boolean }[];
};

const inputsOf = (row: HTMLTableRowElement) => [...row.querySelectorAll('input')];
const codeOf = (form: HTMLFormElement) => form.querySelector<HTMLInputElement>('[name=greenHouseCode]')!;

/** Remembers which school this is, and asks the service worker for the form that is kept. */
function remember(form: HTMLFormElement, { classes, materials, campaigns }: Known): void {
	const taken = materials.filter(({ isTaken }) => isTaken).map(({ code }) => code);
	const { account = '' } = form.dataset;
	const kept: Kept = { account, code: codeOf(form).value, classes, taken, campaigns };
	try {
		localStorage.setItem(STORE, JSON.stringify(kept));
	} catch {
		// A browser that keeps nothing has no form for that time either.
		return;
	}
	const keep = { keep: document.documentElement.lang, form: STORE };
	void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage(keep));
}

function readKept(): Kept | null {
	try {
		return JSON.parse(localStorage.getItem(STORE) ?? 'null') as Kept | null;
	} catch {
		return null;
	}
}

/** The choice of the usual form: none stands last. */
function offerCampaigns(form: HTMLFormElement, campaigns: OpenCampaign[], chosen: string): void {
	const select = form.querySelector<HTMLSelectElement>('[name=campaignId]')!;
	const options = campaigns.map(({ id, name }) => Object.assign(new Option(name, id), { lang: 'vi' }));
	select.prepend(...options);
	select.value = campaigns.some(({ id }) => id === chosen) ? chosen : '';
	form.querySelector<HTMLElement>('[data-campaign]')!.hidden = campaigns.length === 0;
}

/** Makes the rows and columns of the kept form out of its one row; on the usual page, remembers its own. */
export function openKept(form: HTMLFormElement, grid: HTMLTableElement): void {
	const known = JSON.parse(form.dataset['classSheet'] ?? '{}') as Known;
	if (form.dataset['keptForm'] === undefined) return remember(form, known);
	const kept = readKept();
	if (!kept) {
		const { notOpened = '' } = JSON.parse(form.dataset['send'] ?? '{}') as { notOpened?: string };
		const note = form.querySelector<HTMLElement>('[data-alert]')!;
		note.textContent = notOpened;
		note.hidden = false;
		const again = form.querySelector<HTMLElement>('[data-again]')!;
		again.hidden = false;
		form.replaceChildren(note, again);
		return;
	}
	codeOf(form).value = kept.code;
	// The page may have been kept for days.
	const day = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Ho_Chi_Minh' });
	const asked = new URLSearchParams(location.search);
	const date = form.querySelector<HTMLInputElement>('[name=collectedOn]')!;
	date.value = asked.get('ngay') ?? day;
	const { campaigns = [] } = kept;
	offerCampaigns(form, campaigns, asked.get('dot') ?? campaignOfDay(campaigns, date.value));
	form.dataset['account'] = kept.account;
	const materials = known.materials.map((each) => ({ ...each, isTaken: kept.taken.includes(each.code) }));
	form.dataset['classSheet'] = JSON.stringify({ ...known, classes: kept.classes, campaigns, materials });
	const body = grid.tBodies[0]!;
	const model = body.rows[0]!;
	const isUnwanted = inputsOf(model).map(({ name }) => !kept.taken.includes(name.split(':')[2] ?? ''));
	for (const row of [grid.tHead!.rows[0]!, model, grid.tFoot!.rows[0]!])
		for (const [index, cell] of [...row.cells].entries()) if (isUnwanted[index - 1]) cell.remove();
	const makeRow = ({ id, name }: Kept['classes'][number]) => {
		const row = model.cloneNode(true) as HTMLTableRowElement;
		row.cells[0]!.textContent = name;
		for (const input of inputsOf(row)) {
			const [, , material, unit] = input.name.split(':');
			input.name = input.id = `cell:${id}:${material}:${unit}`;
			input.setAttribute('aria-label', name + (input.getAttribute('aria-label') ?? ''));
		}
		return row;
	};
	body.replaceChildren(...kept.classes.map(makeRow));
	form
		.querySelector('[data-pick] select')!
		.replaceChildren(...kept.classes.map(({ name }, index) => new Option(name, String(index))));
}
