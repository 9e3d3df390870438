import { SCHEDULERS, type DemoScheduler } from './cast';
import type { DemoApi } from './demo-api';

/**
 * Makes every scheduler known to Vesper.
 * @throws Error with what Vesper refuses
 */
export async function registerAll(api: DemoApi): Promise<void> {
  const answers = await Promise.all(
    SCHEDULERS.map((scheduler) =>
      api({
        key: scheduler.key,
        method: 'POST',
        path: '/schedulers/register',
        body: { ...namesOf(scheduler), alert_user_id: scheduler.owner },
      }),
    ),
  );
  const refused = answers.find((answer) => !answer.ok);
  if (refused !== undefined && !refused.ok)
    throw new Error(`Vesper did not take a registration: ${refused.fault}`);
}

/** As every report names it. */
export function namesOf({ id, service, job }: DemoScheduler): Readonly<Record<string, string>> {
  return { scheduler_id: id, service_name: service, job_name: job };
}
