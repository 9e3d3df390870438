// Allowed: named in the rule.
export { DateTime } from 'luxon';
