// What the portal is held against: node:http and better-sqlite3 by hand, which asks what the home page asks and sends the
// same bytes: ready ones at `/`, and at any other address built anew, every text and every attribute escaped and put
// between its tags. Started with the database, the file of those bytes and a port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import SQLite from 'better-sqlite3';

const [, , file = '', page = '', port = ''] = process.argv;
const database = new SQLite(file, { readonly: true });
const bytes = readFileSync(page);
const QUERIES = [
	`select house.*, report.fill, report.condition, report.reported_at,
		(select group_concat(material.code, ' ') from green_house_material
			join material on material.code = green_house_material.material_code
			where green_house_id = house.id) as materials
		from green_house as house left join house_state_report as report on report.id =
			(select id from house_state_report where green_house_id = house.id order by reported_at desc limit 1)
		order by house.code`,
	'select * from admin_unit',
	'select * from material order by sort_order',
	'select * from cleanup_event where ends_at > unixepoch() * 1000 order by starts_at limit 5',
	'select * from fund order by code',
	`select * from journal_entry where kind = 'payment' order by recorded_at desc limit 5`,
].map((text) => database.prepare(text));

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => ESCAPED[sign]!);
const unescape = (text: string) =>
	Object.entries(ESCAPED).reduceRight((so, [sign, name]) => so.replaceAll(name, sign), text);

/** The page as its author would write it down: what stands fixed, and after each the value that belongs there. */
const parts = bytes
	.toString()
	.split(/(?<=="|>)([^"<>]+)(?="|<)/)
	.map((part, index) => (index % 2 === 1 ? unescape(part) : part));
const build = () => parts.reduce((page, part, index) => page + (index % 2 === 1 ? escape(part) : part), '');
if (build() !== bytes.toString()) throw new Error('the page that is built is another one');

createServer(({ url }, response) => {
	const rows = QUERIES.map((query) => query.all().length);
	const page = url === '/' ? bytes : build();
	response.writeHead(200, { 'content-type': 'text/html', 'x-rows': rows.join() }).end(page);
}).listen(Number(port), () => console.log('ready'));
