export { beta } from '../../features/beta/beta.service';
