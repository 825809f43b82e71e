// Puts Leaflet in the place of the drawn map, at the same view, when the map is touched or the browser is idle.
import type { LatLngBounds, Map as LeafletMap } from 'leaflet';
import { NEAR_EVENT, type Near } from './near.client.ts';

type Edges = { south: number; west: number; north: number; east: number };
type Leaflet = typeof import('leaflet');

/** Waits for a touch, the keyboard or a quiet moment after loading; on saved data only for a touch. */
export function startMapWhenWanted(): void {
	const frame = document.querySelector<HTMLElement>('[data-map]');
	if (!frame) return;
	let started: Promise<ShowNear | undefined> | undefined;
	// The drawing stays when Leaflet cannot be fetched.
	const start = () => (started ??= startMap(frame).catch(() => undefined));
	const wake = () => void start();
	frame.addEventListener(NEAR_EVENT, ({ detail }: CustomEventInit<Near>) => {
		void start().then((show) => detail && show?.(detail));
	});
	for (const event of ['pointerdown', 'wheel', 'touchstart']) {
		frame.addEventListener(event, wake, { once: true, passive: true });
	}
	const savesData = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
	if (savesData || !('requestIdleCallback' in window)) return;
	const whenIdle = () => setTimeout(() => requestIdleCallback(wake), 1500);
	if (document.readyState === 'complete') whenIdle();
	else addEventListener('load', whenIdle, { once: true });
}

/** Moves the map to where the visitor stands. */
type ShowNear = (near: Near) => void;

async function startMap(frame: HTMLElement): Promise<ShowNear | undefined> {
	const drawing = frame.querySelector<SVGSVGElement>('svg.map');
	if (!drawing) return undefined;
	const { default: L, styleUrl } = await import('./leaflet.client.ts');
	await loadStyle(styleUrl);
	const text = (name: string) => frame.dataset[name] ?? '';
	const toBounds = ({ south, west, north, east }: Edges) => L.latLngBounds([south, west], [north, east]);
	const bounds = toBounds(JSON.parse(text('bounds')) as Edges);
	const area = toBounds(JSON.parse(text('serviceArea')) as Edges).extend(bounds);

	const box = document.createElement('div');
	box.className = 'leaflet-map';
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
	keepMarkSize(map, box, drawing, unitPx);
	L.control.zoom({ zoomInTitle: text('zoomIn'), zoomOutTitle: text('zoomOut') }).addTo(map);
	// Leaflet takes the roundest length that fits: the drawn one, at the drawn view.
	const barPx = Number(drawing.querySelector<SVGPathElement>('.bar-2km')?.getTotalLength() ?? 100) * unitPx;
	L.control.scale({ imperial: false, maxWidth: Math.ceil(barPx) + 2 }).addTo(map);
	takeGesturesOnlyInUse(map, box);

	const tileUrl = text('tileUrl');
	if (tileUrl) {
		const attribution = document.createElement('span');
		attribution.textContent = text('tileAttribution');
		L.tileLayer(tileUrl, {
			minZoom: 11,
			maxZoom: 18,
			bounds: area,
			attribution: attribution.innerHTML,
		}).addTo(map);
		L.control.attribution({ prefix: false }).addTo(map);
		box.classList.add('over-tiles');
	}
	addBase(L, map, drawing, bounds, unitPx);
	addPins(L, map, text('more'));
	// Whoever stands on a ward with the keyboard goes on from the same place.
	const isHeld = drawing.contains(document.activeElement);
	drawing.remove();
	if (isHeld) box.focus({ preventScroll: true });
	return showNear(L, map, area, text('here'));
}

