// A house may stand in a school, where pupils bring: what is said of any house fits there too.
import { expect, test } from 'vitest';
import collections from '../../src/locales/vi/collections.json' with { type: 'json' };
import dropOffs from '../../src/locales/vi/drop-offs.json' with { type: 'json' };
import houses from '../../src/locales/vi/green-houses.json' with { type: 'json' };
import schools from '../../src/locales/vi/school-public.json' with { type: 'json' };
import trace from '../../src/locales/vi/trace.json' with { type: 'json' };

test.each(Object.entries({ collections, dropOffs, houses, schools, trace }))(
	'%s names no residents without pupils beside them',
	(_, words) => {
		const sentences = JSON.stringify(words).match(/"[^"]*"/g)!;
		const alone = sentences.filter((each) => /bà con/i.test(each) && !/học sinh/i.test(each));
		expect(alone).toEqual([]);
	},
);
