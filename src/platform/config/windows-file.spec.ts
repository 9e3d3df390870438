import { parseWindowsFile } from './windows-file';

const DEFAULTS = { timeZone: 'Asia/Jakarta', intervalMinutes: 60 };
const WINDOW = { name: 'eod', start: '00:00', end: '06:00' };

const parse = (document: unknown) => parseWindowsFile(JSON.stringify(document), DEFAULTS);

it('reads windows in their order, with defaults for what is not said', () => {
  const full = {
    name: 'Frankfurt close',
    start: '22:00',
    end: '02:30',
    time_zone: 'Europe/Berlin',
    interval_minutes: 0.5,
    channel_id: 'C0123456789',
    days_of_week: ['fri', 'mon'],
    tags: ['fra'],
  };
  expect(parse({ windows: [full, WINDOW] })).toEqual({
    faults: [],
    windows: [
      {
        name: 'Frankfurt close',
        start: { hour: 22, minute: 0 },
        end: { hour: 2, minute: 30 },
        timeZone: 'Europe/Berlin',
        intervalMinutes: 0.5,
        channelId: 'C0123456789',
        daysOfWeek: [1, 5],
        tags: ['fra'],
      },
      {
        name: 'eod',
        start: { hour: 0, minute: 0 },
        end: { hour: 6, minute: 0 },
        timeZone: 'Asia/Jakarta',
        intervalMinutes: 60,
        channelId: null,
        daysOfWeek: [],
        tags: [],
      },
    ],
  });
});

it.each([
  [{ ...WINDOW, time_zone: 'Asia/Atlantis' }, 'windows[0]: time_zone must be an IANA time zone'],
  [{ ...WINDOW, start: '24:00' }, 'windows[0]: start must be a time of day'],
  [{ ...WINDOW, end: '6:00' }, 'windows[0]: end must be a time of day'],
  [{ ...WINDOW, end: '00:00' }, 'windows[0]: end must differ from start'],
  [{ ...WINDOW, interval_minutes: 0 }, 'windows[0]: interval_minutes must not be less than'],
  [{ ...WINDOW, interval_minutes: 1441 }, 'windows[0]: interval_minutes must not be greater than'],
  [{ ...WINDOW, interval_minutes: '60' }, 'windows[0]: interval_minutes must be a number'],
  [{ ...WINDOW, days_of_week: ['monday'] }, 'windows[0]: each value in days_of_week must be one of'],
  [{ ...WINDOW, days_of_week: [], tags: 'x' }, 'windows[0]: tags must be an array'],
  [{ ...WINDOW, channel_id: '#eod' }, 'windows[0]: channel_id must be a Slack channel id'],
  [{ ...WINDOW, name: '' }, 'windows[0]: name must'],
  [{ ...WINDOW, colour: 'red' }, 'windows[0]: colour is not a known field'],
  ['eod', 'windows[0]: must be an object'],
])('names the fault in %j', (window, fault) => {
  expect(parse({ windows: [window] }).faults.join('\n')).toContain(fault);
});

it('lists the faults of all windows, and names that occur twice', () => {
  const { faults } = parse({ windows: [WINDOW, { ...WINDOW, start: 'x' }, WINDOW], version: 1 });
  expect(faults).toEqual([
    'version is not a known field',
    expect.stringMatching(/^windows\[1\]: start/),
    'windows[2]: name "eod" is taken already',
  ]);
});

it.each([
  ['{', /^is not JSON: /],
  ['[]', /^must be a JSON object/],
  ['{"windows":[]}', /^windows must be an array of at least one window/],
  ['{"windows":{}}', /^windows must be an array of at least one window/],
])('refuses the file %j', (text, fault) => {
  expect(parseWindowsFile(text, DEFAULTS).faults).toEqual([expect.stringMatching(fault)]);
});
