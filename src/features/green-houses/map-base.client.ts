// What Leaflet takes over from the drawing: wards, river and roads as one overlay, names, and the size of marks.
import L, { type LatLngBounds, type Map as LeafletMap } from 'leaflet';

/** Marks stand as large as they were drawn, and grow as somebody comes closer; says how many times as large. */
export function keepMarkSize(
	map: LeafletMap,
	box: HTMLElement,
	drawing: SVGSVGElement,
	unitPx: number,
): () => number {
	const use = drawing.querySelector('.pins use, .badge');
	const scale = use ? new DOMMatrix(getComputedStyle(use).transform).a : 1;
	const drawn = MARK_UNITS * scale * unitPx;
	const first = map.getZoom();
	const sizeNow = () =>
		Math.min(Math.max(drawn, MARK_CLOSE), drawn * GROWTH ** Math.max(0, map.getZoom() - first));
	const fit = () => {
		const size = sizeNow();
		box.style.setProperty('--mark', `${size.toFixed(1)}px`);
		box.style.setProperty(
			'--crowd',
			`${Math.min(size * BADGE, Math.max(drawn * BADGE, BADGE_CLOSE)).toFixed(1)}px`,
		);
	};
	map.on('zoomend', fit);
	fit();
	return () => sizeNow() / drawn;
}

// Side of the mark's own drawing, its size in pixels from near by, and how fast it gets there with each level.
const MARK_UNITS = 32;
const MARK_CLOSE = 38;
const GROWTH = 1.5;
// A crowd's number against a mark, and its size from near by.
const BADGE = 44 / 32;
const BADGE_CLOSE = 36;

// How far beyond its frame the drawing goes, in sides of the frame.
const BEYOND = 3;

/** The drawn wards, river and roads as one overlay; names are set apart, because they must not grow. */
export function addBase(map: LeafletMap, drawing: SVGSVGElement, bounds: LatLngBounds, unitPx: number): void {
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
	for (const name of drawing.querySelectorAll('text:not(.sc, .badge text)')) {
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
