// Frames drawn over a photo with finger, pen or mouse. They are the form's own number fields, which the keyboard moves.

const SVG = 'http://www.w3.org/2000/svg';
const clamp = (value: number) => Math.min(1000, Math.max(0, Math.round(value)));
const fieldsOf = (row: Element) => [...row.querySelectorAll('input')];
const isEmpty = (row: Element) => fieldsOf(row).every((input) => input.value === '');

function enhance(form: HTMLFormElement): void {
	const svg = form.querySelector('svg')!;
	const list = form.querySelector('[data-frames]')!;
	const undo = form.querySelector<HTMLButtonElement>('[data-undo]')!;
	const add = form.querySelector<HTMLButtonElement>('[data-add]')!;
	const most = Number(form.dataset['redact']);
	const rows = () => [...list.children];
	const used = () => rows().filter((row) => !isEmpty(row));

	const draw = () => {
		svg.replaceChildren(
			...used().map((row) => {
				const rect = document.createElementNS(SVG, 'rect');
				const names = ['x', 'y', 'width', 'height'];
				for (const [index, input] of fieldsOf(row).entries())
					rect.setAttribute(names[index]!, String(clamp(Number(input.value) * 10)));
				return rect;
			}),
		);
		undo.disabled = used().length === 0;
		add.disabled = used().length >= most;
	};
	/** The next row without a frame; a new one when all have theirs. Undefined when there are enough. */
	const nextRow = (): Element | undefined => {
		const free = rows().find(isEmpty);
		if (free || list.children.length >= most) return free;
		const row = list.lastElementChild!.cloneNode(true) as Element;
		for (const input of fieldsOf(row)) input.value = '';
		const legend = row.querySelector('legend')!;
		legend.textContent = legend.textContent.replace(/\d+/, String(list.children.length + 1));
		list.append(row);
		return row;
	};
	const write = (row: Element, frame: number[]) => {
		for (const [index, input] of fieldsOf(row).entries()) input.value = String(frame[index]! / 10);
		draw();
	};

	let start: { x: number; y: number; row: Element } | undefined;
	const at = (event: PointerEvent) => {
		const box = svg.getBoundingClientRect();
		return {
			x: clamp(((event.clientX - box.left) / box.width) * 1000),
			y: clamp(((event.clientY - box.top) / box.height) * 1000),
		};
	};
	svg.addEventListener('pointerdown', (event) => {
		if (start || event.button !== 0) return;
		const row = nextRow();
		if (!row) return;
		event.preventDefault();
		svg.setPointerCapture(event.pointerId);
		start = { ...at(event), row };
	});
	svg.addEventListener('pointermove', (event) => {
		if (!start) return;
		const { x, y } = at(event);
		const frame = [Math.min(x, start.x), Math.min(y, start.y), Math.abs(x - start.x), Math.abs(y - start.y)];
		// A tap is no frame.
		if (frame[2]! >= 5 && frame[3]! >= 5) write(start.row, frame);
	});
	for (const end of ['pointerup', 'pointercancel']) svg.addEventListener(end, () => (start = undefined));
	undo.addEventListener('click', () => {
		for (const input of fieldsOf(used().at(-1)!)) input.value = '';
		draw();
		if (undo.disabled) add.focus();
	});
	add.addEventListener('click', () => {
		const row = nextRow();
		if (!row) return;
		write(row, [350, 450, 300, 100]);
		form.querySelector('details')!.open = true;
		fieldsOf(row)[0]!.focus();
	});
	list.addEventListener('input', draw);
	for (const tool of form.querySelectorAll<HTMLElement>('[data-tools]')) tool.hidden = false;
	svg.classList.add('live');
	draw();
}

export function enhanceRedactForms(): void {
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-redact]')) enhance(form);
}
