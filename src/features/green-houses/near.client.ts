// "Gần tôi": measures on the device; the position is sent nowhere.
import { walkInOwnMap, walkOnTheWeb } from '#features/places/directions.ts';
import { distanceM, windTo, type Point } from '#features/places/distance.ts';

const NEAREST = 5;

/** What the map is told when somebody asked for what is near. */
export type Near = { here: Point; nearest: Point[] };
export const NEAR_EVENT = 'near';

function say(metres: number): string {
	const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
	return metres < 950
		? `${format.format(Math.max(10, Math.round(metres / 10) * 10))} m`
		: `${format.format(metres / 1000)} km`;
}

/** Shows the button where the device can tell its place. */
export function offerNearest(): void {
	const button = document.querySelector<HTMLButtonElement>('[data-near]');
	const output = document.getElementById('gan');
	button?.classList.remove('soon');
	if (!button || !output || !('geolocation' in navigator) || !window.isSecureContext) return;
	button.hidden = false;
	for (const link of document.querySelectorAll('[data-near-link]'))
		link.addEventListener('click', (event) => {
			event.preventDefault();
			button.click();
		});
	button.addEventListener('click', () => {
		button.disabled = true;
		navigator.geolocation.getCurrentPosition(
			({ coords }) => {
				button.disabled = false;
				show(output, coords);
			},
			({ code, PERMISSION_DENIED }) => {
				button.disabled = false;
				const note = document.createElement('p');
				note.className = 'note';
				note.textContent = output.dataset[code === PERMISSION_DENIED ? 'refused' : 'failed'] ?? '';
				output.replaceChildren(note);
				output.scrollIntoView({ block: 'nearest' });
			},
			{ maximumAge: 60_000, timeout: 15_000 },
		);
	});
}

/** To a place that somebody has surveyed; elsewhere nobody is sent. */
function walkLink(place: Point, row: HTMLElement, { dataset }: HTMLElement): HTMLAnchorElement {
	const name = row.querySelector('b')?.textContent ?? '';
	const link = document.createElement('a');
	link.className = 'walk';
	link.href = walkInOwnMap(navigator.userAgent, place, name) ?? walkOnTheWeb(place);
	link.rel = 'noreferrer';
	link.textContent = dataset['directions'] ?? '';
	link.ariaLabel = (dataset['walk'] ?? '').replace('{{name}}', name);
	return link;
}

function show(output: HTMLElement, here: Point): void {
	const rows = [...document.querySelectorAll<HTMLElement>('.houses > li[data-lat]')]
		.map((row) => {
			const place = { latitude: Number(row.dataset['lat']), longitude: Number(row.dataset['lng']) };
			return { row, place, metres: distanceM(here, place) };
		})
		.sort((a, b) => a.metres - b.metres)
		.slice(0, NEAREST);
	const heading = document.createElement('h2');
	heading.textContent = output.dataset['title'] ?? '';
	heading.tabIndex = -1;
	const list = document.createElement('ul');
	list.className = 'rows';
	const winds = (output.dataset['winds'] ?? '').split('|');
	for (const { row, place, metres } of rows) {
		const copy = row.cloneNode(true) as HTMLElement;
		const distance = document.createElement('span');
		distance.className = 'n';
		const figure = document.createElement('b');
		figure.textContent = say(metres);
		const wind = document.createElement('small');
		wind.textContent = winds[windTo(here, place)] ?? '';
		distance.append(figure, wind);
		copy.querySelector('.st')?.before(distance);
		// Out of its ward's list a house says its ward itself.
		const where = copy.querySelector('b + small');
		if (where)
			where.textContent = `${row.parentElement?.dataset['ward'] ?? ''} · ${row.dataset['code'] ?? ''}`;
		if (row.dataset['surveyed'] !== undefined) copy.append(walkLink(place, copy, output));
		list.append(copy);
	}
	output.replaceChildren(heading, list);
	const detail: Near = {
		here: { latitude: here.latitude, longitude: here.longitude },
		nearest: rows.map(({ place }) => place),
	};
	const map = document.querySelector('[data-map]');
	map?.dispatchEvent(new CustomEvent(NEAR_EVENT, { detail }));
	heading.focus({ preventScroll: true });
	// One column: from the map on, so that it stands above the first of the list.
	const isColumn = map && map.getBoundingClientRect().bottom < output.getBoundingClientRect().top;
	if (isColumn) map.scrollIntoView({ block: 'start' });
	else output.scrollIntoView({ block: 'nearest' });
}
