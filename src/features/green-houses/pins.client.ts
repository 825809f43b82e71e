// The houses on Leaflet's map: one pin for each row of the list, with the row's own words, or a number where they crowd.
import L, { type LatLngBounds, type Map as LeafletMap, type Marker } from 'leaflet';
import { gatherCrowds, type Crowd } from '#features/places/crowd.ts';

type House = { at: [number, number]; code: string; row: HTMLElement };

/** The view that was drawn: its edges, the side of its square, and how far marks stand apart, in the units of it. */
type Drawn = { bounds: LatLngBounds; side: number; radiusNow: () => number };
type Words = { more: string; crowd: string };

const readHouses = (): House[] =>
	[...document.querySelectorAll<HTMLElement>('.houses > li[data-lat]')]
		.map((row) => ({
			at: [Number(row.dataset['lat']), Number(row.dataset['lng'])] as [number, number],
			code: row.dataset['code'] ?? '',
			row,
		}))
		// As the drawing orders them: the same houses crowd.
		.sort((a, b) => (a.code < b.code ? -1 : 1));

/** Shows what is in view and a little around, and gathers anew whenever the distance between houses changes. */
export function addPins(map: LeafletMap, { bounds, side, radiusNow }: Drawn, words: Words): void {
	const houses = readHouses();
	const perDegree = {
		x: side / (bounds.getEast() - bounds.getWest()),
		y: side / (bounds.getNorth() - bounds.getSouth()),
	};
	const points = houses.map(({ at: [latitude, longitude] }) => ({
		x: (longitude - bounds.getWest()) * perDegree.x,
		y: (bounds.getNorth() - latitude) * perDegree.y,
	}));
	const first = map.getZoom();
	const shown = new Map<string, Marker>();
	let gathered: { zoom: number; crowds: Crowd[] } | undefined;
	/** Whoever opened a crowd from the keyboard goes on with the first of its houses. */
	let isAwaited: ((key: string[]) => boolean) | undefined;

	const draw = () => {
		const zoom = map.getZoom();
		if (gathered?.zoom !== zoom)
			gathered = { zoom, crowds: gatherCrowds(points, radiusNow() * 2 ** (first - zoom)) };
		const view = map.getBounds().pad(0.5);
		const wanted = new Map<string, House[]>();
		for (const { members } of gathered.crowds) {
			const crowd = members.map((index) => houses[index]!);
			if (view.contains(crowd[0]!.at)) wanted.set(crowd.map(({ code }) => code).join(' '), crowd);
		}
		for (const [key, marker] of shown) {
			if (wanted.has(key)) continue;
			marker.remove();
			shown.delete(key);
		}
		for (const [key, crowd] of wanted) {
			if (shown.has(key)) continue;
			const marker =
				crowd.length === 1 ? makePin(map, crowd[0]!, words.more) : makeCrowd(map, crowd, words, open);
			shown.set(key, marker.addTo(map));
		}
		const awaited = isAwaited && [...shown].find(([key]) => isAwaited?.(key.split(' ')));
		awaited?.[1].getElement()?.focus({ preventScroll: true });
		isAwaited = undefined;
	};

	const open = (crowd: House[], marker: Marker) => {
		const around = L.latLngBounds(crowd.map(({ at }) => at));
		const isOneSpot = around.getNorthEast().distanceTo(around.getSouthWest()) < SAME_SPOT_M;
		if (isOneSpot || map.getZoom() >= map.getMaxZoom()) return void marker.openPopup();
		const code = crowd[0]!.code;
		if (marker.getElement()?.matches(':focus-visible')) isAwaited = (codes) => codes.includes(code);
		map.fitBounds(around, { padding: [40, 40] });
	};
	map.on('zoomend moveend', draw);
	draw();
}

/** Houses as close as this are not drawn apart at any distance: a list says which they are. */
const SAME_SPOT_M = 8;

const nameOf = ({ row }: House) => row.querySelector('b')?.textContent ?? '';
const stateOf = ({ row }: House) => row.querySelector('.st')?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

function makeLink({ row }: House, text: string): HTMLAnchorElement {
	const link = document.createElement('a');
	link.href = row.querySelector('a')?.href ?? '';
	link.textContent = text;
	return link;
}

/** Popups stand after all the pins: with the keyboard one leads into the words and back. */
function bindWords(map: LeafletMap, marker: Marker, popup: HTMLElement): Marker {
	marker.bindPopup(popup, { closeButton: false, minWidth: 180, maxHeight: 220 });
	marker.on('popupopen', () => {
		if (marker.getElement()?.matches(':focus-visible'))
			popup.querySelector('a')?.focus({ preventScroll: true });
	});
	popup.addEventListener('keydown', (event) => {
		if (event.key !== 'Escape') return;
		map.closePopup();
		marker.getElement()?.focus();
	});
	return marker;
}

function makePin(map: LeafletMap, house: House, more: string): Marker {
	const mark = house.row.querySelector('svg');
	const icon = L.divIcon({
		className: 'pin-icon',
		html: mark?.outerHTML ?? '',
		iconSize: [26, 26],
		iconAnchor: [13, 24],
		popupAnchor: [0, -20],
	});
	const [name, state] = [nameOf(house), stateOf(house)];
	const popup = document.createElement('div');
	const title = document.createElement('b');
	title.textContent = `${name} · ${house.code}`;
	const line = document.createElement('p');
	line.textContent = state;
	popup.append(title, line, makeLink(house, more));
	const isOpen = !mark?.querySelector('.full, .lock, .bad, .ask');
	const pin = L.marker(house.at, {
		icon,
		title: `${name}, ${house.code}`,
		alt: `${name}, ${house.code}, ${state}`,
		riseOnHover: true,
		zIndexOffset: isOpen ? 0 : 500,
	});
	return bindWords(map, pin, popup);
}

function makeCrowd(
	map: LeafletMap,
	crowd: House[],
	words: Words,
	open: (crowd: House[], marker: Marker) => void,
): Marker {
	const count = new Intl.NumberFormat(document.documentElement.lang).format(crowd.length);
	const icon = L.divIcon({
		className: 'crowd-icon',
		html: `<b${crowd.length < 100 ? '' : ' class="many"'}>${count}</b>`,
		iconSize: [26, 26],
	});
	const title = words.crowd.replace('{{n}}', count);
	const marker = L.marker(crowd[0]!.at, { icon, title, riseOnHover: true, zIndexOffset: 2500 });
	const popup = document.createElement('ul');
	popup.className = 'crowd-list';
	for (const house of crowd) {
		const item = document.createElement('li');
		item.append(makeLink(house, `${nameOf(house)} · ${house.code}`));
		popup.append(item);
	}
	bindWords(map, marker, popup);
	// Bound, the words would open with every press: first the map goes closer.
	marker.off('click').off('keypress');
	marker.on('click', () => open(crowd, marker));
	marker.on('add', () =>
		marker.getElement()?.addEventListener('keydown', (event) => {
			if (event.key !== 'Enter' && event.key !== ' ') return;
			event.preventDefault();
			open(crowd, marker);
		}),
	);
	return marker;
}
