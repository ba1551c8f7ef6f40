import './aside.js';
import { answered } from './events.js';
import { main } from './requests.js';

void main().then(async (seen) => {
  await answered();
  console.log(JSON.stringify(seen));
});
