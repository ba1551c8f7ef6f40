export { register } from './baggage/bags.js';
export type {
  Bags,
  BoundBag,
  CounterBag,
  FlagBag,
  LastBag,
  MapBag,
  SetBag,
} from './baggage/bags.js';
export { joinAtoms, toAtoms } from './baggage/context.js';
export { limitBaggage } from './baggage/header.js';
