// A statement is prepared once in a connection, whatever becomes of the tables meanwhile.
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { keepPrepared } from '#lib/sqlite-dialect.ts';

test('a query that comes again is prepared once, and the longest unused go first', () => {
	const database = new SQLite(':memory:');
	const kept = keepPrepared(database);
	const first = kept.prepare('select 0');
	expect(kept.prepare('select 0')).toBe(first);
	for (let n = 1; n < 500; n += 1) kept.prepare(`select ${n}`);
	const second = kept.prepare('select 1');
	expect(kept.prepare('select 0')).toBe(first);
	for (let n = 500; n < 999; n += 1) kept.prepare(`select ${n}`);
	expect(kept.prepare('select 0')).toBe(first);
	expect(kept.prepare('select 1')).not.toBe(second);
	kept.close();
});

test('a kept query sees the tables as they are now', () => {
	const database = new SQLite(':memory:');
	const kept = keepPrepared(database);
	const read = () => kept.prepare('select * from house').all([]);
	database.exec('create table house (code); insert into house values (1)');
	expect(read()).toEqual([{ code: 1 }]);
	database.exec('alter table house add column name default 2');
	expect(read()).toEqual([{ code: 1, name: 2 }]);
	database.exec('drop table house');
	expect(read).toThrow('no such table');
	database.exec('create table house (other); insert into house values (3)');
	expect(read()).toEqual([{ other: 3 }]);
	kept.close();
});
