// Sends a sheet by way of the outbox, under the account of whoever entered it.
import { mintId, queue, sayAbove } from '../outbox/outbox.client.ts';
import { listItems } from '../outbox/outbox-store.client.ts';
import { sayTyped, type Unit } from './class-sheet-sum.ts';

type Words = Record<'item' | 'notKept' | 'noAccount' | 'page' | 'outbox', string>;
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
		...{ is_extra: data.has('isExtra'), is_sure: data.has('isSure'), campaign_id: value('campaignId') },
	};
	const item = {
		...{ id: id.value, kind: 'class-sheet', body, language: document.documentElement.lang },
		text: words.item.replace(/\{\{(\w+)\}\}/g, (_, name: string) => said[name] ?? ''),
		correctPath: `${words.page}?${new URLSearchParams({ diem: code, ngay: collectedOn })}`,
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

/** Fills the grid with a sheet that waits and was refused. */
export async function openWaiting(id: string): Promise<void> {
	const item = (await listItems()).find((each) => each.id === id && each.kind === 'class-sheet');
	for (const [classId, cells] of Object.entries((item?.body['rows'] ?? {}) as Rows))
		for (const [name, text] of Object.entries(cells)) {
			const input = document.getElementById(`cell:${classId}:${name}`);
			if (input instanceof HTMLInputElement) input.value = text;
		}
}