function showNear(L: Leaflet, map: LeafletMap, area: LatLngBounds, words: string): ShowNear {
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

function loadStyle(href: string): Promise<void> {
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
	map.on('click focus', use);
	addEventListener('pointerdown', (event) => {
		if (event.target instanceof Node && box.contains(event.target)) return;
		map.scrollWheelZoom.disable();
		if (matchMedia('(pointer: coarse)').matches) map.dragging.disable();
	});
}

/** Marks stand as large as they were drawn, and grow as somebody comes closer. */
function keepMarkSize(map: LeafletMap, box: HTMLElement, drawing: SVGSVGElement, unitPx: number): void {
	const use = drawing.querySelector('.pins use');
	const scale = use ? new DOMMatrix(getComputedStyle(use).transform).a : 1;
	const drawn = MARK_UNITS * scale * unitPx;
	const first = map.getZoom();
	const fit = () => {
		const size = Math.min(Math.max(drawn, MARK_CLOSE), drawn * GROWTH ** Math.max(0, map.getZoom() - first));
		box.style.setProperty('--mark', `${size.toFixed(1)}px`);
	};
	map.on('zoomend', fit);
	fit();
}

// Side of the mark's own drawing, its size in pixels from near by, and how fast it gets there with each level.
const MARK_UNITS = 32;
const MARK_CLOSE = 38;
const GROWTH = 1.5;

// How far beyond its frame the drawing goes, in sides of the frame.
const BEYOND = 3;

/** The drawn wards, river and roads as one overlay; names are set apart, because they must not grow. */
function addBase(
	L: Leaflet,
	map: LeafletMap,
	drawing: SVGSVGElement,
	bounds: LatLngBounds,
	unitPx: number,
): void {
	const { x, y, width: side } = drawing.viewBox.baseVal;
	const at = (left: number, top: number): [number, number] => [
		bounds.getNorth() - ((top - y) / side) * (bounds.getNorth() - bounds.getSouth()),
		bounds.getWest() + ((left - x) / side) * (bounds.getEast() - bounds.getWest()),
	];
	const overlay = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
	const [left, top, size] = [x - BEYOND * side, y - BEYOND * side, (2 * BEYOND + 1) * side];
	overlay.setAttribute('viewBox', `${left} ${top} ${size} ${size}`);
	overlay.setAttribute('class', 'map');
	overlay.setAttribute('aria-hidden', 'true');
	for (const part of drawing.querySelectorAll('.base path')) overlay.append(part.cloneNode());
	L.svgOverlay(overlay, L.latLngBounds(at(left, top), at(left + size, top + size)), {
		className: 'base',
	}).addTo(map);
	for (const name of drawing.querySelectorAll('text:not(.sc)')) {
		const fontPx = Number.parseFloat(getComputedStyle(name).fontSize) * unitPx;
		const icon = L.divIcon({
			className: `map-name ${name.getAttribute('class')}`,
			html: name.innerHTML.trim(),
			iconSize: [160, 24],
			// A drawn name stands on its point.
			iconAnchor: [80, 12 + fontPx * 0.35],
		});
		const position = at(Number(name.getAttribute('x')), Number(name.getAttribute('y')));
		const marker = L.marker(position, { icon, interactive: false, keyboard: false, zIndexOffset: 2000 });
		marker
			.addTo(map)
			.getElement()
			?.style.setProperty('font-size', `${fontPx.toFixed(1)}px`);
	}
}

/** One pin for each row of the list, with the row's own words. */
function addPins(L: Leaflet, map: LeafletMap, more: string): void {
	for (const row of document.querySelectorAll<HTMLElement>('.houses > li[data-lat]')) {
		const link = row.querySelector('a');
		const mark = row.querySelector('svg');
		const name = row.querySelector('b')?.textContent ?? '';
		const code = row.dataset['code'] ?? '';
		const state = row.querySelector('.st')?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
		if (!link || !mark) continue;
		const icon = L.divIcon({
			className: 'pin-icon',
			html: mark.outerHTML,
			iconSize: [26, 26],
			iconAnchor: [13, 24],
			popupAnchor: [0, -20],
		});
		const popup = document.createElement('div');
		const title = document.createElement('b');
		title.textContent = `${name} · ${code}`;
		const line = document.createElement('p');
		line.textContent = state;
		const onward = document.createElement('a');
		onward.href = link.href;
		onward.textContent = more;
		popup.append(title, line, onward);
		const isOpen = !mark.querySelector('.full, .lock, .bad, .ask');
		const pin = L.marker([Number(row.dataset['lat']), Number(row.dataset['lng'])], {
			icon,
			title: `${name}, ${code}`,
			alt: `${name}, ${code}, ${state}`,
			riseOnHover: true,
			zIndexOffset: isOpen ? 0 : 500,
		})
			.bindPopup(popup, { closeButton: false, minWidth: 180 })
			.addTo(map);
		// Popups stand after all the pins: with the keyboard one leads into the words and back.
		pin.on('popupopen', () => {
			if (pin.getElement()?.matches(':focus-visible')) onward.focus({ preventScroll: true });
		});
		popup.addEventListener('keydown', (event) => {
			if (event.key !== 'Escape') return;
			map.closePopup();
			pin.getElement()?.focus();
		});
	}
}
