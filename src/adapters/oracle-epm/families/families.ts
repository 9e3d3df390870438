import type { EpmFamily } from '../../../platform/config/config';
import { arcs } from './arcs';
import { dataIntegration } from './data-integration';
import { edm } from './edm';
import type { EpmFamilyAdapter } from './family';
import { planning } from './planning';

/** Every family that a server may be of. */
export const FAMILIES: Readonly<Record<EpmFamily, EpmFamilyAdapter>> = {
  planning,
  'data-integration': dataIntegration,
  arcs,
  edm,
};
