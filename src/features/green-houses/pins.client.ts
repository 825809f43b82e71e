// The houses on Leaflet's map: one pin for each row of the list, with the row's own words, or a number where they crowd.
import L, { type LatLngBounds, type Map as LeafletMap, type Marker, type Popup } from 'leaflet';
import { painted } from '#components/painted.client.ts';
import { gatherCrowds, type Crowd } from '#features/places/crowd.ts';

type House = { at: [number, number]; code: string; row: HTMLElement };

/** The view that was drawn: its edges, the side of its square, and how far marks stand apart, in the units of it. */
type Drawn = { bounds: LatLngBounds; side: number; radiusNow: () => number };
type Words = { more: string; crowd: string };
/** What stands on the map: one house, or several that crowd. */
type Shown = { crowd: House[]; marker: Marker };

const readHouses = (): House[] =>
	[...document.querySelectorAll<HTMLElement>('.houses > li[data-lat]')]
		.map((row) => ({
			at: [Number(row.dataset['lat']), Number(row.dataset['lng'])] as [number, number],
			code: row.dataset['code'] ?? '',
			row,
		}))
		// As the drawing orders them: the same houses crowd.
		.sort((a, b) => (a.code < b.code ? -1 : 1));

// Leaflet moves its marks in three dimensions, which gives each a layer of its own: a hundred to be put together again
// for every picture of a zoom. In two they stand in the map's.
L.Marker.include({
	_setPos(this: PlacedMarker, at: L.Point) {
		const icon = this._icon as HTMLElement & { _leaflet_pos: L.Point };
		icon._leaflet_pos = at;
		icon.style.transform = `translate(${at.x}px, ${at.y}px)`;
		this._zIndex = at.y + (this.options.zIndexOffset ?? 0);
		this._resetZIndex();
	},
});
type PlacedMarker = Marker & { _icon: HTMLElement; _zIndex: number; _resetZIndex(): void };

/** A finger does not hover: a mark that it presses is painted once, with its words. */
const HAS_HOVER = matchMedia('(hover: hover)').matches;

/** How long marks are made at a stretch, where nobody looks yet: a touch in between must not wait. */
const STRETCH_MS = 6;

/**
 * Shows what is in view, then what is a little around it, and gathers anew whenever the distance between houses
 * changes.
 */
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
	const shown = new Map<string, Shown>();
	let gathered: { zoom: number; crowds: Crowd[] } | undefined;
	/** Whoever opened a crowd from the keyboard goes on with the first of its houses. */
	let awaited: House | undefined;
	let later: { timer?: number; marks: [key: string, crowd: House[]][] } = { marks: [] };

	const isInView = (sides: number) => {
		const view = map.getBounds().pad(sides);
		const [left, right] = [view.getWest(), view.getEast()].map((at) => (at - bounds.getWest()) * perDegree.x);
		const [top, foot] = [view.getNorth(), view.getSouth()].map(
			(at) => (bounds.getNorth() - at) * perDegree.y,
		);
		return ({ x, y }: Crowd) => x >= left! && x <= right! && y >= top! && y <= foot!;
	};
	const add = ([key, crowd]: [string, House[]]) => {
		const now = () => shown.get(key)?.crowd ?? crowd;
		const marker =
			crowd.length === 1 ? makePin(map, crowd[0]!, words.more) : makeCrowd(map, now, words, open);
		shown.set(key, { crowd, marker: marker.addTo(map) });
	};
	const addLater = () => {
		const end = performance.now() + STRETCH_MS;
		while (later.marks.length > 0 && performance.now() < end) add(later.marks.pop()!);
		if (later.marks.length > 0) later.timer = window.setTimeout(addLater);
	};

	const draw = () => {
		const zoom = map.getZoom();
		if (gathered?.zoom !== zoom)
			gathered = { zoom, crowds: gatherCrowds(points, radiusNow() * 2 ** (first - zoom)) };
		const around = gathered.crowds.filter(isInView(0.5)).map((crowd) => {
			const of = crowd.members.map((index) => houses[index]!);
			// The mark says no more than where the first stands and how many they are.
			return { ...crowd, key: `${of[0]!.code} ${of.length}`, of };
		});
		const wanted = new Set(around.map(({ key }) => key));
		for (const [key, { marker }] of shown) {
			if (wanted.has(key)) continue;
			marker.remove();
			shown.delete(key);
		}
		clearTimeout(later.timer);
		later = { marks: [] };
		const isSeen = isInView(0.05);
		for (const { key, of, ...crowd } of around) {
			const known = shown.get(key);
			if (known) known.crowd = of;
			else if (isSeen(crowd)) add([key, of]);
			else later.marks.push([key, of]);
		}
		later.timer = window.setTimeout(addLater);
		const next = awaited && [...shown.values()].find(({ crowd }) => crowd.includes(awaited!));
		next?.marker.getElement()?.focus({ preventScroll: true });
		awaited = undefined;
	};

	const open = (crowd: House[], marker: Marker) => {
		const around = L.latLngBounds(crowd.map(({ at }) => at));
		const isOneSpot = around.getNorthEast().distanceTo(around.getSouthWest()) < SAME_SPOT_M;
		if (isOneSpot || map.getZoom() >= map.getMaxZoom()) return void marker.openPopup();
		if (marker.getElement()?.matches(':focus-visible')) awaited = crowd[0];
		map.fitBounds(around, { padding: [40, 40] });
	};
	// Said after each zoom too.
	map.on('moveend', draw);
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

