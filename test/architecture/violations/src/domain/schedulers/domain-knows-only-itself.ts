export { floor } from '../../platform/floor';
