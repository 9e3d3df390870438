const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * What is wrong with the address of something at Oracle that is sent credentials; `null` when nothing is.
 * Plain http is for stand-ins on this machine, outside production.
 */
export function addressFault(text: string, production: boolean): string | null {
  const url = /^https?:\/\/[^/]/i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'must be an https address';
  if (url.protocol === 'http:' && (production || !LOOPBACK.test(url.hostname)))
    return 'must begin with https:// (http:// only for a stand-in on localhost, outside production)';
  if (url.username !== '' || url.password !== '') return 'must not contain credentials';
  if (url.hash !== '') return 'must not contain a fragment (#)';
  return null;
}

/** The same for the base address of a pod, to which the paths of its API are added. */
export function baseAddressFault(text: string, production: boolean): string | null {
  const fault = addressFault(text, production);
  if (fault !== null) return fault;
  const { pathname, search } = new URL(text);
  if (pathname === '/' && search === '') return null;
  return 'must be the address of the pod alone, without a path such as /epmcloud and without a query';
}
