import { carryOutOrders } from './order-process';
import { play } from './play';

carryOutOrders(play);
