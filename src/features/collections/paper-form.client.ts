// The notebook's rows by keyboard as in a sheet; on a phone one row at a time.

export function enhancePaperForm(): void {
	const form = document.querySelector<HTMLFormElement>('[data-paper]');
	if (!form) return;
	const rows = [...form.querySelectorAll<HTMLElement>('[data-row]')];
	form.addEventListener('keydown', (event) => {
		const input = event.target;
		const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
		if (step === undefined || !(input instanceof HTMLInputElement)) return;
		// The arrows of a date field change its day.
		if (input.type === 'date' && event.key !== 'Enter') return;
		const row = input.closest<HTMLElement>('[data-row]');
		if (!row) return;
		event.preventDefault();
		const place = [...row.querySelectorAll('input')].indexOf(input);
		const index = rows.indexOf(row) + step;
		if (!rows[index]) return;
		show(index);
		const next = rows[index].querySelectorAll('input')[place];
		next?.focus();
		if (next?.type !== 'date') next?.select();
	});

	const stepper = form.querySelector<HTMLElement>('[data-stepper]');
	const narrow = matchMedia('(width < 56rem)');
	let current = Math.max(
		0,
		rows.findIndex((row) => row.querySelector('[aria-invalid]')),
	);
	function show(index: number): void {
		current = Math.min(Math.max(index, 0), rows.length - 1);
		for (const [place, row] of rows.entries()) row.hidden = narrow.matches && place !== current;
		if (!stepper) return;
		stepper.hidden = !narrow.matches;
		const [back, on] = stepper.querySelectorAll('button');
		back!.disabled = current === 0;
		on!.disabled = current === rows.length - 1;
		stepper.querySelector('output')!.textContent = stepper.dataset['text']!.replace(
			'{row}',
			String(current + 1),
		).replace('{rows}', String(rows.length));
	}
	stepper?.addEventListener('click', (event) => {
		const step = (event.target as HTMLElement).closest<HTMLElement>('[data-step]')?.dataset['step'];
		if (step) show(current + Number(step));
	});
	// A sentence that names a row leads to it.
	form.addEventListener('click', (event) => {
		const target = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[data-to]')?.dataset['to'];
		const row = target && form.querySelector(`[name="${target}"]`)?.closest<HTMLElement>('[data-row]');
		if (!row) return;
		event.preventDefault();
		show(rows.indexOf(row));
		form.querySelector<HTMLInputElement>(`[name="${target}"]`)?.focus();
	});
	narrow.addEventListener('change', () => show(current));
	show(current);
}
