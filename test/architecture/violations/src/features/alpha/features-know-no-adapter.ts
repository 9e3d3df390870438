export { adapter } from '../../adapters/system/adapter';
