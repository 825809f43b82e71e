// Turns the plain form into three taps: a tile, the number pad, send. Added kinds wait in a basket of hidden fields.

import { phoneToday, sendThroughOutbox } from './drop-off-queue.client.ts';

type Words = Record<
	| 'send'
	| 'sendMany'
	| 'added'
	| 'remove'
	| 'kg'
	| 'piece'
	| 'missing'
	| 'notKept'
	| 'log'
	| 'outbox'
	| 'photoOf'
	| 'photoUnreadable',
	string
>;

const MAX_ADDED = 19;

const unitOf = (words: Words, unit: string) => (unit === 'kg' ? words.kg : words.piece);
/** A name within a sentence; `PET` stays. */
const inText = (name: string) => name.replace(/^\p{Lu}(?!\p{Lu})/u, (letter) => letter.toLowerCase());

export function enhanceDropOffForm(): void {
	const form = document.querySelector<HTMLFormElement>('[data-drop-off]');
	if (!form) return;
	const words = JSON.parse(form.dataset['words'] ?? '{}') as Words;
	const nameOf = (code: string) =>
		form
			.querySelector(`input[name^="material-"][type=radio][value="${CSS.escape(code)}"]`)
			?.closest('label')
			?.textContent?.trim() ?? code;
	const house = form.querySelector<HTMLSelectElement>('[data-houses]');
	sendThroughOutbox({
		form,
		paths: words,
		words,
		describe: ({ material, quantity, unit }) =>
			`${quantity} ${unitOf(words, unit)} ${inText(nameOf(material))}`,
		houseName: () =>
			(house ? house.selectedOptions[0]?.textContent : form.querySelector('.at b')?.textContent)?.trim() ??
			'',
	});
	const addRow = enhanceRow(form, words);
	if (house) openTemplate(form, house, addRow);
}

/** The form that the phone keeps for days without a network: it stands for every house, and fills itself in. */
function openTemplate(form: HTMLFormElement, house: HTMLSelectElement, addRow: AddRow): void {
	const wanted = new URLSearchParams(location.search);
	const offer = () => {
		const takes = (house.selectedOptions[0]?.dataset['takes'] ?? '').split(' ');
		for (const tile of form.querySelectorAll<HTMLElement>('.tile:has([type=radio])')) {
			tile.hidden = house.value !== '' && !takes.includes(tile.querySelector('input')!.value);
		}
		const chosen = form.querySelector<HTMLInputElement>('.tile:not([hidden]) [type=radio]:checked');
		if (!chosen) form.querySelector<HTMLInputElement>('.tile:not([hidden]) [type=radio]')?.click();
	};
	const code = (wanted.get('diem') ?? '').toUpperCase();
	if ([...house.options].some(({ value }) => value === code)) house.value = code;
	house.addEventListener('change', offer);
	offer();
	const set = (name: string, value: string) => {
		const input = form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
		if (input) input.value = value;
	};
	if (wanted.get('tu') === 'qr') set('channel', 'qr');
	set('date', wanted.get('date') ?? phoneToday());
	for (const [index, quantity] of wanted.getAll('quantity').entries())
		addRow(wanted.get(`material-${index}`) ?? '', wanted.get(`unit-${index}`) ?? '', quantity);
}

type AddRow = (material: string, unit: string, quantity: string) => void;

function enhanceRow(form: HTMLFormElement, words: Words): AddRow {
	const line = form?.querySelector<HTMLElement>('[data-line]');
	const pad = form?.querySelector<HTMLElement>('.pad.keys');
	const send = form?.querySelector<HTMLButtonElement>('[data-send]');
	const basket = form?.querySelector<HTMLElement>('[data-basket]');
	const quantity = line?.querySelector<HTMLInputElement>('input[name=quantity]');
	if (!line || !pad || !send || !basket || !quantity) return () => undefined;
	let added = 0;

	const chosen = (name: string) => line.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`);
	const describe = () => {
		const material = chosen('material-0')?.closest('label')?.textContent?.trim() ?? '';
		const unit = unitOf(words, chosen('unit-0')?.value ?? 'kg');
		return quantity.value.trim() === '' ? '' : `${quantity.value.trim()} ${unit} ${inText(material)}`;
	};
	const refresh = () => {
		const waiting = [...basket.querySelectorAll('[data-text]')].map((item) =>
			item.getAttribute('data-text')!,
		);
		const all = [...waiting, describe()].filter(Boolean);
		send.textContent =
			all.length > 1
				? words.sendMany.replace('{{kinds}}', String(all.length))
				: [words.send, ...all].join(' ');
	};
	const hiddenField = (name: string, value: string) => {
		const input = document.createElement('input');
		Object.assign(input, { type: 'hidden', name, value });
		return input;
	};
	/** The server reads quantities in the order of the form: what is in the basket comes after the open row. */
	const addLine = () => {
		const material = chosen('material-0');
		if (!material || quantity.value.trim() === '' || added >= MAX_ADDED) return quantity.focus();
		added += 1;
		const item = document.createElement('li');
		const text = describe();
		item.dataset['text'] = text;
		const label = document.createElement('span');
		const lead = document.createElement('b');
		lead.textContent = words.added;
		label.append(lead, ` ${text}`);
		const remove = document.createElement('button');
		Object.assign(remove, { type: 'button', className: 'link', textContent: words.remove });
		remove.addEventListener('click', () => {
			item.remove();
			renumber();
		});
		item.append(
			label,
			remove,
			hiddenField('quantity', quantity.value),
			hiddenField(`material-${added}`, material.value),
			hiddenField(`unit-${added}`, chosen('unit-0')?.value ?? 'kg'),
		);
		basket.append(item);
		quantity.value = '';
		renumber();
		// On a phone the bar lies over the end of the page.
		item.scrollIntoView({ block: 'nearest' });
	};
	const renumber = () => {
		const items = [...basket.querySelectorAll('li')];
		added = items.length;
		for (const [index, item] of items.entries()) {
			for (const input of item.querySelectorAll('input')) {
				if (input.name !== 'quantity') input.name = `${input.name.split('-')[0]}-${index + 1}`;
			}
		}
		basket.hidden = items.length === 0;
		refresh();
	};

	// The pad is there: the phone's own keyboard would cover it.
	quantity.inputMode = 'none';
	pad.addEventListener('click', (event) => {
		const key = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset['key'];
		if (key === 'back') quantity.value = quantity.value.slice(0, -1);
		else if (key === 'add') addLine();
		else if (key !== undefined) quantity.value += key;
		refresh();
	});
	form.addEventListener('input', refresh);
	const chooseUnit = () => {
		const unit = chosen('material-0')?.dataset['unit'];
		const radio = line.querySelector<HTMLInputElement>(`input[name="unit-0"][value="${unit}"]`);
		if (radio) radio.checked = true;
	};
	form.addEventListener('change', (event) => {
		if ((event.target as HTMLInputElement).name === 'material-0') chooseUnit();
		refresh();
	});
	if (!chosen('unit-0')) chooseUnit();
	refresh();
	return (material, unit, typed) => {
		// The row that is there already makes room.
		if (quantity.value.trim() !== '') addLine();
		for (const [name, value] of Object.entries({ 'material-0': material, 'unit-0': unit })) {
			const radio = line.querySelector<HTMLInputElement>(
				`input[name="${name}"][value="${CSS.escape(value)}"]`,
			);
			if (radio) radio.checked = true;
		}
		quantity.value = typed;
		refresh();
	};
}
