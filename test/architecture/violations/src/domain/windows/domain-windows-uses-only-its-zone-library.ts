export { isEmail } from 'class-validator';
