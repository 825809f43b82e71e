// Frames drawn over a photo with finger, pen or mouse. They are the form's own number fields, which the keyboard moves.

const SVG = 'http://www.w3.org/2000/svg';
const clamp = (value: number) => Math.min(1000, Math.max(0, Math.round(value)));
const fieldsOf = (row: Element) => [...row.querySelectorAll('input')];
const isEmpty = (row: Element) => fieldsOf(row).every((input) => input.value.trim() === '');
/** Per mille of what a field says in per cent. */
const perMille = (input: HTMLInputElement) => clamp(Number(input.value.replace(',', '.')) * 10) || 0;

function enhance(form: HTMLFormElement): void {
	const svg = form.querySelector('svg')!;
	const list = form.querySelector('[data-frames]')!;
	const numbers = form.querySelector<HTMLDetailsElement>('.numbers')!;
	const undo = form.querySelector<HTMLButtonElement>('[data-undo]')!;
	const add = form.querySelector<HTMLButtonElement>('[data-add]')!;
	const most = Number(form.dataset['redact']);
	const comma = form.dataset['locale'] === 'vi' ? ',' : '.';
	const rows = () => [...list.children] as HTMLElement[];
	const used = () => rows().filter((row) => !isEmpty(row));
	/** Rows as they were filled, the last one at the end. */
	let order = used();

	const draw = () => {
		const focused = document.activeElement;
		svg.replaceChildren(
			...used().map((row) => {
				const rect = document.createElementNS(SVG, 'rect');
				for (const [index, input] of fieldsOf(row).entries())
					rect.setAttribute(['x', 'y', 'width', 'height'][index]!, String(perMille(input)));
				rect.classList.toggle('on', row.contains(focused));
				return rect;
			}),
		);
		const filled = used();
		for (const row of rows()) row.hidden = isEmpty(row) && !row.contains(focused);
		numbers.hidden = rows().every((row) => row.hidden);
		undo.disabled = filled.length === 0;
		add.disabled = filled.length >= most;
	};
	/** The next row without a frame; a new one when all have theirs. Undefined when there are enough. */
	const nextRow = (): HTMLElement | undefined => {
		const free = rows().find(isEmpty);
		if (free || list.children.length >= most) return free;
		const row = list.lastElementChild!.cloneNode(true) as HTMLElement;
		clear(row);
		const legend = row.querySelector('legend')!;
		legend.textContent = legend.textContent.replace(/\d+/, String(list.children.length + 1));
		list.append(row);
		return row;
	};
	const clear = (row: Element) => {
		for (const input of fieldsOf(row)) input.value = '';
	};
	const write = (row: HTMLElement, frame: number[]) => {
		for (const [index, input] of fieldsOf(row).entries())
			input.value = String(frame[index]! / 10).replace('.', comma);
		order = [...order.filter((each) => each !== row), row];
		draw();
	};

	let start: { x: number; y: number; row: HTMLElement; id: number } | undefined;
	const at = (event: PointerEvent) => {
		const box = svg.getBoundingClientRect();
		return {
			x: clamp(((event.clientX - box.left) / box.width) * 1000),
			y: clamp(((event.clientY - box.top) / box.height) * 1000),
		};
	};
	svg.addEventListener('pointerdown', (event) => {
		const row = !start && event.button === 0 && nextRow();
		if (!row) return;
		event.preventDefault();
		svg.setPointerCapture(event.pointerId);
		start = { ...at(event), row, id: event.pointerId };
	});
	svg.addEventListener('pointermove', (event) => {
		if (start?.id !== event.pointerId) return;
		const { x, y } = at(event);
		const frame = [Math.min(x, start.x), Math.min(y, start.y), Math.abs(x - start.x), Math.abs(y - start.y)];
		// A tap is no frame.
		if (frame[2]! >= 5 && frame[3]! >= 5) write(start.row, frame);
	});
	svg.addEventListener('pointerup', () => (start = undefined));
	// Two fingers look closer: what the first one began is no frame.
	svg.addEventListener('pointercancel', () => {
		if (start) clear(start.row);
		start = undefined;
		draw();
	});
	undo.addEventListener('click', () => {
		order = order.filter((row) => !isEmpty(row));
		clear(order.pop() ?? used().at(-1)!);
		draw();
		if (undo.disabled) add.focus();
	});
	add.addEventListener('click', () => {
		const row = nextRow();
		if (!row) return;
		write(row, [350, 450, 300, 100]);
		numbers.open = true;
		fieldsOf(row)[0]!.focus();
	});
	list.addEventListener('click', (event) => {
		const button = (event.target as Element).closest('[data-remove]');
		if (!button) return;
		clear(button.parentElement!);
		add.focus();
		draw();
	});
	list.addEventListener('keydown', (event) => {
		const { key, target } = event as KeyboardEvent;
		if (!(target instanceof HTMLInputElement) || !['ArrowUp', 'ArrowDown'].includes(key)) return;
		event.preventDefault();
		const moved = perMille(target) + (key === 'ArrowUp' ? 10 : -10);
		target.value = String(clamp(moved) / 10).replace('.', comma);
		draw();
	});
	for (const event of ['input', 'focusin', 'focusout']) list.addEventListener(event, () => setTimeout(draw));
	for (const tool of form.querySelectorAll<HTMLElement>('[data-tools]')) tool.hidden = false;
	svg.classList.add('live');
	draw();
}

export function enhanceRedactForms(): void {
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-redact]')) enhance(form);
}
