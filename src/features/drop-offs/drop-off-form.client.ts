// Turns the plain form into three taps: a tile, the number pad, send. Added kinds wait in a basket of hidden fields.

type Words = { send: string; sendMany: string; added: string; remove: string; kg: string; piece: string };

const MAX_ADDED = 19;

/** A name within a sentence; `PET` stays. */
const inText = (name: string) => name.replace(/^\p{Lu}(?!\p{Lu})/u, (letter) => letter.toLowerCase());

export function enhanceDropOffForm(): void {
	const form = document.querySelector<HTMLFormElement>('[data-drop-off]');
	const line = form?.querySelector<HTMLElement>('[data-line]');
	const pad = form?.querySelector<HTMLElement>('.pad.keys');
	const send = form?.querySelector<HTMLButtonElement>('[data-send]');
	const basket = form?.querySelector<HTMLElement>('[data-basket]');
	const quantity = line?.querySelector<HTMLInputElement>('input[name=quantity]');
	if (!form || !line || !pad || !send || !basket || !quantity) return;
	const words = JSON.parse(form.dataset['words'] ?? '{}') as Words;
	let added = 0;

	const chosen = (name: string) => line.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`);
	const describe = () => {
		const material = chosen('material-0')?.closest('label')?.textContent?.trim() ?? '';
		const unit = chosen('unit-0')?.value === 'kg' ? words.kg : words.piece;
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
}
