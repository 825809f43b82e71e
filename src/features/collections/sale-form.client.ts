// Shows each line's amount and whether lines and cash agree while the steward types; the server decides.

/** As in the domain: comma or point is a decimal mark with one or two digits after it; else it groups. */
const readKg = (text: string) =>
	Number(
		text
			.trim()
			.replace(/[.,](?=\d{3}(\D|$))/g, '')
			.replace(',', '.'),
	);
const readVnd = (text: string) => Number(text.replace(/[.,₫đ\s]/g, ''));

export function enhanceSaleForm(): void {
	const form = document.querySelector<HTMLFormElement>('[data-sale]');
	const sum = form?.querySelector<HTMLElement>('[data-sum]');
	if (!form || !sum) return;
	const format = new Intl.NumberFormat(form.dataset['locale'] === 'en' ? 'en-GB' : 'vi-VN');
	const vnd = (amount: number) => `${format.format(amount).replace('-', '−')}\u00a0₫`;
	const refresh = () => {
		const isLump = form.querySelector<HTMLInputElement>('[name=how][value=lump_sum]')?.checked === true;
		form.querySelector<HTMLElement>('[data-goods]')!.hidden = isLump;
		form.querySelector<HTMLElement>('[data-lump]')!.hidden = !isLump;
		// One sum for everything has nothing to differ from.
		form.querySelector<HTMLElement>('[data-difference]')!.hidden = isLump;
		let total = 0;
		for (const line of form.querySelectorAll('fieldset.ln')) {
			const weight = line.querySelector<HTMLInputElement>('[name^=weight]')!.value;
			const price = line.querySelector<HTMLInputElement>('[name^=price]')!.value;
			const material = line.querySelector('select')!.value;
			const amount = material && weight && price ? Math.floor(readKg(weight) * readVnd(price) + 0.5) : 0;
			line.querySelector('output')!.textContent = amount > 0 ? `= ${vnd(amount)}` : '';
			if (amount > 0) total += amount;
		}
		const cash = readVnd(form.querySelector<HTMLInputElement>('[name=cash]')!.value);
		sum.hidden = isLump || total === 0;
		sum.textContent =
			cash === total
				? sum.dataset['agrees']!
				: sum.dataset['text']!.replace('{sum}', vnd(total)).replace(
						'{difference}',
						cash ? vnd(cash - total) : '…',
					);
	};
	form.addEventListener('input', refresh);
	refresh();
}
