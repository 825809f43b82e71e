// Drawing with Leaflet: each tap adds a point to the line; the points stand in the text field, which is what is sent.
import L from 'leaflet';
import styleUrl from 'leaflet/dist/leaflet.css?url';
import { loadStyle } from '#features/green-houses/leaflet.client.ts';
import { addBase } from '#features/green-houses/map-base.client.ts';
import { offerStreets } from '#features/green-houses/streets.client.ts';

type Edges = { south: number; west: number; north: number; east: number };
const boundsOf = (text: string | undefined) => {
	const { south, west, north, east } = JSON.parse(text ?? '{}') as Edges;
	return L.latLngBounds([south, west], [north, east]);
};
const DECIMALS = 5;

export async function startDrawing(frame: HTMLElement): Promise<void> {
	const pick = document.querySelector<HTMLElement>('[data-pick]');
	const drawing = pick?.querySelector<SVGSVGElement>('svg.map');
	const field = frame.querySelector<HTMLTextAreaElement>('textarea[name="area"]');
	const box = frame.querySelector<HTMLElement>('[data-box]');
	if (!pick || !drawing || !field || !box) return;
	await loadStyle(styleUrl);
	const text = (name: string) => frame.dataset[name] ?? '';
	box.setAttribute('aria-label', text('label'));
	const area = boundsOf(frame.dataset['serviceArea']);
	const map = L.map(box, {
		...{ zoomSnap: 0.5, minZoom: 11, maxZoom: 18, maxBounds: area.pad(0.2) },
		...{ attributionControl: false, zoomControl: false, doubleClickZoom: false },
	});
	const drawn = boundsOf(pick.dataset['bounds']);
	map.fitBounds(drawn, { animate: false });
	L.control.zoom({ zoomInTitle: text('zoomIn'), zoomOutTitle: text('zoomOut') }).addTo(map);
	addBase(map, drawing, drawn, box.clientWidth / drawing.viewBox.baseVal.width);
	const line = L.polyline([], { className: 'drawn', interactive: false }).addTo(map);
	const dots = L.layerGroup().addTo(map);

	const read = (): [number, number][] =>
		field.value
			.split('\n')
			.map((each) =>
				each
					.trim()
					.split(/[,;\s]+/)
					.map(Number),
			)
			.flatMap(([latitude, longitude]) =>
				Number.isFinite(latitude) && Number.isFinite(longitude) ? [[latitude!, longitude!]] : [],
			);
	const show = () => {
		const points = read();
		line.setLatLngs(points);
		dots.clearLayers();
		for (const point of points)
			L.circleMarker(point, { radius: 5, className: 'drawn', interactive: false }).addTo(dots);
	};
	const write = (points: [number, number][]) => {
		field.value = points
			.map(([latitude, longitude]) => `${latitude.toFixed(DECIMALS)}, ${longitude.toFixed(DECIMALS)}`)
			.join('\n');
		show();
	};
	map.on('click', ({ latlng }) => write([...read(), [latlng.lat, latlng.lng]]));
	field.addEventListener('input', show);
	const when = (name: string, act: () => void) =>
		frame.querySelector(`[data-${name}]`)?.addEventListener('click', act);
	when('undo', () => write(read().slice(0, -1)));
	when('clear', () => write([]));
	when('close', () => {
		const points = read();
		if (points.length > 2) write([...points, points[0]!]);
	});
	const showStreets = offerStreets(map, area, frame.dataset);
	const streets = frame.querySelector<HTMLButtonElement>('[data-streets]');
	streets?.addEventListener('click', () => {
		streets.ariaPressed = String(streets.ariaPressed !== 'true');
		showStreets(streets.ariaPressed === 'true');
	});
	show();
	const points = read();
	if (points.length > 1)
		map.fitBounds(L.latLngBounds(points), { padding: [36, 36], maxZoom: 17, animate: false });
}
