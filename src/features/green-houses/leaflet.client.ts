// Leaflet and all that needs it, apart so that a page fetches it only when the map is wanted.
import L, { type LatLngBounds, type Map as LeafletMap } from 'leaflet';
import styleUrl from 'leaflet/dist/leaflet.css?url';
import { painted } from '#components/painted.client.ts';
import { addBase, keepMarkSize } from './map-base.client.ts';
import type { Near } from './near.client.ts';
import { addPins } from './pins.client.ts';
import { offerStreets } from './streets.client.ts';

type Edges = { south: number; west: number; north: number; east: number };

export type LiveMap = {
	/** Moves the map to where the visitor stands. */
	showNear(near: Near): void;
	showStreets(isOn: boolean): void;
};

/** How far apart marks stand at least from near by, in pixels. */
const APART_CLOSE = 46;

export async function startMap(frame: HTMLElement): Promise<LiveMap | undefined> {
	const drawing = frame.querySelector<SVGSVGElement>('svg.map');
	if (!drawing) return undefined;
	await loadStyle(styleUrl);
	const text = (name: string) => frame.dataset[name] ?? '';
	const toBounds = ({ south, west, north, east }: Edges) => L.latLngBounds([south, west], [north, east]);
	const bounds = toBounds(JSON.parse(text('bounds')) as Edges);
	const area = toBounds(JSON.parse(text('serviceArea')) as Edges).extend(bounds);

	const box = document.createElement('div');
	box.className = 'leaflet-map coming';
	box.setAttribute('role', 'application');
	box.setAttribute('aria-label', `${text('label')}. ${text('hint')}`);
	frame.append(box);
	const map = L.map(box, {
		zoomSnap: 0,
		minZoom: 11,
		maxZoom: 18,
		maxBounds: area.pad(0.2),
		maxBoundsViscosity: 0.8,
		attributionControl: false,
		zoomControl: false,
		scrollWheelZoom: false,
		dragging: !L.Browser.mobile,
		inertia: !matchMedia('(prefers-reduced-motion: reduce)').matches,
		zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
	});
	map.fitBounds(bounds, { animate: false });
	map.options.zoomSnap = 0.5;
	const unitPx = drawing.getScreenCTM()?.a ?? 1;
	const growth = keepMarkSize(map, box, drawing, unitPx);
	L.control.zoom({ zoomInTitle: text('zoomIn'), zoomOutTitle: text('zoomOut') }).addTo(map);
	// Leaflet takes the roundest length that fits: the drawn one, at the drawn view.
	const barPx = Number(drawing.querySelector<SVGPathElement>('.bar-2km')?.getTotalLength() ?? 100) * unitPx;
	L.control.scale({ imperial: false, maxWidth: Math.ceil(barPx) + 2 }).addTo(map);
	takeGesturesOnlyInUse(map, box);

	// Between its parts a weak phone may answer a touch; the drawing stands until all of them are there.
	await pause();
	addBase(map, drawing, bounds, unitPx);
	await pause();
	const radius = Number(text('crowdRadius'));
	// As wide apart as drawn; where marks have grown from near by, as wide as they need.
	const radiusNow = () => Math.max(radius, Math.min(APART_CLOSE / unitPx, radius * growth()));
	const drawn = { bounds, side: drawing.viewBox.baseVal.width, radiusNow };
	addPins(map, drawn, { more: text('more'), crowd: text('crowd') });
	const showStreets = offerStreets(map, area, frame.dataset);
	if (frame.querySelector('[data-streets]')?.ariaPressed === 'true') showStreets(true);
	// Whoever stands on a ward with the keyboard goes on from the same place.
	const isHeld = drawing.contains(document.activeElement);
	drawing.remove();
	box.classList.remove('coming');
	if (isHeld) box.focus({ preventScroll: true });
	return { showNear: makeShowNear(map, area, text('here')), showStreets };
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

function makeShowNear(map: LeafletMap, area: LatLngBounds, words: string): LiveMap['showNear'] {
	const icon = L.divIcon({ className: 'here-icon', iconSize: [22, 22] });
	const mark = L.marker([0, 0], { icon, interactive: false, keyboard: false, zIndexOffset: 1500 });
	return ({ here, nearest }) => {
		// From another town the map has nothing to show; the list says how far it is.
		if (!area.contains([here.latitude, here.longitude])) return;
		mark.setLatLng([here.latitude, here.longitude]).addTo(map);
		mark.getElement()?.setAttribute('role', 'img');
		mark.getElement()?.setAttribute('aria-label', words);
		const around = [here, ...nearest].map((place): [number, number] => [place.latitude, place.longitude]);
		map.fitBounds(L.latLngBounds(around), { padding: [36, 36], maxZoom: 16 });
	};
}

/** Resolves when a style sheet is there. */
export function loadStyle(href: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const link = document.createElement('link');
		link.rel = 'stylesheet';
		link.href = href;
		link.onload = () => resolve();
		link.onerror = () => reject(new Error(href));
		document.head.append(link);
	});
}

/** A page that scrolls under a finger or a wheel keeps scrolling, until somebody presses on the map. */
function takeGesturesOnlyInUse(map: LeafletMap, box: HTMLElement): void {
	const use = () => {
		map.dragging.enable();
		map.scrollWheelZoom.enable();
	};
	// The answer to the press is shown first: what changes here has every mark styled anew.
	map.on('click focus', () => void painted().then(use));
	addEventListener('pointerdown', (event) => {
		if (event.target instanceof Node && box.contains(event.target)) return;
		map.scrollWheelZoom.disable();
		if (matchMedia('(pointer: coarse)').matches) map.dragging.disable();
	});
}