/**
 * The words are written when somebody asks for them. Popups stand after all the pins: with the keyboard one leads
 * into the words and back.
 */
function bindWords(map: LeafletMap, marker: Marker, write: () => HTMLElement): Marker {
	const open = () => {
		const words = write();
		words.addEventListener('keydown', (event) => {
			if (event.key !== 'Escape') return;
			map.closePopup();
			marker.getElement()?.focus();
		});
		return words;
	};
	marker.bindPopup(open, { closeButton: false, minWidth: 180, maxHeight: 220, autoPan: false });
	marker.on('popupopen', ({ popup }) => {
		if (marker.getElement()?.matches(':focus-visible'))
			popup.getElement()?.querySelector('a')?.focus({ preventScroll: true });
		// The words answer the press; the map moves under them afterwards.
		void painted().then(() => {
			const bring = () => bringIntoView(map, popup);
			// The keyboard brings a pin into view by a step of the zoom: until it is done nothing stands where it is drawn.
			if (map.getPane('mapPane')?.classList.contains('leaflet-zoom-anim')) map.once('zoomend', bring);
			else bring();
		});
	});
	return marker;
}

/** How far words stay from the edge of the map, in pixels. */
const EDGE_PX = 5;

function bringIntoView(map: LeafletMap, popup: Popup): void {
	const words = popup.getElement()?.getBoundingClientRect();
	if (!words || !popup.isOpen()) return;
	const view = map.getContainer().getBoundingClientRect();
	const past = (start: number, end: number) => Math.min(start - EDGE_PX, 0) || Math.max(end + EDGE_PX, 0);
	const x = past(words.left - view.left, words.right - view.right);
	const y = past(words.top - view.top, words.bottom - view.bottom);
	if (x !== 0 || y !== 0) map.panBy([x, y]);
}

function makePin(map: LeafletMap, house: House, more: string): Marker {
	const mark = house.row.querySelector('svg');
	const icon = L.divIcon({
		className: 'pin-icon',
		html: (mark?.cloneNode(true) as HTMLElement | undefined) ?? '',
		iconSize: [26, 26],
		iconAnchor: [13, 24],
		popupAnchor: [0, -20],
	});
	const name = nameOf(house);
	const isOpen = !mark?.querySelector('.full, .lock, .bad, .ask');
	const pin = L.marker(house.at, {
		icon,
		title: `${name}, ${house.code}`,
		riseOnHover: HAS_HOVER,
		zIndexOffset: isOpen ? 0 : 500,
	});
	return bindWords(map, pin, () => {
		const popup = document.createElement('div');
		const title = document.createElement('b');
		title.textContent = `${name} · ${house.code}`;
		const line = document.createElement('p');
		line.textContent = stateOf(house);
		popup.append(title, line, makeLink(house, more));
		return popup;
	});
}

const COUNTS = new Intl.NumberFormat(document.documentElement.lang);

function makeCrowd(
	map: LeafletMap,
	crowdNow: () => House[],
	words: Words,
	open: (crowd: House[], marker: Marker) => void,
): Marker {
	const crowd = crowdNow();
	const count = COUNTS.format(crowd.length);
	const icon = L.divIcon({
		className: 'crowd-icon',
		html: `<b${crowd.length < 100 ? '' : ' class="many"'}>${count}</b>`,
		iconSize: [26, 26],
	});
	const title = words.crowd.replace('{{n}}', count);
	const marker = L.marker(crowd[0]!.at, { icon, title, riseOnHover: HAS_HOVER, zIndexOffset: 2500 });
	bindWords(map, marker, () => {
		const popup = document.createElement('ul');
		popup.className = 'crowd-list';
		for (const house of crowdNow()) {
			const item = document.createElement('li');
			item.append(makeLink(house, `${nameOf(house)} · ${house.code}`));
			popup.append(item);
		}
		return popup;
	});
	// Bound, the words would open with every press: first the map goes closer.
	marker.off('click').off('keypress');
	marker.on('click', () => open(crowdNow(), marker));
	marker.on('add', () =>
		marker.getElement()?.addEventListener('keydown', (event) => {
			if (event.key !== 'Enter' && event.key !== ' ') return;
			event.preventDefault();
			open(crowdNow(), marker);
		}),
	);
	return marker;
}
