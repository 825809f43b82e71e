// Filters the guide while somebody types, as the server does for `?q=`; and answers an address of the guide for which
// the phone without a network kept only this page.
import { painted } from '#components/painted.client.ts';
import { searchGuide } from './guide-search.ts';

const SEPARATOR = '|';

export function filterGuide(): void {
	const input = document.querySelector<HTMLInputElement>('[data-guide-search] [name=q]');
	const list = document.querySelector<HTMLElement>('[data-guide]');
	if (!input || !list) return;
	const items = [...list.querySelectorAll<HTMLElement>('[data-names]')].sort(
		(a, b) => Number(a.dataset['at']) - Number(b.dataset['at']),
	);
	const names = items.map((item) => item.dataset['names']!.split(SEPARATOR));
	const say = (name: string, isShown: boolean) =>
		document.querySelector(`[data-say=${name}]`)?.toggleAttribute('hidden', !isShown);
	const best = () => list.querySelector<HTMLDetailsElement>('[data-best]');

	const show = (query: string) => {
		const isAsked = query.trim() !== '';
		const { found, isNear } = searchGuide(query, names);
		const groups = [...list.querySelectorAll<HTMLElement>('[data-group]')];
		for (const each of [...items, ...groups]) each.hidden = true;
		const previous = best();
		if (previous) previous.open = previous.toggleAttribute('data-best', false);
		// Moved to their places, best first; the whole list is in its own order again.
		for (const item of found.map((index) => items[index]!)) {
			const group = item.closest<HTMLElement>('[data-group]')!;
			if (group.hidden) list.append(group);
			item.parentElement!.append(item);
			item.hidden = group.hidden = false;
		}
		const first = isAsked && found[0] !== undefined && items[found[0]]!.querySelector('details');
		if (first) first.open = first.toggleAttribute('data-best', true);
		say('near', isNear);
		say('none', found.length === 0);
		say('groups', !isAsked);
		const count = document.querySelector<HTMLElement>('[data-count]');
		if (!count) return;
		const words = found.length === 1 ? count.dataset['one'] : count.dataset['many'];
		count.textContent = isAsked && found.length > 0 ? words!.replace('{{n}}', String(found.length)) : '';
	};

	// The letter stands in its field before the list is looked through.
	input.addEventListener('input', () => void painted().then(() => show(input.value)));
	const asked = new URLSearchParams(location.search).get('q');
	// A page that was kept without the query, or one that the browser filled in again on the way back.
	if (input.value === '' && asked) input.value = asked;
	if (input.value !== (asked ?? '') || (asked && !best())) show(input.value);
	const code = /\/phan-loai\/([\w-]+)$/.exec(location.pathname)?.[1];
	const wanted = code && document.getElementById(code);
	if (wanted instanceof HTMLDetailsElement) {
		wanted.open = true;
		wanted.scrollIntoView();
	}
}
