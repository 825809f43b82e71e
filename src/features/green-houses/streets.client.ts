// The streets under the houses, from the tile server of the configuration, for whoever turned them on.
import L, { type LatLngBounds, type Map as LeafletMap } from 'leaflet';

const OSM_COPYRIGHT = 'https://www.openstreetmap.org/copyright';

/** Whose map it is, as the licence asks: OpenStreetMap's name leads to its terms. */
function attribution(text: string): string {
	const isOsm = text.includes('OpenStreetMap');
	const words = document.createElement(isOsm ? 'a' : 'span');
	words.textContent = text;
	if (words instanceof HTMLAnchorElement) Object.assign(words, { href: OSM_COPYRIGHT, target: '_blank' });
	return words.outerHTML;
}

/**
 * Gives the switch of the street layer. The drawn rivers and roads step back only while every tile of the view is
 * there: blocked or without a network the map stays as it was, and says so.
 */
export function offerStreets(
	map: LeafletMap,
	area: LatLngBounds,
	{ tileUrl, tileAttribution, streetsFailed }: DOMStringMap,
): (isOn: boolean) => void {
	if (!tileUrl) return () => undefined;
	const box = map.getContainer();
	const said = document.querySelector('[data-map-said]');
	const say = (text: string) => said && (said.textContent = text);
	const layer = L.tileLayer(tileUrl, {
		...{ minZoom: map.getMinZoom(), maxZoom: map.getMaxZoom(), bounds: area },
		attribution: attribution(tileAttribution ?? ''),
	});
	let failed = 0;
	layer.on('loading', () => (failed = 0));
	layer.on('tileerror', () => (failed += 1));
	layer.on('load', () => {
		say(failed > 0 ? (streetsFailed ?? '') : '');
		box.classList.toggle('over-tiles', failed === 0);
	});
	const control = L.control.attribution({ prefix: false });
	return (isOn) => {
		if (isOn === map.hasLayer(layer)) return;
		if (isOn) {
			control.addTo(map);
			layer.addTo(map);
			return;
		}
		layer.remove();
		control.remove();
		box.classList.remove('over-tiles');
		say('');
	};
}
