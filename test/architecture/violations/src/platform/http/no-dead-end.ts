export { nothing } from './nowhere';
