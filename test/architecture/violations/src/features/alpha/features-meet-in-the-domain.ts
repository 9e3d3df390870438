export { beta } from '../beta/beta.service';
