// Leaflet and its style sheet, apart so that a page fetches them only when the map is wanted.
import styleUrl from 'leaflet/dist/leaflet.css?url';

export { default } from 'leaflet';
export { styleUrl };
