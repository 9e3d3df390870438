export { json } from '../json/json';
