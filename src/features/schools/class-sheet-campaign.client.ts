// Which campaign a sheet counts for: that of its day until somebody chooses, and what of it would not count.
import { campaignOfDay, isOutside, uncounted, type OpenCampaign } from './campaign-choice.ts';
import type { TableMaterial } from './sheet-names.ts';

type Known = { campaigns: OpenCampaign[]; materials: TableMaterial[] };
type Words = Record<'outside' | 'uncounted' | 'notOpen', string>;

const dayOf = (date: string) => date.split('-').reverse().join('/');
const fill = (sentence: string, values: Record<string, string>) =>
	sentence.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');

/** Chooses a campaign by its id, also one that takes no sheets any more; '' is none. */
export function chooseCampaign(form: HTMLFormElement, id: string, name: string): void {
	const select = form.querySelector<HTMLSelectElement>('[name=campaignId]')!;
	if (![...select.options].some(({ value }) => value === id)) {
		select.add(Object.assign(new Option(name, id), { lang: 'vi' }), 0);
		form.querySelector<HTMLElement>('[data-campaign]')!.hidden = false;
	}
	select.value = id;
	select.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Shows the columns of what counts, and every other one in which something stands. */
function showColumns(form: HTMLFormElement, counted: string[] | undefined): void {
	const rows = [...form.querySelector<HTMLTableElement>('.grid')!.rows];
	const inputs = (column: number) => rows.flatMap((row) => row.cells[column]?.querySelector('input') ?? []);
	for (let column = 1; column < rows[0]!.cells.length - 1; column += 1) {
		const own = inputs(column);
		const isShown =
			counted?.includes(own[0]?.name.split(':')[2] ?? '') !== false ||
			own.some((input) => input.value.trim() !== '' || input === document.activeElement);
		for (const row of rows) row.cells[column]!.hidden = !isShown;
	}
}

/** Proposes the campaign of the day; returns what says anew which part of the sheet would not count. */
export function watchCampaign(form: HTMLFormElement): () => void {
	const select = form.querySelector<HTMLSelectElement>('[name=campaignId]')!;
	const date = form.querySelector<HTMLInputElement>('[name=collectedOn]')!;
	const note = form.querySelector<HTMLElement>('[data-campaign-note]')!;
	const { campaigns, materials } = JSON.parse(form.dataset['classSheet'] ?? '{}') as Known;
	const words = JSON.parse(note.dataset['campaignNote'] ?? '{}') as Words;
	const misfit = (): string => {
		if (select.value === '') return '';
		const campaign = campaigns.find(({ id }) => id === select.value);
		if (!campaign) return words.notOpen;
		if (isOutside(campaign, date.value))
			return fill(words.outside, { from: dayOf(campaign.startsOn), to: dayOf(campaign.endsOn) });
		const cells = [...form.querySelectorAll<HTMLInputElement>('[name^="cell:"]')];
		const typed = cells.filter(({ value }) => value.trim() !== '');
		const codes = uncounted(
			campaign,
			typed.map(({ name }) => name.split(':')[2]!),
		);
		const said = codes.map((code) => materials.find((each) => each.code === code)?.said ?? code);
		return said.length === 0 ? '' : fill(words.uncounted, { materials: said.join(', ') });
	};
	const say = () => {
		const sentence = misfit();
		showColumns(form, campaigns.find(({ id }) => id === select.value)?.materials);
		if (note.textContent !== sentence) note.textContent = sentence;
		note.hidden = sentence === '';
	};
	let isChosen = select.value !== campaignOfDay(campaigns, date.value);
	select.addEventListener('change', () => {
		isChosen = true;
		say();
	});
	date.addEventListener('change', () => {
		if (!isChosen) select.value = campaignOfDay(campaigns, date.value);
		say();
	});
	return say;
}
