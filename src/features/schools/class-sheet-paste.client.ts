// A table that is pasted into the sheet: read on the spot by the rules of the portal, and shown in the grid.
import {
	MAX_SHOWN,
	readBlock,
	readSheetTable,
	tableOfText,
	type Offer,
	type TableClass,
	type TableMaterial,
	type TableReading,
} from './sheet-table.ts';
import { sayCount, sayFill, sayIgnored, sayProblem, type TableWords } from './table-words.ts';

type Known = { classes: TableClass[]; materials: TableMaterial[]; words: TableWords };

const inputOf = (name: string) => document.getElementById(name) as HTMLInputElement | null;

function make<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	text: string,
	more: Partial<HTMLElementTagNameMap[Name]> = {},
): HTMLElementTagNameMap[Name] {
	return Object.assign(document.createElement(name), { textContent: text }, more);
}

/** @param at the cell that a block without heads begins at */
export function readPasted(form: HTMLFormElement, text: string, at?: HTMLInputElement): void {
	const known = JSON.parse(form.dataset['classSheet'] ?? '{}') as Known;
	const reading = readTable(known, text, at);
	if (reading.cells.some(({ name }) => inputOf(name) === null)) {
		// What is counted in another unit gets a column of its own, which the portal makes.
		form.querySelector('textarea')!.value = text;
		form.requestSubmit(form.querySelector<HTMLButtonElement>('[data-read-table]')!);
		return;
	}
	for (const input of form.querySelectorAll<HTMLInputElement>('.grid input')) mark(input);
	for (const { name, text: value } of reading.cells) inputOf(name)!.value = value;
	for (const [index, { field }] of reading.problems.slice(0, MAX_SHOWN).entries())
		if (field !== undefined) mark(inputOf(field), `place-${index}`);
	showNotes(form, known, reading);
	// A table of which nothing stands in the grid asks nothing of whoever saves what stood there before.
	if (reading.cells.length > 0) askToLook(form, reading.problems.length > 0);
}

function readTable(known: Known, text: string, at?: HTMLInputElement): TableReading {
	const table = tableOfText(text);
	const reading = readSheetTable(table, known);
	const keys = reading.problems.map(({ key }) => key);
	if (!at || !keys.includes('noHead') || !keys.includes('noClasses')) return reading;
	const row = at.closest('tr')!;
	const cells = [...row.querySelectorAll<HTMLInputElement>('td:not([hidden]) input')];
	const rows = [...(row.parentElement as HTMLTableSectionElement).rows].slice(row.sectionRowIndex);
	return readBlock(
		table,
		{
			classNames: rows.map((each) => each.cells[0]!.textContent.trim()),
			columns: cells.slice(cells.indexOf(at)).map(({ name }) => {
				const [, , material = '', unit] = name.split(':');
				return { material, unit: unit === 'kg' ? 'kg' : 'piece' };
			}),
		},
		known,
	);
}

function mark(input: HTMLInputElement | null, place?: string): void {
	if (!input) return;
	input.closest('td')?.classList.toggle('err', place !== undefined);
	input.toggleAttribute('autofocus', false);
	if (place === undefined) {
		input.removeAttribute('aria-invalid');
		input.removeAttribute('aria-describedby');
	} else {
		input.setAttribute('aria-invalid', 'true');
		input.setAttribute('aria-describedby', place);
	}
}

function showNotes(form: HTMLFormElement, known: Known, { cells, problems, ignored }: TableReading): void {
	const { words } = known;
	const note = make('div', '', {
		className: `note ${problems.length > 0 ? 'warn' : 'good'}`,
		role: 'status',
		tabIndex: -1,
	});
	if (cells.length > 0 || problems.length === 0)
		note.append(make('p', sayCount(words.filled, cells.length, words)));
	if (problems.length > 0) {
		const list = make('ul', '');
		note.append(make('p', sayCount(words.problems, problems.length, words)), list);
		for (const [index, problem] of problems.slice(0, MAX_SHOWN).entries()) {
			const { text, guide } = sayProblem(problem, words, known);
			const item = make('li', '', { id: `place-${index}` });
			item.append(problem.field === undefined ? text : make('a', text, { href: `#${problem.field}` }));
			if (guide !== undefined) item.append(' ', make('a', words.guide, { href: guide }));
			for (const offer of problem.offers ?? []) {
				const { row } = problem;
				const button = make('button', sayFill('fill', { class: offer.name, row }, words), {
					...{ type: 'button', className: 'btn alt tiny', hidden: true },
				});
				button.dataset['offer'] = JSON.stringify({ ...offer, row });
				item.append(' ', button);
			}
			list.append(item);
		}
		const more = problems.length - MAX_SHOWN;
		if (more > 0) list.append(make('li', sayCount(words.more, more, words)));
	}
	note.append(...ignored.map((each) => make('p', sayIgnored(each, words), { className: 'dim' })));
	form.querySelector('[data-table-notes]')!.replaceChildren(note);
	showOffers(form);
	note.focus();
	note.scrollIntoView({ block: 'nearest' });
}

const offerOf = (button: HTMLElement) =>
	JSON.parse(button.dataset['offer'] ?? '{}') as Offer & { row: number };

/** Offers a row for a near class as long as nothing stands there, and the grid has a cell for each figure. */
export function showOffers(form: HTMLFormElement): void {
	for (const button of form.querySelectorAll<HTMLElement>('[data-offer]')) {
		const { cells } = offerOf(button);
		const inputs = cells.map(({ name }) => inputOf(name));
		const row = inputs[0]?.closest('tr');
		const isFree = [...(row?.querySelectorAll('input') ?? [])].every(({ value }) => value.trim() === '');
		button.hidden = !row || !isFree || inputs.includes(null);
	}
}

/** Writes the row into the class where nothing stands yet, and says so where it was offered. */
export function takeOffer(form: HTMLFormElement, button: HTMLElement): void {
	showOffers(form);
	if (button.hidden) return;
	const { words } = JSON.parse(form.dataset['classSheet'] ?? '{}') as Known;
	const { name, row, cells } = offerOf(button);
	for (const cell of cells) inputOf(cell.name)!.value = cell.text;
	const said = sayFill('filledRow', { class: name, row }, words);
	const link = make('a', said, { href: `#${cells[0]!.name}` });
	button.closest('li')!.replaceChildren(link);
	showOffers(form);
	askToLook(form, true);
	link.focus();
}

function askToLook(form: HTMLFormElement, isAsked: boolean): void {
	const box = form.querySelector('[data-asks-seen]')!;
	const template = box.querySelector('template')!;
	box.replaceChildren(template, ...(isAsked ? [template.content.cloneNode(true)] : []));
}
