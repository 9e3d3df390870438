/** What happened to an alert that people are to be told. */
export type AlertEvent = 'opened' | 'repeated' | 'resolved' | 'flapping';
