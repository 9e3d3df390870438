export { main } from '../../main';
