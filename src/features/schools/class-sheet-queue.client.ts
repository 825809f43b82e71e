// Sends a sheet by way of the outbox, under the account of whoever entered it.
import { mintId, queue, sayAbove } from '../outbox/outbox.client.ts';
import { listItems } from '../outbox/outbox-store.client.ts';
import { chooseCampaign } from './class-sheet-campaign.client.ts';
import { sayTyped, type Unit } from './class-sheet-sum.ts';
import type { TableClass, TableMaterial } from './sheet-names.ts';

type Words = Record<
	'item' | 'notKept' | 'noAccount' | 'page' | 'outbox' | 'otherSchool' | 'goneClass' | 'chosenCampaign',
	string
> & { units: Record<Unit, string> };
type Known = { classes: TableClass[]; materials: TableMaterial[] };
type Rows = Record<string, Record<string, string>>;

function readRows(data: FormData): Rows {
	const rows: Rows = {};
	for (const [name, value] of data.entries()) {
		const [prefix, classId = '', material, unit] = name.split(':');
		if (prefix === 'cell' && typeof value === 'string' && value.trim() !== '')
			(rows[classId] ??= {})[`${material}:${unit}`] = value;
	}
	return rows;
}

/** What its classes and its campaign are called, for whoever corrects it when they are gone. */
function readNames(form: HTMLFormElement, rows: Rows): Record<string, string> {
	const { classes } = JSON.parse(form.dataset['classSheet'] ?? '{}') as Known;
	const own = classes.filter(({ id }) => id in rows).map(({ id, name }) => [id, name] as const);
	const { value, selectedOptions } = form.querySelector<HTMLSelectElement>('[name=campaignId]')!;
	const campaign = value === '' ? [] : [[value, selectedOptions[0]!.text] as const];
	return Object.fromEntries([...own, ...campaign]);
}

const sayRows = (rows: Rows) => {
	const cells = Object.values(rows).flatMap((row) => Object.entries(row));
	const typed = cells.map(([name, text]) => ({ unit: name.split(':')[1] as Unit, text }));
	return sayTyped(typed, document.documentElement.lang === 'en' ? 'en' : 'vi');
};

/** @param sendPlainly posts the form as it is, so that the portal's own page says what is wrong */
export async function sendSheet(
	form: HTMLFormElement,
	by: HTMLElement | null,
	sendPlainly: () => void,
): Promise<void> {
	const words = JSON.parse(form.dataset['send'] ?? '{}') as Words;
	const { account = '' } = form.dataset;
	const data = new FormData(form);
	const value = (name: string) => String(data.get(name) ?? '').trim();
	if (account === '') return sayAbove(form, words.noAccount);
	const rows = readRows(data);
	const isUnseen = data.has('asksSeen') && !data.has('isSeen');
	if ((isUnseen || Object.keys(rows).length === 0) && navigator.onLine) return sendPlainly();
	const id = form.querySelector<HTMLInputElement>('[name=id]')!;
	id.value ||= mintId();
	const [code, collectedOn] = [value('greenHouseCode'), value('collectedOn')];
	const said: Record<string, string> = {
		...{ date: collectedOn.split('-').reverse().join('/'), n: String(Object.keys(rows).length) },
		totals: sayRows(rows),
	};
	const body = {
		...{ id: id.value, account, green_house_code: code, collected_on: collectedOn, rows },
		is_approved: by?.getAttribute('name') === 'isApproved',
		...{ is_extra: data.has('isExtra'), is_sure: value('isSure'), campaign_id: value('campaignId') },
	};
	const item = {
		...{ id: id.value, kind: 'class-sheet', body, language: document.documentElement.lang },
		text: words.item.replace(/\{\{(\w+)\}\}/g, (_, name: string) => said[name] ?? ''),
		correctPath: `${words.page}?${new URLSearchParams({ diem: code, ngay: collectedOn })}`,
		names: readNames(form, rows),
		madeAt: Date.now(),
	};
	const replaces = new URLSearchParams(location.hash.slice(1)).get('sua') ?? undefined;
	let outcome;
	try {
		outcome = await queue(item, replaces);
	} catch {
		// The phone keeps nothing: the plain form is left, where there is a network.
		return navigator.onLine ? sendPlainly() : sayAbove(form, words.notKept);
	}
	// The portal's own page marks what was refused; nothing was written under this id.
	if (outcome === 'refused') return sendPlainly();
	const done = `${words.page}?${new URLSearchParams({ diem: code, xong: id.value })}`;
	location.assign(outcome === 'sent' ? done : words.outbox);
}

/** Fills the form with a sheet that waits and was refused: all that was typed, also what has no cell any more. */
export async function openWaiting(form: HTMLFormElement, id: string): Promise<void> {
	const item = (await listItems()).find((each) => each.id === id && each.kind === 'class-sheet');
	if (!item) return;
	const words = JSON.parse(form.dataset['send'] ?? '{}') as Words;
	const { body, names = {} } = item;
	if (body['green_house_code'] !== form.querySelector<HTMLInputElement>('[name=greenHouseCode]')!.value) {
		// The phone's own form is of the school that was opened last: the other one's sheet stays where it is.
		history.replaceState(null, '', location.pathname + location.search);
		return sayAbove(form, words.otherSchool);
	}
	for (const [name, said] of [
		['isExtra', body['is_extra']],
		['isSure', body['is_sure']],
	] as const) {
		const box = form.querySelector<HTMLInputElement>(`[name=${name}]`)!;
		box.checked ||= Boolean(said);
		if (typeof said === 'string') box.value = said;
		if (box.checked) box.closest('label')!.hidden = false;
	}
	for (const [classId, cells] of Object.entries((body['rows'] ?? {}) as Rows))
		for (const [name, text] of Object.entries(cells)) {
			const cell = `cell:${classId}:${name}`;
			const input = document.getElementById(cell);
			if (input instanceof HTMLInputElement) input.value = text;
			else addStray(form, cell, text, names[classId]);
		}
	const campaignId = String(body['campaign_id'] ?? '');
	chooseCampaign(form, campaignId, names[campaignId] ?? words.chosenCampaign);
}

/** A figure without a cell in the grid keeps a field of its own, which says what it is. */
function addStray(form: HTMLFormElement, cell: string, text: string, className: string | undefined): void {
	const words = JSON.parse(form.dataset['send'] ?? '{}') as Words;
	const { classes, materials } = JSON.parse(form.dataset['classSheet'] ?? '{}') as Known;
	const [, classId, code = '', unit] = cell.split(':');
	const known = classes.find((each) => each.id === classId)?.name;
	const material = materials.find((each) => each.code === code)?.said ?? code;
	const label = document.createElement('label');
	const input = Object.assign(document.createElement('input'), {
		...{ name: cell, id: cell, value: text, inputMode: 'decimal', autocomplete: 'off' as const },
	});
	label.append(`${known ?? className ?? words.goneClass}, ${material} (${words.units[unit as Unit]})`, input);
	const strays = form.querySelector<HTMLElement>('[data-strays]')!;
	strays.append(label);
	strays.hidden = false;
}
